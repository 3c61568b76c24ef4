"""Requests in any ten seconds, and when to come again."""

import asyncio

import pytest

from functions.api.management.rate_limit import RateLimit
from functions.api.problems import Problem


def test_so_many_pass_and_the_next_one_learns_how_long_to_wait():
    now = [0.0]
    limit = RateLimit(3, 10.0, now_s=lambda: now[0])
    for now[0] in (0.0, 1.0, 2.0):
        asyncio.run(limit.require())
    now[0] = 2.5
    with pytest.raises(Problem) as refused:
        asyncio.run(limit.require())
    assert refused.value.status == 429
    assert refused.value.headers == {"Retry-After": "8"}  # 7.5 s, in whole seconds
    now[0] = 10.0
    asyncio.run(limit.require())
    now[0] = 10.9
    with pytest.raises(Problem):
        asyncio.run(limit.require())


def test_a_refused_request_does_not_count():
    """A client that retries all the time is admitted as soon as one that waits."""
    now = [0.0]
    limit = RateLimit(1, 10.0, now_s=lambda: now[0])
    asyncio.run(limit.require())
    for now[0] in (2.0, 4.0, 9.9):
        with pytest.raises(Problem):
            asyncio.run(limit.require())
    now[0] = 10.0
    asyncio.run(limit.require())
