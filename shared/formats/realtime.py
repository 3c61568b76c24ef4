"""Events of streaming recognition -> the message bodies of the Speech SDK's protocol.

Times are ticks from the first sample of the turn. The whole body is the client's `result.json`.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from shared.formats.pronunciation import AssessedSpeech, nested_result
from shared.formats.short_audio import joined_result
from shared.streaming_events import PartialPhrase, SilenceTimeout, SpeechEnded
from shared.ticks import ticks_from_seconds
from shared.transcript import DropReason, Phrase, Translation

Body = dict[str, Any]

_CONFIDENCE_DIGITS = 4
# Of the language, by its least probability among the candidates.
_CONFIDENCES = (("High", 0.9), ("Medium", 0.6))

_WITHOUT_MATCH = frozenset({DropReason.NO_MATCH, DropReason.LOOP})


def hypothesis(partial: PartialPhrase, *, has_language: bool, is_diarized: bool) -> Body:
    """Body of `speech.hypothesis`."""
    body: Body = {
        "Id": _new_id(),
        "Text": partial.text,
        **_extent(partial.offset_s, partial.duration_s),
    }
    if has_language:
        body["PrimaryLanguage"] = _language(partial)
    if is_diarized:
        body["SpeakerId"] = "Unknown"
    return body


def phrase(
    phrases: Sequence[Phrase],
    *,
    is_detailed: bool,
    has_language: bool,
    is_diarized: bool,
    assessed: AssessedSpeech | None = None,
) -> Body:
    """Body of `speech.phrase`: phrases of one language between two pauses are one result.

    assessed: the assessment of all these phrases; such a result is detailed.
    """
    first = phrases[0]
    body: Body = {"Id": _new_id()}
    if assessed is not None:
        body |= nested_result(phrases, assessed)
    else:
        body |= joined_result(tuple(phrases), is_detailed=is_detailed)
        if is_detailed and first.words:
            body["NBest"][0] |= _timed_words(phrases)
    if has_language:
        body["PrimaryLanguage"] = _language(first)
    if is_diarized:
        body["SpeakerId"] = "Unknown" if first.speaker is None else f"Guest-{first.speaker}"
    return body


def identified_language(ended: SpeechEnded) -> Body:
    """Body of `speech.phrase` of a client that asks for the language alone."""
    return {
        "Id": _new_id(),
        "RecognitionStatus": "Success",
        **_extent(ended.offset_s, ended.duration_s),
        "PrimaryLanguage": _language(ended.phrases[0]),
    }


def no_match(ended: SpeechEnded) -> Body | None:
    """Body of `speech.phrase` for speech without a text; None for sounds that are no speech."""
    if not any(one.reason in _WITHOUT_MATCH for one in ended.dropped):
        return None
    return _without_text("NoMatch", ended.offset_s, ended.duration_s)


def silence(timeout: SilenceTimeout) -> Body:
    """Body of `speech.phrase` where no one spoke for too long."""
    status = "BabbleTimeout" if timeout.is_noise else "InitialSilenceTimeout"
    return _without_text(status, timeout.offset_s, timeout.duration_s)


def nothing_said(audio_s: float) -> Body:
    """Body of `speech.phrase` at the end of an audio without speech."""
    return _without_text("InitialSilenceTimeout", 0.0, audio_s)


def end_of_dictation(audio_s: float) -> Body:
    """Body of the last `speech.phrase` of a continuous turn; it acknowledges all audio."""
    return {"RecognitionStatus": "EndOfDictation", **_extent(audio_s, 0.0)}


def failure(status: str, message: str) -> Body:
    """Body of `speech.phrase` of a turn that failed.

    status: `RecognitionStatus` of the contract.
    message: the native SDK shows the app the whole body in its error.
    """
    return {**_without_text(status, 0.0, 0.0), "Message": message}


def position(offset_s: float) -> Body:
    """Body of `speech.startDetected` and `speech.endDetected`."""
    return {"Offset": ticks_from_seconds(offset_s)}


def translated(spoken: Body, translations: Sequence[Translation] | None) -> Body:
    """Body of `translation.response`, final. None: no translator could translate the phrase."""
    if translations is None:
        failed = {"TranslationStatus": "Error", "FailureReason": "The translation failed."}
        return {"SpeechPhrase": spoken, **failed}
    return {"SpeechPhrase": spoken, **_translations(translations)}


def partly_translated(spoken: Body, translations: Sequence[Translation]) -> Body:
    """Body of `translation.response` of a partial phrase."""
    return {"SpeechHypothesis": spoken, **_translations(translations)}


def _translations(translations: Sequence[Translation]) -> Body:
    texts = [{"Language": one.target, "Text": one.text} for one in translations]
    return {"TranslationStatus": "Success", "Translations": texts}


def _without_text(status: str, offset_s: float, duration_s: float) -> Body:
    return {"Id": _new_id(), "RecognitionStatus": status, **_extent(offset_s, duration_s)}


def _timed_words(phrases: Sequence[Phrase]) -> Body:
    """Words as spoken, with their confidence, and words as shown."""
    return {
        "Words": [
            {
                "Word": word.text,
                **_extent(word.offset_s, word.duration_s),
                "Confidence": round(word.confidence, _CONFIDENCE_DIGITS),
            }
            for phrase in phrases
            for word in phrase.words
        ],
        "DisplayWords": [
            {"DisplayText": word.text, **_extent(word.offset_s, word.duration_s)}
            for phrase in phrases
            for word in phrase.display_words
        ],
    }


def _language(spoken: Phrase | PartialPhrase) -> Mapping[str, str]:
    probability = 1.0 if spoken.language_probability is None else spoken.language_probability
    confidence = next((name for name, least in _CONFIDENCES if probability >= least), "Low")
    return {"Language": spoken.locale, "Confidence": confidence}


def _extent(offset_s: float, duration_s: float) -> dict[str, int]:
    offset = ticks_from_seconds(offset_s)
    return {"Offset": offset, "Duration": ticks_from_seconds(offset_s + duration_s) - offset}


def _new_id() -> str:
    return uuid.uuid4().hex
