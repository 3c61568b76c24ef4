"""The inventory of phonemes."""

from shared.pronunciation.words.phonemes import CONSONANTS, PHONEMES, VOWELS, base, is_vowel


def test_there_are_39_phonemes():
    assert len(PHONEMES) == 39
    assert len(VOWELS) == 15
    assert not VOWELS & CONSONANTS


def test_the_base_of_a_vowel_has_no_stress():
    assert [base(phoneme) for phoneme in ("AH0", "ER1", "OW2", "HH", "AH")] == [
        "AH", "ER", "OW", "HH", "AH",
    ]  # fmt: skip


def test_vowels_are_known_with_and_without_stress():
    assert all(map(is_vowel, ("AH0", "IY1", "UW")))
    assert not any(map(is_vowel, ("HH", "Y", "W", "R", "")))
