"""Checks of the interpreter, the platform and the packages."""

import importlib.metadata
import importlib.util
import platform
import sys
from collections.abc import Callable, Iterator

from functions.command_line.doctor.finding import Finding, State
from functions.command_line.doctor.surroundings import Surroundings

OLDEST, NEWEST = (3, 11), (3, 13)

# Modules to import, by the file of requirements that has their packages.
_NEEDED = {
    "requirements.txt": ("fastapi", "numpy", "av", "soxr", "onnxruntime", "httpx", "cryptography"),
    "requirements/container.txt": ("uvicorn", "websockets"),
}
_ENGINES = {
    "ctranslate2": ("requirements.txt", ("ctranslate2", "tokenizers")),
    "openai-whisper": ("requirements/openai-whisper.txt", ("whisper", "torch")),
}
_DISTRIBUTIONS = {"whisper": "openai-whisper"}

Installed = Callable[[str], bool]


def _is_installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def check_platform(
    _surroundings: Surroundings,
    version: tuple[int, int] = sys.version_info[:2],
    system: str = sys.platform,
) -> Iterator[Finding]:
    """Check the version of Python and the operating system."""
    found = f"{platform.python_version()} on {platform.system()}, {platform.machine()}"
    if not OLDEST <= version <= NEWEST:
        yield Finding(
            subject="Python", state=State.WRONG, found=found,
            mend="install Python 3.11, 3.12 or 3.13, then make a new environment: "
            "`make clean && make run`",
        )  # fmt: skip
    elif system != "linux":
        yield Finding(
            subject="Python", state=State.WRONG, is_needed=False,
            found=f"{found}: only Linux is tested", mend="run the container image",
        )  # fmt: skip
    else:
        yield Finding(subject="Python", state=State.OK, found=found)


def check_packages(
    surroundings: Surroundings, is_installed: Installed = _is_installed
) -> Iterator[Finding]:
    """Check the packages of the service and of the configured engine; imports none of them."""
    absent = {
        file: [name for name in modules if not is_installed(name)]
        for file, modules in _NEEDED.items()
    }
    files = [file for file, names in absent.items() if names]
    if files:
        yield Finding(
            subject="Packages", state=State.MISSING,
            found=", ".join(name for names in absent.values() for name in names),
            mend=f"pip install {' '.join(f'-r {file}' for file in files)}",
        )  # fmt: skip
    else:
        yield Finding(subject="Packages", state=State.OK, found="all that the server imports")
    engine = surroundings.settings.engine
    file, modules = _ENGINES[engine]
    absent_modules = [name for name in modules if not is_installed(name)]
    if absent_modules:
        yield Finding(
            subject="Engine", state=State.MISSING,
            found=f"{engine} needs {', '.join(absent_modules)}", mend=f"pip install -r {file}",
        )  # fmt: skip
    else:
        yield Finding(subject="Engine", state=State.OK, found=f"{engine} {_version(modules[0])}")


def _version(module: str) -> str:
    try:
        return importlib.metadata.version(_DISTRIBUTIONS.get(module, module))
    except importlib.metadata.PackageNotFoundError:
        return ""
