"""Entry of `python -m functions.command_line`."""

import sys

from functions.command_line.main import main
from shared.privacy.core_dumps import forbid_core_dumps

forbid_core_dumps()
sys.exit(main())
