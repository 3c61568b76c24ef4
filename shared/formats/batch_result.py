"""Transcript -> the result file of batch transcription.

https://learn.microsoft.com/azure/ai-services/speech-service/batch-transcription-get
A time is rounded to whole milliseconds once; duration in ISO 8601, ticks and milliseconds are
then three spellings of one number. Word times are good to 20 ms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.durations import iso_duration
from shared.formats.punctuation import without_punctuation
from shared.formats.source_address import source_text
from shared.ticks import milliseconds_from_seconds, ticks_from_milliseconds
from shared.transcript import Alternative, Phrase, Transcript, Word

_CONFIDENCE_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResultOptions:
    """What a job asked to see in its results.

    channels: that were to be transcribed one by one; empty where they were mixed to one.
    word_timestamps: list `words`, lexical. display_word_timestamps: list `displayWords`.
    names_locale: say the locale of each phrase, as with language identification.
    punctuation: False takes it out of the display forms and leaves capitals and numbers alone.
    """

    channels: tuple[int, ...] = ()
    word_timestamps: bool = False
    display_word_timestamps: bool = False
    names_locale: bool = False
    punctuation: bool = True


def batch_result(
    transcript: Transcript, source: str, created_at: datetime, options: BatchResultOptions
) -> dict[str, Any]:
    """JSON object of the result file of one input.

    Parameters
    ----------
    transcript:
        Its phrases may come in any order; the result has them by time, channels mixed.
    source:
        Address or name of the input. The query of an address, which may hold a signature, is
        left out.
    created_at:
        When the result was made, aware.
    """
    phrases = sorted(transcript.phrases, key=lambda phrase: (phrase.offset_s, phrase.channel))
    duration_ms = milliseconds_from_seconds(transcript.duration_s)
    return {
        "source": source_text(source),
        "timestamp": f"{created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "durationInTicks": ticks_from_milliseconds(duration_ms),
        "durationMilliseconds": duration_ms,
        "duration": iso_duration(ticks_from_milliseconds(duration_ms)),
        "combinedRecognizedPhrases": [
            {
                "channel": channel,
                **_combined_forms(
                    [_forms(p.best, options) for p in phrases if p.channel == channel]
                ),
            }
            for channel in _transcribed_channels(transcript, options.channels)
        ],
        "recognizedPhrases": [_phrase(phrase, options) for phrase in phrases],
    }


def _transcribed_channels(transcript: Transcript, asked_for: Sequence[int]) -> list[int]:
    """Channels with an entry of their own, silent ones too; mixed or mono audio is channel 0."""
    there = {channel for channel in asked_for if channel < transcript.n_channels}
    if not there or transcript.n_channels == 1:
        there = {0}
    return sorted(there | {phrase.channel for phrase in transcript.phrases})


def _phrase(phrase: Phrase, options: BatchResultOptions) -> dict[str, Any]:
    result: dict[str, Any] = {"recognitionStatus": "Success", "channel": phrase.channel}
    if phrase.speaker is not None:
        result["speaker"] = phrase.speaker
    if options.names_locale:
        result["locale"] = phrase.locale
    n_best: list[dict[str, Any]] = [
        {"confidence": round(reading.confidence, _CONFIDENCE_DIGITS), **_forms(reading, options)}
        for reading in phrase.n_best
    ]
    # Only the best reading is aligned to the audio.
    if options.word_timestamps:
        n_best[0]["words"] = [_word(word) for word in phrase.words]
    if options.display_word_timestamps:
        n_best[0]["displayWords"] = [
            {"displayText": shown, **_extent(word)}
            for word in phrase.display_words
            if (shown := _display(word.text, options))
        ]
    return {**result, **_extent(phrase), "nBest": n_best}


def _word(word: Word) -> dict[str, Any]:
    confidence = round(word.confidence, _CONFIDENCE_DIGITS)
    return {"word": word.text, **_extent(word), "confidence": confidence}


def _extent(timed: Phrase | Word) -> dict[str, str | int]:
    # Rounded at both ends, so that a word that ends where the next begins still does.
    offset_ms = milliseconds_from_seconds(timed.offset_s)
    duration_ms = milliseconds_from_seconds(timed.offset_s + timed.duration_s) - offset_ms
    offset_ticks = ticks_from_milliseconds(offset_ms)
    duration_ticks = ticks_from_milliseconds(duration_ms)
    return {
        "offset": iso_duration(offset_ticks),
        "duration": iso_duration(duration_ticks),
        "offsetInTicks": offset_ticks,
        "durationInTicks": duration_ticks,
        "offsetMilliseconds": offset_ms,
        "durationMilliseconds": duration_ms,
    }


def _forms(reading: Alternative, options: BatchResultOptions) -> dict[str, str]:
    return {
        "lexical": reading.lexical,
        "itn": reading.itn,
        "maskedITN": reading.masked_itn,
        "display": _display(reading.display, options),
    }


def _combined_forms(readings: Sequence[dict[str, str]]) -> dict[str, str]:
    return {
        form: " ".join(reading[form] for reading in readings if reading[form])
        for form in ("lexical", "itn", "maskedITN", "display")
    }


def _display(text: str, options: BatchResultOptions) -> str:
    return text if options.punctuation else without_punctuation(text)
