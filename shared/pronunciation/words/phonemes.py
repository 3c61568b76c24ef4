"""The phonemes of English in ARPAbet, as in the CMU dictionary: `AH0` is AH without stress.

Consonants have no digit. A vowel ends in its stress: 0 none, 1 primary, 2 secondary.
Source: http://www.speech.cs.cmu.edu/cgi-bin/cmudict
"""

VOWELS = frozenset(("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW").split())
CONSONANTS = frozenset(("B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH").split())
PHONEMES = VOWELS | CONSONANTS
SIBILANTS = frozenset(("S", "Z", "SH", "ZH", "CH", "JH"))
VOICELESS = frozenset(("P", "T", "K", "F", "TH", "S", "SH", "CH", "HH"))

Phonemes = tuple[str, ...]


def base(phoneme: str) -> str:
    """Return a phoneme without its stress: AH of `AH0`."""
    return phoneme.rstrip("012")


def is_vowel(phoneme: str) -> bool:
    """Whether this is a vowel, with or without a digit of stress."""
    return base(phoneme) in VOWELS
