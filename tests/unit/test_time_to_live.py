"""Bounds of the batch contract, and the end of the time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.errors import InvalidTimeToLive
from shared.time_to_live import (
    expiry,
    is_expired,
    time_to_live_from_hours,
    time_to_live_from_text,
)

CLOSED = datetime(2026, 11, 24, 8, 15, tzinfo=UTC)


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


def test_a_text_that_is_no_duration_is_no_time_to_live():
    with pytest.raises(InvalidTimeToLive, match="such as PT12H"):
        time_to_live_from_text("12 hours")


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
