"""The pronunciation score is that of Azure's formula: the lowest part counts most."""

import pytest

from shared.pronunciation.scores import combine_scores, mean_score, word_score


@pytest.mark.parametrize(
    ("scores", "combined"),
    [
        ((90, 80, 100, None), 86.0),  # the example of the contract
        ((90, 80, 100, 70), 0.4 * 70 + 0.2 * 80 + 0.2 * 90 + 0.2 * 100),
        ((90, 80, None, 70), 0.6 * 70 + 0.2 * 80 + 0.2 * 90),
        ((90, 80, None, None), 0.6 * 80 + 0.4 * 90),
    ],
)
def test_the_lowest_score_counts_most(scores, combined):
    assert combine_scores(*scores) == pytest.approx(combined)


def test_the_mean_of_no_score_is_zero():
    assert mean_score([]) == 0
    assert mean_score([40, 80]) == 60


def test_the_worst_phoneme_of_a_word_counts_twice():
    assert word_score([90, 90, 90]) == pytest.approx(90)
    assert word_score([100, 9, 100]) < 60 < mean_score([100, 9, 100])
