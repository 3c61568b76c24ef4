"""The CMU dictionary and the network: pronunciations and syllables of real words."""

import random
import re
from statistics import mean, median

import pytest

from shared.pronunciation.words.dictionary import FILE, Dictionary
from shared.pronunciation.words.grapheme_to_phoneme import PronunciationNetwork
from shared.pronunciation.words.ipa import arpabet
from shared.pronunciation.words.phonemes import PHONEMES, base, is_vowel
from shared.pronunciation.words.syllables import syllabify


@pytest.fixture(scope="module")
def dictionary(pronunciation_folder):
    return Dictionary.load(pronunciation_folder)


@pytest.fixture(scope="module")
def words(pronunciation_folder):
    """Words of letters and apostrophes, each once, in the order of the file."""
    text = (pronunciation_folder / FILE).read_text()
    return list(dict.fromkeys(re.findall(r"^([a-z][a-z']*)(?:\(\d\))? ", text, re.MULTILINE)))


def sample(words, count):
    return random.Random(7).sample(words, count)  # noqa: S311  (the same words in each run)


def edits(first, second):
    row = list(range(len(second) + 1))
    for index, one in enumerate(first, 1):
        above, row[0] = row[0], index
        for column, other in enumerate(second, 1):
            above, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, above + (one != other)),
            )
    return row[-1]


def test_every_word_of_the_file_is_found(dictionary, words):
    assert len(words) > 124_000
    for word in sample(words, 2_000):
        found = dictionary.pronunciations(word)
        assert found
        assert all(base(phoneme) in PHONEMES for phonemes in found for phoneme in phonemes)


def test_no_word_has_more_pronunciations_than_a_pronouncer_gives(pronouncer, words):
    assert all(1 <= len(pronouncer.pronunciations(word)) <= 6 for word in sample(words, 500))


def test_syllables_divide_letters_and_phonemes_completely(dictionary, words):
    for word in sample(words, 2_000):
        phonemes = dictionary.pronunciations(word)[0]
        syllables = syllabify(phonemes, word)
        assert "".join(syllable.grapheme for syllable in syllables) == word
        assert len(syllables) == max(1, sum(map(is_vowel, phonemes)))
        indices = [index for one in syllables for index in range(one.first, one.last)]
        assert indices == list(range(len(phonemes)))


def test_the_network_reads_words_nearly_as_the_dictionary_does(
    pronunciation_folder, dictionary, words
):
    chosen = sample([word for word in words if word.isalpha()], 300)
    rates = []
    for word, tokens in zip(
        chosen, PronunciationNetwork(pronunciation_folder).read(chosen), strict=True
    ):
        read = [base(phoneme) for phoneme in arpabet(tokens)]
        rates.append(
            min(
                edits(read, [base(phoneme) for phoneme in known]) / len(known)
                for known in dictionary.pronunciations(word)
            )
        )
    assert median(rates) < 0.1
    assert mean(rates) < 0.12


@pytest.mark.parametrize(
    ("word", "pronunciation"),
    [
        ("hello", "HH AH L OW"),
        ("tiktok", "T IH K T AA K"),
        ("selfies", "S EH L F IY Z"),
        ("caf\u00e9", "K AH F EY"),
        ("googled", "G UW G AH L D"),
    ],
)
def test_new_words_are_read_as_english_ones(pronouncer, word, pronunciation):
    read = pronouncer.pronunciations(word)[0]
    assert [base(phoneme) for phoneme in read] == pronunciation.split()


def test_words_are_read_alike_alone_and_together(pronunciation_folder):
    network = PronunciationNetwork(pronunciation_folder)
    together = network.read(["hashtag", "tiktok", "blockchain", "a"])
    assert together == [
        network.read([word])[0] for word in ("hashtag", "tiktok", "blockchain", "a")
    ]


def test_a_word_without_end_is_read(pronouncer):
    assert len(pronouncer.pronunciations("abcde" * 1_000)[0]) > 10
