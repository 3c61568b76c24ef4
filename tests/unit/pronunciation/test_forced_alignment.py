"""Known words are found at the frames where their phones are likely."""

import pytest
from phone_posteriors import log_posteriors, targets

from shared.pronunciation.phones.forced_alignment import ExpectedWord, align

HELLO = ExpectedWord((targets("HH AH L OW"),))
WORLD = ExpectedWord((targets("W ER L D"),))
SPOKEN = {3: "HH", 6: "AH", 9: "L", 12: "OW", 20: "W", 23: "ER", 26: "L", 29: "D"}


def test_each_phone_lies_at_its_peak():
    hello, world = align(log_posteriors(40, SPOKEN), [HELLO, WORLD])
    assert hello.centres == pytest.approx((3, 6, 9, 12), abs=0.1)
    assert world.centres == pytest.approx((20, 23, 26, 29), abs=0.1)


def test_the_pronunciation_that_was_spoken_is_chosen():
    either = ExpectedWord((targets("IY DH ER"), targets("AY DH ER")))
    (word,) = align(log_posteriors(20, {4: "AY", 8: "DH", 12: "ER"}), [either])
    assert word.pronunciation == 1
    assert len(word.centres) == 3


def test_two_equal_phones_are_two_peaks():
    words = [ExpectedWord((targets("B AE D"),)), ExpectedWord((targets("D EY"),))]
    bad, day = align(log_posteriors(20, {2: "B", 5: "AE", 8: "D", 11: "D", 14: "EY"}), words)
    assert bad.centres[-1] == pytest.approx(8, abs=0.1)
    assert day.centres[0] == pytest.approx(11, abs=0.1)


def test_an_optional_word_that_was_not_spoken_is_left_out():
    very = ExpectedWord((targets("V EH R IY"),), skip_cost=6.0)
    hello, left_out, world = align(log_posteriors(40, SPOKEN), [HELLO, very, WORLD])
    assert left_out is None
    assert hello.centres == pytest.approx((3, 6, 9, 12), abs=0.1)
    assert world.centres == pytest.approx((20, 23, 26, 29), abs=0.1)


def test_an_optional_word_that_was_spoken_is_found():
    world = ExpectedWord(WORLD.pronunciations, skip_cost=6.0)
    _, found = align(log_posteriors(40, SPOKEN), [HELLO, world])
    assert found.centres == pytest.approx((20, 23, 26, 29), abs=0.1)


def test_a_phone_that_was_not_spoken_still_has_a_place():
    help_ = ExpectedWord((targets("HH AH L P OW"),))
    (word,) = align(log_posteriors(40, {3: "HH", 6: "AH", 9: "L", 12: "OW"}), [help_])
    assert 9 <= word.centres[3] <= 12


def test_words_that_do_not_fit_into_the_audio_are_not_aligned():
    assert align(log_posteriors(6, {}), [HELLO, WORLD]) is None


def test_words_that_may_all_be_left_out_fit_into_short_audio():
    optional = [ExpectedWord(word.pronunciations, skip_cost=6.0) for word in (HELLO, WORLD)]
    assert align(log_posteriors(6, {}), optional) == (None, None)


def test_one_frame_of_audio_is_no_error():
    assert align(log_posteriors(1, {}), [HELLO]) is None


def test_a_word_that_ends_with_the_audio_is_aligned():
    hello, _ = align(log_posteriors(30, SPOKEN), [HELLO, WORLD])
    assert hello.centres[0] == pytest.approx(3, abs=0.1)
