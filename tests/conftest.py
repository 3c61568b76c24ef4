"""What every test may ask for: the speech set, the fetched models, strace."""

import os
import subprocess
from pathlib import Path

import pytest

from shared.errors import ModelError
from shared.settings import Settings

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def speech_data() -> Path:
    """Folder of the speech set, which stays outside the repository.

    `SOTTO_SPEECH_DATA` names it. Without it the test is skipped, or fails where
    `SOTTO_REQUIRE_SPEECH=1` says that the speech is expected, as CI does.
    """
    named = os.environ.get("SOTTO_SPEECH_DATA")
    if named and (folder := Path(named).resolve()).is_dir():
        return folder
    reason = "SOTTO_SPEECH_DATA names no folder"
    if named or os.environ.get("SOTTO_REQUIRE_SPEECH") == "1":
        pytest.fail(f"{reason}, and this run must have the speech set.")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def model_folder() -> Path:
    """Folder that holds the models of the default configuration, as `make test` fetched them."""
    from shared.models.folder import locate_model, required_models  # noqa: PLC0415

    settings = Settings.from_environment()
    try:
        for name in required_models(settings):
            locate_model(name, settings.model_folder)
    except ModelError as error:
        pytest.fail(str(error))
    return settings.model_folder


@pytest.fixture(scope="session")
def strace() -> str:
    """Path of `strace`, installed when this is root on Debian; without it the test fails."""
    script = PROJECT / "scripts" / "ensure_strace.sh"
    found = subprocess.run([script], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        pytest.fail(found.stderr.strip())
    return found.stdout.strip()
