"""Pronunciations of words that the dictionary has, and of those that it lacks."""

import pytest

from shared.pronunciation.words.dictionary import Dictionary
from shared.pronunciation.words.ipa import arpabet
from shared.pronunciation.words.phonemes import PHONEMES, base
from shared.pronunciation.words.pronouncer import MOST_LETTERS_READ, Pronouncer

DICTIONARY = Dictionary(b"""blog B L AO1 G
cat K AE1 T
cafe K AH0 F EY1
church CH ER1 CH
dog D AO1 G
google G UW1 G AH0 L
i AY1
ladies L EY1 D IY0 Z
lady L EY1 D IY0
rock R AA1 K
roll R OW1 L
n EH1 N
tune T UW1 N
want W AA1 N T
want(2) W AO1 N T
""")


class Network:
    """Reads every word as the same tokens, and keeps the words."""

    def __init__(self, *tokens):
        self.tokens = tokens
        self.words = []

    def __call__(self, words):
        """Take the words."""
        self.words += words
        return [self.tokens] * len(words)


def spoken(word, network=None):
    pronouncer = Pronouncer(DICTIONARY, network or Network())
    return [" ".join(phonemes) for phonemes in pronouncer.pronunciations(word)]


@pytest.mark.parametrize(
    ("word", "pronunciation"),
    [
        ("cat", "K AE1 T"),
        ("caf\u00e9", "K AH0 F EY1"),
        ("cats", "K AE1 T S"),
        ("cat's", "K AE1 T S"),
        ("dogs", "D AO1 G Z"),
        ("dog's", "D AO1 G Z"),
        ("church's", "CH ER1 CH IH0 Z"),
        ("churches", "CH ER1 CH IH0 Z"),
        ("googled", "G UW1 G AH0 L D"),
        ("blogged", "B L AO1 G D"),
        ("blogging", "B L AO1 G IH0 NG"),
        ("tuning", "T UW1 N IH0 NG"),
        ("wanted", "W AA1 N T IH0 D"),
        ("cat'll", "K AE1 T AH0 L"),
        ("i'll", "AY1 L"),
        ("i've", "AY1 V"),
        ("rock'n'roll", "R AA1 K EH1 N R OW1 L"),
    ],
)
def test_known_words_and_their_forms_need_no_network(word, pronunciation):
    network = Network("k")
    assert spoken(word, network)[0] == pronunciation
    assert network.words == []


def test_alternatives_of_a_word_are_those_of_its_forms():
    assert spoken("wants") == ["W AA1 N T S", "W AO1 N T S"]


def test_an_unknown_word_is_read_by_the_network():
    assert spoken("tiktok", Network("t", "ɪ", "k", "t", "ɑ", "k")) == ["T IH1 K T AA0 K"]


def test_a_word_that_the_network_reads_as_foreign_has_its_letters_as_an_alternative():
    assert spoken("sotto", Network(*"s ɔ t t o".replace(" ", "  ").split(" "), " ")) == [
        "S AO1 T OW0",
        "S AA1 T AA0",
    ]


@pytest.mark.parametrize(
    "tokens", [(), (" ",), ("k", "t"), ("d", "i") * 4, ("a", "t", "o", "s") * 9]
)
def test_an_implausible_reading_gives_way_to_the_letters(tokens):
    assert spoken("skidat", Network(*tokens)) == ["S K IH1 D AE0 T"]


def test_short_words_without_a_vowel_are_spelt():
    network = Network("k", "i")
    assert spoken("xkcd", network)[0] == "EH1 K S K EY1 S IY1 D IY1"
    assert spoken("bbc", network)[0] == "B IY1 B IY1 S IY1"
    assert network.words == []


@pytest.mark.parametrize(
    "word",
    [
        "a",
        "z",
        "zzzzzzzz",
        "\u0292",
        "'",
        "stra\u00dfe",
        "\u0153uvre",
        "\u0142\u00f3d\u017a",
        "qqq'q",
        "",
    ],
)
def test_any_word_has_a_pronunciation(word):
    for pronunciation in spoken(word):
        assert pronunciation
        assert all(base(phoneme) in PHONEMES for phoneme in pronunciation.split())
    assert 1 <= len(spoken(word)) <= 6


def test_only_the_first_letters_of_a_word_without_end_are_read():
    network = Network()
    pronunciation = spoken("abcde" * 1_000, network)[0]
    assert network.words == ["abcde" * (MOST_LETTERS_READ // 5)]
    assert len(pronunciation.split()) <= 2 * MOST_LETTERS_READ


def test_each_unknown_word_of_a_text_is_read_once():
    network = Network("k", "i")
    read = Pronouncer(DICTIONARY, network).pronounce_all(["kiwwi", "cat", "kiwwi", "cats"])
    assert list(read) == ["kiwwi", "cat", "cats"]
    assert network.words == ["kiwwi"]


def test_no_word_is_kept_after_the_call():
    network = Network("k", "i")
    pronouncer = Pronouncer(DICTIONARY, network)
    pronouncer.pronunciations("kiwwi")
    pronouncer.pronunciations("kiwwi")
    assert network.words == ["kiwwi", "kiwwi"]


@pytest.mark.parametrize(
    ("tokens", "phonemes"),
    [
        ("h ɛ l oʊ", "HH EH1 L OW0"),
        ("t͡ʃ aɪ n ə", "CH AY1 N AH0"),
        ("m ɝ ɹ ɪ", "M ER1 R IH0"),
        ("k u ː b ɐ", "K UW1 B AH0"),
        ("d ͡ ʒ a ɪ", "JH AY1"),
        ("ə ɹ aʊ n d", "ER1 AW0 N D"),
        ("s ɔ t t o", "S AO1 T OW0"),
        ("ju n ɪ", "Y UW1 N IH0"),
        ("ˈ ꜔ 一", ""),
    ],
)
def test_ipa_becomes_arpabet(tokens, phonemes):
    assert " ".join(arpabet(tokens.split())) == phonemes
