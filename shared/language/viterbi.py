"""Which language is spoken when, from what is heard of many short spans.

One short span may sound like another language. So not every span decides for itself: of all
sequences of languages the most probable is taken, where a change of language costs something
(Viterbi). A change is cheaper in a pause, where most of them are, than within a breath.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Chosen on the speech set: no change within 18 clips of one language among its four most confusable
# ones, and as many as possible of 90 joins of two clips (docs/languages.md has the figures). One
# span between two others changes the language with a share of 0.95, the last one with 0.82.
CHANGE_IN_PAUSE = 1.5
CHANGE_WITHIN_UTTERANCE = 2.5
LEAST_SHARE = 0.02  # the model is wrong about a short span that often, however sure it is
FULL_WEIGHT_S = 1.0  # a shorter span weighs less


@dataclass(frozen=True, slots=True)
class HeardSpan:
    """What one stretch of speech sounds like.

    shares: probability of each candidate language, together 1.
    after_pause: nobody speaks right before it.
    """

    start_s: float
    end_s: float
    shares: Mapping[str, float]
    after_pause: bool

    @property
    def duration_s(self) -> float:
        """Seconds of speech."""
        return self.end_s - self.start_s

    @property
    def most_probable(self) -> str:
        """The language it sounds like most; of equals the first candidate."""
        return max(self.shares, key=self.shares.__getitem__)

    @property
    def greatest_share(self) -> float:
        """Probability of that language, 0..1."""
        return self.shares[self.most_probable]

    def evidence(self, language: str) -> float:
        """Logarithm of the share of a language, bounded, less where the span is short."""
        weight = min(1.0, self.duration_s / FULL_WEIGHT_S)
        return weight * math.log(max(self.shares.get(language, 0.0), LEAST_SHARE))


def shares_of(probabilities: Mapping[str, float], languages: Sequence[str]) -> dict[str, float]:
    """Share of each candidate in the probability that the candidates have together."""
    total = sum(probabilities.get(language, 0.0) for language in languages)
    if total <= 0.0:
        return dict.fromkeys(languages, 1.0 / len(languages))
    return {language: probabilities.get(language, 0.0) / total for language in languages}


def most_probable_languages(spans: Sequence[HeardSpan], before: str | None) -> list[str]:
    """Language of each span, in order of time; of equally probable ones the first candidate.

    before: the language spoken before the first span, None at the start of the audio.
    """
    if not spans:
        return []
    languages = list(spans[0].shares)
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
