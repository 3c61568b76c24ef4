"""Default folders of a user's files, after the XDG base directory specification."""

import os
from pathlib import Path


def default_model_folder() -> Path:
    """`sotto/models` in the user's cache folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sotto" / "models"


def default_data_folder() -> Path:
    """`sotto` in the user's data folder."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "sotto"
