"""Whether a reading is of a sound without words; values are of recordings."""

import pytest

from shared.recognition.engines.scripted_engine import PLAUSIBLE_LOG_PROBABILITY, hypothesis_of
from shared.recognition.non_speech import is_not_speech, is_suspect


@pytest.mark.parametrize(
    ("text", "average_log_probability", "no_speech_probability", "speech_s"),
    [
        ("of the", -2.17, 0.47, 12.0),  # eight voices at once
        ("We hope you have a wonderful day.", -1.42, 0.41, 12.0),  # the same, reversed
        ("I don't know what I'm doing.", -1.38, 0.23, 9.3),  # a voice, reversed
        ("you", -0.72, 0.93, 0.1),  # steps
        ("and the", -2.47, 0.78, 12.3),  # hum of mains
    ],
)
def test_babble_reversed_speech_and_knocks_are_no_speech(
    text, average_log_probability, no_speech_probability, speech_s
):
    reading = hypothesis_of(text, average_log_probability, no_speech_probability)
    assert is_not_speech([reading], speech_s)
    assert is_suspect(reading, speech_s)


@pytest.mark.parametrize(
    ("text", "average_log_probability", "no_speech_probability", "speech_s"),
    [
        ("Have you ever heard of the open yet?", -1.33, 0.06, 4.9),  # a child
        ("What a woman who really loved her own.", -1.16, 0.07, 2.8),
        ("Chapter 34", -0.85, 0.23, 4.1),
        ("As if the young married have been in a position to", -0.60, 0.02, 14.0),  # two at once
    ],
)
def test_hard_speech_is_speech(text, average_log_probability, no_speech_probability, speech_s):
    reading = hypothesis_of(text, average_log_probability, no_speech_probability)
    assert not is_not_speech([reading], speech_s)


def test_a_text_that_the_model_is_sure_of_is_believed_but_read_again():
    reading = hypothesis_of("Chapter 33", PLAUSIBLE_LOG_PROBABILITY, 0.7)
    assert not is_not_speech([reading], 2.0)
    assert is_suspect(reading, 2.0)


def test_two_words_in_twelve_seconds_of_speech_count_against_a_reading():
    reading = hypothesis_of("and the", -1.3, 0.15)
    assert is_not_speech([reading], 12.0)
    assert not is_not_speech([reading], 2.0)


def test_a_sound_without_words_is_one_in_both_readings():
    """Over hard speech, the second reading alone may be as far off as those of babble."""
    first = hypothesis_of("One two, never a three.", -1.2, 0.14)
    second = hypothesis_of("One two.", -1.6, 0.2)
    assert is_not_speech([second], 2.5)
    assert not is_not_speech([first, second], 2.5)
    assert is_not_speech([second, second], 2.5)
