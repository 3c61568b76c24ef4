"""Checks of the models that the settings need: presence and size, without hashing them again."""

from collections.abc import Iterator
from pathlib import Path

from functions.command_line.doctor.finding import Finding, State, size
from functions.command_line.doctor.surroundings import Surroundings
from shared.errors import ModelCorrupt, ModelMissing
from shared.models.catalogue import Model, Role
from shared.models.folder import is_verified, locate_model, named_model, required_models
from shared.models.int8_copy import int8_copy, uses_int8


def check_models(surroundings: Surroundings) -> Iterator[Finding]:
    """Check every model without which the server does not start."""
    for name in required_models(surroundings.settings):
        yield check_model(f"Model {name}", name, surroundings)


def check_model(
    subject: str, name: str, surroundings: Surroundings, *, is_needed: bool = True
) -> Finding:
    """Check one model: files and sizes now, hashes as they were recorded when it was fetched."""
    settings = surroundings.settings
    try:
        model = named_model(name)
        folder = locate_model(name, settings.model_folder)
    except ModelMissing as error:
        model = _model(name)
        return Finding(
            subject=subject,
            state=State.MISSING,
            found=f"not in {settings.model_folder}" if model else str(error).rstrip("."),
            mend=f"sotto models fetch {name}" if model else "correct the setting that names it",
            cost=f"{size(model.size_bytes)} to fetch" if model else "",
            is_needed=is_needed,
        )
    except ModelCorrupt:
        return Finding(
            subject=subject, state=State.WRONG, found="a file has another size than it should",
            mend=f"sotto models fetch {name}", is_needed=is_needed,
        )  # fmt: skip
    found = "a folder of your own, with all files"
    if model is not None:
        is_known = is_verified(model, folder)
        found = "complete and verified" if is_known else "complete; its hashes are not recorded"
        speaks = model.role is Role.SPEECH_RECOGNITION
        if speaks and uses_int8(settings) and int8_copy(folder) is None:
            found += "; without the copy in int8 that starts faster (`sotto models fetch` makes it)"
    return Finding(
        subject=subject, state=State.OK, found=found, is_needed=is_needed,
        cost=f"{size(bytes_of(folder))} of disk",
    )  # fmt: skip


def bytes_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _model(name: str) -> Model | None:
    try:
        return named_model(name)
    except ModelMissing:
        return None
