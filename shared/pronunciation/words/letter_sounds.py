"""Pronunciations from the letters alone, for words that neither dictionary nor network knows."""

import unicodedata
from collections.abc import Mapping

from shared.pronunciation.words.ipa import with_stress
from shared.pronunciation.words.phonemes import VOWELS, Phonemes

LETTERS = "abcdefghijklmnopqrstuvwxyz"
VOWEL_LETTERS = frozenset("aeiouy")

# Latin letters that are no letter of English with an accent.
_FOLDED = str.maketrans({
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "th", "þ": "th",
    "ı": "i", "ħ": "h", "ŋ": "ng", "ĸ": "k", "ŧ": "t", "ſ": "s", "ə": "a", "ƒ": "f",
})  # fmt: skip

_NAMES = {
    "a": "EY1", "b": "B IY1", "c": "S IY1", "d": "D IY1", "e": "IY1", "f": "EH1 F",
    "g": "JH IY1", "h": "EY1 CH", "i": "AY1", "j": "JH EY1", "k": "K EY1", "l": "EH1 L",
    "m": "EH1 M", "n": "EH1 N", "o": "OW1", "p": "P IY1", "q": "K Y UW1", "r": "AA1 R",
    "s": "EH1 S", "t": "T IY1", "u": "Y UW1", "v": "V IY1", "w": "D AH1 B AH0 L Y UW0",
    "x": "EH1 K S", "y": "W AY1", "z": "Z IY1",
}  # fmt: skip

_SOUNDS = {
    "igh": "AY", "tch": "CH", "sch": "SH", "dge": "JH", "eau": "OW",
    "ch": "CH", "sh": "SH", "th": "TH", "ph": "F", "ck": "K", "ng": "NG", "qu": "K W",
    "wh": "W", "kn": "N", "wr": "R", "gh": "G", "ee": "IY", "ea": "IY", "oo": "UW", "ai": "EY",
    "ay": "EY", "ey": "IY", "ou": "AW", "ow": "OW", "oi": "OY", "oy": "OY", "au": "AO",
    "aw": "AO", "ie": "IY", "oa": "OW", "ar": "AA R", "er": "ER", "ir": "ER", "or": "AO R",
    "ur": "ER", "ce": "S EH", "ci": "S IH", "cy": "S IY",
    "a": "AE", "b": "B", "c": "K", "d": "D", "e": "EH", "f": "F", "g": "G", "h": "HH",
    "i": "IH", "j": "JH", "k": "K", "l": "L", "m": "M", "n": "N", "o": "AA", "p": "P",
    "q": "K", "r": "R", "s": "S", "t": "T", "u": "AH", "v": "V", "w": "W", "x": "K S",
    "y": "IY", "z": "Z",
}  # fmt: skip
_GROUP_LETTERS = max(map(len, _SOUNDS))


def fold(word: str) -> str:
    """Return the word in the letters a to z and apostrophes: cafe of `café`.

    Other letters and signs are dropped, so that the result may be empty.
    """
    if word.isascii() and word.isalpha():
        return word.lower()
    letters = unicodedata.normalize("NFKD", word.lower().translate(_FOLDED))
    return "".join(letter for letter in letters if letter in LETTERS or letter == "'")


def is_consonants(word: str) -> bool:
    """Whether a folded word has no letter that can be a vowel."""
    return VOWEL_LETTERS.isdisjoint(word)


def letter_names(word: str) -> Phonemes:
    """Read a folded word letter by letter: `B IY1 B IY1 S IY1` of bbc."""
    return tuple(name for letter in word for name in _names(letter, _NAMES))


def letter_sounds(word: str) -> Phonemes:
    """Read a folded word by the usual sound of its letters; a schwa if it has none.

    An `e` at the end after a vowel and a consonant is silent.
    """
    if len(word) > 3 and word[-1] == "e" and not is_consonants(word[:-1]):
        word = word[:-1]
    sounds: list[str] = []
    position = 0
    while position < len(word):
        size = _GROUP_LETTERS
        while size > 1 and word[position : position + size] not in _SOUNDS:
            size -= 1
        for sound in _names(word[position : position + size], _SOUNDS):
            if sound in VOWELS or sounds[-1:] != [sound]:
                sounds.append(sound)
        position += size
    return with_stress(sounds or ("AH",))


def _names(letters: str, table: Mapping[str, str]) -> list[str]:
    return table.get(letters, "").split()
