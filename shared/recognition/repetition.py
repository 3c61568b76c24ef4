"""Repetition: the stretch of a text in which the same words follow each other, and how often.

A decoder that loops repeats itself, and so do people who count, chant or read an announcement
twice. The text alone cannot tell them apart, the audio can. Given a text that has the unit more
often than it can have been said, cross-attention moves on from one repetition to the next as long
as there is speech for it, and then stands still. So the length of its first steps says how often
the unit fits the speech (`recount.py`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

from shared.text_forms.joining import is_written_without_spaces

LEAST_TIMES = 3  # "no, no" is said often, and no decoder stops a loop there
LONG_UNIT_WORDS = 3  # a sentence that is written twice may be said twice, or ten times
LEAST_STEP_S = 0.08  # of speech: a shorter step is the alignment standing still
_LEAST_UNSPACED = 6  # characters: Chinese and Japanese words repeat characters
_REGULAR_SHARE = 0.75  # of the steps: the last ones may be beyond the speech
_SHORTEST, _LONGEST = 0.6, 1.6  # a regular step, by the median


@dataclass(frozen=True, slots=True)
class Repetition:
    """A unit of `period` words that follows itself, from word `first` on, for `n_words` words."""

    first: int
    period: int
    n_words: int

    @property
    def n_times(self) -> int:
        """How often the unit is written in full."""
        return self.n_words // self.period


def find_repetition(words: Sequence[str], language: str) -> Repetition | None:
    """The longest stretch in which a unit is written three times in a row, or None.

    A unit of three words or more counts from the second time on.
    """
    least = _LEAST_UNSPACED if is_written_without_spaces(language) else 0
    found = [
        run
        for run in _runs(words)
        if run.n_words >= least
        and run.n_times >= (LEAST_TIMES if run.period < LONG_UNIT_WORDS else 2)
    ]
    return max(found, key=lambda run: (run.n_words, -run.period), default=None)


def words_of(text: str, language: str) -> list[str]:
    """Words in lower case without punctuation; characters in unspaced languages."""
    words = "".join(c if c.isalnum() else " " for c in text.casefold()).split()
    return list("".join(words)) if is_written_without_spaces(language) else words


def count_steps(onsets_s: Sequence[float], end_s: float) -> int:
    """How often a unit is said, from the alignment of a text that has it more often than that.

    Parameters
    ----------
    onsets_s: seconds of speech before the onset of each, pauses left out; sorted.
    end_s: seconds of speech before the end of the last.
    """
    moving = [onsets_s[0]]
    for onset_s in onsets_s[1:]:
        if onset_s > moving[-1] + LEAST_STEP_S and onset_s < end_s - LEAST_STEP_S:
            moving.append(onset_s)
    steps_s = [after - before for before, after in pairwise(moving)]
    if not steps_s:
        return 1
    first_s = steps_s[: max(2, math.ceil(len(steps_s) * _REGULAR_SHARE))]
    middle_s = median(first_s)
    # The alignment may pass over a repetition, or divide one: such steps are no measure.
    regular_s = [s for s in first_s if _SHORTEST * middle_s < s < _LONGEST * middle_s]
    return max(1, round((end_s - onsets_s[0]) / fmean(regular_s or first_s)))


def _runs(words: Sequence[str]) -> list[Repetition]:
    """Maximal stretches of every period."""
    runs = []
    for period in range(1, len(words) // 2 + 1):
        start = None
        for place in range(len(words) - period + 1):
            same = place + period < len(words) and words[place] == words[place + period]
            if same and start is None:
                start = place
            elif not same and start is not None:
                runs.append(Repetition(start, period, place + period - start))
                start = None
    return runs
