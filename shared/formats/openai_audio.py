"""Transcript -> the answers of OpenAI's `POST /v1/audio/transcriptions`, whole and as events.

https://platform.openai.com/docs/api-reference/audio
Times are seconds, to the millisecond. The only text form is the display form. SRT and WebVTT are
`shared.formats.subtitles`.
"""

import math
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from shared.formats.openai_languages import language_code, language_name
from shared.formats.punctuation import without_punctuation
from shared.formats.scripts import join_sentences
from shared.ticks import milliseconds_from_seconds
from shared.transcript import Phrase, Transcript, Word

UNKNOWN_LANGUAGE = "unknown"

_FRAMES_PER_SECOND = 100  # of Whisper's spectrogram, in which `seek` counts
_LEAST_CONFIDENCE = 1e-6
_DIGITS = 4


def transcription_text(transcript: Transcript) -> str:
    """Return the whole text in one line with a line break; empty without speech."""
    return f"{_text_of(_phrases_with_text(transcript))}\n"


def transcription_json(transcript: Transcript) -> dict[str, Any]:
    """Return the answer of `json`; `languages` in the order of their first phrase."""
    phrases = _phrases_with_text(transcript)
    return {
        "text": _text_of(phrases),
        "languages": languages_of(phrases),
        "usage": _usage(transcript),
    }


def verbose_json(
    transcript: Transcript, granularities: Collection[str], requested_locale: str | None = None
) -> dict[str, Any]:
    """Return the answer of `verbose_json`.

    A phrase is a segment. Of the figures of Whisper's transcription loop `temperature` and
    `no_speech_prob` are 0, since voice activity detection replaces them, and `tokens` is empty.

    Parameters
    ----------
    granularities: `segment`, `word` or both; the other member is left out.
    requested_locale: canonical; its language is the answer's without speech.
    """
    phrases = _phrases_with_text(transcript)
    answer: dict[str, Any] = {
        "task": "transcribe",
        "language": _main_language(phrases, requested_locale),
        "duration": _seconds(transcript.duration_s),
        "text": _text_of(phrases),
    }
    if "segment" in granularities:
        # Whisper's segments begin with a space where the script writes them.
        first = phrases[0].best.display[:1] if phrases else ""
        pieces = _continuations((first, *(phrase.best.display for phrase in phrases)))
        answer["segments"] = [
            _verbose_segment(number, phrase, piece)
            for number, (phrase, piece) in enumerate(zip(phrases, pieces, strict=True))
        ]
    if "word" in granularities:
        answer["words"] = [
            {"word": text, **_extent(word)}
            for phrase in phrases
            for word in phrase.display_words
            if (text := without_punctuation(word.text))
        ]
    return {**answer, "usage": _usage(transcript)}


def diarized_json(transcript: Transcript) -> dict[str, Any]:
    """Return the answer of `diarized_json` for a transcript with speakers."""
    return {
        "task": "transcribe",
        "duration": _seconds(transcript.duration_s),
        "text": _text_of(_phrases_with_text(transcript)),
        "segments": _diarized_segments(transcript),
        "usage": _usage(transcript),
    }


def diarized_events(transcript: Transcript) -> Iterator[dict[str, Any]]:
    """Yield the events of a transcript with speakers: delta and segment per phrase, then done."""
    phrases = _phrases_with_text(transcript)
    pieces = _continuations(("", *(phrase.best.display for phrase in phrases)))
    for piece, segment in zip(pieces, _diarized_segments(transcript), strict=True):
        yield {**delta_event(piece), "segment_id": segment["id"]}
        yield segment
    yield done_event(_text_of(phrases), languages_of(phrases))


def delta_event(delta: str) -> dict[str, Any]:
    """Return the event of a recognised phrase; the concatenated deltas are the text."""
    return {"type": "transcript.text.delta", "delta": delta}


def done_event(text: str, languages: list[dict[str, str]]) -> dict[str, Any]:
    """Return the last event, with the whole text."""
    return {"type": "transcript.text.done", "text": text, "languages": languages}


def continuation(text: str, following: str) -> str:
    """Return `following`, with a space in front where it needs one behind `text`."""
    last = text[-1:]
    return join_sentences([last, following]).removeprefix(last)


def languages_of(phrases: Iterable[Phrase]) -> list[dict[str, str]]:
    """Return the codes of the languages of phrases, without duplicates."""
    codes = dict.fromkeys(language_code(phrase.locale) for phrase in phrases)
    return [{"code": code} for code in codes]


def speaker_label(speaker: int | None) -> str:
    """Return `A` for speaker 1 up to `Z`, then `AA`; `A` also without diarization."""
    number, label = speaker or 1, ""
    while number:
        number, letter = divmod(number - 1, 26)
        label = chr(ord("A") + letter) + label
    return label


def _phrases_with_text(transcript: Transcript) -> list[Phrase]:
    """Return the phrases with text, by time."""
    with_text = [phrase for phrase in transcript.phrases if phrase.best.display]
    return sorted(with_text, key=lambda phrase: (phrase.offset_s, phrase.channel))


def _text_of(phrases: Sequence[Phrase]) -> str:
    return join_sentences([phrase.best.display for phrase in phrases])


def _continuations(texts: Sequence[str]) -> list[str]:
    """Return the continuation of each text but the first."""
    return [continuation(*pair) for pair in pairwise(texts)]


def _main_language(phrases: Sequence[Phrase], requested_locale: str | None) -> str:
    """Return the name of the language with the longest speech."""
    duration_s: dict[str, float] = {}
    for phrase in phrases:
        duration_s[phrase.locale] = duration_s.get(phrase.locale, 0.0) + phrase.duration_s
    locale = (
        max(duration_s, key=lambda locale: duration_s[locale]) if duration_s else requested_locale
    )
    return UNKNOWN_LANGUAGE if locale is None else language_name(locale)


def _verbose_segment(number: int, phrase: Phrase, text: str) -> dict[str, Any]:
    utf8 = text.encode()
    confidence = max(phrase.best.confidence, _LEAST_CONFIDENCE)
    return {
        "id": number,
        "seek": round(phrase.offset_s * _FRAMES_PER_SECOND),
        **_extent(phrase),
        "text": text,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": round(math.log(confidence), _DIGITS),
        "compression_ratio": round(len(utf8) / len(zlib.compress(utf8)), _DIGITS),
        "no_speech_prob": 0.0,
    }


def _diarized_segments(transcript: Transcript) -> list[dict[str, Any]]:
    return [
        {
            "type": "transcript.text.segment",
            "id": f"seg_{number}",
            **_extent(phrase),
            "text": phrase.best.display,
            "speaker": speaker_label(phrase.speaker),
        }
        for number, phrase in enumerate(_phrases_with_text(transcript))
    ]


def _extent(timed: Phrase | Word) -> dict[str, float]:
    return {
        "start": _seconds(timed.offset_s),
        "end": _seconds(timed.offset_s + timed.duration_s),
    }


def _seconds(seconds: float) -> float:
    return milliseconds_from_seconds(seconds) / 1_000


def _usage(transcript: Transcript) -> dict[str, Any]:
    """Return the billed duration of OpenAI's API: seconds, rounded up."""
    return {"type": "duration", "seconds": math.ceil(_seconds(transcript.duration_s))}
