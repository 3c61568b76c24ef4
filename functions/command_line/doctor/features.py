"""Checks of voices and translators on this machine; `online` has those of the cloud."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

from functions.command_line.doctor.finding import Finding, State
from functions.command_line.doctor.models import check_model
from functions.command_line.doctor.surroundings import Surroundings
from shared.errors import ConfigurationError
from shared.models.catalogue import Role, find_model
from shared.synthesis.espeak import find_espeak
from shared.synthesis.piper import read_piper_voice
from shared.translation.apertium import DATA_FOLDER, ApertiumTranslator

_SPEECH_REQUIREMENTS = "pip install -r requirements/text-to-speech.txt"
_APERTIUM = "sudo apt-get install --no-install-recommends apertium-eng-spa apertium-eng-cat"


def check_voices(
    surroundings: Surroundings, has_espeak: Callable[[], bool] = lambda: find_espeak() is not None
) -> Iterator[Finding]:
    """Check each voice of `SOTTO_VOICES`. A default one that is not fetched is left out."""
    settings = surroundings.settings
    is_needed = surroundings.names("SOTTO_VOICES")
    names = [name for name in settings.voices if name.partition(":")[0] != "azure"]
    for name in names:
        if name != "espeak-ng":
            yield _voice(name, surroundings, is_needed=is_needed)
    if not names:
        return
    # Every voice of this machine takes its phonemes from eSpeak NG, and pydub's tables of rates.
    if has_espeak() and importlib.util.find_spec("pydub") is not None:
        yield Finding(
            subject="Voice espeak-ng", state=State.OK, found="installed, about 100 languages"
        )
    else:
        yield Finding(
            subject="Voice espeak-ng", state=State.MISSING, is_needed=is_needed,
            found="not installed: no voice of this machine can speak",
            mend=_SPEECH_REQUIREMENTS,
        )  # fmt: skip


def _voice(name: str, surroundings: Surroundings, *, is_needed: bool) -> Finding:
    model, subject, folder = find_model(name), f"Voice {name}", Path(name).expanduser()
    if model is not None and model.role is Role.SPEECH_SYNTHESIS:
        return check_model(subject, name, surroundings, is_needed=is_needed)
    try:
        described = read_piper_voice(folder)
    except ConfigurationError as error:
        return Finding(
            subject=subject, state=State.WRONG, found=str(error).rstrip("."),
            mend="correct SOTTO_VOICES: docs/voices.md",
        )  # fmt: skip
    return Finding(subject=subject, state=State.OK, found=f"Piper, {described.locale}")


def check_translators(
    surroundings: Surroundings, apertium_data: Path = DATA_FOLDER
) -> Iterator[Finding]:
    """Check each translator of `SOTTO_TRANSLATORS`. A default one that is absent is left out."""
    settings = surroundings.settings
    is_needed = surroundings.names("SOTTO_TRANSLATORS")
    for name in settings.translators:
        subject = f"Translator {name}"
        if name == "whisper":
            yield Finding(subject=subject, state=State.OK, found="speech to English, in the model")
        elif name == "apertium":
            yield _apertium(subject, apertium_data, is_needed=is_needed)
        elif name == "ctranslate2":
            yield from _folders(surroundings)


def _apertium(subject: str, data_folder: Path, *, is_needed: bool) -> Finding:
    languages = ApertiumTranslator(data_folder).languages()
    if languages:
        return Finding(
            subject=subject, state=State.OK, found=f"languages: {', '.join(sorted(languages))}",
            cost="90 to 145 MB of memory for each direction in use",
        )  # fmt: skip
    return Finding(
        subject=subject, state=State.MISSING, is_needed=is_needed,
        found="no language pair is installed", mend=_APERTIUM,
    )  # fmt: skip


def _folders(surroundings: Surroundings) -> Iterator[Finding]:
    from shared.translation.text_model import read_text_model  # noqa: PLC0415

    settings = surroundings.settings
    if not settings.translation_models:
        yield Finding(
            subject="Translator ctranslate2", state=State.OK,
            found="SOTTO_TRANSLATION_MODELS names no folder: docs/translation.md",
        )  # fmt: skip
    for name in settings.translation_models:
        try:
            model = read_text_model(Path(name).expanduser())
        except ConfigurationError as error:
            yield Finding(
                subject=f"Translation model {name}", state=State.WRONG,
                found=str(error).rstrip("."), mend="correct SOTTO_TRANSLATION_MODELS",
            )  # fmt: skip
            continue
        yield Finding(
            subject=f"Translation model {name}", state=State.OK,
            found=f"{len(model.languages())} languages",
        )  # fmt: skip
