"""Pronunciations of any English word: dictionary, forms of its words, network, letters.

No word is kept beyond the call: the words of a request are its content.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from shared.pronunciation.words.dictionary import Dictionary
from shared.pronunciation.words.grapheme_to_phoneme import PronunciationNetwork
from shared.pronunciation.words.inflections import inflected
from shared.pronunciation.words.ipa import arpabet
from shared.pronunciation.words.letter_sounds import (
    fold,
    is_consonants,
    letter_names,
    letter_sounds,
)
from shared.pronunciation.words.phonemes import Phonemes, is_vowel

MOST_ALTERNATIVES = 6
MOST_LETTERS_READ = 60  # the longest word of the dictionary has 34

_LETTERS_OF_AN_INITIALISM = 4
_SOUNDS_PER_LETTER = 2
# Texts have these words as abbreviations, which the network reads otherwise.
_ABBREVIATIONS = {"mister": "mr", "missus": "mrs", "doctor": "dr", "saint": "st"}
_FOREIGN = " "  # stands between the tokens of a word that is read in another language

ReadWords = Callable[[Sequence[str]], Sequence[tuple[str, ...]]]


class Pronouncer:
    """Pronunciations of English words. Thread-safe.

    dictionary: known words.
    read_words: IPA tokens of each of the unknown words, or no token; `PronunciationNetwork.read`.
    """

    def __init__(self, dictionary: Dictionary, read_words: ReadWords) -> None:
        self._dictionary = dictionary
        self._read_words = read_words

    @classmethod
    def load(cls, folder: Path) -> "Pronouncer":
        """Load the files of a model folder."""
        return cls(Dictionary.load(folder), PronunciationNetwork(folder).read)

    def pronunciations(self, word: str) -> tuple[Phonemes, ...]:
        """Return 1 to 6 pronunciations of a lower-case word, best first; none is empty."""
        return self.pronounce_all((word,))[word]

    def pronounce_all(self, words: Iterable[str]) -> dict[str, tuple[Phonemes, ...]]:
        """Return the pronunciations of each word, as `pronunciations` does.

        A word costs 0.1 ms where the dictionary has it, else 1 to 5 ms. Of a word with more than
        60 letters the first 60 are read.
        """
        folded = {word: fold(word)[:MOST_LETTERS_READ] for word in dict.fromkeys(words)}
        known = {word: self._known(letters) for word, letters in folded.items()}
        unknown = {
            word: plain
            for word, letters in folded.items()
            if not known[word] and (plain := letters.replace("'", ""))
        }
        network = [word for word, plain in unknown.items() if not is_consonants(plain)]
        read = self._read_words([unknown[word] for word in network]) if network else ()
        tokens = dict(zip(network, read, strict=True))
        return {
            word: (known[word] or _of_letters(unknown.get(word, ""), tokens.get(word, ())))[
                :MOST_ALTERNATIVES
            ]
            for word in folded
        }

    def network_readings(self, words: Iterable[str]) -> dict[str, tuple[Phonemes, ...]]:
        """Return how the network reads the spellings of each word, whatever the dictionary has."""
        spellings = {
            word: (word, _ABBREVIATIONS[word]) if word in _ABBREVIATIONS else (word,)
            for word in dict.fromkeys(words)
        }
        spelled = dict.fromkeys(one for spelling in spellings.values() for one in spelling)
        plain = [fold(word)[:MOST_LETTERS_READ].replace("'", "") for word in spelled]
        read = dict(zip(spelled, map(arpabet, self._read_words(plain)), strict=True))
        return {
            word: tuple(read[one] for one in spelling if read[one])
            for word, spelling in spellings.items()
        }

    def _known(self, letters: str) -> tuple[Phonemes, ...]:
        lookup = self._dictionary.pronunciations
        return lookup(letters) or inflected(letters, lookup)


def _of_letters(word: str, tokens: Sequence[str]) -> tuple[Phonemes, ...]:
    """Return the reading of the network if it is plausible, or else that of the letters."""
    if is_consonants(word) and 0 < len(word) <= _LETTERS_OF_AN_INITIALISM:
        return letter_names(word), letter_sounds(word)
    phonemes = arpabet(tokens)
    if not _is_plausible(phonemes, word):
        return (letter_sounds(word),)
    if _FOREIGN in tokens:
        return tuple(dict.fromkeys((phonemes, letter_sounds(word))))
    return (phonemes,)


def _is_plausible(phonemes: Phonemes, word: str) -> bool:
    """Whether there is a vowel, not too many sounds, and no pair three times in succession."""
    repeated = any(
        phonemes[first : first + 2]
        == phonemes[first + 2 : first + 4]
        == phonemes[first + 4 : first + 6]
        for first in range(len(phonemes) - 5)
    )
    return (
        any(map(is_vowel, phonemes))
        and len(phonemes) <= _SOUNDS_PER_LETTER * len(word)
        and not repeated
    )
