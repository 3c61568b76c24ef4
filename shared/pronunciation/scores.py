"""Scores of an utterance from those of its parts, as Azure's pages describe them; all 0..100."""

from collections.abc import Sequence

# Weights of the scores from the lowest to the highest: the lowest counts most.
_WEIGHTS = {2: (0.6, 0.4), 3: (0.6, 0.2, 0.2), 4: (0.4, 0.2, 0.2, 0.2)}


def combine_scores(
    accuracy: float, fluency: float, completeness: float | None, prosody: float | None
) -> float:
    """Return the pronunciation score. None: a score that the assessment does not have."""
    scores = sorted(one for one in (accuracy, fluency, completeness, prosody) if one is not None)
    weighted = zip(_WEIGHTS[len(scores)], scores, strict=True)
    return sum(weight * score for weight, score in weighted)


def mean_score(scores: Sequence[float]) -> float:
    """Return the mean; 0 of none.

    A phone counts the same however long it is held, so that one bad phone of a word costs as much
    as it is part of the word.
    """
    return sum(scores) / len(scores) if scores else 0.0
