import pytest

from benchmarks.diarized_conversations import (
    DiarizedConversation,
    conversation_figures,
    pooled_error,
)
from benchmarks.made_conversations import CLEAN, TELEPHONE


def diarized(half, condition, n_found, error, total_s=10.0):
    """A conversation of two speakers."""
    rates = {"der": error, "total_s": total_s}
    return DiarizedConversation(
        half, condition, 20.0, 0.5, 2, n_found, {"0.25": rates, "0.25 without overlap": rates}
    )


def test_the_error_of_long_conversations_weighs_more():
    both = [diarized("B", CLEAN, 2, 2.0, 30.0), diarized("B", CLEAN, 2, 10.0, 10.0)]
    assert pooled_error(both, "0.25") == pytest.approx(4.0)


def test_only_the_half_that_nothing_was_chosen_on_has_targets():
    figures = conversation_figures([diarized("A", CLEAN, 3, 9.0), diarized("B", CLEAN, 2, 3.0)])
    assert [(figure.ours, figure.met) for figure in figures] == [
        ("0 % (1 with more, 0 with fewer)", None),
        ("9.0 % (9.0 %)", None),
        ("0.025", None),
        ("100 % (0 with more, 0 with fewer)", True),
        ("3.0 % (3.0 %)", True),
        ("0.025", True),
    ]


def test_telephone_conversations_have_targets_of_their_own():
    figures = conversation_figures([diarized("B", TELEPHONE, 1, 7.0)])
    assert [figure.met for figure in figures] == [False, True, True]
