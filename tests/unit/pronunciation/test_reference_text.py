"""Words of a reference text."""

import pytest

from shared.errors import InvalidReferenceText
from shared.pronunciation.words.reference_text import (
    MAX_REFERENCE_CHARACTERS,
    MAX_REFERENCE_WORDS,
    read_reference_text,
)


def words(text, locale="en-US"):
    return " ".join(word.text for word in read_reference_text(text, locale))


def with_breaks(text):
    return " ".join(
        "| " * word.expects_break + word.text for word in read_reference_text(text, "en-US")
    )


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Hello, world!", "hello world"),
        ("I paid $5.50 on 3 May.", "i paid five dollars fifty cents on third may"),
        ("It is 5:30 p.m.", "it is five thirty p m"),
        ("Born in 1984", "born in nineteen eighty four"),
        ("Mr. and Dr. Smith", "mister and doctor smith"),
        ("St. Paul lives on Main St.", "saint paul lives on main street"),
        ("5km & 50%", "five kilometers and fifty percent"),
        ("the 21st century, etc.", "the twenty first century et cetera"),
        ("a well-known mother-in-law", "a well known mother in law"),
        ("Don\u2019t \u2018stop\u2019, o\u2019clock", "don't stop o'clock"),
        ("She said \u201cyes\u201d (twice).", "she said yes twice"),
        ("Caf\u00e9 na\u00efve cafe\u0301", "caf\u00e9 na\u00efve caf\u00e9"),
        ("\ufb01ne \uff28\uff29", "fine hi"),
        ("good \U0001f600 morning \u2022 all", "good morning all"),
        ("5 - 3 is 2", "five minus three is two"),
        ("U.S.A. and NASA", "u s a and nasa"),
    ],
)
def test_a_text_becomes_the_words_of_its_reading(text, spoken):
    assert words(text) == spoken


def test_the_region_decides_the_reading_of_a_date():
    assert words("6/5/2020", "en-US").startswith("june fifth")
    assert not words("6/5/2020", "en-GB").startswith("june")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Yes, no; well: go. Now! Why? So", "yes | no | well | go | now | why | so"),
        ("wait... then\u2026 stop", "wait | then | stop"),
        ("one - two \u2014 three -- four \u2013 five", "one | two | three | four | five"),
        ("one\u2014two", "one | two"),
        ("no;yes", "no | yes"),
        ("The end.Then more", "the end | then more"),
        ("a line\nand more\n\nnext", "a line and more | next"),
        ("well-known don't 1,000 2.5", "well known don't one thousand two point five"),
        ("Mr. Smith met Dr. J. Jones, e.g. today.", "mister smith met doctor j jones | e g today"),
        ("At 5 p.m. They left at 6 p.m. sharp", "at five p m | they left at six p m sharp"),
        ("So did I. Then", "so did i | then"),
        ("\u201cGo,\u201d she said (twice)", "go | she said twice"),
        ("... Hello", "hello"),
        ("hello \U0001f600, world", "hello | world"),
    ],
)
def test_punctuation_between_two_words_asks_for_a_break(text, read):
    assert with_breaks(text) == read


@pytest.mark.parametrize("text", ["...", "\U0001f600", "\u2014 !", "'", "\u0301"])
def test_a_text_without_a_word_is_refused(text):
    with pytest.raises(InvalidReferenceText, match="no word"):
        read_reference_text(text, "en-US")


@pytest.mark.parametrize("text", ["hello привет", "\u4f60\u597d", "the \u03c0"])
def test_letters_of_another_script_are_refused_without_quoting_them(text):
    with pytest.raises(InvalidReferenceText, match="not Latin") as error:
        read_reference_text(text, "en-US")
    assert not any(word in str(error.value) for word in text.split())


def test_a_text_may_have_2000_words():
    assert len(read_reference_text("word " * MAX_REFERENCE_WORDS, "en-US")) == MAX_REFERENCE_WORDS


@pytest.mark.parametrize(
    "text",
    [
        "word " * (MAX_REFERENCE_WORDS + 1),
        "1" * (MAX_REFERENCE_WORDS + 1),
        "15 " * (MAX_REFERENCE_WORDS // 2) + "21 " * (MAX_REFERENCE_WORDS // 2 + 1),
        "1:" * 40_000,
    ],
)
def test_more_words_are_refused(text):
    with pytest.raises(InvalidReferenceText, match="more than 2000 words"):
        read_reference_text(text, "en-US")


def test_more_characters_are_refused():
    with pytest.raises(InvalidReferenceText, match="more than 100000 characters"):
        read_reference_text("a" * (MAX_REFERENCE_CHARACTERS + 1), "en-US")


@pytest.mark.parametrize("text", ["a" * 100_000, "- " * 40_000 + "a", "\n " * 40_000 + "a"])
def test_a_long_text_of_one_word_is_read(text):
    assert len(read_reference_text(text, "en-US")) == 1
