"""An assessed utterance -> the results of short audio and of real time.

Both have the same fields. Short audio writes scores beside the names and times of what they are of,
real time into an object `PronunciationAssessment` there. The Speech SDK fails on a result without
some of them, so real time has these always, empty or not requested as they are.

Source: Azure's pages on pronunciation assessment; the result classes of Speech SDK 1.53.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.assessment import (
    AssessedPhoneme,
    AssessedSyllable,
    AssessedWord,
    Assessment,
    AssessmentOptions,
    GradingSystem,
    Granularity,
    WordProsody,
)
from shared.formats.phoneme_names import phoneme_name, syllable_name
from shared.formats.short_audio import joined_result
from shared.ticks import ticks_from_seconds
from shared.transcript import Phrase

Json = dict[str, Any]

_SCORE_DIGITS = 1
_CONFIDENCE_DIGITS = 4
_DECIBEL_DIGITS = 1
_POINTS_OF_FIVE = 5 / 100
# The contract proposes it for both kinds of breaks, which it leaves to the client.
_MONOTONE_FROM = 0.75


@dataclass(frozen=True, slots=True)
class AssessedSpeech:
    """The assessment of phrases of one language, and the options that it was requested with."""

    assessment: Assessment
    options: AssessmentOptions


def flat_result(phrases: Sequence[Phrase], assessed: AssessedSpeech) -> Json:
    """Return the result of short audio; there is at least one phrase."""
    return _result(phrases, assessed, _Levels(assessed.options, is_nested=False))


def nested_result(phrases: Sequence[Phrase], assessed: AssessedSpeech) -> Json:
    """Return the result of real time, without its id; there is at least one phrase."""
    return _result(phrases, assessed, _Levels(assessed.options, is_nested=True))


def _result(phrases: Sequence[Phrase], assessed: AssessedSpeech, levels: "_Levels") -> Json:
    result = joined_result(tuple(phrases), is_detailed=True)
    return {
        **result,
        "SNR": round(assessed.assessment.snr_db, _DECIBEL_DIGITS),
        "NBest": [{**result["NBest"][0], **levels.text(assessed.assessment)}],  # of the best alone
    }


class _Levels:
    """The levels of a result, from the text down to phonemes.

    is_nested: scores are in objects of their own, and what the Speech SDK needs is always there.
    """

    def __init__(self, options: AssessmentOptions, *, is_nested: bool) -> None:
        self.options = options
        self._is_nested = is_nested
        self._is_whole = is_nested or options.is_comprehensive
        self._has_phonemes = options.granularity is Granularity.PHONEME

    def text(self, assessment: Assessment) -> Json:
        scores = {"AccuracyScore": self._score(assessment.accuracy)}
        if self._is_whole:
            scores["FluencyScore"] = self._score(assessment.fluency)
        if self.options.prosody and assessment.prosody is not None:
            scores["ProsodyScore"] = self._score(assessment.prosody)
        if self._is_whole:
            scores["CompletenessScore"] = self._score(assessment.completeness)
            scores["PronScore"] = self._score(assessment.pronunciation)
        has_words = self.options.granularity is not Granularity.FULL_TEXT
        words = [self._word(word) for word in assessment.words] if has_words else []
        return {**self._placed(scores), "Words": words}

    def _word(self, word: AssessedWord) -> Json:
        named: Json = {"Word": word.text, **_extent(word)}
        scores: Json = {"AccuracyScore": self._score(word.accuracy)}
        if not self._is_nested:
            named["Confidence"] = 0.0  # the service sends this number too: scores stand for it
        if self._is_whole:
            scores["ErrorType"] = word.error.value
        if self.options.prosody and word.prosody is not None:
            scores["Feedback"] = {"Prosody": _prosody(word.prosody)}
        parts: Json = {}
        if self._is_nested or self._has_phonemes:
            parts = {"Syllables": [], "Phonemes": []}
        if self._has_phonemes:
            parts["Syllables"] = [self._syllable(one) for one in word.syllables]
            parts["Phonemes"] = [self._phoneme(one) for one in word.phonemes]
        return {**named, **self._placed(scores), **parts}

    def _syllable(self, syllable: AssessedSyllable) -> Json:
        return {
            "Syllable": syllable_name(syllable.phonemes, self.options.alphabet),
            "Grapheme": syllable.grapheme,
            **_extent(syllable),
            **self._placed({"AccuracyScore": self._score(syllable.accuracy)}),
        }

    def _phoneme(self, phoneme: AssessedPhoneme) -> Json:
        scores: Json = {"AccuracyScore": self._score(phoneme.accuracy)}
        if self.options.n_best_phonemes:
            scores["NBestPhonemes"] = [
                {"Phoneme": self._name(one.phone), "Score": self._score(one.score)}
                for one in phoneme.candidates
            ]
        return {
            "Phoneme": self._name(phoneme.phoneme),
            **_extent(phoneme),
            **self._placed(scores),
        }

    def _placed(self, scores: Json) -> Json:
        return {"PronunciationAssessment": scores} if self._is_nested else scores

    def _name(self, phoneme: str) -> str:
        return phoneme_name(phoneme, self.options.alphabet)

    def _score(self, score: float) -> float:
        """Score of 0..100 on the scale of the request."""
        is_of_five = self.options.grading_system is GradingSystem.FIVE_POINT
        return round(score * _POINTS_OF_FIVE if is_of_five else score, _SCORE_DIGITS)


def _prosody(prosody: WordProsody) -> Json:
    """Return the feedback on one word. The client decides which break is a mistake."""
    is_monotone = prosody.monotone >= _MONOTONE_FROM
    return {
        "Break": {
            "ErrorTypes": ["None"],
            "UnexpectedBreak": {"Confidence": _confidence(prosody.unexpected_break)},
            "MissingBreak": {"Confidence": _confidence(prosody.missing_break)},
            "BreakLength": ticks_from_seconds(prosody.break_s),
        },
        "Intonation": {
            "ErrorTypes": ["Monotone"] if is_monotone else [],
            "Monotone": {
                "Confidence": _confidence(prosody.monotone),
                "WordPitchSlopeConfidence": _confidence(prosody.is_flat_word),
                "SyllablePitchDeltaConfidence": _confidence(prosody.is_flat_syllables),
            },
        },
    }


def _confidence(confidence: float) -> float:
    return round(confidence, _CONFIDENCE_DIGITS)


def _extent(one: AssessedWord | AssessedSyllable | AssessedPhoneme) -> dict[str, int]:
    offset = ticks_from_seconds(one.offset_s)
    return {
        "Offset": offset,
        "Duration": ticks_from_seconds(one.offset_s + one.duration_s) - offset,
    }
