"""The words of reference and recognition in one order, with those that may not be in the audio."""

from shared.pronunciation.word_plan import plan_words
from shared.pronunciation.words.reference_text import ReferenceWord

_SOUNDS = {
    "the": "DH AH0", "cat": "K AE1 T", "sat": "S AE1 T", "elephants": "EH1 L AH0 F AH0 N T S",
    "on": "AA1 N", "a": "AH0", "mat": "M AE1 T", "uh": "AH1", "and": "AH0 N D",
    "slept": "S L EH1 P T",
}  # fmt: skip
SOUNDS = {word: ((tuple(phonemes.split()),), ()) for word, phonemes in _SOUNDS.items()}


def plan(reference, recognised, *, is_part=False):
    words = [ReferenceWord(word, expects_break=False) for word in reference.split()]
    return plan_words(recognised.split(), words, SOUNDS, is_part=is_part)


def described(planned):
    """Words; `?` may be missing, `+` is no word of the reference, repetitions are left out."""
    return " ".join(
        f"{'' if word.is_reference else '+'}{word.text}{'' if word.skip_cost is None else '?'}"
        for word in planned
        if word.is_reference or word.skip_cost == 0
    )


def test_without_a_reference_all_recognised_words_are_certain():
    assert described(plan_words(["the", "cat"], (), SOUNDS, is_part=False)) == "the cat"


def test_words_of_both_are_certain():
    assert described(plan("the cat sat", "the cat sat")) == "the cat sat"


def test_a_word_that_was_not_recognised_may_be_missing():
    assert described(plan("the cat sat on a mat", "the cat sat on mat")) == "the cat sat on a? mat"


def test_a_recognised_word_that_the_reference_lacks_may_be_missing():
    assert described(plan("the cat sat", "the uh cat sat")) == "the +uh? cat sat"


def test_a_word_in_whose_place_another_one_was_recognised_may_be_missing():
    assert described(plan("the cat sat", "the elephants sat")) == "the cat? sat"


def test_a_second_one_of_each_word_is_looked_for():
    planned = plan("the cat", "the cat")
    assert [word.text for word in planned] == ["the", "the", "cat", "cat"]
    assert [word.is_reference for word in planned] == [True, False, True, False]


def test_a_repetition_that_was_recognised_is_not_looked_for_twice():
    planned = plan("the cat sat", "the cat cat sat")
    assert [word.text for word in planned].count("cat") == 2


def test_many_neighbouring_words_without_a_recognised_one_are_absent():
    planned = plan("the cat sat on a mat and slept", "and slept")
    absent = [word.text for word in planned if word.is_absent]
    assert absent == "the cat sat on a mat".split()


def test_a_part_of_the_reference_has_only_its_words():
    assert described(plan("the cat sat on a mat", "sat on", is_part=True)) == "sat on"
