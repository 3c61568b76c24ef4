"""Syllables of a pronunciation, and the letters of the word that spell each.

Consonants between two vowels begin the second syllable as far as English words can begin with
them (maximal onset principle; Giegerich, English Phonology, chapter 6). The letters are aligned
with the phonemes by dynamic programming: a group of letters that usually spells a phoneme costs
nothing, a silent letter or an unusual spelling costs something. Where the phonemes divide, so do
the letters; of a doubled letter one goes to each side, as in `hel-lo`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.pronunciation.words.letter_sounds import fold
from shared.pronunciation.words.phonemes import Phonemes, base, is_vowel

ALIGNED_LETTERS = 60  # the pronunciation of a longer word is of its first letters

_ONSETS = frozenset(
    tuple(onset.split())
    for onset in (
        "P R,B R,T R,D R,K R,G R,F R,TH R,SH R,P L,B L,K L,G L,F L,S L,"
        "S P,S T,S K,S M,S N,S F,S W,T W,D W,K W,G W,TH W,HH W,"
        "S P L,S P R,S T R,S K R,S K W,S K L"
    ).split(",")
)
_BEFORE_Y = frozenset(("P B T D K G F V TH S Z M N L HH").split())
_AFTER_Y = frozenset(("UW", "UH", "ER"))  # `mu-sic`, but `on-ion`

_SPELLINGS = {
    "AA": "ah al", "AE": "al", "AH": "ough", "AO": "al ough augh", "AW": "ough", "AY": "igh is",
    "EY": "eigh aigh eh et",
    "EH": "", "ER": "r re er ir ur or ar yr ear our err irr urr ure eur ere ire", "IH": "",
    "IY": "is", "OW": "ough oh ol", "OY": "", "UH": "oul", "UW": "ough",
    "B": "b bb", "CH": "ch tch t c te", "D": "d dd ed ld", "DH": "th", "F": "f ff ph gh lf",
    "G": "g gg gh gu gue", "HH": "h wh j", "JH": "j g dg dge d dj gg",
    "K": "k c ck ch cc q qu cq kk kh lk que x", "L": "l ll", "M": "m mm mb mn lm",
    "N": "n nn kn gn pn", "NG": "ng n", "P": "p pp ph", "R": "r rr wr rh rrh",
    "S": "s ss c sc ps st ce se z", "SH": "sh ti ci si ssi sci s ss ch sch ce t c",
    "T": "t tt ed th bt pt ght ct d", "TH": "th", "V": "v vv f ph lv", "W": "w wh u o",
    "Y": "y i j e", "Z": "z zz s ss x se ze", "ZH": "s z g si ge j ti zi",
}  # fmt: skip
_PAIRS = {
    ("K", "S"): "x xc cc", ("G", "Z"): "x", ("K", "SH"): "x", ("K", "W"): "qu", ("T", "S"): "z zz",
    ("AH", "L"): "le", ("W", "AH"): "o", ("Y", "UW"): "u ue eu ew eau", ("Y", "UH"): "u eu",
    ("Y", "ER"): "ur", ("Y", "AH"): "u",
}  # fmt: skip
_LETTERS_OF: dict[Phonemes, frozenset[str]] = {
    (phoneme,): frozenset(letters.split()) for phoneme, letters in _SPELLINGS.items()
} | {pair: frozenset(letters.split()) for pair, letters in _PAIRS.items()}
_GROUP_LETTERS = 4

_SILENT_LETTER = 1.0
_WITHOUT_LETTERS = 1.5  # a phoneme, as the schwa of `rhythm`
_UNUSUAL_SPELLING = 1.2
_UNLIKELY_SPELLING = 2.5  # of a vowel by a consonant, or the reverse
_FURTHER_VOWEL_LETTER = 0.1  # `so-ci-al`: the i belongs to the c
_NO_LETTER = "'"


@dataclass(frozen=True, slots=True)
class Syllable:
    """A syllable: phonemes `first` up to `last`, one past, and the letters that spell them.

    grapheme: may be empty where one letter has several syllables, as in the name of w.
    """

    first: int
    last: int
    grapheme: str


@dataclass(frozen=True, slots=True)
class _Group:
    """Letters that spell phonemes; indices, the last ones one past. One of the two may be empty."""

    first_letter: int
    last_letter: int
    first: int
    last: int


def syllabify(phonemes: Sequence[str], word: str) -> tuple[Syllable, ...]:
    """Divide a pronunciation into syllables, one for each vowel, at least one.

    Parameters
    ----------
    phonemes: at least one.
    word: lower case; the graphemes of the syllables joined are the word.
    """
    names = [base(phoneme) for phoneme in phonemes]
    starts = [0, *_later_starts(names)]
    if len(starts) == 1:
        return (Syllable(0, len(names), word),)
    letters = [fold(letter)[:1] or _NO_LETTER for letter in word[:ALIGNED_LETTERS]]
    groups = _align("".join(letters), names)
    cuts = [0, *(_first_letter(start, groups, letters) for start in starts[1:]), len(word)]
    return tuple(
        Syllable(first, last, word[cut:following])
        for first, last, cut, following in zip(
            starts, [*starts[1:], len(names)], cuts, cuts[1:], strict=False
        )
    )


def _later_starts(names: Sequence[str]) -> list[int]:
    """Indices of the phonemes at which the second and later syllables begin."""
    vowels = [index for index, name in enumerate(names) if is_vowel(name)]
    starts: list[int] = []
    for vowel, following in pairwise(vowels):
        start = following
        while start > vowel + 1 and _is_onset(
            tuple(names[start - 1 : following]), names[following]
        ):
            start -= 1
        starts.append(start)
    return starts


def _is_onset(consonants: Phonemes, vowel: str) -> bool:
    """Whether an English syllable can begin with these consonants before this vowel."""
    if len(consonants) == 1:
        return consonants != ("NG",)
    if consonants[-1] == "Y":
        return vowel in _AFTER_Y and (
            (len(consonants) == 2 and consonants[0] in _BEFORE_Y)
            or consonants[:-1] in {("S", "P"), ("S", "K"), ("S", "T")}
        )
    return consonants in _ONSETS


def _first_letter(start: int, groups: Sequence[_Group], letters: Sequence[str]) -> int:
    """Index of the first letter of the second or a later syllable, which begins at a phoneme."""
    if len(letters) == 1:
        return 1
    group = next(group for group in groups if group.first <= start < group.last)
    first, last = group.first_letter, group.last_letter
    is_doubled = last - first == 2 and letters[first] == letters[first + 1]
    if group.first < start or (is_doubled and first and letters[first] not in "aeiou"):
        return first + 1  # `hel-lo`; one spelling of two phonemes: `ex-am`, `piz-za`
    return first


def _align(letters: str, names: Sequence[str]) -> list[_Group]:
    """Divide letters and phonemes into groups that belong together, at the least cost."""
    best: dict[tuple[int, int], tuple[float, _Group | None]] = {(0, 0): (0.0, None)}
    for letter in range(len(letters) + 1):
        for phoneme in range(len(names) + 1):
            if (letter, phoneme) not in best:
                continue
            cost = best[letter, phoneme][0]
            for last_letter, last, further in _moves(letters, names, letter, phoneme):
                known = best.get((last_letter, last))
                if known is None or cost + further < known[0] - 1e-9:
                    group = _Group(letter, last_letter, phoneme, last)
                    best[last_letter, last] = (cost + further, group)
    groups: list[_Group] = []
    _, last_group = best[len(letters), len(names)]
    while last_group is not None:
        groups.append(last_group)
        _, last_group = best[last_group.first_letter, last_group.first]
    return groups[::-1]


def _moves(
    letters: str, names: Sequence[str], letter: int, phoneme: int
) -> list[tuple[int, int, float]]:
    """Return the groups that can follow: last letter, last phoneme (one past), and their cost."""
    moves: list[tuple[int, int, float]] = []
    if phoneme < len(names):
        moves.append((letter, phoneme + 1, _WITHOUT_LETTERS))
    if letter == len(letters):
        return moves
    silent = 0.0 if letters[letter] == _NO_LETTER else _SILENT_LETTER
    moves.append((letter + 1, phoneme, silent))
    if phoneme == len(names):
        return moves
    pair = tuple(names[phoneme : phoneme + 2])
    for last in range(letter + 1, min(letter + _GROUP_LETTERS, len(letters)) + 1):
        group = letters[letter:last]
        cost = _spelling_cost(group, names[phoneme])
        if cost is not None:
            moves.append((last, phoneme + 1, cost))
        if group in _LETTERS_OF.get(pair, ()) and len(pair) == 2:
            moves.append((last, phoneme + 2, 0.0))
    return moves


def _spelling_cost(group: str, name: str) -> float | None:
    """Cost of letters as the spelling of a phoneme; None if they are none."""
    if group in _LETTERS_OF[name,]:
        return 0.0
    are_vowels = group[0] in "aeiouy" and set(group) <= set("aeiouyw")
    if are_vowels and is_vowel(name):
        return _FURTHER_VOWEL_LETTER * (len(group) - 1)
    if len(group) > 1 or group == _NO_LETTER:
        return None
    return _UNLIKELY_SPELLING if are_vowels or is_vowel(name) else _UNUSUAL_SPELLING
