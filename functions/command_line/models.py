"""`models` and its actions: list, fetch, verify, convert, remove, calibrate."""

import argparse
import sys
from pathlib import Path
from typing import Any

from functions.command_line import calibration, model_removal
from shared.errors import ModelError
from shared.models.catalogue import CATALOGUE, Model, Role, find_model
from shared.models.folder import (
    FileState,
    check_folder,
    check_model,
    is_verified,
    locate_model,
    named_model,
    required_models,
)
from shared.models.int8_copy import check_int8_copy, int8_copy, make_int8_copy, uses_int8
from shared.settings import Settings


def add_commands(commands: Any) -> None:
    """Add `models` and its actions to the command line."""
    parser = commands.add_parser(
        "models", help="list, fetch, verify, convert, remove and calibrate models"
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")

    listing = actions.add_parser("list", help="list the models of the catalogue")
    listing.set_defaults(run=_list)

    names = {
        "nargs": "*",
        "metavar": "NAME",
        "help": "a name of `models list`, owner/name of the hub, or a folder; "
        "default: the models that the settings need",
    }
    fetch = actions.add_parser("fetch", help="fetch models into SOTTO_MODEL_FOLDER")
    fetch.add_argument("names", **names)
    fetch.set_defaults(run=_fetch)

    verify = actions.add_parser("verify", help="hash the files of models again")
    verify.add_argument("names", **names)
    verify.set_defaults(run=_verify)

    convert = actions.add_parser(
        "convert", help="write a Whisper model as a checkpoint of openai-whisper; needs its extra"
    )
    convert.add_argument("name", metavar="NAME", help="a fetched model, or a folder")
    convert.add_argument("file", metavar="FILE", type=Path, help="such as base.pt")
    convert.set_defaults(run=_convert)

    model_removal.add_command(actions)
    calibration.add_command(actions)


def _list(_parsed: argparse.Namespace, settings: Settings) -> int:
    needed = {
        model.name for name in required_models(settings) if (model := find_model(name)) is not None
    }
    rows = [("NAME", "ROLE", "SIZE", "LICENCE", "HERE", "FROM")]
    rows += [
        (
            " or ".join((model.name, *model.aliases)) + ("*" if model.name in needed else ""),
            str(model.role),
            f"{model.size_bytes / 1e6:.0f} MB",
            model.licence,
            "yes" if _is_installed(model, settings.model_folder) else "-",
            ", else ".join(map(str, model.sources)),
        )
        for model in CATALOGUE
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    print(f"\n* needed by these settings. Model folder: {settings.model_folder}")
    print("Any owner/name of the hub with a Whisper model for CTranslate2, or a folder, works too.")
    return 0


def _fetch(parsed: argparse.Namespace, settings: Settings) -> int:
    for name in parsed.names or required_models(settings):
        model = named_model(name)
        if model is not None and is_verified(model, settings.model_folder / model.folder_name):
            print(f"{model.name}: here and verified")
            _copy_as_int8(model, settings)
            continue
        # Imported here: a command that fetches nothing does not load TLS and HTTP.
        from functions.command_line.progress import StreamProgress  # noqa: PLC0415
        from shared.models.fetch import fetch_model  # noqa: PLC0415

        folder = fetch_model(name, settings.model_folder, StreamProgress(sys.stderr))
        print(f"{name}: verified in {folder}" if model else f"{name}: a folder, nothing to fetch")
        if model is not None:
            _copy_as_int8(model, settings)
    return 0


def _copy_as_int8(model: Model, settings: Settings) -> None:
    """Write the copy that loads fast, if the settings load it; a model works without it."""
    if model.role is not Role.SPEECH_RECOGNITION:
        return
    folder = settings.model_folder / model.folder_name
    if not uses_int8(settings) or int8_copy(folder) is not None:
        return
    try:
        copy = make_int8_copy(folder)
    except (ModelError, OSError) as error:
        print(f"{model.name}: no copy in int8: {error}", file=sys.stderr)
        return
    if copy is not None:
        print(f"{model.name}: a copy in int8, which loads faster, is in {copy}")


def _verify(parsed: argparse.Namespace, settings: Settings) -> int:
    all_good = True
    for name in parsed.names or required_models(settings):
        model = named_model(name)
        if model is None:
            folder = Path(name).expanduser()
            states = check_folder(folder)
        else:
            folder = settings.model_folder / model.folder_name
            states = check_model(model, folder) | check_int8_copy(folder)
        print(f"{name}: {folder}")
        for file, state in states.items():
            print(f"  {state.ljust(7)}  {file}")
        all_good &= not {FileState.CORRUPT, FileState.MISSING} & set(states.values())
    return 0 if all_good else 1


def _convert(parsed: argparse.Namespace, settings: Settings) -> int:
    # Imported here because it imports torch, which no other command needs.
    from shared.recognition.engines.openai_whisper_engine import write_checkpoint  # noqa: PLC0415

    write_checkpoint(locate_model(parsed.name, settings.model_folder), parsed.file)
    print(f"{parsed.name}: written to {parsed.file}")
    return 0


def _is_installed(model: Model, model_folder: Path) -> bool:
    try:
        locate_model(model.name, model_folder)
    except ModelError:
        return False
    return True
