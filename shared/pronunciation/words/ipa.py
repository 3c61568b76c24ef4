"""ARPAbet phonemes of IPA tokens, as the network of pronunciations writes them.

The network knows a hundred languages and reads a name as its own language does, so that sounds
which English lacks stand for the nearest English ones. Marks of length, tone and the like are
dropped.
"""

from collections.abc import Iterable

from shared.pronunciation.words.phonemes import VOWELS, Phonemes

_VOWELS = {
    "AA": "a ɑ ä à å ã", "AE": "æ", "AH": "ə ʌ ɐ ɘ ɤ ɵ ᵊ ɜ", "AO": "ɔ ɒ", "AW": "aʊ",
    "AY": "aɪ", "EH": "ɛ œ", "ER": "ɚ ɝ", "EY": "e eɪ ẽ ø", "IH": "ɪ ɨ ʏ",
    "IY": "i y ì ĩ ǐ", "OW": "o oʊ õ", "OY": "ɔɪ", "UH": "ʊ", "UW": "u ɯ ʉ ũ",
}  # fmt: skip
_CONSONANTS = {
    "B": "b ɓ β ʙ", "CH": "t͡ʃ t͡ɕ t͡ɕʰ t͡ɕ͈", "D": "d ɖ ɗ", "DH": "ð", "F": "f ɸ",
    "G": "g ɡ ɣ ɟ", "HH": "h ɦ ħ χ x", "JH": "d͡ʒ", "K": "k c kʰ k͈", "L": "l ɫ ʎ ɮ",
    "M": "m ɱ", "N": "n ɲ ñ ɴ", "NG": "ŋ", "P": "p pʰ p͈", "R": "ɹ r ɻ ɽ ʀ ʁ ɾ",
    "S": "s s͈", "SH": "ʃ ɕ ʂ ç", "T": "t tʰ t͈ ʈ", "TH": "θ", "V": "v ʋ",
    "W": "w ɥ ɰ", "Y": "j ʝ", "Z": "z ẑ", "ZH": "ʒ ʐ ʑ",
}  # fmt: skip
_SEQUENCES = {
    "eə": "EH AH", "ɪə": "IH AH", "ja": "Y AA", "je": "Y EH", "jo": "Y OW", "ju": "Y UW",
    "jʌ": "Y AH", "wa": "W AA", "we": "W EH", "wi": "W IY", "wʌ": "W AH", "ɯi": "W IY",
}  # fmt: skip
_ARPABET: dict[str, tuple[str, ...]] = {
    token: tuple(names.split())
    for table in (_VOWELS, _CONSONANTS)
    for names, tokens in table.items()
    for token in tokens.split()
} | {token: tuple(names.split()) for token, names in _SEQUENCES.items()}

_AFFRICATES = {("T", "SH"): "CH", ("D", "ZH"): "JH"}
_DIPHTHONGS = {
    ("AA", "IH"): "AY", ("AA", "UH"): "AW", ("EY", "IH"): "EY", ("OW", "UH"): "OW",
    ("AO", "IH"): "OY", ("AH", "R"): "ER",
}  # fmt: skip
_TIE = "͡"


def arpabet(tokens: Iterable[str]) -> Phonemes:
    """Return the phonemes of IPA tokens; empty if none of them is a sound.

    A doubled consonant is one. The first vowel has the stress, as in most English words of two
    syllables; ə is never stressed.
    """
    names: list[str] = []
    is_tied = False
    for sound in tokens:
        if sound == _TIE:
            is_tied = True
        for name in _ARPABET.get(sound, ()):
            pair = (names[-1] if names else "", name)
            if pair in _DIPHTHONGS and sound != "r":
                names[-1] = _DIPHTHONGS[pair]
            elif is_tied and pair in _AFFRICATES:
                names[-1] = _AFFRICATES[pair]
            elif pair[0] != pair[1] or name in VOWELS:
                names.append(name)
            is_tied = False
    return with_stress(names)


def with_stress(names: Iterable[str]) -> Phonemes:
    """Put stress on the first vowel of phonemes without stress."""
    stress = "1"
    phonemes: list[str] = []
    for name in names:
        phonemes.append(name + stress if name in VOWELS else name)
        if name in VOWELS:
            stress = "0"
    return tuple(phonemes)
