"""The fetched model of pronunciation assessment."""

import pytest

from shared.errors import ModelError
from shared.models.folder import locate_model
from shared.pronunciation.pronouncer import Pronouncer
from shared.settings import Settings


@pytest.fixture(scope="session")
def pronunciation_folder():
    """Folder of the fetched model, or a skip: the default configuration goes without it."""
    try:
        return locate_model("pronunciation", Settings.from_environment().model_folder)
    except ModelError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def pronouncer(pronunciation_folder):
    """Dictionary and network of the model."""
    return Pronouncer.load(pronunciation_folder)
