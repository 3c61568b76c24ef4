"""Who can speak: what `SOTTO_VOICES` names and is on this machine, or in the cloud."""

import importlib.util
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.errors import ModelCorrupt, ModelMissing, SynthesisUnavailable
from shared.models.catalogue import Role, find_model
from shared.models.folder import how_to_fetch, locate_model
from shared.models.kokoro_voices import KOKORO_VOICES
from shared.settings import Settings
from shared.synthesis import voices as names
from shared.synthesis.azure_speech import AzureSpeech, named_voice
from shared.synthesis.espeak import HOW_TO_INSTALL, EspeakProcess, EspeakSynthesizer, find_espeak
from shared.synthesis.kokoro import KokoroSynthesizer
from shared.synthesis.piper import PiperSynthesizer, read_piper_voice
from shared.synthesis.synthesizer import Synthesizer
from shared.synthesis.voices import Voice


@dataclass(frozen=True, slots=True)
class Voices:
    """Voices that are here, the preferred first, and the engine of each by its key.

    `missing`: models that the settings name and that are not fetched.
    """

    voices: tuple[Voice, ...]
    engines: Mapping[str, Synthesizer]
    missing: tuple[str, ...] = ()


def find_voices(settings: Settings) -> Voices:
    """Look up what `SOTTO_VOICES` names; what is not there is left out.

    Raises
    ------
    SynthesisUnavailable: nothing of it is there, or Azure Speech is named and does not list its
        voices. It is not left out then: what it should speak would go to another voice.
    ConfigurationError: a folder holds no Piper voice, or a voice of Azure's has a wrong name.
    """
    needs_espeak = not all(map(_is_azure, settings.voices))
    if (needs_espeak and find_espeak() is None) or importlib.util.find_spec("pydub") is None:
        raise _unavailable([HOW_TO_INSTALL])
    missing: list[str] = []
    process = EspeakProcess()
    engines: dict[str, Synthesizer] = {
        names.ESPEAK: EspeakSynthesizer(process),
        names.PIPER: PiperSynthesizer(process, settings.threads),
    }
    voices: list[Voice] = []
    for name in settings.voices:
        if name == names.ESPEAK:
            voices += names.espeak_voices()
            continue
        if _is_azure(name):
            voices += _azure_voices(name, engines, settings)
            continue
        folder = _folder_of(name, settings.model_folder)
        if folder is None:
            missing.append(name)
            continue
        if name == names.KOKORO:
            engines[names.KOKORO] = KokoroSynthesizer(folder, process, settings.threads)
            voices += map(names.kokoro_voice, KOKORO_VOICES)
        else:
            voices.append(_piper_voice(folder))
    if not voices:
        # Not the errors' own messages: clients read this one, and those name a folder.
        raise _unavailable(map(how_to_fetch, missing))
    return Voices(tuple(voices), engines, tuple(missing))


def is_any_fetched(names: Iterable[str], model_folder: Path) -> bool:
    """Whether a voice model that was missing is there now."""
    return any(_folder_of(name, model_folder) is not None for name in names)


def _is_azure(name: str) -> bool:
    return name.partition(":")[0] == names.AZURE


def _azure_voices(
    name: str, engines: dict[str, Synthesizer], settings: Settings
) -> tuple[Voice, ...]:
    """All voices of Azure Speech, or the one behind the colon, for which nothing is asked."""
    engine = engines.get(names.AZURE)
    if not isinstance(engine, AzureSpeech):
        engine = engines[names.AZURE] = AzureSpeech(settings)
    _, colon, short_name = name.partition(":")
    return (named_voice(short_name),) if colon else engine.voices()


def _folder_of(name: str, model_folder: Path) -> Path | None:
    """Folder of a voice model, None where it is not fetched."""
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
    described = read_piper_voice(folder)
    return Voice(
        name=described.name.replace("_", " ").title().replace(" ", ""),
        locale=described.locale,
        gender=names.PIPER_GENDERS.get(described.name, names.NEUTRAL),
        engine=names.PIPER,
        speaker=str(folder),
        sample_rate=described.sample_rate,
    )
