"""Entry of `python -m functions.command_line`."""

import sys

from functions.command_line.main import main

sys.exit(main())
