"""Transcript -> the result of fast transcription (`transcriptions:transcribe`).

https://learn.microsoft.com/rest/api/speechtotext/transcriptions/transcribe
Times are whole milliseconds. The only text form of this contract is the display form.
"""

from collections.abc import Sequence
from typing import Any

from shared.ticks import milliseconds_from_seconds
from shared.transcript import Phrase, Transcript, Word

_CONFIDENCE_DIGITS = 4


def fast_transcription_result(
    transcript: Transcript, separate_channels: Sequence[int] = ()
) -> dict[str, Any]:
    """Return the JSON object of the answer.

    separate_channels: separately transcribed channels; empty where they were mixed, then the
    answer has no channel numbers. A channel without speech has an empty combined phrase.
    """
    phrases = sorted(transcript.phrases, key=lambda phrase: (phrase.channel, phrase.offset_s))
    if separate_channels:
        combined = [
            {"channel": channel, "text": _text_of([p for p in phrases if p.channel == channel])}
            for channel in separate_channels
        ]
    else:
        combined = [{"text": _text_of(phrases)}]
    return {
        "durationMilliseconds": milliseconds_from_seconds(transcript.duration_s),
        "combinedPhrases": combined,
        "phrases": [_phrase(phrase, names_channel=bool(separate_channels)) for phrase in phrases],
    }


def _phrase(phrase: Phrase, *, names_channel: bool) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if names_channel:
        result["channel"] = phrase.channel
    if phrase.speaker is not None:
        result["speaker"] = phrase.speaker
    return {
        **result,
        **_extent(phrase),
        "text": phrase.best.display,
        "words": [{"text": word.text, **_extent(word)} for word in phrase.display_words],
        "locale": phrase.locale,
        "confidence": round(phrase.best.confidence, _CONFIDENCE_DIGITS),
    }


def _extent(timed: Phrase | Word) -> dict[str, int]:
    # Both ends are rounded, so that adjacent words stay adjacent.
    offset = milliseconds_from_seconds(timed.offset_s)
    end = milliseconds_from_seconds(timed.offset_s + timed.duration_s)
    return {"offsetMilliseconds": offset, "durationMilliseconds": end - offset}


def _text_of(phrases: list[Phrase]) -> str:
    return " ".join(phrase.best.display for phrase in phrases if phrase.best.display)
