"""Round trip of the voices: ten sentences are synthesised, recognised and compared.

A measure of being understood, not of being pleasant. The transcriber's own mistakes are in it, so a
voice cannot come out better than Whisper's figure for its language. Every voice of Kokoro and of
Piper that is here speaks, eSpeak NG's in German; none of a cloud does. It takes 12 minutes on two
cores that are idle. Where they are not, the further voices of a locale have fewer sentences.
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.report import Figure, Section
from benchmarks.spoken_sentences import PARAGRAPH, SENTENCES
from benchmarks.word_error_rate import WordErrors, count_errors, word_error_rate
from shared.audio.encode import Container, Encoding
from shared.audio.stream import open_audio
from shared.language.locales import language_of
from shared.recognition.options import RecognitionOptions
from shared.settings import Settings
from shared.synthesis.encoded import encode_speech
from shared.synthesis.speech_synthesis import SpeechSynthesis
from shared.synthesis.ssml import Passage, Script, VoiceStyle
from shared.synthesis.synthesizer import Span
from shared.synthesis.voice_catalogue import ESPEAK, Voice
from shared.transcript import Phrase
from shared.transcription.local_transcriber import LocalTranscriber

_ESPEAK_LOCALE = "de-DE"  # the largest language with no other engine
N_SENTENCES = 10
_MOST_S = 2100.0  # time limit of the further voices of a locale and gender
_LEAST_SENTENCES = 5  # their minimum in any case
_MOST_WER = 10.0
_MOST_FIRST_SOUND = 100 / 3
_WAV = Encoding(Container.WAV, "pcm_s16le", 24_000)
_WAV_HEADER_BYTES = 44


@dataclass(slots=True, eq=False)
class Trial:
    """Results of one voice's sentences so far. Times are in seconds."""

    voice: Voice
    counts: list[WordErrors] = field(default_factory=list)
    processor_s: float = 0.0
    speech_s: float = 0.0

    @property
    def wer(self) -> float:
        """Word error rate in percent."""
        return word_error_rate(self.counts)

    @property
    def effort(self) -> float:
        """Processor seconds per second of speech, all cores together.

        Steadier than elapsed time on a busy machine. The process of eSpeak NG is not in it.
        """
        return self.processor_s / self.speech_s

    def figure(self) -> Figure:
        """The voice's row; eSpeak NG has no target."""
        has_target = self.voice.engine != ESPEAK
        return Figure(
            f"`{self.voice.short_name}`: WER of {len(self.counts)} sentences",
            self.voice.engine,
            f"{self.wer:.1f} %",
            others=(f"{self.effort:.2f}" if has_target else "",),
            target=f"below {_MOST_WER:.0f} %" if has_target else "",
            met=self.wer < _MOST_WER if has_target else None,
        )


@dataclass(frozen=True, slots=True)
class FirstSound:
    """Latency of an engine: seconds to the first bytes and to the last, by round."""

    engine: str
    first_s: tuple[float, ...]
    whole_s: tuple[float, ...]

    @property
    def percent(self) -> float:
        """Median of the shares within each round."""
        return 100 * statistics.median(
            first_s / whole_s for first_s, whole_s in zip(self.first_s, self.whole_s, strict=True)
        )

    def figure(self) -> Figure:
        """The engine's row."""
        first_s, whole_s = statistics.median(self.first_s), statistics.median(self.whole_s)
        return Figure(
            f"five sentences: first sound after {first_s:.2f} of {whole_s:.2f} s",
            self.engine,
            f"{self.percent:.0f} %",
            target="below a third",
            met=self.percent < _MOST_FIRST_SOUND,
        )


