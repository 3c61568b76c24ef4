"""Transcript -> the result of the REST API for short audio.

https://learn.microsoft.com/azure/ai-services/speech-service/rest-speech-to-text-short
One clip gives one result: its phrases are joined, in the order of time. Times are ticks.
"""

from typing import Any

from shared.ticks import ticks_from_seconds
from shared.transcript import Alternative, Dropped, DropReason, Phrase, Transcript, Word

_CONFIDENCE_DIGITS = 4


def simple_result(transcript: Transcript) -> dict[str, Any]:
    """Return the JSON object of `format=simple`."""
    if not transcript.phrases:
        return _result_without_text(transcript)
    return joined_result(transcript.phrases, is_detailed=False)


def detailed_result(transcript: Transcript) -> dict[str, Any]:
    """Return the JSON object of `format=detailed`; `Words` only if the phrases have timed words."""
    if not transcript.phrases:
        return _result_without_text(transcript)
    return joined_result(transcript.phrases, is_detailed=True)


def joined_result(phrases: tuple[Phrase, ...], *, is_detailed: bool) -> dict[str, Any]:
    """Return one result of all phrases, at least one; of real time too."""
    if not is_detailed:
        return {
            "RecognitionStatus": "Success",
            "DisplayText": _join([phrase.best.display for phrase in phrases]),
            **_extent(phrases),
        }
    n_best = _join_alternatives(phrases)
    words = [word for phrase in phrases for word in phrase.words]
    if words:
        n_best[0]["Words"] = [_word(word) for word in words]
    return {
        "RecognitionStatus": "Success",
        **_extent(phrases),
        "DisplayText": n_best[0]["Display"],
        "NBest": n_best,
    }


def error_result() -> dict[str, Any]:
    """Return the JSON object of a transient failure of the service, sent with HTTP 200."""
    return {"RecognitionStatus": "Error"}


def _result_without_text(transcript: Transcript) -> dict[str, Any]:
    """Return the status of a result without text: speech without match, else the first drop."""
    without_match = [
        stretch
        for stretch in transcript.dropped
        if stretch.reason in {DropReason.NO_MATCH, DropReason.LOOP}
    ]
    if without_match:
        return {"RecognitionStatus": "NoMatch", **_extent(without_match)}
    first = min(transcript.dropped, key=lambda stretch: stretch.offset_s, default=None)
    babble = first is not None and first.reason is DropReason.NOISE
    return {
        "RecognitionStatus": "BabbleTimeout" if babble else "InitialSilenceTimeout",
        "Offset": 0,
        "Duration": ticks_from_seconds(transcript.duration_s),
    }


def _extent(stretches: "tuple[Phrase, ...] | list[Dropped]") -> dict[str, int]:
    """Return the offset of the first stretch and the duration to the end of the last."""
    offset = ticks_from_seconds(min(stretch.offset_s for stretch in stretches))
    end = ticks_from_seconds(max(stretch.offset_s + stretch.duration_s for stretch in stretches))
    return {"Offset": offset, "Duration": end - offset}


def _join_alternatives(phrases: tuple[Phrase, ...]) -> list[dict[str, Any]]:
    """Join the n-th alternatives of all phrases; a phrase with fewer contributes its last."""
    n_alternatives = max(len(phrase.n_best) for phrase in phrases)
    return [
        _join_rank(
            phrases, [phrase.n_best[min(rank, len(phrase.n_best) - 1)] for phrase in phrases]
        )
        for rank in range(n_alternatives)
    ]


def _join_rank(phrases: tuple[Phrase, ...], alternatives: list[Alternative]) -> dict[str, Any]:
    # Weighted by duration: the confidence of two words must not outweigh that of ten seconds.
    weights = [max(phrase.duration_s, 1e-3) for phrase in phrases]
    weighted = sum(
        weight * alternative.confidence
        for weight, alternative in zip(weights, alternatives, strict=True)
    )
    return {
        "Confidence": round(weighted / sum(weights), _CONFIDENCE_DIGITS),
        "Lexical": _join([alternative.lexical for alternative in alternatives]),
        "ITN": _join([alternative.itn for alternative in alternatives]),
        "MaskedITN": _join([alternative.masked_itn for alternative in alternatives]),
        "Display": _join([alternative.display for alternative in alternatives]),
    }


def _word(word: Word) -> dict[str, Any]:
    offset = ticks_from_seconds(word.offset_s)
    return {
        "Word": word.text,
        "Offset": offset,
        "Duration": ticks_from_seconds(word.offset_s + word.duration_s) - offset,
    }


def _join(texts: list[str]) -> str:
    return " ".join(text for text in texts if text)
