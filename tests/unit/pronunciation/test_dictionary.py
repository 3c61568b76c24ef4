"""Look-up of words in a file of the CMU dictionary's form."""

import random

from shared.pronunciation.words.dictionary import Dictionary

LINES = b"""'bout B AW1 T
a AH0
a(2) EY1
a. EY1
dog D AO1 G
dogs D AO1 G Z
gdp G IY1 D IY1 P IY1 # abbrev
of AH1 V
zoo Z UW1
"""


def spoken(word, lines=LINES):
    return [" ".join(phonemes) for phonemes in Dictionary(lines).pronunciations(word)]


def test_a_word_has_its_pronunciations_in_their_order():
    assert spoken("a") == ["AH0", "EY1"]
    assert spoken("dog") == ["D AO1 G"]
    assert spoken("'bout") == ["B AW1 T"]
    assert spoken("zoo") == ["Z UW1"]


def test_a_comment_is_no_part_of_a_pronunciation():
    assert spoken("gdp") == ["G IY1 D IY1 P IY1"]


def test_function_words_have_their_weak_form_after_the_strong_one():
    assert spoken("of") == ["AH1 V", "AH0 V"]


def test_unknown_words_and_parts_of_lines_have_none():
    for word in ("do", "dogss", "", "a(2)x", "dog D", "\n", "é", "zoo\n"):
        assert spoken(word) == []


def test_words_are_found_whatever_the_order_of_the_lines():
    names = [
        first + second + str(number) for first in "abc" for second in "xyz" for number in range(9)
    ]
    random.Random(1).shuffle(names)  # noqa: S311  (the same order in each run)
    dictionary = Dictionary("\n".join(f"{name} T AH{name[-1]}" for name in names).encode())
    assert all(dictionary.pronunciations(name) == (("T", f"AH{name[-1]}"),) for name in names)


def test_an_empty_file_knows_no_word():
    assert spoken("dog", b"") == []
