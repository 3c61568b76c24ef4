"""Round trip of the voices: ten sentences spoken, recognised again, and compared.

A measure of being understood, not of being pleasant. The recogniser's own mistakes are in it, so a
voice can not come out better than Whisper's figure for its language.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import jiwer
from whisper_normalizer.basic import BasicTextNormalizer  # type: ignore[import-untyped]

from benchmarks.report import Figure, Section
from benchmarks.spoken_sentences import PARAGRAPH, SENTENCES
from benchmarks.word_error_rate import WordErrors, normal_form, word_error_rate
from shared.audio.encode import Container, Encoding
from shared.audio.stream import open_audio
from shared.errors import UnknownVoice
from shared.recognition.options import RecognitionOptions
from shared.recognition.recogniser import Recogniser
from shared.settings import Settings
from shared.synthesis.encoded import encoded_speech
from shared.synthesis.speaker import Speaker
from shared.synthesis.ssml import Manner, Passage, Script
from shared.synthesis.synthesizer import Span
from shared.synthesis.voices import Voice, find_voice
from shared.transcript import Phrase

# The voices that well-known names lead to, Piper's, and one of eSpeak NG's.
VOICES = (
    "af_heart af_bella am_michael am_fenrir en-US-JoeNeural bf_emma bm_george ef_dora em_alex "
    "ff_siwis if_sara im_nicola pf_dora pm_alex de-DE-EspeakStandard"
).split()
_MOST_WER = 10.0
_MOST_FIRST_BYTE = 1 / 3
_WAV = Encoding(Container.WAV, "pcm_s16le", 24_000)
_WAV_HEADER_BYTES = 44


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """What became of one voice's sentences."""

    voice: Voice
    wer: float
    rtf: float


def measure_voices(settings: Settings, at_most: int | None) -> Section:
    """WER and speed of each voice that is here, and how soon a paragraph begins."""
    speaker, recogniser = Speaker(settings), Recogniser(settings)
    trips = [
        _round_trip(voice, speaker, recogniser, at_most)
        for name in VOICES
        if (voice := _voice(speaker, name)) is not None
    ]
    first_s, whole_s = _first_byte(speaker)
    figures = [
        Figure(
            f"{trip.voice.short_name} ({trip.voice.engine}): WER; RTF",
            f"{trip.wer:.1f} %; {trip.rtf:.2f}",
            asked=f"below {_MOST_WER:.0f} %" if trip.voice.engine != "espeak-ng" else "",
            met=trip.wer < _MOST_WER if trip.voice.engine != "espeak-ng" else None,
        )
        for trip in trips
    ]
    figures.append(
        Figure(
            "first byte of five sentences; whole",
            f"{first_s:.2f} s; {whole_s:.2f} s",
            asked="a third of the whole",
            met=first_s < _MOST_FIRST_BYTE * whole_s,
        )
    )
    return Section(
        title="Voices, spoken and recognised again",
        figures=tuple(figures),
        numbers={
            "wer": {trip.voice.short_name: trip.wer for trip in trips},
            "rtf": {trip.voice.short_name: trip.rtf for trip in trips},
            "first_byte_s": first_s,
            "whole_s": whole_s,
        },
        systems=("Sotto",),
    )


def _voice(speaker: Speaker, name: str) -> Voice | None:
    """Find a voice of exactly this name; None where it is not set up."""
    try:
        voice = find_voice(speaker.voices(), name)
    except UnknownVoice:
        return None
    return voice if name in {voice.speaker, voice.short_name} else None


def _round_trip(
    voice: Voice, speaker: Speaker, recogniser: Recogniser, at_most: int | None
) -> RoundTrip:
    normal = _normaliser(voice.locale)
    list(encoded_speech(speaker, speaker.cast(_script("A", voice)), _WAV))  # loads the model
    counts, synthesis_s, speech_s = [], 0.0, 0.0
    for sentence in SENTENCES[voice.locale[:2]][:at_most]:
        began = time.perf_counter()
        wav = b"".join(encoded_speech(speaker, speaker.cast(_script(sentence, voice)), _WAV))
        synthesis_s += time.perf_counter() - began
        speech_s += (len(wav) - _WAV_HEADER_BYTES) / 2 / _WAV.sample_rate
        heard = _recognised(wav, voice.locale, recogniser)
        errors = jiwer.process_words(normal(sentence), normal(heard))
        n_errors = errors.substitutions + errors.deletions + errors.insertions
        counts.append(WordErrors(n_errors, errors.hits + errors.substitutions + errors.deletions))
        if n_errors:
            print(f"  {voice.short_name}: {sentence}\n    heard: {heard}")
    return RoundTrip(voice, word_error_rate(counts), synthesis_s / speech_s)


def _first_byte(speaker: Speaker) -> tuple[float, float]:
    """Seconds to the first byte of the paragraph, and to its last, in the preferred voice."""
    lines = speaker.cast(_script(PARAGRAPH, speaker.voices()[0]))
    began = time.perf_counter()
    pieces = encoded_speech(speaker, lines, _WAV)
    next(pieces)
    first_s = time.perf_counter() - began
    for _ in pieces:
        pass
    return first_s, time.perf_counter() - began


def _script(text: str, voice: Voice) -> Script:
    return (Passage((Span(text),), Manner(voice=voice.short_name)),)


def _recognised(wav: bytes, locale: str, recogniser: Recogniser) -> str:
    with open_audio(wav) as stream:
        results: Sequence[object] = list(
            recogniser.recognise(stream, RecognitionOptions(locales=(locale,)))
        )
    return " ".join(result.n_best[0].lexical for result in results if isinstance(result, Phrase))


@cache
def _normaliser(locale: str) -> Callable[[str], str]:
    if locale.startswith("en"):
        return normal_form
    normaliser: Callable[[str], str] = BasicTextNormalizer()
    return normaliser
