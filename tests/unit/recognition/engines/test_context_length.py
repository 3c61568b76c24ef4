"""How much encoder context a segment gets, in positions of 20 ms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.recognition.engines.context_length import MARGIN_S, context_lengths

FULL = 1_500
GRAIN = 25


@given(st.floats(0.01, 40))
def test_each_step_is_longer_and_the_last_is_the_full_context(duration_s):
    lengths = context_lengths(duration_s)
    assert list(lengths) == sorted(set(lengths))
    assert lengths[-1] == FULL


@given(st.floats(0.01, 30 - MARGIN_S))
def test_the_first_step_holds_the_segment_and_a_margin_of_silence(duration_s):
    first = context_lengths(duration_s)[0]
    assert first / 50 >= min(duration_s + MARGIN_S, 30) - 1e-9


@given(st.floats(0.01, 40))
def test_lengths_are_multiples_of_half_a_second(duration_s):
    assert all(length % GRAIN == 0 for length in context_lengths(duration_s))


@given(st.floats(0.01, 12))
def test_a_short_segment_costs_little(duration_s):
    """At most the margin and a grain more than what the segment itself needs."""
    assert context_lengths(duration_s)[0] / 50 <= duration_s + MARGIN_S + GRAIN / 50


@pytest.mark.parametrize("duration_s", [28.5, 30.0, 45.0])
def test_a_segment_that_fills_the_context_has_one_step(duration_s):
    assert context_lengths(duration_s) == (FULL,)


@given(st.floats(0.01, 30), st.floats(0.01, 30))
def test_a_longer_segment_never_gets_less(first_s, second_s):
    shorter_s, longer_s = sorted((first_s, second_s))
    assert context_lengths(shorter_s)[0] <= context_lengths(longer_s)[0]
