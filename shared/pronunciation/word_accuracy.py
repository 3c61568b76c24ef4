"""Accuracy of phonemes, syllables and words, by the log ratios of their phones."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shared.assessment import (
    MISPRONOUNCED_BELOW,
    AssessedPhoneme,
    AssessedSyllable,
    AssessedWord,
    ErrorType,
    SpokenPhone,
)
from shared.pronunciation.aligned_word import AlignedWord
from shared.pronunciation.phones.phone_engine import PHONES
from shared.pronunciation.scores import word_score
from shared.pronunciation.words.phonemes import base
from shared.pronunciation.words.syllables import syllabify

Doubles = npt.NDArray[np.float64]


def assess_word(word: AlignedWord, accuracies: Doubles, n_best: int) -> AssessedWord:
    """Return a spoken word with its scores; its error is a mispronunciation or none.

    Parameters
    ----------
    accuracies: of each phone in the place of each phoneme, 0..100, `(n_phonemes, n_phones)`.
    n_best: candidates for each phoneme.
    """
    phonemes = tuple(
        AssessedPhoneme(
            phone.phoneme,
            phone.start_s,
            phone.end_s - phone.start_s,
            float(row[PHONES.index(base(phone.phoneme))]),
            _candidates(row, phone.phoneme, n_best),
        )
        for phone, row in zip(word.phones, accuracies, strict=True)
    )
    accuracy = word_score([one.accuracy for one in phonemes])
    return AssessedWord(
        word.text,
        word.start_s,
        word.end_s - word.start_s,
        accuracy,
        ErrorType.MISPRONUNCIATION if accuracy < MISPRONOUNCED_BELOW else ErrorType.NONE,
        phonemes,
        _syllables(word.text, phonemes),
    )


def _candidates(accuracies: Doubles, phoneme: str, n_best: int) -> tuple[SpokenPhone, ...]:
    """Return the likeliest phones; that of the reference keeps the stress of its name."""
    best = np.argsort(-accuracies, kind="stable")[:n_best]
    names = [phoneme if PHONES[phone] == base(phoneme) else PHONES[phone] for phone in best]
    return tuple(
        SpokenPhone(name, float(accuracies[phone])) for name, phone in zip(names, best, strict=True)
    )


def _syllables(text: str, phonemes: Sequence[AssessedPhoneme]) -> tuple[AssessedSyllable, ...]:
    syllables = []
    for syllable in syllabify([one.phoneme for one in phonemes], text):
        parts = phonemes[syllable.first : syllable.last]
        start_s, last = parts[0].offset_s, parts[-1]
        syllables.append(
            AssessedSyllable(
                tuple(one.phoneme for one in parts),
                syllable.grapheme,
                start_s,
                last.offset_s + last.duration_s - start_s,
                word_score([one.accuracy for one in parts]),
            )
        )
    return tuple(syllables)
