"""The command `sotto` as the user can type it: by its name, or by the path of its environment."""

import re
import shutil
import sys
from functools import cache
from pathlib import Path

# At the start of a text or of code in it; `sotto: ` starts messages and names no command.
_COMMAND = re.compile(r"(^|`)sotto(?= [a-z])")


@cache
def command_name() -> str:
    """Return `sotto` where the shell finds it, else the path of the launcher.

    A launcher below the working directory has a relative path, such as `.venv/bin/sotto`. Without
    a launcher, as in the container image, it is `python -m functions.command_line`.
    """
    if shutil.which("sotto") is not None:
        return "sotto"
    launcher = Path(sys.prefix) / "bin" / "sotto"
    if not launcher.exists():
        return "python -m functions.command_line"
    try:
        return str(launcher.relative_to(Path.cwd()))
    except ValueError:
        return str(launcher)


def with_command_name(text: str) -> str:
    """Replace `sotto` in the commands of a text, so that they can be copied as they stand."""
    return _COMMAND.sub(lambda match: f"{match[1]}{command_name()}", text)
