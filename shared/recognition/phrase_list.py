"""Phrase lists: biasing of recognition to likely words.

Whisper takes the spelling of names from preceding context (`<|startofprev|>`), but that context
also changes unrelated text. So each segment is decoded with the list as such a hint and without,
and the hinted hypothesis is used only if it has more phrases and is not much less probable on the
audio alone. Remaining words that are similar to a phrase are replaced by it under the same
condition. A segment without any phrase keeps the text of decoding without a list.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from shared.recognition.engines.engine import EncodedSegment, Hypothesis, RecognitionEngine

MOST_HINT_CHARACTERS = 600  # about 200 tokens; the model's text context leaves 223
LEAST_SIMILARITY = 0.62  # of the letters, for words with the same beginning as the phrase
LEAST_SIMILARITY_ELSE = 0.8
MOST_LENGTH_RATIO = 1.35  # of the letters of words and phrase
MOST_REPLACEMENTS = 6  # spans tried per segment, the closest first

# Log probability that one more phrase may cost at weight 1. In hinted hypotheses the model itself
# wrote the phrase: a correct rare name cost 17 nats at most, and no wrong one was found. Correct
# replacements cost up to 8, the first wrong one 9.
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
    """The phrases of one recognition. False if there are none, or their weight is 0."""

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
        """Preceding context of each segment. If not all phrases fit, the first ones are used."""
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
        """Hypothesis with the best sum of probability and phrases."""
        scorer = _Scorer(engine, encoded, language)
        chosen = self._best_hypothesis(scorer, plain, [hinted.text], HINTED_NATS)
        return self._best_hypothesis(
            scorer, chosen, [*self._replaced_texts(chosen.text)], REPLACED_NATS
        )

    def _best_hypothesis(
        self, scorer: "_Scorer", reading: Hypothesis, texts: Sequence[str], nats: float
    ) -> Hypothesis:
        """Best of a hypothesis and of other texts with more phrases."""
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
        return sum(self._contains_phrase(words, phrase) for phrase in self._phrases.values())

    @staticmethod
    def _contains_phrase(words: Sequence[str], phrase: str) -> bool:
        recognised, wanted = [_letters(w) for w in words], [_letters(w) for w in phrase.split()]
        return any(
            recognised[place : place + len(wanted)] == wanted for place in range(len(recognised))
        )

    def _replaced_texts(self, text: str) -> Iterator[str]:
        """Yield the text with similar spans replaced by phrases: single ones, then all of them."""
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
            if self._contains_phrase(words, phrase):
                continue  # a second similar place is more often another word
            n_words = len(phrase.split())
            for span in range(max(1, n_words - 1), n_words + 3):
                for first in range(len(words) - span + 1):
                    recognised = _letters("".join(words[first : first + span]))
                    if recognised == letters or (
                        letters not in recognised and _sounds_like_phrase(recognised, letters)
                    ):
                        similarity = _similarity(recognised, letters)
                        yield _Replacement(similarity, first, first + span, phrase)


@dataclass(frozen=True, slots=True)
class _Scorer:
    """Scores texts of one segment."""

    engine: RecognitionEngine
    encoded: EncodedSegment
    language: str

    def score(self, texts: Sequence[str]) -> list[Hypothesis]:
        return self.engine.score(self.encoded, self.language, texts)


def _sounds_like_phrase(recognised: str, phrase: str) -> bool:
    """Whether recognised words are similar enough; all vowels count as equal at the beginning."""
    lengths = sorted((len(recognised), len(phrase)))
    if not lengths[0] or lengths[1] / lengths[0] > MOST_LENGTH_RATIO:
        return False
    alike = recognised[0].translate(_VOWELS) == phrase[0].translate(_VOWELS)
    return _similarity(recognised, phrase) >= (LEAST_SIMILARITY if alike else LEAST_SIMILARITY_ELSE)


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
