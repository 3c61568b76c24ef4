"""`models remove`: delete the folders of fetched models."""

import argparse
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from shared.errors import ConfigurationError, ModelMissing
from shared.models.catalogue import Model
from shared.models.folder import named_model, required_models
from shared.settings import Settings


def add_command(actions: Any) -> None:
    """Add `models remove` to the actions of `models`."""
    parser = actions.add_parser("remove", help="delete fetched models")
    parser.add_argument("names", nargs="+", metavar="NAME", help="a name of `models list`")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--force", action="store_true", help="also models that the settings use")
    parser.set_defaults(run=_remove)


def _remove(parsed: argparse.Namespace, settings: Settings) -> int:
    used = folders_in_use(settings)
    found = {name: _folder_of(name, settings.model_folder) for name in parsed.names}
    for name, folder in found.items():
        if folder in used and not parsed.force:
            raise ConfigurationError(f"{name} is used by these settings: --force deletes it.")
    freed = 0
    for name, folder in found.items():
        n_bytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        if not parsed.yes and not _agrees(f"Delete {name}, {n_bytes / 1e6:.0f} MB?"):
            print(f"{name}: kept")
            continue
        shutil.rmtree(folder)
        freed += n_bytes
        print(f"{name}: deleted")
    print(f"{freed / 1e6:.0f} MB freed")
    return 0


def folders_in_use(settings: Settings) -> set[Path]:
    """Return the folders of the models that the settings name, fetched or not."""
    names = (*required_models(settings), *settings.voices)
    return {settings.model_folder / model.folder_name for model in _models(names)}


def _models(names: Iterable[str]) -> Iterable[Model]:
    for name in names:
        try:
            model = named_model(name)
        except ModelMissing:
            continue
        if model is not None:
            yield model


def _folder_of(name: str, model_folder: Path) -> Path:
    """Return the folder of a fetched model.

    Raises
    ------
    ModelMissing: it is not there.
    ConfigurationError: it is a folder of the user's own.
    """
    model = named_model(name)
    if model is None:
        raise ConfigurationError(
            f"{name} is a folder of your own; only fetched models are deleted."
        )
    folder = model_folder / model.folder_name
    if not folder.is_dir():
        raise ModelMissing(f"Model {model.name} is not in {model_folder}.")
    return folder


def _agrees(question: str) -> bool:
    if not sys.stdin.isatty():
        raise ConfigurationError("There is no terminal to ask: --yes deletes without a question.")
    return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
