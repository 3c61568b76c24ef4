"""Batch work in the emulated services."""

import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
sys.path.append(str(PROJECT / "tests" / "storage"))  # the emulators
