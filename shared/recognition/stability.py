"""Stability of partial phrases: the words that are shown while their speaker still speaks.

The last word of a reading may be cut by the end of the audio, and a word that only one reading has
may be gone in the next. Agreement of successive readings is the rule of LocalAgreement (Liu et al.,
"Low-Latency Sequence-to-Sequence Speech Recognition and Translation by Partial Hypothesis
Selection", 2020). A shown word is kept until the phrase ends: later readings begin with it, and the
final reading alone may differ.

The first words are shown sooner, so that a speaker sees at once that someone listens. Behind them
a reading counts only if the model is certain of it: of the words that the final reading took back,
most were in uncertain ones (average log probability below -0.7: one word in two was taken back;
above -0.15: one in ten).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class PartialWord:
    """A word of a reading.

    text: as the model writes it, with punctuation.
    tokens: those that spell it, without punctuation behind it.
    """

    text: str
    tokens: tuple[int, ...]

    @cached_property
    def sound(self) -> str:
        """Letters and digits alone: readings agree on these, not on case and punctuation."""
        return "".join(c for c in self.text.casefold() if unicodedata.category(c)[0] in "LNM")


# Readings that agree on the first words of a phrase.
FIRST_AGREEMENT = 2
# Least average log probability of a reading that shows more words, and of one that shows the first.
CERTAIN_LOG_PROBABILITY, FIRST_LOG_PROBABILITY = -0.4, -0.8


class StableWords:
    """The words of one phrase under way.

    Parameters
    ----------
    agreement: readings in a row that must agree on a word before it is shown; on the first words of
        the phrase `FIRST_AGREEMENT` at most.
    is_first: whether no word of the phrase was shown before these.
    """

    def __init__(self, agreement: int, *, is_first: bool = True) -> None:
        self._agreement = agreement
        self._is_first = is_first
        self._readings: list[tuple[PartialWord, ...]] = []  # words behind the shown ones
        self.shown: tuple[PartialWord, ...] = ()

    @property
    def tokens(self) -> tuple[int, ...]:
        """Tokens of the shown words, with which the next reading begins."""
        return tuple(token for word in self.shown for token in word.tokens)

    def add(self, words: Sequence[PartialWord], log_probability: float) -> None:
        """Take the words of a reading behind the shown ones.

        log_probability: average over the tokens of the reading.
        """
        self._readings = [*self._readings, tuple(words)][-self._agreement :]
        is_first = self._is_first and not self.shown
        n_readings = min(FIRST_AGREEMENT, self._agreement) if is_first else self._agreement
        least = FIRST_LOG_PROBABILITY if is_first else CERTAIN_LOG_PROBABILITY
        if len(self._readings) < n_readings or log_probability < least:
            return
        agreed = self._readings[-n_readings:]
        n_agreed = _n_common([[word.sound for word in one] for one in agreed])
        if not is_first:  # the last word may be cut
            n_agreed = min(n_agreed, max(0, len(words) - 1))
        self.shown += tuple(words)[:n_agreed]
        self._readings = [one[n_agreed:] for one in self._readings]


def _n_common(readings: Sequence[Sequence[str]]) -> int:
    """Length of the common start of all readings."""
    n_common = 0
    for words in zip(*readings, strict=False):
        if len(set(words)) > 1:
            break
        n_common += 1
    return n_common
