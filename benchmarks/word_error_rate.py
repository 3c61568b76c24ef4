"""Word error rate in percent, on Whisper's normal form of both texts.

In English it unifies numbers, spelling variants and contractions (Radford et al. 2022, appendix C).
In other languages it only drops case and punctuation; numbers are spelled out before. The rate of a
set is that of all its words together, not the mean of its files.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import jiwer
import numpy as np
from whisper_normalizer.basic import BasicTextNormalizer
from whisper_normalizer.english import EnglishTextNormalizer

from shared.text_forms.spelling import speller_for

_N_RESAMPLES = 10_000
_SEED = 20_250_101


@dataclass(frozen=True, slots=True)
class WordErrors:
    """Substituted, deleted and inserted words of one text, of the words of its reference."""

    n_errors: int
    n_words: int


@cache
def normal_form(text: str, locale: str = "en") -> str:
    """Normalise text for comparison: lower case, no punctuation; numbers as digits or words.

    English has digits, other languages words, in the form of the locale's region.
    """
    if locale.partition("-")[0] == "en":
        normalised: str = _english_normaliser()(text)
    else:
        normalised = _basic_normaliser()(_spelled(text, locale))
    return normalised


def count_errors(reference: str, hypothesis: str, locale: str = "en") -> WordErrors:
    """Compare a hypothesis with its reference; the reference must have words."""
    measured = jiwer.process_words(normal_form(reference, locale), normal_form(hypothesis, locale))
    return WordErrors(
        n_errors=measured.substitutions + measured.deletions + measured.insertions,
        n_words=measured.hits + measured.substitutions + measured.deletions,
    )


def word_error_rate(counts: Sequence[WordErrors]) -> float:
    """Errors per 100 words over all texts."""
    n_words = sum(count.n_words for count in counts)
    return 100 * sum(count.n_errors for count in counts) / n_words


def difference_interval(
    ours: Sequence[WordErrors], theirs: Sequence[WordErrors]
) -> tuple[float, float]:
    """95 % interval of the difference of two rates, by resampling clips in pairs.

    Both systems have the same clips, so a clip is drawn for both (Bisani and Ney 2004,
    Bootstrap estimates for confidence intervals in ASR performance evaluation).
    """
    n_words = np.array([count.n_words for count in ours])
    excess = np.array([a.n_errors - b.n_errors for a, b in zip(ours, theirs, strict=True)])
    drawn = np.random.default_rng(_SEED).integers(len(ours), size=(_N_RESAMPLES, len(ours)))
    differences = 100 * excess[drawn].sum(axis=1) / n_words[drawn].sum(axis=1)
    low, high = np.percentile(differences, (2.5, 97.5))
    return float(low), float(high)


def _spelled(text: str, locale: str) -> str:
    language, _, region = locale.partition("-")
    speller = speller_for(language, region)
    return re.sub(r"\d+", lambda digits: f" {' '.join(speller.cardinal(int(digits[0])))} ", text)


@cache
def _english_normaliser() -> EnglishTextNormalizer:
    return EnglishTextNormalizer()


@cache
def _basic_normaliser() -> BasicTextNormalizer:
    return BasicTextNormalizer()
