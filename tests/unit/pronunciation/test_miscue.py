"""Reference and recognised words are paired by their sound; the rest is omitted or inserted."""

import time

import pytest

from shared.pronunciation.miscue import Pairing, difference, pair_words

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
    assert difference(("K", "AE", "T"), ("HH", "AE", "T")) == pytest.approx(1 / 3)
    assert difference(("K", "AE", "T"), ("K", "AE", "T")) == 0


def test_a_long_reference_takes_no_time_that_a_caller_would_notice():
    text = " ".join(list(_SOUNDS) * 60)
    began = time.process_time()
    pair_words(sounds(text), sounds(text)[:100])
    assert time.process_time() - began < 20  # 1 s; a bound against a quadratic of a quadratic
