"""The most probable sequence of languages, from the posteriors of many short spans (Viterbi).

The posteriors of one short span are often wrong, so no span is decided in isolation: the result is
the most probable sequence, where a change of language has a cost. A change costs less in a pause,
where most code-switches are, than within an utterance.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Chosen on the speech set: no change within 18 clips of one language among its four most confusable
# ones, and as many as possible of 90 joins of two clips (docs/languages.md has the figures). One
# span between two others changes the language with a posterior of 0.95, the last one with 0.82.
CHANGE_IN_PAUSE = 1.5
CHANGE_WITHIN_UTTERANCE = 2.5
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


def most_probable_languages(spans: Sequence[SpanScores], before: str | None) -> list[str]:
    """Return the language of each span, in order of time; on ties the first candidate.

    before: the language spoken before the first span, None at the start of the audio.
    """
    if not spans:
        return []
    languages = list(spans[0].posteriors)
    scores = {
        language: spans[0].evidence(language)
        - (0.0 if before in {None, language} else CHANGE_IN_PAUSE)
        for language in languages
    }
    steps: list[dict[str, str]] = []
    for span in spans[1:]:
        cost = CHANGE_IN_PAUSE if span.after_pause else CHANGE_WITHIN_UTTERANCE
        best = max(scores, key=scores.__getitem__)
        origins = {
            language: best if scores[best] - cost > scores[language] else language
            for language in languages
        }
        scores = {
            language: span.evidence(language)
            + scores[origin]
            - (0.0 if origin == language else cost)
            for language, origin in origins.items()
        }
        steps.append(origins)
    path = [max(scores, key=scores.__getitem__)]
    for origins in reversed(steps):
        path.append(origins[path[-1]])
    return path[::-1]
