"""Scripts spoken sentence by sentence: the use case of text to speech.

Nothing is loaded until the first script; which voices are here is looked up then, so a model that
is fetched meanwhile is found without a restart where there was none before.
"""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.errors import UnknownVoice
from shared.settings import Settings
from shared.synthesis.installed import Voices, find_voices
from shared.synthesis.joining import join_parts
from shared.synthesis.sentences import split_sentences
from shared.synthesis.ssml import Manner, Passage, Script
from shared.synthesis.synthesizer import Sentence, Speech, Synthesizer
from shared.synthesis.voices import Voice, default_voice, find_voice

MAX_SPEECH_S = 600.0  # what the contract cuts at
SENTENCE_PAUSE_S = 0.2


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with the voice that says it, or a pause where there is no sentence."""

    sentence: Sentence | None
    voice: Voice
    gain_db: float = 0.0
    pause_s: float = 0.0


class Speaker:
    """Speech of one process. Methods may be called from any thread.

    Parameters
    ----------
    found: who can speak, for tests; else what `SOTTO_VOICES` names and is here.
    """

    def __init__(self, settings: Settings, found: Voices | None = None) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._found = found

    def voices(self) -> tuple[Voice, ...]:
        """Every voice, the preferred first.

        Raises
        ------
        SynthesisUnavailable: there is none. Says what to fetch or install.
        """
        return self._look_up().voices

    def cast(self, script: Script) -> tuple[Line, ...]:
        """Cut a script into sentences and give each its voice. Speaks nothing yet.

        Raises
        ------
        UnknownVoice: a voice that is not here, and nothing that could stand in.
        SynthesisUnavailable: there is no voice at all.
        """
        voices = self._look_up().voices
        lines: list[Line] = []
        last = voices[0]
        for part in script:
            if not isinstance(part, Passage):
                lines.append(Line(None, last, pause_s=part.duration_s))
                continue
            last = _voice_for(part.manner, voices)
            language = part.manner.language or last.locale
            for spans in split_sentences(part.spans):
                sentence = Sentence(
                    spans=spans,
                    language=language,
                    speed=part.manner.speed,
                    pitch=part.manner.pitch,
                )
                lines.append(Line(sentence, last, part.manner.gain_db, SENTENCE_PAUSE_S))
        return tuple(lines)

    def speak(self, lines: tuple[Line, ...]) -> Iterator[Speech]:
        """Yield sentence by sentence, each with the silence behind it, ten minutes at most.

        Sample rates may differ from sentence to sentence. Blocks; belongs into a thread.

        Raises
        ------
        ModelMissing, ModelCorrupt, SynthesisUnavailable: see `Synthesizer.synthesise`.
        """
        engines = self._look_up().engines
        remaining_s = MAX_SPEECH_S
        for line in lines:
            speech = _spoken(line, engines)
            kept = speech.samples[: round(remaining_s * speech.sample_rate)]
            yield Speech(kept, speech.sample_rate)
            remaining_s -= speech.duration_s
            if remaining_s <= 0:
                return

    def _look_up(self) -> Voices:
        with self._lock:
            if self._found is None:
                self._found = find_voices(self._settings)
            return self._found


def _voice_for(manner: Manner, voices: tuple[Voice, ...]) -> Voice:
    """Voice of a passage; text in another language than the voice's takes one of that language."""
    voice = find_voice(voices, manner.voice, manner.voice_locale, manner.gender)
    language = manner.language
    if language is None or _same_language(language, voice.locale):
        return voice
    try:
        return default_voice(voices, language, voice.gender)
    except UnknownVoice:
        return voice  # with an accent, as in the cloud


def _same_language(one: str, other: str) -> bool:
    return one.lower().split("-")[0] == other.lower().split("-")[0]


def _spoken(line: Line, engines: Mapping[str, Synthesizer]) -> Speech:
    """Speak one line, at its level, with its pause."""
    sentence, voice = line.sentence, line.voice
    if sentence is None:
        return Speech.silence(line.pause_s, voice.sample_rate)
    engine = engines[voice.engine]
    pitch = 1.0 if engine.changes_pitch else sentence.pitch
    if pitch != 1.0:
        sentence = Sentence(
            spans=sentence.spans, language=sentence.language, speed=sentence.speed / pitch
        )
    parts = list(engine.synthesise(sentence, voice.speaker))
    if not parts:
        return Speech.silence(line.pause_s, voice.sample_rate)
    speech = join_parts(parts, gain_db=line.gain_db, pause_s=line.pause_s)
    # Played faster than it was made: as high as was asked for, and as long as it should be.
    return Speech(speech.samples, round(speech.sample_rate * pitch))
