"""The fetched weights of diarization."""

import pytest

from shared.models.folder import locate_model


@pytest.fixture(scope="session")
def diarization_folder(model_folder):
    """Folder of the model; the default configuration needs it."""
    return locate_model("diarization", model_folder)
