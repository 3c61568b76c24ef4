"""The keys of one issuer over time: when they are read again, and how long they count."""

import asyncio
import threading

import pytest

from functions.api.identity.published_keys import SigningKey
from functions.api.identity.signing_key_set import (
    LONGEST_STALE_S,
    REFRESH_AFTER_S,
    RETRY_PERIOD_S,
    UNKNOWN_KEY_PERIOD_S,
    SigningKeySet,
)
from shared.errors import FetchFailed


class World:
    """An issuer and a clock that the test moves."""

    def __init__(self):
        self.now = 1_000_000.0
        self.key_ids = ["a"]
        self.is_down = False
        self.n_readings = 0
        self.keys = SigningKeySet(self._load, now=lambda: self.now)

    def _load(self):
        self.n_readings += 1
        if self.is_down:
            raise FetchFailed("The address did not answer in time.")
        return [SigningKey(key_id, "RSA", None, None, None) for key_id in self.key_ids]

    def find(self, key_id):
        """Find a key, and wait for a reading in the background."""
        found = asyncio.run(self.keys.find(key_id))
        for thread in threading.enumerate():
            if thread.name == "signing-keys":
                thread.join()
        return None if found is None else [key.key_id for key in found]


@pytest.fixture
def world():
    return World()


def test_keys_are_read_at_the_first_token_and_not_before(world):
    assert world.n_readings == 0
    assert world.find("a") == ["a"]
    assert world.find("a") == ["a"]
    assert world.n_readings == 1


@pytest.mark.parametrize("moved_s", [UNKNOWN_KEY_PERIOD_S, -UNKNOWN_KEY_PERIOD_S])
def test_an_unknown_id_is_looked_for_again_after_a_time(world, moved_s):
    """Also where the clock was set back: it does not delay a rotation."""
    assert world.find("b") == []
    world.key_ids = ["b"]
    world.now += moved_s * 0.9
    assert world.find("b") == []
    world.now += moved_s * 0.2
    assert world.find("b") == ["b"]
    assert world.find("a") == []
    assert world.n_readings == 2


def test_old_keys_count_while_newer_ones_are_read(world):
    """The request does not wait; a key that was withdrawn counts no longer after it."""
    assert world.find("a") == ["a"]
    world.key_ids = ["b"]
    world.now += REFRESH_AFTER_S + 1
    assert world.find("a") == ["a"]
    assert world.find("a") == []
    assert world.find("b") == ["b"]
    assert world.n_readings == 2


def test_keys_outlive_an_issuer_that_is_down_by_a_day(world):
    assert world.find("a") == ["a"]
    world.is_down = True
    world.now += LONGEST_STALE_S - 1
    assert world.find("a") == ["a"]
    world.now += 2
    assert world.find("a") is None


def test_a_reading_that_failed_is_repeated_after_a_time(world):
    world.is_down = True
    assert world.find("a") is None
    assert world.find("a") is None
    assert world.n_readings == 1
    world.is_down = False
    world.now += RETRY_PERIOD_S
    assert world.find("a") == ["a"]
    assert world.n_readings == 2


def test_an_unknown_id_is_not_refused_for_good_while_the_issuer_is_down(world):
    """The key may be a new one: the client is to try again."""
    assert world.find("a") == ["a"]
    world.is_down = True
    world.now += UNKNOWN_KEY_PERIOD_S
    assert world.find("b") is None
    assert world.find("a") == ["a"]


def test_all_that_wait_share_one_reading(world):
    async def many():
        return await asyncio.gather(*(world.keys.find("a") for _ in range(100)))

    found = asyncio.run(many())
    assert [len(keys) for keys in found] == [1] * 100
    assert world.n_readings == 1
