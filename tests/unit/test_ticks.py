"""Conversions between the time units of the contracts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ticks import (
    milliseconds_from_seconds,
    ticks_from_milliseconds,
    ticks_from_seconds,
)


@pytest.mark.parametrize(
    ("seconds", "ticks"),
    [(0.0, 0), (1e-7, 1), (0.32, 3_200_000), (1.23, 12_300_000), (3 * 3600.0, 108_000_000_000)],
)
def test_a_tick_is_100_nanoseconds(seconds, ticks):
    assert ticks_from_seconds(seconds) == ticks


@pytest.mark.parametrize(
    ("seconds", "milliseconds"), [(0.0, 0), (0.0004, 0), (0.0006, 1), (1.23, 1230), (60.0, 60_000)]
)
def test_milliseconds_are_the_nearest_whole_ones(seconds, milliseconds):
    assert milliseconds_from_seconds(seconds) == milliseconds


@given(st.integers(0, 24 * 3600 * 16_000))
def test_every_sample_of_a_day_has_ticks_of_its_own(n_samples):
    """One sample at 16 kHz is 625 ticks: nothing is lost on the way through seconds."""
    assert ticks_from_seconds(n_samples / 16_000) == 625 * n_samples


@given(st.floats(0, 86_400), st.floats(0, 86_400))
def test_order_in_time_is_kept(first_s, second_s):
    earlier_s, later_s = sorted((first_s, second_s))
    assert ticks_from_seconds(earlier_s) <= ticks_from_seconds(later_s)
    assert milliseconds_from_seconds(earlier_s) <= milliseconds_from_seconds(later_s)


def test_the_end_of_a_word_and_the_start_of_the_next_give_one_millisecond():
    """The sum is 0.0045000000000000005: a half millisecond and a hair."""
    assert milliseconds_from_seconds(0.0015 + 0.003) == milliseconds_from_seconds(0.0045)


@given(st.integers(0, 10**12))
def test_whole_milliseconds_survive_ticks(milliseconds):
    assert ticks_from_milliseconds(milliseconds) == milliseconds * 10_000
