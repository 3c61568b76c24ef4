"""The command `sotto`, from any working directory; `.venv/bin/sotto` starts it.

Sotto is deployed as a folder and never as a wheel, so this script puts the project into `sys.path`,
in the place of its own folder.
"""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from functions.command_line.main import main  # noqa: E402
from shared.privacy.core_dumps import forbid_core_dumps  # noqa: E402

forbid_core_dumps()
sys.exit(main())
