import pytest

from shared.pronunciation.prosody.fluency import score_fluency


def test_ten_words_at_the_rate_of_natives_with_a_short_pause_are_fluent(make_words):
    assert score_fluency(make_words([0.0] * 4 + [0.3] + [0.0] * 4)) > 90


@pytest.mark.parametrize("speed", [0.6, 0.4])
def test_slow_speech_is_less_fluent(make_words, speed):
    assert score_fluency(make_words([0.0] * 9, speed)) < score_fluency(make_words([0.0] * 9)) - 10


def test_a_long_pause_within_a_phrase_costs_more_than_one_at_punctuation(make_words):
    pauses_s = [0.0] * 4 + [1.0] + [0.0] * 4
    natural = score_fluency(make_words(pauses_s, breaks={5}))
    hesitant = score_fluency(make_words(pauses_s))
    assert hesitant < natural - 5


def test_the_longer_and_the_more_the_pauses_the_lower_the_score(make_words):
    scores = [
        score_fluency(make_words(pauses_s))
        for pauses_s in ([0.0] * 9, [0.0] * 8 + [0.9], [0.0] * 8 + [2.5], [0.9] * 9, [2.5] * 9)
    ]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] < 20


def test_one_word_is_fluent(make_words):
    assert score_fluency(make_words([])) > 90


def test_no_words_have_no_fluency():
    assert score_fluency(()) == 0


def test_words_without_any_duration_have_a_score_all_the_same(make_words):
    at_once = make_words([0.0] * 3, phones=(("B", 0.0), ("AA1", 0.0)))
    assert 0 <= score_fluency(at_once) <= 100
