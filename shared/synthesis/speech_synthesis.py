"""Synthesis of scripts, sentence by sentence: the use case of text to speech.

The first script looks up the available voices; their engines load at the first sentence. A model
that is fetched later is found by the next script, without a restart.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from shared.errors import UnknownVoice
from shared.scheduling import CheckCancelled, Job, Priority, Scheduler, never_cancelled
from shared.settings import Settings
from shared.synthesis.installed import Voices, find_voices, is_any_fetched
from shared.synthesis.joining import amplify, join_parts
from shared.synthesis.sentences import split_sentences
from shared.synthesis.ssml import Passage, Script, VoiceStyle
from shared.synthesis.synthesizer import Sentence, Speech, Synthesizer
from shared.synthesis.voice_catalogue import Voice, default_voice, find_voice

MAX_SPEECH_S = 600.0  # the contract's limit
SENTENCE_PAUSE_S = 0.2


@dataclass(frozen=True, slots=True)
class SynthesisUnit:
    """A sentence with its voice, or a pause where there is no sentence."""

    sentence: Sentence | None
    voice: Voice
    gain_db: float = 0.0
    pause_s: float = 0.0


class SpeechSynthesis:
    """Speech synthesis of one process. Methods may be called from any thread.

    Parameters
    ----------
    installed: available voices, for tests; None looks up those of `SOTTO_VOICES`.
    clock: seconds, monotonic.
    """

    def __init__(
        self,
        settings: Settings,
        installed: Voices | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._installed = None if installed is None else _Installed(installed)

    def voices(self) -> tuple[Voice, ...]:
        """Return the available voices, the preferred first.

        Raises
        ------
        SynthesisUnavailable: there is none. The message has how to fetch or install one.
        """
        return self._lookup().voices

    def assign_voices(self, script: Script) -> tuple[SynthesisUnit, ...]:
        """Split a script into sentences and assign a voice to each, without synthesis.

        Raises
        ------
        UnknownVoice: a voice is not available, and no other can replace it.
        SynthesisUnavailable: there is no voice at all.
        """
        voices = self._lookup().voices
        units: list[SynthesisUnit] = []
        last = voices[0]
        for part in script:
            if not isinstance(part, Passage):
                units.append(SynthesisUnit(None, last, pause_s=part.duration_s))
                continue
            last = _voice_for(part.style, voices)
            language = part.style.language or last.locale
            for spans in split_sentences(part.spans):
                sentence = Sentence(
                    spans=spans,
                    language=language,
                    speed=part.style.speed,
                    pitch=part.style.pitch,
                )
                units.append(SynthesisUnit(sentence, last, part.style.gain_db, SENTENCE_PAUSE_S))
        return tuple(units)

    def speak(
        self, units: tuple[SynthesisUnit, ...], check_cancelled: CheckCancelled = never_cancelled
    ) -> Iterator[Speech]:
        """Yield sentence by sentence, each with the pause behind it, ten minutes at most.

        A sentence has one part, or several from a remote engine. Sample rates may differ from
        sentence to sentence. Blocks: call it in a thread.

        Parameters
        ----------
        check_cancelled: called before each sentence and while it waits for its slot; its exception
            ends the synthesis and is raised here.

        Raises
        ------
        ModelMissing, ModelCorrupt, SynthesisUnavailable: see `Synthesizer.synthesise`.
        """
        installed = self._lookup()
        remaining_s = MAX_SPEECH_S
        job = Job(Priority.INTERACTIVE, check_cancelled, self._clock)
        for unit in units:
            for part in _speak_unit(unit, installed, job):
                n_left = round(remaining_s * part.sample_rate)
                remaining_s -= part.duration_s
                is_last = part.ends_sentence or remaining_s <= 0
                yield Speech(part.samples[:n_left], part.sample_rate, ends_sentence=is_last)
                if remaining_s <= 0:
                    return

    def _lookup(self) -> "_Installed":
        settings = self._settings
        with self._lock:
            installed = self._installed
            if installed is None or is_any_fetched(installed.missing, settings.model_folder):
                # The new engines load their models again, at their next sentence.
                installed = self._installed = _Installed(find_voices(settings))
            return installed


class _Installed:
    """One look-up of the available voices, with a scheduler for each engine.

    An engine synthesises one sentence at a time. Its scheduler is not that of recognition, which
    would wait for whole sentences: beside four syntheses a clip of 5 s took 1.9 to 9.3 s with one
    scheduler, and 1.0 s with two.
    """

    def __init__(self, found: Voices) -> None:
        self.voices = found.voices
        self.missing = found.missing
        self.schedulers: Mapping[str, Scheduler[Synthesizer]] = {
            name: Scheduler([engine]) for name, engine in found.engines.items()
        }
        self.engines = found.engines


def _speak_unit(unit: SynthesisUnit, installed: _Installed, job: Job) -> Iterator[Speech]:
    """Yield the speech of one unit of a script; `job` has the service of those before it."""
    if unit.sentence is None:
        yield Speech.silence(unit.pause_s, unit.voice.sample_rate)
        return
    if unit.voice.is_remote:  # the other machine bounds how many sentences it synthesises
        job.check_cancelled()
        yield from _stream_parts(unit, unit.sentence, installed.engines[unit.voice.engine])
        return
    scheduler = installed.schedulers[unit.voice.engine]
    # Yield after releasing the slot: a slow or disconnected client must not block the engine.
    with scheduler.slot(job) as slot:
        speech = _synthesise_whole(unit, unit.sentence, slot.resource)
    yield speech


def _voice_for(style: VoiceStyle, voices: tuple[Voice, ...]) -> Voice:
    """Return the voice of a passage; text in another language gets a voice of that language."""
    voice = find_voice(voices, style.voice, style.voice_locale, style.gender)
    language = style.language
    if language is None or _same_language(language, voice.locale):
        return voice
    try:
        return default_voice(voices, language, voice.gender)
    except UnknownVoice:
        return voice  # with an accent, as in the cloud


def _same_language(one: str, other: str) -> bool:
    return one.lower().split("-")[0] == other.lower().split("-")[0]


def _stream_parts(unit: SynthesisUnit, sentence: Sentence, engine: Synthesizer) -> Iterator[Speech]:
    """Yield the parts of a sentence as the engine makes them, then its pause."""
    sample_rate = unit.voice.sample_rate
    for part in engine.synthesise(sentence, unit.voice.speaker):
        sample_rate = part.sample_rate
        yield replace(amplify(part, unit.gain_db), ends_sentence=False)
    yield Speech.silence(unit.pause_s, sample_rate)


def _synthesise_whole(unit: SynthesisUnit, sentence: Sentence, engine: Synthesizer) -> Speech:
    """Synthesise a whole sentence, normalise its level, append its pause."""
    pitch = 1.0 if engine.changes_pitch else sentence.pitch
    if pitch != 1.0:
        sentence = replace(sentence, speed=sentence.speed / pitch, pitch=1.0)
    parts = list(engine.synthesise(sentence, unit.voice.speaker))
    if not parts:
        return Speech.silence(unit.pause_s, unit.voice.sample_rate)
    speech = join_parts(parts, gain_db=unit.gain_db, pause_s=unit.pause_s)
    # A higher sample rate raises the pitch and restores the duration.
    return replace(speech, sample_rate=round(speech.sample_rate * pitch))
