"""The fetched weights of diarization."""

import pytest

from shared.errors import ModelError
from shared.models.folder import locate_model
from shared.settings import Settings


@pytest.fixture(scope="session")
def diarization_folder():
    """Folder of the fetched models, or a skip: the default configuration goes without them."""
    try:
        return locate_model("diarization", Settings.from_environment().model_folder)
    except ModelError as error:
        pytest.skip(str(error))
