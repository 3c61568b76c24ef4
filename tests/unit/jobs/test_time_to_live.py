"""Durations of ISO 8601, bounds of the batch contract, and the end of the time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidTimeToLive
from shared.jobs.time_to_live import (
    duration_text,
    expiry,
    is_expired,
    parse_duration,
    time_to_live_from_hours,
    time_to_live_from_text,
)

CLOSED = datetime(2026, 11, 24, 8, 15, tzinfo=UTC)


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
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(InvalidTimeToLive):
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


def test_a_negative_duration_can_not_be_written():
    with pytest.raises(ValueError, match="negative"):
        duration_text(timedelta(seconds=-1))


@pytest.mark.parametrize("hours", [6, 48, 744])
def test_hours_within_the_contract_are_taken(hours):
    assert time_to_live_from_hours(hours) == timedelta(hours=hours)


@pytest.mark.parametrize("hours", [-1, 0, 5, 745])
def test_other_hours_are_refused(hours):
    with pytest.raises(InvalidTimeToLive, match="6 to 744"):
        time_to_live_from_hours(hours)


@pytest.mark.parametrize("text", [None, "PT0S", "P0D"])
def test_none_and_zero_keep_a_job(text):
    assert time_to_live_from_text(text) is None


def test_the_longest_is_31_days():
    assert time_to_live_from_text("P31D") == timedelta(days=31)
    with pytest.raises(InvalidTimeToLive, match="31 days"):
        time_to_live_from_text("P31DT1S")


def test_a_drop_folder_may_have_seconds():
    assert time_to_live_from_text("PT5S") == timedelta(seconds=5)


def test_the_end_is_in_utc_whatever_the_clock_of_the_worker_says():
    closed_at = CLOSED.astimezone(timezone(timedelta(hours=-8)))
    expires_at = expiry(closed_at, timedelta(hours=6))
    assert expires_at == datetime(2026, 11, 24, 14, 15, tzinfo=UTC)
    assert expires_at.tzinfo is UTC


def test_time_is_over_at_the_very_instant():
    expires_at = expiry(CLOSED, timedelta(seconds=10))
    assert not is_expired(expires_at, CLOSED + timedelta(seconds=9.999999))
    assert is_expired(expires_at, CLOSED + timedelta(seconds=10))


def test_without_a_time_to_live_it_never_is():
    assert expiry(CLOSED, None) is None
    assert not is_expired(None, datetime.max.replace(tzinfo=UTC))
