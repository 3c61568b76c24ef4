"""Ratios of two checkouts, round by round, and the word error rates of both."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.checkouts import Both
from benchmarks.clips import Clip
from benchmarks.report import Figure
from benchmarks.word_error_rate import WordErrors, count_errors, word_error_rate
from shared.language.locales import default_locale

_MOST_TIME_RATIO = 1.03
_MOST_MEMORY_RATIO = 1.02


@dataclass(slots=True)
class Ratios:
    """Measurements of both, round by round; small is good."""

    unit: str
    most: float
    rounds: list[list[Both[float]]] = field(default_factory=list)

    @property
    def by_round(self) -> list[float]:
        """New ÷ old: of each round the median of its pairs."""
        return [statistics.median(pair.new / pair.old for pair in pairs) for pairs in self.rounds]

    def figure(self, what: str) -> Figure:
        """Medians of both, and the median of the rounds' ratios with the least and the most."""
        pairs = [pair for of_round in self.rounds for pair in of_round]
        ratios = self.by_round
        median = statistics.median(ratios)
        return Figure(
            what,
            self._text(statistics.median(pair.new for pair in pairs)),
            self._text(statistics.median(pair.old for pair in pairs)),
            target=f"at most {self.most}",
            met=median <= self.most,
            others=(f"{median:.3f} ({min(ratios):.3f} to {max(ratios):.3f})",),
        )

    def numbers(self) -> dict[str, Any]:
        """Every single value."""
        return {
            "ratios": self.by_round,
            "new": [[pair.new for pair in pairs] for pairs in self.rounds],
            "old": [[pair.old for pair in pairs] for pairs in self.rounds],
        }

    def _text(self, value: float) -> str:
        if self.unit == "MB":
            return f"{value / 1e6:.0f} MB"
        return f"{value:.2f} s" if value >= 1 else f"{1000 * value:.0f} ms"


def times() -> Ratios:
    """Ratios of times in seconds."""
    return Ratios("s", _MOST_TIME_RATIO)


def memory() -> Ratios:
    """Ratios of memory in bytes."""
    return Ratios("MB", _MOST_MEMORY_RATIO)


@dataclass(slots=True)
class Texts:
    """Texts of both in the clips of a section: that of the first round counts."""

    texts: dict[str, Both[str]] = field(default_factory=dict)
    unsteady: set[str] = field(default_factory=set)

    def add(self, name: str, texts: Both[str]) -> None:
        """Keep the texts of a clip, or record that a later round differs."""
        if self.texts.setdefault(name, texts) != texts:
            self.unsteady.add(name)

    def figures(self, clips: Sequence[Clip]) -> tuple[Figure, ...]:
        """Errors of both on clips with a reference, and clips that differ by round."""
        spoken = [clip for clip in clips if clip.text]
        new = [_errors(clip, self.texts[clip.name].new) for clip in spoken]
        old = [_errors(clip, self.texts[clip.name].old) for clip in spoken]
        errors = Both(sum(one.n_errors for one in new), sum(one.n_errors for one in old))
        return (
            Figure(
                f"WER of {len(spoken)} clips, {sum(one.n_words for one in new)} words",
                f"{word_error_rate(new):.2f} %",
                f"{word_error_rate(old):.2f} %",
                target="equal",
                met=errors.new == errors.old,
            ),
            Figure("texts that differ from round to round", str(len(self.unsteady))),
        )


def _errors(clip: Clip, text: str) -> WordErrors:
    return count_errors(clip.text, text, default_locale(clip.language))
