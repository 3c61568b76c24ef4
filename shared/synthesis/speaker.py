"""Scripts spoken sentence by sentence: the use case of text to speech.

Nothing is loaded until the first script; which voices are here is looked up then. A model that is
fetched later is found by the next script, without a restart.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from shared.errors import UnknownVoice
from shared.scheduling import Priority, Scheduler
from shared.settings import Settings
from shared.synthesis.installed import Voices, find_voices, is_any_fetched
from shared.synthesis.joining import amplify, join_parts
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


def carry_on() -> None:
    """Never end the work early."""


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
        self._schedulers: dict[str, Scheduler[Synthesizer]] = {}

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

    def speak(
        self, lines: tuple[Line, ...], go_on: Callable[[], None] = carry_on
    ) -> Iterator[Speech]:
        """Yield sentence by sentence, each with the silence behind it, ten minutes at most.

        A sentence is one part, or several where another machine speaks it. Sample rates may
        differ from sentence to sentence. Blocks; belongs into a thread.

        Parameters
        ----------
        go_on: called before each sentence, when it is its turn; what it raises ends the work and
            is raised here.

        Raises
        ------
        ModelMissing, ModelCorrupt, SynthesisUnavailable: see `Synthesizer.synthesise`.
        """
        engines = self._look_up().engines
        remaining_s = MAX_SPEECH_S
        for n_spoken, line in enumerate(lines):
            for part in self._parts(line, engines, n_spoken, go_on):
                n_left = round(remaining_s * part.sample_rate)
                remaining_s -= part.duration_s
                is_last = part.ends_sentence or remaining_s <= 0
                yield Speech(part.samples[:n_left], part.sample_rate, ends_sentence=is_last)
                if remaining_s <= 0:
                    return

    def _parts(
        self,
        line: Line,
        engines: Mapping[str, Synthesizer],
        n_spoken: int,
        go_on: Callable[[], None],
    ) -> Iterator[Speech]:
        """Speak one line, behind `n_spoken` others of its script."""
        if line.sentence is None:
            yield Speech.silence(line.pause_s, line.voice.sample_rate)
            return
        engine = engines[line.voice.engine]
        if line.voice.is_remote:
            go_on()
            yield from _as_they_come(line, line.sentence, engine)
            return
        scheduler = self._scheduler(line.voice.engine, engine)
        # Yield after releasing the slot: a slow or disconnected client must not block the engine.
        with scheduler.slot(Priority.INTERACTIVE, n_spoken, go_on) as slot:
            go_on()
            speech = _spoken(line, line.sentence, slot.resource)
        yield speech

    def _scheduler(self, name: str, engine: Synthesizer) -> Scheduler[Synthesizer]:
        """Slots of one engine, one sentence at a time.

        Not those of recognition, which would wait for whole sentences: beside four readings a clip
        of 5 s took 1.9 s there and up to 9.3, and 1.0 s with a scheduler of its own.
        """
        with self._lock:
            return self._schedulers.setdefault(name, Scheduler([engine]))

    def _look_up(self) -> Voices:
        settings = self._settings
        with self._lock:
            found = self._found
            if found is None or is_any_fetched(found.missing, settings.model_folder):
                # Engines that were loaded are loaded again by their next sentence.
                found = self._found = find_voices(settings)
            return found


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


def _as_they_come(line: Line, sentence: Sentence, engine: Synthesizer) -> Iterator[Speech]:
    """Pass on the parts of a sentence, then its pause."""
    sample_rate = line.voice.sample_rate
    for part in engine.synthesise(sentence, line.voice.speaker):
        sample_rate = part.sample_rate
        yield replace(amplify(part, line.gain_db), ends_sentence=False)
    yield Speech.silence(line.pause_s, sample_rate)


def _spoken(line: Line, sentence: Sentence, engine: Synthesizer) -> Speech:
    """Speak a sentence as a whole, at its level, with its pause."""
    pitch = 1.0 if engine.changes_pitch else sentence.pitch
    if pitch != 1.0:
        sentence = replace(sentence, speed=sentence.speed / pitch, pitch=1.0)
    parts = list(engine.synthesise(sentence, line.voice.speaker))
    if not parts:
        return Speech.silence(line.pause_s, line.voice.sample_rate)
    speech = join_parts(parts, gain_db=line.gain_db, pause_s=line.pause_s)
    # Played faster than it was made: as high as was asked for, and as long as it should be.
    return replace(speech, sample_rate=round(speech.sample_rate * pitch))
