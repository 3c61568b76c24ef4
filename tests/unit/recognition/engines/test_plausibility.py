"""Whether a hypothesis can be believed."""

from dataclasses import replace

import pytest

from shared.recognition.engines.plausibility import (
    LEAST_LOG_PROBABILITY,
    has_repeated_ending,
    is_loop,
    is_not_speech,
    more_plausible,
    needs_fallback,
    token_limit,
)
from shared.recognition.engines.scripted_engine import PLAUSIBLE_LOG_PROBABILITY, hypothesis_of

GUESS = LEAST_LOG_PROBABILITY - 0.1
LOOP = "I am going to the shop. " * 12
SPEECH = [
    "No, no, no.",
    "Very, very, very, very good.",
    "Ask not what your country can do for you, ask what you can do for your country.",
    "One two, one two, one two.",
    "東京都は今日も晴れです。",
    "Ha ha ha ha ha!",
]


@pytest.mark.parametrize("text", SPEECH)
def test_people_repeat_themselves_and_are_believed(text):
    assert not is_loop(hypothesis_of(text))
    assert not needs_fallback(hypothesis_of(text))


@pytest.mark.parametrize(
    "text", [LOOP, "Thank you. " * 20, "ご視聴ありがとうございました。" * 12, "o" * 120]
)
def test_text_that_compresses_too_well_is_a_loop(text):
    assert is_loop(hypothesis_of(text.strip()))
    assert needs_fallback(hypothesis_of(text.strip()))


def test_text_that_never_ended_is_a_loop():
    assert is_loop(replace(hypothesis_of("The gut and the gullet"), hit_token_limit=True))


def test_an_improbable_text_is_doubtful_but_no_loop():
    guess = hypothesis_of("Apomorphine is not allied", GUESS)
    assert needs_fallback(guess)
    assert not is_loop(guess)


def test_no_text_is_no_loop():
    assert not is_loop(hypothesis_of(""))


@pytest.mark.parametrize(
    ("no_speech_probability", "average_log_probability", "expected"),
    [
        (0.9, -1.5, True),
        (0.9, PLAUSIBLE_LOG_PROBABILITY, False),
        (0.1, -1.5, False),
        (0.6, -1.5, False),
    ],
)
def test_there_is_no_speech_where_the_model_says_so_and_is_unsure_of_the_text(
    no_speech_probability, average_log_probability, expected
):
    recognised = hypothesis_of("Thank you.", average_log_probability, no_speech_probability)
    assert is_not_speech(recognised) is expected


def test_no_loop_is_better_than_a_loop_however_probable():
    loop, guess = hypothesis_of(LOOP.strip(), -0.05), hypothesis_of("A guess.", -2.0)
    assert more_plausible(loop, guess) is guess
    assert more_plausible(guess, loop) is guess


def test_of_two_texts_the_more_probable_is_better():
    first, second = hypothesis_of("He", -0.8), hypothesis_of("She", -0.4)
    assert more_plausible(first, second) is second
    assert more_plausible(second, first) is second


def test_of_two_equals_the_first_is_kept():
    first, second = hypothesis_of("He", -0.4), hypothesis_of("She", -0.4)
    assert more_plausible(first, second) is first


@pytest.mark.parametrize("duration_s", [0.3, 1.0, 5.0, 12.4, 30.0])
@pytest.mark.parametrize("language", ["en", "de", "hi", "ja"])
def test_the_limit_leaves_room_for_fast_speech_and_fits_the_model(duration_s, language):
    """Six tokens a second is fast English; the text context of Whisper has 448."""
    limit = token_limit(duration_s, language)
    assert min(6 * duration_s, 200) < limit <= 224


def test_scripts_of_several_tokens_a_character_get_more():
    assert token_limit(5.0, "hi") > token_limit(5.0, "en")


def test_longer_audio_gets_more_tokens():
    assert token_limit(2.0, "en") < token_limit(6.0, "en")


@pytest.mark.parametrize(
    ("text", "twice"),
    [
        ("The best of my rig is at hand. The best of my rig is at hand.", True),
        ("Then he said, hold on to it, hold on to it.", True),
        ("Thou also, thou also.", False),  # two words: people do say that
        ("The best of my rig is at hand.", False),
        ("Hold on. Hold fast. Hold out.", False),
        ("", False),
    ],
)
def test_a_last_sentence_said_twice_is_doubtful(text, twice):
    assert has_repeated_ending(text) is twice
