"""Syllables of pronunciations, and the letters that spell them."""

import pytest

from shared.pronunciation.words.syllables import Syllable, syllabify


def test_a_syllable_names_its_phonemes_and_letters():
    assert syllabify(("HH", "AH0", "L", "OW1"), "hello") == (
        Syllable(0, 2, "hel"),
        Syllable(2, 4, "lo"),
    )


@pytest.mark.parametrize(
    ("phonemes", "letters", "sounds"),
    [
        ("HH AE1 P IY0", "hap py", "HH-AE1 P-IY0"),
        ("P IY1 P AH0 L", "peo ple", "P-IY1 P-AH0-L"),
        (
            "P R OW0 N AH2 N S IY0 EY1 SH AH0 N",
            "pro nun ci a tion",
            "P-R-OW0 N-AH2-N S-IY0 EY1 SH-AH0-N",
        ),
        ("AH0 S EH1 S M AH0 N T", "as ses sment", "AH0 S-EH1 S-M-AH0-N-T"),
        ("TH R UW1", "through", "TH-R-UW1"),
        ("S T R EH1 NG K TH S", "strengths", "S-T-R-EH1-NG-K-TH-S"),
        ("AH0", "a", "AH0"),
        ("R IH1 DH AH0 M", "rhy thm", "R-IH1 DH-AH0-M"),
        ("Y UW2 N AH0 V ER1 S AH0 T IY0", "u ni ver si ty", "Y-UW2 N-AH0 V-ER1 S-AH0 T-IY0"),
        ("IH0 G Z AE1 M", "ex am", "IH0-G Z-AE1-M"),
        ("P IY1 T S AH0", "piz za", "P-IY1-T S-AH0"),
        ("AH1 N Y AH0 N", "on ion", "AH1-N Y-AH0-N"),
        ("S AH1 M TH IH0 NG", "some thing", "S-AH1-M TH-IH0-NG"),
        ("S OW1 SH AH0 L", "so cial", "S-OW1 SH-AH0-L"),
        ("D AO1 T ER0", "daugh ter", "D-AO1 T-ER0"),
        ("AH0 N N OW1 N", "un known", "AH0-N N-OW1-N"),
        ("D IH1 D AH0 N T", "di dn't", "D-IH1 D-AH0-N-T"),
        ("K AH0 F EY1", "ca f\u00e9", "K-AH0 F-EY1"),
        ("EH1 K S T R AH0", "ex tra", "EH1-K S-T-R-AH0"),
        ("W AO1 N T IH0 D", "wan ted", "W-AO1-N T-IH0-D"),
    ],
)
def test_letters_divide_where_the_sounds_do(phonemes, letters, sounds):
    phonemes = phonemes.split()
    syllables = syllabify(phonemes, letters.replace(" ", ""))
    assert [syllable.grapheme for syllable in syllables] == letters.split()
    assert ["-".join(phonemes[one.first : one.last]) for one in syllables] == sounds.split()


def test_a_word_without_a_vowel_is_one_syllable():
    assert syllabify(("N",), "and") == (Syllable(0, 1, "and"),)


def test_one_letter_with_several_syllables_belongs_to_the_first():
    syllables = syllabify("D AH1 B AH0 L Y UW0".split(), "w")
    assert [syllable.grapheme for syllable in syllables] == ["w", "", ""]


@pytest.mark.parametrize("word", ["abcde" * 1_000, "'''", "\u0292\u0292", "x"])
def test_the_letters_of_any_word_are_divided_completely(word):
    syllables = syllabify(("B", "AA1") * 30, word)
    assert "".join(syllable.grapheme for syllable in syllables) == word
    assert len(syllables) == 30
    assert (syllables[0].first, syllables[-1].last) == (0, 60)
