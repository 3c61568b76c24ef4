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
from shared.formats.scripts import joined_sentences
from shared.ticks import milliseconds_from_seconds
from shared.transcript import Phrase, Transcript, Word

UNKNOWN_LANGUAGE = "unknown"

_FRAMES_PER_SECOND = 100  # of Whisper's spectrogram, in which `seek` counts
_LEAST_CONFIDENCE = 1e-6
_DIGITS = 4


def transcription_text(transcript: Transcript) -> str:
    """All that was said in one line; empty where nobody speaks. Ends with a line break."""
    return f"{_text_of(_spoken(transcript))}\n"


def transcription_json(transcript: Transcript) -> dict[str, Any]:
    """Answer of `json`; `languages` in the order in which they are first spoken."""
    phrases = _spoken(transcript)
    return {
        "text": _text_of(phrases),
        "languages": languages_of(phrases),
        "usage": _usage(transcript),
    }


def verbose_json(
    transcript: Transcript, granularities: Collection[str], asked_locale: str | None = None
) -> dict[str, Any]:
    """Answer of `verbose_json`.

    A phrase is a segment. Of the figures of Whisper's own loop `temperature` and
    `no_speech_prob` are 0, because voice activity has decided before, and `tokens` is empty.

    Parameters
    ----------
    granularities: `segment`, `word` or both; the other member is left out.
    asked_locale: canonical; its language is given where nobody speaks.
    """
    phrases = _spoken(transcript)
    answer: dict[str, Any] = {
        "task": "transcribe",
        "language": _main_language(phrases, asked_locale),
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
    """Answer of `diarized_json`, of a transcript whose phrases have speakers."""
    return {
        "task": "transcribe",
        "duration": _seconds(transcript.duration_s),
        "text": _text_of(_spoken(transcript)),
        "segments": _diarized_segments(transcript),
        "usage": _usage(transcript),
    }


def diarized_events(transcript: Transcript) -> Iterator[dict[str, Any]]:
    """Events of a whole transcript whose phrases have speakers: text and segment, then the end."""
    phrases = _spoken(transcript)
    pieces = _continuations(("", *(phrase.best.display for phrase in phrases)))
    for piece, segment in zip(pieces, _diarized_segments(transcript), strict=True):
        yield {**delta_event(piece), "segment_id": segment["id"]}
        yield segment
    yield done_event(_text_of(phrases), languages_of(phrases))


def delta_event(delta: str) -> dict[str, Any]:
    """Event of text that has been recognised; all deltas together are the text."""
    return {"type": "transcript.text.delta", "delta": delta}


def done_event(text: str, languages: list[dict[str, str]]) -> dict[str, Any]:
    """Last event, with the whole text."""
    return {"type": "transcript.text.done", "text": text, "languages": languages}


def continuation(text: str, following: str) -> str:
    """What makes `text` and `following` one text: `following`, after a space where one belongs."""
    last = text[-1:]
    return joined_sentences([last, following]).removeprefix(last)


def languages_of(phrases: Iterable[Phrase]) -> list[dict[str, str]]:
    """Codes of the languages of phrases, each once."""
    codes = dict.fromkeys(language_code(phrase.locale) for phrase in phrases)
    return [{"code": code} for code in codes]


def speaker_label(speaker: int | None) -> str:
    """`A` for speaker 1 up to `Z`, then `AA`; `A` too where no voice could be told from another."""
    number, label = speaker or 1, ""
    while number:
        number, letter = divmod(number - 1, 26)
        label = chr(ord("A") + letter) + label
    return label


def _spoken(transcript: Transcript) -> list[Phrase]:
    """Phrases with text, by time."""
    spoken = [phrase for phrase in transcript.phrases if phrase.best.display]
    return sorted(spoken, key=lambda phrase: (phrase.offset_s, phrase.channel))


def _text_of(phrases: Sequence[Phrase]) -> str:
    return joined_sentences([phrase.best.display for phrase in phrases])


def _continuations(texts: Sequence[str]) -> list[str]:
    """Every text but the first, as it continues the one before."""
    return [continuation(*pair) for pair in pairwise(texts)]


def _main_language(phrases: Sequence[Phrase], asked_locale: str | None) -> str:
    """Name of the language that is spoken longest."""
    spoken_s: dict[str, float] = {}
    for phrase in phrases:
        spoken_s[phrase.locale] = spoken_s.get(phrase.locale, 0.0) + phrase.duration_s
    locale = max(spoken_s, key=lambda locale: spoken_s[locale]) if spoken_s else asked_locale
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
        for number, phrase in enumerate(_spoken(transcript))
    ]


def _extent(timed: Phrase | Word) -> dict[str, float]:
    return {
        "start": _seconds(timed.offset_s),
        "end": _seconds(timed.offset_s + timed.duration_s),
    }


def _seconds(seconds: float) -> float:
    return milliseconds_from_seconds(seconds) / 1_000


def _usage(transcript: Transcript) -> dict[str, Any]:
    """What the cloud would bill: begun seconds."""
    return {"type": "duration", "seconds": math.ceil(_seconds(transcript.duration_s))}