def measure_voices(settings: Settings, at_most: int | None, repeats: int) -> Section:
    """WER and effort of each voice, and the latency of five sentences by each engine.

    at_most: sentences of a voice; None takes all ten.
    """
    began = time.monotonic()
    synthesis, transcriber = SpeechSynthesis(settings), LocalTranscriber(settings)
    trials = [Trial(voice) for voice in synthesis.voices() if _is_measured(voice)]
    engines = {trial.voice.engine: trial.voice for trial in reversed(trials)}
    first_sounds = [_first_sound(voice, synthesis, repeats) for voice in engines.values()]
    preferred = _preferred(trials)
    further = [trial for trial in trials if trial not in preferred]
    n_sentences = N_SENTENCES if at_most is None else min(at_most, N_SENTENCES)
    for trial in preferred:
        for number in range(n_sentences):
            _run_sentence(trial, number, synthesis, transcriber)
        print(f"  {trial.voice.short_name}: WER {trial.wer:.1f} %", flush=True)
    for number in range(n_sentences):
        if number >= _LEAST_SENTENCES and time.monotonic() - began > _MOST_S:
            break
        for trial in further:
            _run_sentence(trial, number, synthesis, transcriber)
        print(f"  further voices: {number + 1} of {n_sentences} sentences", flush=True)
    return Section(
        title="Synthesised and recognised",
        figures=(*(trial.figure() for trial in trials), *(one.figure() for one in first_sounds)),
        numbers={
            "wer": {trial.voice.short_name: trial.wer for trial in trials},
            "effort": {trial.voice.short_name: trial.effort for trial in trials},
            "sentences": {trial.voice.short_name: len(trial.counts) for trial in trials},
            "first_sound_s": {one.engine: one.first_s for one in first_sounds},
            "whole_s": {one.engine: one.whole_s for one in first_sounds},
        },
        note=_note(trials, settings),
        systems=("engine", "measured", "effort"),
        page="voices.md",
    )


def _preferred(trials: Sequence[Trial]) -> list[Trial]:
    """Keep the first of each locale and gender of an engine: the default for most names."""
    first: dict[tuple[str, str, str], Trial] = {}
    for trial in trials:
        voice = trial.voice
        first.setdefault((voice.engine, voice.locale, voice.gender), trial)
    return list(first.values())


def _is_measured(voice: Voice) -> bool:
    if voice.engine == ESPEAK:
        return voice.locale == _ESPEAK_LOCALE
    return not voice.is_remote


def _note(trials: Sequence[Trial], settings: Settings) -> str:
    """Rates of whole languages, and their conditions."""
    languages: dict[str, list[WordErrors]] = {}
    for trial in trials:
        if trial.voice.engine != ESPEAK:
            languages.setdefault(language_of(trial.voice.locale), []).extend(trial.counts)
    rates = ", ".join(
        f"{language} {word_error_rate(counts):.1f} %" for language, counts in languages.items()
    )
    return (
        f"All voices of a language together: {rates}. Recognised by Whisper {settings.model},"
        f" {settings.compute_type}. Effort is processor seconds per second of speech, all cores"
        " together."
    )


def _run_sentence(
    trial: Trial, number: int, synthesis: SpeechSynthesis, transcriber: LocalTranscriber
) -> None:
    """Have the voice say one of its sentences, and hear what was understood."""
    language = language_of(trial.voice.locale)
    sentence = SENTENCES[language][number]
    began = time.process_time()
    wav = _spoken(sentence, trial.voice, synthesis)
    trial.processor_s += time.process_time() - began
    trial.speech_s += (len(wav) - _WAV_HEADER_BYTES) / 2 / _WAV.sample_rate
    recognised = _recognised(wav, trial.voice.locale, transcriber)
    trial.counts.append(count_errors(sentence, recognised, trial.voice.locale))
    if trial.counts[-1].n_errors:
        print(f"  {trial.voice.short_name}: {sentence}\n    recognised: {recognised}")


def _first_sound(voice: Voice, synthesis: SpeechSynthesis, repeats: int) -> FirstSound:
    """Speak the paragraph some times, the model being loaded; it is English for every voice."""
    _spoken("A", voice, synthesis)
    first_s, whole_s = [], []
    for _ in range(repeats):
        lines = synthesis.assign_voices(_script(PARAGRAPH, voice))
        began = time.perf_counter()
        pieces = encode_speech(synthesis, lines, _WAV)
        next(pieces)
        first_s.append(time.perf_counter() - began)
        for _ in pieces:
            pass
        whole_s.append(time.perf_counter() - began)
    measured = FirstSound(voice.engine, tuple(first_s), tuple(whole_s))
    print(f"  {voice.engine}: first sound after {measured.percent:.0f} % of the time", flush=True)
    return measured


def _spoken(text: str, voice: Voice, synthesis: SpeechSynthesis) -> bytes:
    return b"".join(encode_speech(synthesis, synthesis.assign_voices(_script(text, voice)), _WAV))


def _script(text: str, voice: Voice) -> Script:
    return (Passage((Span(text),), VoiceStyle(voice=voice.short_name)),)


def _recognised(wav: bytes, locale: str, transcriber: LocalTranscriber) -> str:
    with open_audio(wav) as stream:
        results: Sequence[object] = list(
            transcriber.recognise(stream, RecognitionOptions(locales=(locale,)))
        )
    return " ".join(result.n_best[0].lexical for result in results if isinstance(result, Phrase))
