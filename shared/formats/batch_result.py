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
    """Contents of the results of a job.

    channels: separately transcribed channels; empty where they were mixed.
    word_timestamps: list `words`, lexical. display_word_timestamps: list `displayWords`.
    names_locale: add the locale of each phrase, as with language identification.
    punctuation: False removes it from the display forms; capitals and numbers stay.
    """

    channels: tuple[int, ...] = ()
    word_timestamps: bool = False
    display_word_timestamps: bool = False
    names_locale: bool = False
    punctuation: bool = True


def batch_result(
    transcript: Transcript, source: str, created_at: datetime, options: BatchResultOptions
) -> dict[str, Any]:
    """Return the JSON object of the result file of one input.

    Parameters
    ----------
    transcript:
        Its phrases may have any order; the result orders them by time, then channel.
    source:
        Address or name of the input. The result drops the query of an address, which may have a
        signature.
    created_at:
        Time of the result, aware.
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


def _transcribed_channels(transcript: Transcript, requested: Sequence[int]) -> list[int]:
    """Return the channels that get an entry, also silent ones; mixed or mono audio is channel 0."""
    there = {channel for channel in requested if channel < transcript.n_channels}
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
        {
            "confidence": round(alternative.confidence, _CONFIDENCE_DIGITS),
            **_forms(alternative, options),
        }
        for alternative in phrase.n_best
    ]
    # Only the best alternative is aligned to the audio.
    if options.word_timestamps:
        n_best[0]["words"] = [_word(word) for word in phrase.words]
    if options.display_word_timestamps:
        n_best[0]["displayWords"] = [
            {"displayText": shown, **_extent(word)}
            for word in phrase.display_words
            if (shown := _display_text(word.text, options))
        ]
    return {**result, **_extent(phrase), "nBest": n_best}


def _word(word: Word) -> dict[str, Any]:
    confidence = round(word.confidence, _CONFIDENCE_DIGITS)
    return {"word": word.text, **_extent(word), "confidence": confidence}


def _extent(timed: Phrase | Word) -> dict[str, str | int]:
    # Both ends are rounded, so that adjacent words stay adjacent.
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


def _forms(alternative: Alternative, options: BatchResultOptions) -> dict[str, str]:
    return {
        "lexical": alternative.lexical,
        "itn": alternative.itn,
        "maskedITN": alternative.masked_itn,
        "display": _display_text(alternative.display, options),
    }


def _combined_forms(alternatives: Sequence[dict[str, str]]) -> dict[str, str]:
    return {
        form: " ".join(alternative[form] for alternative in alternatives if alternative[form])
        for form in ("lexical", "itn", "maskedITN", "display")
    }


def _display_text(text: str, options: BatchResultOptions) -> str:
    return text if options.punctuation else without_punctuation(text)
