"""Waits that a server asks for."""

import httpx
import pytest

from shared.retry_after import retry_after_s


@pytest.mark.parametrize(
    ("value", "waited_s"),
    [
        *[("3", 3.0), ("0", 0.0), ("3600", 10.0), ("9" * 400, 10.0)],
        *[("", 2.0), ("soon", 2.0), ("-1", 2.0), ("1.5", 2.0), ("²", 2.0), ("٣", 2.0)],
        ("Wed, 21 Oct 2026 07:28:00 GMT", 2.0),
    ],
)
def test_seconds_up_to_a_limit_are_waited_and_nothing_else(value, waited_s):
    headers = httpx.Headers({"Retry-After": value.encode()})
    assert retry_after_s(headers, 2.0, 10.0) == waited_s


def test_without_the_header_the_own_wait_stays():
    assert retry_after_s({}, 4.0, 10.0) == 4.0
