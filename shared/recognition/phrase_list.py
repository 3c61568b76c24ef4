"""Phrase lists: biasing of recognition to likely words.

Whisper takes the spelling of names from preceding context (`<|startofprev|>`), but that context
also changes unrelated text. So each segment is decoded with the list as such a hint and without,
and the hinted hypothesis is used only if it has more phrases and is not much less probable on the
audio alone. Remaining words that are similar to a phrase are replaced by it under the same
condition. A segment without any phrase keeps the text of decoding without a list.

The search for phrases and similar words is done outside of the slots of the engine, on letters that
are computed once for each text. `similar_words.py` finds the similar words.
"""

from collections.abc import Callable, Iterator, Sequence

from shared.recognition.engines.engine import Hypothesis
from shared.recognition.similar_words import (
    Phrase,
    Replacement,
    SpokenText,
    find_similar,
    letters_of,
)

MOST_HINT_CHARACTERS = 600  # about 200 tokens; the model's text context leaves 223
MOST_REPLACEMENTS = 6  # spans tried per segment, the closest first

# Log probability that one more phrase may cost at weight 1. In hinted hypotheses the model itself
# wrote the phrase: a correct rare name cost 17 nats at most, and no wrong one was found. Correct
# replacements cost up to 8, the first wrong one 9.
HINTED_NATS = 18.0
REPLACED_NATS = 8.0

Score = Callable[[Sequence[str]], Sequence[Hypothesis]]
"""Scores texts of one segment. Waits for a slot of the engine, so the caller must hold none."""


class PhraseBias:
    """The phrases of one recognition. False if there are none, or their weight is 0."""

    def __init__(self, phrases: Sequence[str], weight: float) -> None:
        cleaned = dict.fromkeys(" ".join(phrase.split()) for phrase in phrases)
        by_letters = {letters_of(phrase): phrase for phrase in cleaned if letters_of(phrase)}
        self._phrases = [Phrase.of(phrase) for phrase in by_letters.values()] if weight > 0 else []
        self._weight = weight

    def __bool__(self) -> bool:
        return bool(self._phrases)

    @property
    def hint(self) -> str:
        """Preceding context of each segment. If not all phrases fit, the first ones are used."""
        hint = ""
        for phrase in self._phrases:
            longer = f"{hint}, {phrase.text}" if hint else phrase.text
            if len(longer) <= MOST_HINT_CHARACTERS:
                hint = longer
        return hint and f"{hint}."

    def choose(self, score: Score, plain: Hypothesis, hinted: Hypothesis) -> Hypothesis:
        """Hypothesis with the best sum of probability and phrases."""
        chosen = self._best_hypothesis(score, plain, [hinted.text], HINTED_NATS)
        return self._best_hypothesis(
            score, chosen, [*self._replaced_texts(chosen.text)], REPLACED_NATS
        )

    def _best_hypothesis(
        self, score: Score, reading: Hypothesis, texts: Sequence[str], nats: float
    ) -> Hypothesis:
        """Best of a hypothesis and of other texts with more phrases."""
        if not texts:
            return reading
        found = self._n_phrases(reading.text)
        gains = {text: n - found for text in texts if (n := self._n_phrases(text)) > found}
        if not gains:
            return reading
        plain, *others = score([reading.text, *gains])
        least = _log_probability(plain)
        best = max(
            zip(others, gains.values(), strict=True),
            key=lambda scored: _log_probability(scored[0]) + self._weight * nats * scored[1],
        )
        cost = least - _log_probability(best[0])
        return best[0] if cost <= self._weight * nats * best[1] else reading

    def _n_phrases(self, text: str) -> int:
        spoken = SpokenText(text)
        return sum(phrase in spoken for phrase in self._phrases)

    def _replaced_texts(self, text: str) -> Iterator[str]:
        """Yield the text with similar spans replaced by phrases: single ones, then all of them."""
        spoken = SpokenText(text)
        replacements = sorted(find_similar(spoken, self._phrases), key=lambda r: -r.similarity)
        replacements = replacements[:MOST_REPLACEMENTS]
        taken: list[Replacement] = []
        for replacement in replacements:
            yield _replaced(spoken.words, [replacement])
            if all(r.last <= replacement.first or replacement.last <= r.first for r in taken):
                taken.append(replacement)
        if len(taken) > 1:
            yield _replaced(spoken.words, taken)


def _replaced(words: Sequence[str], replacements: Sequence[Replacement]) -> str:
    result = list(words)
    for replacement in sorted(replacements, key=lambda r: -r.first):
        last_word = words[replacement.last - 1]
        punctuation = last_word[len(last_word.rstrip(".,;:?!")) :]
        result[replacement.first : replacement.last] = [replacement.phrase + punctuation]
    return " ".join(result)


def _log_probability(hypothesis: Hypothesis) -> float:
    return hypothesis.average_log_probability * len(hypothesis.tokens)
