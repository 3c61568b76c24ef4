"""Reference and recognised words are paired by their sound; the rest is omitted or inserted."""

import time
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.pronunciation.miscue import Pairing, differences, pair_words
from shared.pronunciation.phones.phone_engine import PHONES

_SOUNDS = {
    "the": "DH AH", "a": "AH", "cat": "K AE T", "hat": "HH AE T", "sat": "S AE T", "on": "AA N",
    "mat": "M AE T", "two": "T UW", "too": "T UW", "every": "EH V ER IY", "one": "W AH N",
    "everyone": "EH V R IY W AH N", "elephants": "EH L AH F AH N T S",
    "understand": "AH N D ER S T AE N D", "children": "CH IH L D R AH N", "are": "AA R",
    "playing": "P L EY IH NG", "straw": "S T R AO", "strafe": "Z AE R AH",
    "zarathustra": "Z AE R AH TH UW S T R AH",
}  # fmt: skip


def sounds(text):
    return [(tuple(_SOUNDS[word].split()),) for word in text.split()]


def pairings(reference, recognised, **options):
    return pair_words(sounds(reference), sounds(recognised), **options)


def omitted(reference, recognised):
    words = reference.split()
    return [words[one.reference[0]] for one in pairings(reference, recognised) if one.is_omission]


def inserted(reference, recognised):
    words = recognised.split()
    return [words[one.recognised[0]] for one in pairings(reference, recognised) if one.is_insertion]


def test_the_same_words_are_paired_one_by_one():
    found = pairings("the cat sat", "the cat sat")
    assert found == tuple(Pairing((i, i + 1), (i, i + 1)) for i in range(3))


def test_a_word_that_was_not_said_is_an_omission():
    assert omitted("the cat sat on the mat", "the cat on the mat") == ["sat"]
    assert omitted("the children are playing", "the children playing") == ["are"]


def test_a_word_that_was_added_or_repeated_is_an_insertion():
    assert inserted("the cat sat", "the the cat sat") == ["the"]
    assert inserted("the cat sat", "the elephants cat sat") == ["elephants"]


def test_a_homophone_is_the_same_word():
    (found,) = pairings("two", "too")
    assert not found.is_omission
    assert not found.is_insertion


@pytest.mark.parametrize("other", ["hat", "elephants"])
def test_another_word_in_the_place_of_one_is_paired_with_it(other):
    found = pairings("the cat sat", f"the {other} sat")
    assert found == tuple(Pairing((i, i + 1), (i, i + 1)) for i in range(3))


@pytest.mark.parametrize(
    ("reference", "recognised"),
    [("everyone sat", "every one sat"), ("every one sat", "everyone sat")],
)
def test_a_compound_may_be_one_word_or_two(reference, recognised):
    assert omitted(reference, recognised) == []
    assert inserted(reference, recognised) == []


def test_a_short_word_is_not_swallowed_by_its_neighbour():
    assert omitted("understand a cat", "understand cat") == ["a"]


def test_a_long_name_may_be_heard_as_two_words():
    assert inserted("the zarathustra sat", "the strafe straw sat") == []
    assert omitted("the zarathustra sat", "the strafe straw sat") == []


def test_a_part_of_the_reference_leaves_the_rest_out():
    found = pairings("the cat sat on the mat", "on the mat", is_part=True)
    assert [one.reference for one in found] == [(3, 4), (4, 5), (5, 6)]


def test_nothing_recognised_is_all_omitted():
    assert omitted("the cat", "") == ["the", "cat"]


def test_the_difference_is_a_part_of_the_longer_word():
    cat, hat, scatter = ("K", "AE", "T"), ("HH", "AE", "T"), ("S", "K", "AE", "T", "ER")
    found = differences([(cat, hat), (cat, cat), (cat, scatter), (scatter, cat), (("AA",), cat)])
    assert found == pytest.approx([1 / 3, 0, 2 / 5, 2 / 5, 1])


_WORDS = st.lists(st.sampled_from(PHONES[:4]), min_size=1, max_size=7).map(tuple)


@given(st.lists(st.tuples(_WORDS, _WORDS), min_size=1))
def test_differences_of_many_words_are_those_of_each_two(pairs):
    assert differences(pairs) == pytest.approx([_edit_distance(*pair) for pair in pairs])


def _edit_distance(one, other):
    """By its definition, divided by the longer one."""

    @cache
    def distance(n, m):
        if not n or not m:
            return n + m
        changed = distance(n - 1, m - 1) + (one[n - 1] != other[m - 1])
        return min(changed, distance(n - 1, m) + 1, distance(n, m - 1) + 1)

    return distance(len(one), len(other)) / max(len(one), len(other))


def test_a_long_reference_takes_no_time_that_a_caller_would_notice():
    text = " ".join(list(_SOUNDS) * 60)
    began = time.process_time()
    pair_words(sounds(text), sounds(text)[:100])
    assert time.process_time() - began < 20  # 1 s; a bound against a quadratic of a quadratic


def test_words_of_letters_at_random_take_little_more():
    """They are all similar to each other: 40 000 pairs, and as many of two words and one."""
    phones = np.random.default_rng(0).choice(PHONES[:10], (1_000, 36))
    words = [(tuple(map(str, word)),) for word in phones]
    began = time.process_time()
    pair_words(words, words[::25])
    assert time.process_time() - began < 15  # 2 s
