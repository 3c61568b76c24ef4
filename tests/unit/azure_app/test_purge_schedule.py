"""From seconds between two purges to the six fields of a timer trigger."""

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.azure_app.purge_timer import ncrontab


@pytest.mark.parametrize(
    ("every_s", "schedule"),
    [
        (1, "* * * * * *"),
        (5, "*/5 * * * * *"),
        (7, "*/7 * * * * *"),
        (60, "0 * * * * *"),
        (90, "0 * * * * *"),
        (300, "0 */5 * * * *"),
        (7 * 60, "0 */7 * * * *"),
        (3599, "0 */59 * * * *"),
        (3600, "0 0 * * * *"),
        (5400, "0 0 * * * *"),
        (6 * 3600, "0 0 */6 * * *"),
        (86_400, "0 0 0 * * *"),
    ],
)
def test_a_schedule_has_steps_of_the_last_unit_that_fits(every_s, schedule):
    assert ncrontab(every_s) == schedule


def fires(field, value):
    """Tell whether a field of a schedule lets a value through."""
    if field.startswith("*"):
        return value % int(field.partition("/")[2] or 1) == 0
    return value == int(field)


def longest_gap_s(schedule):
    """Longest time between two firings within two days."""
    seconds, minutes, hours, *rest = schedule.split()
    assert rest == ["*", "*", "*"]
    start = datetime(2026, 3, 1)  # noqa: DTZ001 - the clock of the schedule
    fired = [
        start + timedelta(days=day, hours=hour, minutes=minute, seconds=second)
        for day in range(2)
        for hour in range(24)
        if fires(hours, hour)
        for minute in range(60)
        if fires(minutes, minute)
        for second in range(60)
        if fires(seconds, second)
    ]
    return max((b - a).total_seconds() for a, b in itertools.pairwise(fired))


@settings(max_examples=25)
@given(st.one_of(st.integers(30, 7200), st.integers(7200, 86_400)))
def test_no_pause_is_longer_than_configured(every_s):
    assert longest_gap_s(ncrontab(every_s)) <= every_s
