"""Where the tests of stored jobs find what reads them."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "stored"))
