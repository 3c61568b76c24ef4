"""An assessed utterance as text for people: scores with bars, then a table of words.

Colours repeat what the numbers and the names of errors say. Lines are as wide as the terminal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from functions.command_line.colours import Colour, Colours, colour_of_score
from shared.assessment import (
    AssessedPhoneme,
    AssessedWord,
    Assessment,
    AssessmentOptions,
    ErrorType,
    GradingSystem,
    PhonemeAlphabet,
)
from shared.formats.phoneme_names import phoneme_name

_BAR_WIDTH = 40
_LEAST_BAR_WIDTH = 5
_LABEL_WIDTH, _FIGURE_WIDTH = 14, 5
_SCORE_COLUMN = 1
# Phonemes have lines of their own where less is left for them.
_LEAST_PHONEMES_WIDTH = 24
_GAP = "  "
# From which confidence a break or a flat pitch is shown; Azure's pages propose it to clients.
_SHOWN_FROM = 0.75
_POINTS_OF_FIVE = 5 / 100


@dataclass(frozen=True, slots=True)
class _Cell:
    """Text of a table, and its colour."""

    text: str
    colour: Colour | None = None


class Report:
    """Writes assessments of the same options.

    width: of a line, characters.
    is_unicode: the output has the letters of IPA; else phonemes are named in SAPI.
    """

    def __init__(
        self, options: AssessmentOptions, colours: Colours, width: int, is_unicode: bool
    ) -> None:
        self._is_of_five = options.grading_system is GradingSystem.FIVE_POINT
        self._alphabet = options.alphabet if is_unicode else PhonemeAlphabet.SAPI
        self._has_reference = bool(options.reference_text)
        self._colours = colours
        self._width = width

    def lines(self, assessment: Assessment) -> Iterator[str]:
        """Yield the lines, without their ends."""
        yield from self._scores(assessment)
        yield ""
        yield from self._table(assessment.words)
        yield ""
        yield from self._notes(assessment)

    def _scores(self, assessment: Assessment) -> Iterator[str]:
        scores = {
            "Pronunciation": assessment.pronunciation,
            "Accuracy": assessment.accuracy,
            "Fluency": assessment.fluency,
            "Completeness": assessment.completeness if self._has_reference else None,
            "Prosody": assessment.prosody,
        }
        figures = {name: self._score(score, digits=1) for name, score in scores.items()}
        taken = _LABEL_WIDTH + _FIGURE_WIDTH + len(_GAP)
        bar_width = min(_BAR_WIDTH, self._width - taken)
        for name, score in scores.items():
            if score is None:
                continue
            colour = Colour.BOLD if name == "Pronunciation" else None
            figure = self._paint(figures[name].rjust(_FIGURE_WIDTH), colour_of_score(score))
            label = self._paint(name.ljust(_LABEL_WIDTH), colour)
            bar = self._bar(score, bar_width) if bar_width >= _LEAST_BAR_WIDTH else ""
            yield f"{label}{figure}{_GAP}{bar}".rstrip()

    def _bar(self, score: float, width: int) -> str:
        filled = round(min(max(score, 0.0), 100.0) / 100.0 * width)
        return self._paint("#" * filled, colour_of_score(score)) + "." * (width - filled)

    def _table(self, words: Sequence[AssessedWord]) -> Iterator[str]:
        rows = [self._row(word) for word in words]
        head = ("WORD", "SCORE", "ERROR", "SECONDS")
        widths = [
            max(len(title), *(len(row[column].text) for row in rows))
            for column, title in enumerate(head)
        ]
        left = sum(widths) + len(_GAP) * len(widths)
        is_beside = self._width - left >= _LEAST_PHONEMES_WIDTH
        titles = [_Cell(title, Colour.BOLD) for title in head]
        phonemes = _GAP + self._paint("PHONEMES", Colour.BOLD) if is_beside else ""
        yield (self._joined(titles, widths) + phonemes).rstrip()
        indent = left if is_beside else len(_GAP)
        for word, row in zip(words, rows, strict=True):
            first, *more = self._phonemes(word, self._width - indent) or [""]
            if not is_beside:
                first, more = "", [first, *more] if first else more
            yield (self._joined(row, widths) + _GAP + first).rstrip()
            yield from (" " * indent + line for line in more)

    def _joined(self, cells: Sequence[_Cell], widths: Sequence[int]) -> str:
        """Cells side by side, the score to the right; padding has no colour."""
        columns = []
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            padding = " " * (width - len(cell.text))
            painted = self._paint(cell.text, cell.colour)
            columns.append(padding + painted if column == _SCORE_COLUMN else painted + padding)
        return _GAP.join(columns)

    def _row(self, word: AssessedWord) -> tuple[_Cell, ...]:
        mistakes = ", ".join(_mistakes(word))
        error = _Cell(mistakes, Colour.RED if word.error is not ErrorType.NONE else Colour.YELLOW)
        if not word.phonemes:
            return _Cell(word.text), _Cell("-"), error, _Cell("-")
        end_s = word.offset_s + word.duration_s
        return (
            _Cell(word.text),
            _Cell(self._score(word.accuracy), colour_of_score(word.accuracy)),
            error,
            _Cell(f"{word.offset_s:.2f}-{end_s:.2f}"),
        )

    def _phonemes(self, word: AssessedWord, width: int) -> list[str]:
        """Lines with the phonemes of a word and their scores."""
        lines: list[str] = []
        length = 0
        for cell in map(self._phoneme, word.phonemes):
            painted = self._paint(cell.text, cell.colour)
            if lines and length + len(_GAP) + len(cell.text) <= width:
                lines[-1] += _GAP + painted
                length += len(_GAP) + len(cell.text)
            else:
                lines.append(painted)
                length = len(cell.text)
        return lines

    def _phoneme(self, phoneme: AssessedPhoneme) -> _Cell:
        text = f"{self._name(phoneme.phoneme)} {self._score(phoneme.accuracy)}".strip()
        if phoneme.candidates:
            heard = [
                f"{self._name(one.phone)} {self._score(one.score)}" for one in phoneme.candidates
            ]
            text += f" ({', '.join(heard)})"
        return _Cell(text, colour_of_score(phoneme.accuracy))

    def _notes(self, assessment: Assessment) -> Iterator[str]:
        yield f"Speech is {assessment.snr_db:.0f} dB above the rest of the audio."
        confidences = [word.prosody.monotone for word in assessment.words if word.prosody]
        if confidences and max(confidences) >= _SHOWN_FROM:
            yield "The pitch is flat (Monotone)."

    def _name(self, phoneme: str) -> str:
        return phoneme_name(phoneme, self._alphabet)

    def _score(self, score: float | None, digits: int = 0) -> str:
        if score is None:
            return ""
        return f"{score * _POINTS_OF_FIVE:.1f}" if self._is_of_five else f"{score:.{digits}f}"

    def _paint(self, text: str, colour: Colour | None) -> str:
        return text if colour is None else self._colours.paint(text, colour)


def _mistakes(word: AssessedWord) -> Iterator[str]:
    """Yield the error of a word, and wrong breaks before it."""
    if word.error is not ErrorType.NONE:
        yield word.error.value
    if word.prosody is not None:
        if word.prosody.unexpected_break >= _SHOWN_FROM:
            yield f"UnexpectedBreak {word.prosody.break_s:.1f} s"
        if word.prosody.missing_break >= _SHOWN_FROM:
            yield "MissingBreak"
