"""Available voices: those of `SOTTO_VOICES` that are on this machine or in the cloud."""

import importlib.util
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.errors import (
    ConfigurationError,
    ModelCorrupt,
    ModelMissing,
    SynthesisUnavailable,
)
from shared.models.catalogue import Role, find_model
from shared.models.folder import how_to_fetch, locate_model
from shared.models.kokoro_voices import KOKORO_VOICES
from shared.settings import Settings
from shared.synthesis import voice_catalogue as catalogue
from shared.synthesis.azure_speech import AzureSpeech, voice_from_short_name
from shared.synthesis.espeak import HOW_TO_INSTALL, EspeakProcess, EspeakSynthesizer, find_espeak
from shared.synthesis.kokoro import KokoroSynthesizer
from shared.synthesis.piper import PiperSynthesizer, read_piper_voice
from shared.synthesis.synthesizer import Synthesizer
from shared.synthesis.voice_catalogue import Voice


@dataclass(frozen=True, slots=True)
class Voices:
    """Available voices, the preferred first, and the engines by key.

    missing: models that the settings name and that are not fetched.
    """

    voices: tuple[Voice, ...]
    engines: Mapping[str, Synthesizer]
    missing: tuple[str, ...] = ()


def find_voices(settings: Settings) -> Voices:
    """Look up the voices of `SOTTO_VOICES`; models that are not fetched are left out.

    Raises
    ------
    SynthesisUnavailable: there is no voice, a folder holds no Piper voice, or Azure Speech is named
        and does not list its voices. Neither is left out: another voice would speak its text.
    ConfigurationError: the name of an Azure voice is wrong.
    """
    needs_espeak = not all(map(_is_azure, settings.voices))
    if (needs_espeak and find_espeak() is None) or importlib.util.find_spec("pydub") is None:
        raise _unavailable([HOW_TO_INSTALL])
    missing: list[str] = []
    process = EspeakProcess()
    engines: dict[str, Synthesizer] = {
        catalogue.ESPEAK: EspeakSynthesizer(process),
        catalogue.PIPER: PiperSynthesizer(process, settings.threads),
    }
    voices: list[Voice] = []
    for name in settings.voices:
        if name == catalogue.ESPEAK:
            voices += catalogue.espeak_voices()
            continue
        if _is_azure(name):
            voices += _azure_voices(name, engines, settings)
            continue
        folder = _folder_of(name, settings.model_folder)
        if folder is None:
            missing.append(name)
            continue
        if name == catalogue.KOKORO:
            engines[catalogue.KOKORO] = KokoroSynthesizer(folder, process, settings.threads)
            voices += map(catalogue.kokoro_voice, KOKORO_VOICES)
        else:
            voices.append(_piper_voice(folder))
    if not voices:
        # Without the messages of `ModelMissing`: clients read this one, and those name a folder.
        raise _unavailable(map(how_to_fetch, missing))
    return Voices(tuple(voices), engines, tuple(missing))


def is_any_fetched(names: Iterable[str], model_folder: Path) -> bool:
    """Whether one of these voice models has been fetched."""
    return any(_folder_of(name, model_folder) is not None for name in names)


def _is_azure(name: str) -> bool:
    return name.partition(":")[0] == catalogue.AZURE


def _azure_voices(
    name: str, engines: dict[str, Synthesizer], settings: Settings
) -> tuple[Voice, ...]:
    """List the voices of Azure Speech, or describe the one behind the colon, offline."""
    engine = engines.get(catalogue.AZURE)
    if not isinstance(engine, AzureSpeech):
        engine = engines[catalogue.AZURE] = AzureSpeech(settings)
    _, colon, short_name = name.partition(":")
    return (voice_from_short_name(short_name),) if colon else engine.voices()


def _folder_of(name: str, model_folder: Path) -> Path | None:
    """Return the folder of a voice model, None where it is not fetched."""
    model = find_model(name)
    if model is None or model.role is not Role.SPEECH_SYNTHESIS:
        return Path(name).expanduser()
    try:
        return locate_model(name, model_folder)
    except (ModelMissing, ModelCorrupt):
        return None


def _unavailable(missing: Iterable[str]) -> SynthesisUnavailable:
    reasons = " ".join(missing) or "SOTTO_VOICES names none."
    return SynthesisUnavailable(f"There are no voices on this server. {reasons}")


def _piper_voice(folder: Path) -> Voice:
    try:
        described = read_piper_voice(folder)
    except ConfigurationError:
        # Without the message: clients read this one, and that names the folder.
        raise SynthesisUnavailable(
            "A folder that SOTTO_VOICES names holds no Piper voice: a model (.onnx) and its "
            "description (.onnx.json)."
        ) from None
    return Voice(
        name=described.name.replace("_", " ").title().replace(" ", ""),
        locale=described.locale,
        gender=catalogue.PIPER_GENDERS.get(described.name, catalogue.NEUTRAL),
        engine=catalogue.PIPER,
        speaker=str(folder),
        sample_rate=described.sample_rate,
    )
