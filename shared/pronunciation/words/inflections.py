"""Pronunciations of forms of known words: `selfie's`, `kibbutzes`, `googled`, `y'all'd`.

The endings -s and -'s are S after a voiceless sound, IH0 Z after a sibilant, else Z; -ed is T, D,
or IH0 D after T and D. So derived from the other words of the CMU dictionary, these shares of its
own words come out right, without stress and with AH and IH as one: 96 % of 6,352 in -'s, 94 % of
14,406 in -s, 95 % of 4,599 in -ed, 92 % of 4,476 in -ing. The network has 75 % of all words right.
"""

from collections.abc import Callable, Iterator

from shared.pronunciation.words.phonemes import SIBILANTS, VOICELESS, Phonemes, is_vowel

Lookup = Callable[[str], tuple[Phonemes, ...]]

_LEAST_STEM = 3  # letters; shorter stems are chance: `bus` is no plural
# Contractions by their ending; the schwa is heard after a consonant only.
_CONTRACTIONS = {
    "'ll": ("AH0", "L"),
    "'ve": ("AH0", "V"),
    "'re": ("ER0",),
    "n't": ("AH0", "N", "T"),
}


def inflected(word: str, lookup: Lookup) -> tuple[Phonemes, ...]:
    """Return the pronunciations of a folded word as a form of known words; empty if it is none.

    lookup: pronunciations of a word, empty if it is unknown.
    """
    if "'" in word:
        return _with_apostrophe(word, lookup)
    for stem in _stems(word, "s"):
        if known := lookup(stem):
            return tuple(_with_s(phonemes) for phonemes in known)
    for stem in _stems(word, "ed"):
        if known := lookup(stem):
            return tuple(_with_d(phonemes) for phonemes in known)
    for stem in _stems(word, "ing"):
        if known := lookup(stem):
            return tuple((*phonemes, "IH0", "NG") for phonemes in known)
    return ()


def _with_apostrophe(word: str, lookup: Lookup) -> tuple[Phonemes, ...]:
    if word.endswith("'s"):
        return tuple(_with_s(phonemes) for phonemes in lookup(word[:-2]))
    if word.endswith("'d"):
        return tuple(_with_d(phonemes) for phonemes in lookup(word[:-2]))
    ending = word[-3:]
    if ending in _CONTRACTIONS:
        sounds = _CONTRACTIONS[ending]
        return tuple(
            (*phonemes, *(sounds[1:] if is_vowel(phonemes[-1]) and len(sounds) > 1 else sounds))
            for phonemes in lookup(word[:-3])
        )
    parts = [lookup(part) for part in word.split("'") if part]
    if not parts or not all(parts):
        return ()
    return (tuple(phoneme for known in parts for phoneme in known[0]),)


def _stems(word: str, ending: str) -> Iterator[str]:
    """Possible words that took this ending, with the changes of spelling that it brings."""
    if not word.endswith(ending):
        return
    stem = word.removesuffix(ending)
    if len(stem) < _LEAST_STEM or (ending == "s" and stem[-1] in "su"):
        return
    if ending == "s":
        yield stem
        if stem.endswith("ie"):
            yield stem[:-2] + "y"
        elif stem.endswith(("se", "xe", "ze", "che", "she")):
            yield stem[:-1]
        return
    if stem[-1] == stem[-2] and stem[-1] not in "aeiou":  # `blogged`
        yield stem[:-1]
    yield stem + "e"
    yield stem
    if ending == "ed" and stem[-1] == "i":
        yield stem[:-1] + "y"


def _with_s(phonemes: Phonemes) -> Phonemes:
    if phonemes[-1] in SIBILANTS:
        return (*phonemes, "IH0", "Z")
    return (*phonemes, "S" if phonemes[-1] in VOICELESS else "Z")


def _with_d(phonemes: Phonemes) -> Phonemes:
    if phonemes[-1] in {"T", "D"}:
        return (*phonemes, "IH0", "D")
    return (*phonemes, "T" if phonemes[-1] in VOICELESS else "D")
