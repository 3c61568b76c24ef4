"""Settings of an operator: keys of the environment and the frozen object made from them."""

from shared.settings.default_folders import default_model_folder
from shared.settings.drop_folders import DropFolderAddresses
from shared.settings.settings import Settings

__all__ = ["DropFolderAddresses", "Settings", "default_model_folder"]
