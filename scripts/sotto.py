"""The command `sotto`, from any working directory; `.venv/bin/sotto` starts it.

Sotto is deployed as a folder and never as a wheel, so the interpreter has to be told where it is.
This folder gives its place in `sys.path` to the project.
"""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from functions.command_line.main import main  # noqa: E402

sys.exit(main())
