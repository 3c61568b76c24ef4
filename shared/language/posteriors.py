"""Posteriors of languages: of one span of speech, and their normalisation."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEAST_POSTERIOR = 0.02  # error rate of the model on short spans, even at a posterior near 1
FULL_WEIGHT_S = 1.0  # a shorter span weighs less


@dataclass(frozen=True, slots=True)
class SpanScores:
    """Language posteriors of one span of speech.

    posteriors: probability of each candidate language; they sum to 1. Empty before scoring.
    after_pause: a pause precedes it.
    """

    start_s: float
    end_s: float
    posteriors: Mapping[str, float]
    after_pause: bool

    @property
    def duration_s(self) -> float:
        """Seconds of speech."""
        return self.end_s - self.start_s

    @property
    def most_probable(self) -> str:
        """Language with the greatest posterior; of equals the first candidate."""
        return max(self.posteriors, key=self.posteriors.__getitem__)

    @property
    def max_posterior(self) -> float:
        """Probability of that language, 0..1."""
        return self.posteriors[self.most_probable]

    def evidence(self, language: str) -> float:
        """Return the bounded log posterior of a language, with less weight for a short span."""
        weight = min(1.0, self.duration_s / FULL_WEIGHT_S)
        return weight * math.log(max(self.posteriors.get(language, 0.0), LEAST_POSTERIOR))


def normalised(probabilities: Mapping[str, float], languages: Sequence[str]) -> dict[str, float]:
    """Scale the probabilities of some languages to sum to 1; equal ones where all are 0."""
    total = sum(probabilities.get(language, 0.0) for language in languages)
    if total <= 0.0:
        return dict.fromkeys(languages, 1.0 / len(languages))
    return {language: probabilities.get(language, 0.0) / total for language in languages}
