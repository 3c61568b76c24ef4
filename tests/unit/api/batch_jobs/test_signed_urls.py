"""Signed addresses: who accepts them, until when, and what breaks them."""

import pytest

from functions.api.batch_jobs.signed_urls import SignatureStatus, SignedUrls

NAME = "0b0e9f5e-6c1d-4d53-9c1a-3f2f7f4f8a11/48411e60-dc59-5961-9394-708e29c3168c"


class Clock:
    """A clock that the test advances."""

    now = 1_000_000.5

    def __call__(self):
        """Tell the time."""
        return self.now


def test_an_address_is_good_until_its_end_and_not_at_it():
    clock = Clock()
    urls = SignedUrls(["key"], now=clock)
    query = urls.sign(NAME, 60)
    assert query["se"] == "1000060"
    assert urls.verify(NAME, query) is SignatureStatus.VALID
    clock.now = 1_000_059.9
    assert urls.verify(NAME, query) is SignatureStatus.VALID
    clock.now = 1_000_060.0
    assert urls.verify(NAME, query) is SignatureStatus.EXPIRED


def test_any_instance_with_the_same_keys_accepts_it():
    clock = Clock()
    query = SignedUrls(["key"], now=clock).sign(NAME, 60)
    assert SignedUrls(["key"], now=clock).verify(NAME, query) is SignatureStatus.VALID
    assert SignedUrls(["new", "key"], now=clock).verify(NAME, query) is SignatureStatus.VALID
    assert SignedUrls(["new"], now=clock).verify(NAME, query) is SignatureStatus.FORGED
    assert SignedUrls([], now=clock).verify(NAME, query) is SignatureStatus.FORGED


@pytest.mark.parametrize(
    "change",
    [
        {"se": "9999999999"},
        {"se": "1000060 "},
        {"se": "1000060\n"},
        {"se": ""},
        {"se": "-1"},
        {"se": "１０"},
        {"sig": ""},
        {"sig": "A" * 43},
        {"sig": "\ud800"},
    ],
)
def test_any_change_makes_it_forged(change):
    urls = SignedUrls(["key"], now=Clock())
    query = urls.sign(NAME, 60)
    assert urls.verify(NAME, query | change) is SignatureStatus.FORGED
    assert urls.verify(NAME.replace("0", "1"), query) is SignatureStatus.FORGED
    assert urls.verify(NAME, {}) is SignatureStatus.FORGED


def test_a_name_cannot_be_moved_into_the_end():
    """The signed text differs between two different meanings."""
    urls = SignedUrls(["key"], now=Clock())
    query = urls.sign("a", 60)
    assert urls.verify(f"a\n{query['se']}", {**query, "se": ""}) is SignatureStatus.FORGED
