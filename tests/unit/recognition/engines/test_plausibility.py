"""Whether a hypothesis is believed."""

from dataclasses import replace

import pytest

from shared.recognition.engines.plausibility import (
    is_complete,
    is_doubtful,
    is_loop,
    is_uncertain,
    token_limit,
)
from shared.recognition.engines.scripted_engine import hypothesis_of

LOOP = "I am going to the shop. " * 12
GUESS = -1.5


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ask not what your country can do for you, ask what you can do for it.", "en"),
        ("No, no.", "en"),
        ("東京都は今日も晴れです。", "ja"),
        ("", "en"),
    ],
)
def test_a_probable_text_that_covers_its_speech_costs_one_reading(text, language):
    assert not is_doubtful(hypothesis_of(text), 2.0, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("No, no, no!", "en"),
        ("Please hold. Please hold. Please hold.", "en"),
        ("Then he counted: one two, one two, one two.", "en"),
        ("はははははは", "ja"),
    ],
)
def test_a_text_that_repeats_itself_is_compared_with_the_audio(text, language):
    assert not is_complete(hypothesis_of(text), 3.0, language)
    assert is_doubtful(hypothesis_of(text), 3.0, language)


def test_a_text_that_never_ended_is_not_complete():
    cut = replace(hypothesis_of("The gut and the gullet"), hit_token_limit=True)
    assert not is_complete(cut, 2.0, "en")


def test_two_words_for_fourteen_seconds_of_speech_are_not_all_of_it():
    found = hypothesis_of("He said.")
    assert not is_complete(found, 14.0, "en")
    assert is_complete(found, 1.2, "en")


def test_an_uncertain_text_is_read_again_and_may_be_complete():
    guess = hypothesis_of("Apomorphine is not allied", GUESS)
    assert is_doubtful(guess, 2.0, "en")
    assert is_complete(guess, 2.0, "en")


def test_one_uncertain_word_does_not_make_a_short_text_doubtful():
    """The same average over forty words means a dozen uncertain ones."""
    assert not is_uncertain(hypothesis_of("Yes, Rosebreast.", -0.4))
    assert is_uncertain(hypothesis_of(" ".join(["word"] * 40), -0.4))


@pytest.mark.parametrize(
    ("text", "twice"),
    [
        ("The best of my rig is at hand. The best of my rig is at hand.", True),
        ("Then he said, hold on to it, hold on to it.", True),
        ("Thou also, thou also.", False),  # two words: people do say that
        ("Hold on. Hold fast. Hold out.", False),
    ],
)
def test_a_last_sentence_said_twice_is_doubtful(text, twice):
    assert is_doubtful(hypothesis_of(text), 2.0, "en") is twice


@pytest.mark.parametrize("text", [LOOP, "Thank you. " * 20, "o" * 120])
def test_a_translation_that_compresses_too_well_is_a_loop(text):
    assert is_loop(hypothesis_of(text.strip()))
    assert not is_loop(hypothesis_of("Very, very, very good."))


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
