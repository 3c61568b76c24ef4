"""Names of phonemes in the alphabets of a result."""

import pytest

from shared.assessment import PhonemeAlphabet
from shared.formats.phoneme_names import phoneme_name, syllable_name
from shared.pronunciation.words.phonemes import PHONEMES, VOWELS

IPA, SAPI = PhonemeAlphabet.IPA, PhonemeAlphabet.SAPI


@pytest.mark.parametrize(
    ("phonemes", "alphabet", "names"),
    [
        ("HH EH0 L OW1", IPA, "h ɛ l oʊ"),
        ("HH EH0 L OW1", SAPI, "h eh l ow"),
        ("L AH1 K", IPA, "l ʌ k"),
        ("L AH1 K", SAPI, "l ah k"),
        ("AH0 B AW1 T", IPA, "ə b aʊ t"),
        ("AH0 B AW1 T", SAPI, "ax b aw t"),
        ("B ER1 D ER0", IPA, "b ɝ d ɚ"),
        ("B ER1 D ER0", SAPI, "b er d er"),
        ("CH ER1 CH JH AH2 JH", IPA, "tʃ ɝ tʃ dʒ ʌ dʒ"),
        ("Y UW1 NG DH ZH", IPA, "j u ŋ ð ʒ"),
    ],
)
def test_phonemes_have_the_names_of_their_alphabet(phonemes, alphabet, names):
    assert [phoneme_name(one, alphabet) for one in phonemes.split()] == names.split()


def test_every_phoneme_has_a_name_of_its_own():
    for alphabet in PhonemeAlphabet:
        names = {phoneme_name(one, alphabet) for one in PHONEMES}
        assert len(names) == len(PHONEMES)
        for vowel in VOWELS:
            assert all(phoneme_name(vowel + stress, alphabet) for stress in "012")


def test_a_language_without_names_has_empty_ones():
    assert phoneme_name("", IPA) == ""
    assert phoneme_name("", SAPI) == ""


def test_the_name_of_a_syllable_joins_those_of_its_phonemes():
    assert syllable_name(("HH", "EH0"), IPA) == "hɛ"
    assert syllable_name(("L", "OW1"), IPA) == "loʊ"
    assert syllable_name(("L", "IH1", "S"), SAPI) == "lihs"


def test_a_name_that_is_no_phoneme_is_refused():
    with pytest.raises(KeyError):
        phoneme_name("QQ", SAPI)
