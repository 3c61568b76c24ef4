"""Words of a text that are similar to a phrase, by their letters.

A phrase list may have 500 phrases and a segment 100 words, so that there are 200 000 pairs of a
phrase and a span of words. Lengths and numbers of letters rule out nearly all of them, in one step
of NumPy for each phrase; only the rest is compared letter by letter.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property

import numpy as np
import numpy.typing as npt

LEAST_SIMILARITY = 0.62  # of the letters, for words with the same beginning as the phrase
LEAST_SIMILARITY_ELSE = 0.8
MOST_LENGTH_RATIO = 1.35  # of the letters of words and phrase
MAX_COMPARED_LETTERS = 1_000_000
"""Letters of a span times letters of a phrase, over all pairs that are compared in one text; the
likeliest come first. Of ten letters each that are 10 000 pairs, 0.3 s. 100 words and 500 names take
a fifth of it; it bounds lists that are made to resemble the speech."""

_N_COUNTS = 64  # letters are counted in classes, by the rest of their code points
_LETTERS = re.compile(r"[^\w]+")
_VOWELS = str.maketrans(dict.fromkeys("aeiouy", "a"))

_Counts = npt.NDArray[np.int16]
"""Numbers of letters by class, shape `(64,)`, or `(n_spans, 64)`."""


def letters_of(text: str) -> str:
    """Letters and digits of a text, without case."""
    return _LETTERS.sub("", text).casefold()


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of a list with its letters.

    key: letters of its words, each between blanks.
    """

    text: str
    letters: str
    key: str
    n_words: int
    counts: _Counts = field(repr=False, compare=False)

    @classmethod
    def of(cls, text: str) -> "Phrase":
        """Compute the letters of a phrase, once for a recognition."""
        words, letters = text.split(), letters_of(text)
        return cls(text, letters, _key(map(letters_of, words)), len(words), _counts(letters))


@dataclass(frozen=True, slots=True)
class Replacement:
    """Words `first` to `last`, exclusive, that may be a phrase. similarity: of letters, 0 to 1."""

    similarity: float
    first: int
    last: int
    phrase: str


@dataclass(frozen=True, slots=True)
class _Spans:
    """Spans of words of one number of words or several, with their letters."""

    letters: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    n_letters: npt.NDArray[np.int64]
    beginnings: npt.NDArray[np.int64]
    counts: _Counts


class SpokenText:
    """The words of a text with their letters, computed once."""

    def __init__(self, text: str) -> None:
        self.words = text.split()
        self._letters = [letters_of(word) for word in self.words]
        self._key = _key(self._letters)
        self._spans: dict[int, _Spans] = {}

    def __contains__(self, phrase: Phrase) -> bool:
        return phrase.key in self._key

    def spans(self, n_words: int) -> _Spans:
        """Spans that may be a phrase of `n_words`: of one word less to two more."""
        if n_words not in self._spans:
            places = tuple(
                (first, first + span)
                for span in range(max(1, n_words - 1), n_words + 3)
                for first in range(len(self.words) - span + 1)
            )
            letters = tuple("".join(self._letters[first:last]) for first, last in places)
            sums = self._sums
            counts = (
                np.array([sums[last] - sums[first] for first, last in places], np.int16)
                if places
                else np.zeros((0, _N_COUNTS), np.int16)
            )
            self._spans[n_words] = _Spans(
                letters,
                places,
                np.array([len(one) for one in letters], np.int64),
                np.array([_beginning(one) for one in letters], np.int64),
                counts,
            )
        return self._spans[n_words]

    @cached_property
    def _sums(self) -> _Counts:
        """Counts of the letters before each word, shape `(n_words + 1, 64)`."""
        counts = [np.zeros(_N_COUNTS, np.int16), *map(_counts, self._letters)]
        return np.cumsum(counts, axis=0, dtype=np.int16)


def find_similar(spoken: SpokenText, phrases: Sequence[Phrase]) -> Iterator[Replacement]:
    """Yield the spans that sound like a phrase which the text does not have.

    A phrase that is there already has none: a second similar place is more often another word.
    """
    candidates: list[tuple[float, int, int]] = []
    for number, phrase in enumerate(phrases):
        if phrase not in spoken:
            candidates += _candidates(spoken.spans(phrase.n_words), phrase, number)
    for number, index in sorted(_affordable(candidates, spoken, phrases)):
        phrase = phrases[number]
        spans = spoken.spans(phrase.n_words)
        recognised = spans.letters[index]
        similarity = _similarity(recognised, phrase.letters)
        if recognised == phrase.letters or (
            phrase.letters not in recognised
            and similarity >= _least_similarity(recognised, phrase.letters)
        ):
            yield Replacement(similarity, *spans.places[index], phrase.text)


def _candidates(spans: _Spans, phrase: Phrase, number: int) -> list[tuple[float, int, int]]:
    """Spans that may be similar: greatest possible similarity, number of the phrase, index."""
    n_letters = len(phrase.letters)
    shorter, longer = np.minimum(spans.n_letters, n_letters), np.maximum(spans.n_letters, n_letters)
    common = np.minimum(spans.counts, phrase.counts).sum(axis=1)
    greatest = 2 * common / (spans.n_letters + n_letters)
    is_similar_length = longer / np.maximum(shorter, 1) <= MOST_LENGTH_RATIO
    alike = spans.beginnings == _beginning(phrase.letters)
    least = np.where(alike, LEAST_SIMILARITY, LEAST_SIMILARITY_ELSE)
    (found,) = np.nonzero((shorter > 0) & is_similar_length & (greatest >= least))
    return [(float(greatest[index]), number, int(index)) for index in found]


def _affordable(
    candidates: list[tuple[float, int, int]], spoken: SpokenText, phrases: Sequence[Phrase]
) -> Iterator[tuple[int, int]]:
    """Yield numbers of phrases and indices of spans, the likeliest first, while they are few."""
    n_left = MAX_COMPARED_LETTERS
    for _greatest, number, index in sorted(candidates, key=lambda one: -one[0]):
        phrase = phrases[number]
        n_left -= len(phrase.letters) * len(spoken.spans(phrase.n_words).letters[index])
        if n_left < 0:
            return
        yield number, index


def _least_similarity(recognised: str, phrase: str) -> float:
    """Similarity that words need."""
    alike = _beginning(recognised) == _beginning(phrase)
    return LEAST_SIMILARITY if alike else LEAST_SIMILARITY_ELSE


def _beginning(letters: str) -> int:
    """Code point of the first letter, where all vowels count as one; 0 without letters."""
    return ord(letters[0].translate(_VOWELS)) if letters else 0


def _similarity(first: str, second: str) -> float:
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _key(letters: "Iterator[str] | Sequence[str]") -> str:
    return f" {' '.join(letters)} "


def _counts(letters: str) -> _Counts:
    codes = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), np.uint32)
    return np.bincount(codes % _N_COUNTS, minlength=_N_COUNTS).astype(np.int16)
