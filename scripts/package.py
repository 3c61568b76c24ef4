"""Build the deployment package for Azure Functions (`make package`), and print its sizes.

It is complete: dependencies are in `.python_packages`, compiled, so that Azure installs nothing. A
folder, and a zip of it, whose entries are sorted and have one time:

    dist/sotto-functions/        as it lies in /home/site/wwwroot
    dist/sotto-functions.zip

`--models` adds the models that the settings need, `--voices` the voices of `SOTTO_VOICES` and their
packages, `--translators` the folders of `SOTTO_TRANSLATION_MODELS`. Models are in `.models`. The
settings are those of this process; models that are not in its model folder are fetched.

Needs Python 3.13, which Azure runs. Packages are those of Linux on x86-64, from any machine.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from shared.errors import ConfigurationError  # noqa: E402
from shared.models.catalogue import find_model  # noqa: E402
from shared.models.folder import locate_model, required_models  # noqa: E402
from shared.settings import Settings  # noqa: E402

PYTHON = (3, 13)
NAME = "sotto-functions"
CONTENT = ("function_app.py", "host.json", "requirements.txt", "LICENSE", "functions", "shared")
PACKAGES = Path(".python_packages/lib/site-packages")
MODELS = Path(".models")
IN_AZURE = Path("/home/site/wwwroot")

# glibc of Azure's image for Python 3.13 is 2.36, Debian bookworm's.
_PLATFORMS = ("2_35", "2_34", "2_31", "2_28", "2_27", "2_26", "2_24", "2_17")
# Pure Python without a wheel on the index. num2words needs it.
_WITHOUT_WHEEL = ("docopt==0.6.2",)

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold
_FROM_UNIX = 3


def main() -> int:
    """Build what the arguments say."""
    parser = argparse.ArgumentParser(prog="make package", description=__doc__.split("\n\n")[0])
    parser.add_argument("--models", action="store_true", help="add the models of the settings")
    parser.add_argument("--voices", action="store_true", help="add the voices of the settings")
    parser.add_argument("--translators", action="store_true", help="add the translation models")
    parser.add_argument("--folder-only", action="store_true", help="write no zip")
    parser.add_argument("--output", type=Path, default=PROJECT / "dist", metavar="FOLDER")
    parsed = parser.parse_args()
    if sys.version_info[:2] != PYTHON:
        sys.stderr.write("make package needs Python 3.13, which Azure Functions runs.\n")
        return 1

    try:
        settings = Settings.from_environment()
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    root = parsed.output / NAME
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    _copy_project(root)
    voices = ["requirements/text-to-speech.txt"] if parsed.voices else []
    _install(root / PACKAGES, ["requirements.txt", *voices])
    _prune(root / PACKAGES)
    named = _named(settings, parsed)
    for name in dict.fromkeys(chain.from_iterable(named.values())):
        _add_model(name, settings.model_folder, root / MODELS)
    source_bytes = {part: _size_bytes(root, part) for part in _parts(root)}
    _compile(root)
    # Without a file of this name azd leaves out all compiled code.
    # https://github.com/Azure/azure-dev/issues/4381
    (root / ".funcignore").write_text("local.settings.json\n", "utf-8")
    _report(root, source_bytes)
    archive = parsed.output / f"{NAME}.zip"
    archive.unlink(missing_ok=True)
    if not parsed.folder_only:
        _write_zip(root, archive)
        _say_size(archive.name, archive.stat().st_size)
    _say_app_settings(root, named)
    return 0


def is_ignored(path: str, patterns: Sequence[str]) -> bool:
    """Whether `.funcignore` leaves a file out. A pattern with a slash inside is a path."""
    for pattern in patterns:
        bare = pattern.rstrip("/")
        if "/" in bare:
            if path == bare or path.startswith(f"{bare}/"):
                return True
        elif any(fnmatchcase(part, bare) for part in path.split("/")):
            return True
    return False


def ignore_patterns() -> list[str]:
    """Lines of `.funcignore`."""
    return (PROJECT / ".funcignore").read_text("utf-8").split()


def _copy_project(root: Path) -> None:
    patterns = ignore_patterns()
    for name in CONTENT:
        top = PROJECT / name
        for file in [top] if top.is_file() else sorted(top.rglob("*")):
            path = file.relative_to(PROJECT).as_posix()
            if file.is_file() and not is_ignored(path, patterns):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, root / path)


def _install(packages: Path, requirements: Sequence[str]) -> None:
    platforms = [f"--platform=manylinux_{version}_x86_64" for version in _PLATFORMS]
    platforms.append("--platform=manylinux2014_x86_64")
    with tempfile.TemporaryDirectory() as wheels:
        _pip("wheel", "--no-deps", "--wheel-dir", wheels, *_WITHOUT_WHEEL)
        _pip(
            "install", "--target", str(packages), "--no-compile", "--only-binary=:all:",
            "--find-links", wheels, "--implementation=cp", "--python-version=3.13", *platforms,
            *(f"--requirement={name}" for name in requirements),
        )  # fmt: skip
    shutil.rmtree(packages / "bin", ignore_errors=True)  # commands; they begin with a path of here


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*command, *arguments], cwd=PROJECT, check=False, capture_output=True, text=True
    )
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise SystemExit(done.returncode)


def _prune(packages: Path) -> None:
    script = PROJECT / "scripts" / "prune_packages.py"
    subprocess.run([sys.executable, script, packages], check=True)


def _named(settings: Settings, parsed: argparse.Namespace) -> dict[str, list[str]]:
    """Names of models, or their folders, by the setting that has them; "" is none of its own."""
    first, *others = required_models(settings)
    voices = [name for name in settings.voices if not name.startswith(("espeak-ng", "azure"))]
    return {
        "SOTTO_MODEL": [first] if parsed.models else [],
        "": others if parsed.models else [],
        "SOTTO_VOICES": voices if parsed.voices else [],
        "SOTTO_TRANSLATION_MODELS": list(settings.translation_models) if parsed.translators else [],
    }


def _add_model(name: str, model_folder: Path, models: Path) -> None:
    """Copy a folder, or a model with its int8 form; fetch it first if it is not there."""
    if _is_folder(name):
        _add_folder(Path(name).expanduser(), models)
        return
    subprocess.run(
        [sys.executable, "-m", "functions.command_line", "models", "fetch", name],
        cwd=PROJECT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    _add_folder(locate_model(name, model_folder), models)


def _is_folder(name: str) -> bool:
    return find_model(name) is None and Path(name).expanduser().is_dir()


def _add_folder(folder: Path, models: Path) -> None:
    shutil.copytree(folder, models / folder.name, copy_function=shutil.copyfile)


def _compile(root: Path) -> None:
    """Compile everything: in Azure the package is read-only, and each start would do it again."""
    subprocess.run(
        [
            sys.executable, "-W", "ignore", "-m", "compileall", "-q", "-j", "0",
            "--invalidation-mode=unchecked-hash", "-s", root, "-p", IN_AZURE, root,
        ],
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "0"},  # the order of sets in the files
    )  # fmt: skip


def _write_zip(root: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        files = {file.relative_to(root).as_posix(): file for file in root.rglob("*")}
        for name in sorted(files):
            if not files[name].is_file():
                continue
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = _FROM_UNIX
            entry.external_attr = (0o100644) << 16
            # Weights are noise to the compressor.
            is_model = name.startswith(f"{MODELS}/")
            entry.compress_type = zipfile.ZIP_STORED if is_model else zipfile.ZIP_DEFLATED
            with files[name].open("rb") as source, zipped.open(entry, "w") as target:
                shutil.copyfileobj(source, target, 1 << 20)


def _parts(root: Path) -> Iterator[str]:
    yield from (part for part in ("functions", "shared", PACKAGES.parts[0], MODELS.name)
                if (root / part).is_dir())  # fmt: skip


def _size_bytes(root: Path, part: str) -> int:
    return sum(file.stat().st_size for file in (root / part).rglob("*") if file.is_file())


def _report(root: Path, source_bytes: dict[str, int]) -> None:
    whole = _size_bytes(root, ".")
    weights = source_bytes.pop(MODELS.name, 0)
    packages = source_bytes.pop(PACKAGES.parts[0])
    code = sum(source_bytes.values())
    _say_size("packages", packages)
    _say_size("code", code)
    _say_size("compiled", whole - packages - code - weights)
    _say_size("models", weights)
    _say_size("unpacked", whole)


def _say_app_settings(root: Path, named: dict[str, list[str]]) -> None:
    """Name the settings that find the models in the package."""
    if not (root / MODELS).is_dir():
        return
    _say(f"\nApp settings: SOTTO_MODEL_FOLDER={IN_AZURE / MODELS}")
    for key, names in named.items():
        if any(map(_is_folder, names)):
            places = [str(IN_AZURE / MODELS / Path(n).name) if _is_folder(n) else n for n in names]
            _say(f"              {key}={','.join(places)}")


def _say_size(name: str, size_bytes: int) -> None:
    _say(f"{name:28}{size_bytes / 1e6:7.1f} MB")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    began = time.monotonic()
    status = main()
    if status == 0:
        _say(f"{'built in':28}{time.monotonic() - began:7.1f} s")
    sys.exit(status)
