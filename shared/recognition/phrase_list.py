"""Phrase lists: words that are likely in this audio, and how they bind.

Whisper takes a text that came before (`<|startofprev|>`) for the spelling of names, but it also
lets that text change what has nothing to do with it. So each segment is read with the list as
such a hint and without, and the hinted reading counts only where it holds more phrases and is
not much less probable on the audio alone. What still sounds close to a phrase is replaced by it
under the same condition. A segment in which no phrase is found keeps the text it has without a
list.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from shared.recognition.engines.engine import EncodedSegment, Hypothesis, RecognitionEngine

MOST_HINT_CHARACTERS = 600  # about 200 tokens; the model's text context leaves 223
LEAST_SIMILARITY = 0.62  # of the letters, for words that begin as the phrase does
LEAST_SIMILARITY_ELSE = 0.8
MOST_LENGTH_RATIO = 1.35  # of the letters of words and phrase
MOST_REPLACEMENTS = 6  # spans tried per segment, the closest first

# Log probability that one more phrase may cost at weight 1. Of readings with a hint the model
# itself wrote the phrase: a rare name cost 17 nats at most where it was right, and none was
# found that was wrong. Of replacements the right ones cost up to 8, the first wrong one 9.
HINTED_NATS = 18.0
REPLACED_NATS = 8.0

_LETTERS = re.compile(r"[^\w]+")
_VOWELS = str.maketrans(dict.fromkeys("aeiouy", "a"))


@dataclass(frozen=True, slots=True)
class _Replacement:
    similarity: float
    first: int
    last: int
    phrase: str


class PhraseBias:
    """The phrases of one recognition. False where nothing is to bind."""

    def __init__(self, phrases: Sequence[str], weight: float) -> None:
        cleaned = dict.fromkeys(" ".join(phrase.split()) for phrase in phrases)
        self._phrases = {_letters(phrase): phrase for phrase in cleaned if _letters(phrase)}
        self._weight = weight
        if weight <= 0:
            self._phrases = {}

    def __bool__(self) -> bool:
        return bool(self._phrases)

    @property
    def hint(self) -> str:
        """Text that goes before each segment. The first phrases count most where not all fit."""
        hint = ""
        for phrase in self._phrases.values():
            longer = f"{hint}, {phrase}" if hint else phrase
            if len(longer) <= MOST_HINT_CHARACTERS:
                hint = longer
        return hint and f"{hint}."

    def choose(
        self,
        engine: RecognitionEngine,
        encoded: EncodedSegment,
        language: str,
        plain: Hypothesis,
        hinted: Hypothesis,
    ) -> Hypothesis:
        """The reading with the best sum of probability and phrases."""
        scorer = _Scorer(engine, encoded, language)
        chosen = self._better(scorer, plain, [hinted.text], HINTED_NATS)
        return self._better(scorer, chosen, [*self._corrected(chosen.text)], REPLACED_NATS)

    def _better(
        self, scorer: "_Scorer", reading: Hypothesis, texts: Sequence[str], nats: float
    ) -> Hypothesis:
        """The best of a reading and of other texts that hold more phrases."""
        found = self._n_phrases(reading.text)
        gains = {text: n - found for text in texts if (n := self._n_phrases(text)) > found}
        if not gains:
            return reading
        plain, *others = scorer.score([reading.text, *gains])
        least = _log_probability(plain)
        best = max(
            zip(others, gains.values(), strict=True),
            key=lambda scored: _log_probability(scored[0]) + self._weight * nats * scored[1],
        )
        cost = least - _log_probability(best[0])
        return best[0] if cost <= self._weight * nats * best[1] else reading

    def _n_phrases(self, text: str) -> int:
        words = text.split()
        return sum(self._holds(words, phrase) for phrase in self._phrases.values())

    @staticmethod
    def _holds(words: Sequence[str], phrase: str) -> bool:
        heard, wanted = [_letters(w) for w in words], [_letters(w) for w in phrase.split()]
        return any(heard[place : place + len(wanted)] == wanted for place in range(len(heard)))

    def _corrected(self, text: str) -> Iterator[str]:
        """The text with spans that sound close to a phrase replaced, one and then all of them."""
        words = text.split()
        replacements = sorted(self._replacements(words), key=lambda r: -r.similarity)
        replacements = replacements[:MOST_REPLACEMENTS]
        taken: list[_Replacement] = []
        for replacement in replacements:
            yield _replaced(words, [replacement])
            if all(r.last <= replacement.first or replacement.last <= r.first for r in taken):
                taken.append(replacement)
        if len(taken) > 1:
            yield _replaced(words, taken)

    def _replacements(self, words: Sequence[str]) -> Iterator[_Replacement]:
        for letters, phrase in self._phrases.items():
            if self._holds(words, phrase):
                continue  # a second place that sounds alike is more often another word
            n_words = len(phrase.split())
            for span in range(max(1, n_words - 1), n_words + 3):
                for first in range(len(words) - span + 1):
                    heard = _letters("".join(words[first : first + span]))
                    if heard == letters or (letters not in heard and _may_be_meant(heard, letters)):
                        similarity = _similarity(heard, letters)
                        yield _Replacement(similarity, first, first + span, phrase)


@dataclass(frozen=True, slots=True)
class _Scorer:
    """Scores texts of one segment."""

    engine: RecognitionEngine
    encoded: EncodedSegment
    language: str

    def score(self, texts: Sequence[str]) -> list[Hypothesis]:
        return self.engine.score(self.encoded, self.language, texts)


def _may_be_meant(heard: str, phrase: str) -> bool:
    """Whether what was heard is close enough; any vowel begins like another."""
    lengths = sorted((len(heard), len(phrase)))
    if not lengths[0] or lengths[1] / lengths[0] > MOST_LENGTH_RATIO:
        return False
    alike = heard[0].translate(_VOWELS) == phrase[0].translate(_VOWELS)
    return _similarity(heard, phrase) >= (LEAST_SIMILARITY if alike else LEAST_SIMILARITY_ELSE)


def _similarity(first: str, second: str) -> float:
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _replaced(words: Sequence[str], replacements: Sequence[_Replacement]) -> str:
    result = list(words)
    for replacement in sorted(replacements, key=lambda r: -r.first):
        last_word = words[replacement.last - 1]
        punctuation = last_word[len(last_word.rstrip(".,;:?!")) :]
        result[replacement.first : replacement.last] = [replacement.phrase + punctuation]
    return " ".join(result)


def _letters(text: str) -> str:
    return _LETTERS.sub("", text).casefold()


def _log_probability(hypothesis: Hypothesis) -> float:
    return hypothesis.average_log_probability * len(hypothesis.tokens)
