"""Durations of ISO 8601, read and written."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.durations import duration_text, iso_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("PT12H", timedelta(hours=12)),
        ("P1D", timedelta(days=1)),
        ("P2W", timedelta(weeks=2)),
        ("P1DT2H30M", timedelta(days=1, hours=2, minutes=30)),
        ("PT42S", timedelta(seconds=42)),
        ("PT2.58S", timedelta(seconds=2.58)),
        ("PT2,5S", timedelta(seconds=2.5)),
        ("PT0.0000001S", timedelta(0)),
        ("PT90M", timedelta(minutes=90)),
        ("PT744H", timedelta(days=31)),
        ("P0D", timedelta(0)),
    ],
)
def test_a_duration_is_read(text, duration):
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    [
        *("", "P", "PT", "P1DT", "12H", "PT12", "P1Y", "P1M", "-PT1H", "PT-1H", "P1W1D"),
        *("pt1h", "PT1H ", "PT1.5H", "PT1S1M", "P1D1H", "PT1H1D", "PT1٣H", "PT12H\n"),
        "PT" + "9" * 30 + "S",
    ],
)
def test_a_text_that_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="ISO 8601"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(hours=12), "PT12H"),
        (timedelta(hours=48), "P2D"),
        (timedelta(days=1, minutes=5), "P1DT5M"),
        (timedelta(hours=1, seconds=2, milliseconds=500), "PT1H2.5S"),
        (timedelta(microseconds=1), "PT0.000001S"),
        (timedelta(seconds=10), "PT10S"),
    ],
)
def test_a_duration_is_written_as_the_contracts_do(duration, text):
    assert duration_text(duration) == text


@given(st.timedeltas(timedelta(0), timedelta(days=10_000)))
def test_a_duration_that_is_written_is_read_again(duration):
    assert parse_duration(duration_text(duration)) == duration


def test_a_negative_duration_cannot_be_written():
    with pytest.raises(ValueError, match="negative"):
        duration_text(timedelta(seconds=-1))


@pytest.mark.parametrize(
    ("ticks", "text"),
    [
        (0, "PT0S"),
        (1, "PT0.0000001S"),
        (7_600_000, "PT0.76S"),
        (25_800_000, "PT2.58S"),
        (100_000_000, "PT10S"),
        (600_000_000, "PT1M"),
        (625_000_000, "PT1M2.5S"),
        (36_000_000_000, "PT1H"),
        (36_005_000_000, "PT1H0.5S"),
        (36_620_000_000, "PT1H1M2S"),
        (3_636_000_000_000, "PT101H"),
    ],
)
def test_a_duration_is_written_in_hours_minutes_and_seconds(ticks, text):
    assert iso_duration(ticks) == text


def test_negative_ticks_cannot_be_written():
    with pytest.raises(ValueError, match="negative"):
        iso_duration(-1)
