"""Words that are shown while their speaker still speaks."""

from hypothesis import given
from hypothesis import strategies as st

from shared.recognition.stability import PartialWord, StableWords


def words(text):
    """Words of a reading; a token is the length of its word."""
    return [PartialWord(word, (len(word),)) for word in text.split()]


def read(stable, text, log_probability=-0.1):
    """Add a reading behind the shown words."""
    stable.add(words(text), log_probability)


def shown(stable):
    return " ".join(word.text for word in stable.shown)


def test_a_word_is_shown_once_two_readings_agree_on_it():
    stable = StableWords(2)
    read(stable, "Call")
    assert shown(stable) == ""
    read(stable, "Call home")
    assert shown(stable) == "Call"
    read(stable, "home at")
    assert shown(stable) == "Call home"


def test_the_last_word_behind_shown_ones_may_be_cut():
    stable = StableWords(2)
    read(stable, "Call")
    read(stable, "Call")
    read(stable, "hum")
    read(stable, "hum")
    assert shown(stable) == "Call"


def test_uncertain_readings_show_nothing_but_count_for_the_next():
    stable = StableWords(3)
    read(stable, "Call", -0.9)
    read(stable, "Call", -0.9)
    assert shown(stable) == ""
    read(stable, "Call home", -0.6)
    assert shown(stable) == "Call"
    for log_probability, n_shown in ((-0.5, 1), (-0.5, 1), (-0.5, 1), (-0.3, 2)):
        read(stable, "home now", log_probability)
        assert len(stable.shown) == n_shown


def test_readings_agree_on_letters_not_on_case_and_punctuation():
    stable = StableWords(2)
    read(stable, "call home.")
    read(stable, "Call home, please")
    assert shown(stable) == "Call home,"


def test_a_reading_that_differs_waits_for_the_next_one():
    stable = StableWords(2)
    read(stable, "ice cream")
    read(stable, "I scream")
    assert shown(stable) == ""
    read(stable, "I scream now")
    assert shown(stable) == "I scream"


def test_a_higher_stability_takes_more_readings_behind_the_first_words():
    stable = StableWords(4)
    for n_shown in (0, 1):
        read(stable, "Call")
        assert len(stable.shown) == n_shown
    for n_shown in (1, 1, 1, 2):
        read(stable, "home now")
        assert len(stable.shown) == n_shown


def test_the_next_reading_begins_with_the_tokens_of_the_shown_words():
    stable = StableWords(1)
    read(stable, "Call home")
    assert stable.tokens == (4, 4)


@given(
    st.integers(1, 3),
    st.lists(st.lists(st.sampled_from(["a", "b", "c."]), max_size=4), max_size=12),
)
def test_a_shown_word_is_never_taken_back(agreement, readings):
    stable = StableWords(agreement)
    before = ()
    for reading in readings:
        stable.add([PartialWord(word, (1,)) for word in reading], -0.1)
        assert stable.shown[: len(before)] == before
        before = stable.shown
