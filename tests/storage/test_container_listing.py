"""Every container lists in order, each name once, from the requested place."""

from itertools import islice

import pytest
from containers import fill, names

from shared.storage.s3 import S3Container


def test_a_listing_is_in_order_of_whole_names(container):
    listed = ["a", "a-b", "a.txt", "a0", "aa/b", "ab", "b/a", "b/a.b/c", "b/a0", "b/aa", "b0", "é"]
    fill(container, reversed(listed))
    assert names(container) == listed


def test_a_prefix_may_end_anywhere(container):
    fill(container, ["jobs/1/job.json", "jobs/1/file/0", "jobs/12/job.json", "job", "k/1"])
    assert names(container, prefix="jobs/1/") == ["jobs/1/file/0", "jobs/1/job.json"]
    assert names(container, prefix="jobs/1") == [
        "jobs/1/file/0",
        "jobs/1/job.json",
        "jobs/12/job.json",
    ]
    assert names(container, prefix="jobs/1/f") == ["jobs/1/file/0"]
    assert names(container, prefix="x") == []
    assert names(container, prefix="jobs/1/job.json/deeper") == []


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("a/1", ["a/2", "b", "c/1/x", "c/2"]),
        ("a/1x", ["a/2", "b", "c/1/x", "c/2"]),
        ("a", ["a/1", "a/2", "b", "c/1/x", "c/2"]),
        ("b", ["c/1/x", "c/2"]),
        ("c/1", ["c/1/x", "c/2"]),
        ("c/1/x", ["c/2"]),
        ("c/2", []),
        ("z", []),
    ],
)
def test_a_listing_begins_behind_a_name(container, after, expected):
    fill(container, ["a/1", "a/2", "b", "c/1/x", "c/2"])
    assert names(container, after=after) == expected


@pytest.mark.parametrize(
    ("after", "expected"), [("b/1", ["b/2"]), ("a", ["b/1", "b/2"]), ("c", []), ("b/2", [])]
)
def test_a_listing_begins_behind_a_name_within_its_prefix(container, after, expected):
    fill(container, ["a", "b/1", "b/2", "c"])
    assert names(container, prefix="b/", after=after) == expected


@pytest.mark.parametrize("page_size", [1, 3, 10, 1000])
def test_pages_change_nothing_of_a_listing(container, page_size):
    listed = [f"a/{i:02d}" for i in range(10)]
    fill(container, listed)
    assert names(container, prefix="a/", page_size=page_size) == listed
    assert names(container, prefix="a/", after="a/03", page_size=page_size) == listed[4:]


@pytest.mark.parametrize("page_size", [0, -1, 1001])
def test_a_page_that_not_every_service_gives_is_refused(container, page_size):
    with pytest.raises(ValueError, match="1 to 1000"):
        names(container, page_size=page_size)


def test_more_blobs_than_a_page_holds_come_in_order_each_once(container):
    """2,500; moto takes 8 ms for each, and has a little more than a page."""
    n_blobs = 1100 if isinstance(container, S3Container) else 2500
    listed = [f"jobs/{i // 100:02d}/{i:04d}" for i in range(n_blobs)]
    fill(container, listed)
    assert names(container) == listed
    assert names(container, after=listed[999]) == listed[1000:]


def test_a_page_is_fetched_when_it_is_needed(container):
    """A blob that is written behind the place of a listing meanwhile is in it."""
    fill(container, ["a1", "a2", "b/1"])
    listing = container.list(page_size=2)
    assert [entry.name for entry in islice(listing, 2)] == ["a1", "a2"]
    container.put("b/2", b"")
    assert [entry.name for entry in listing] == ["b/1", "b/2"]


def test_a_listed_blob_may_be_deleted_while_the_listing_goes_on(container):
    """As purging does."""
    listed = [f"expires/{i // 5}/{i:02d}" for i in range(20)]
    fill(container, listed)
    seen = []
    for entry in container.list(prefix="expires/", page_size=4):
        container.delete(entry.name, entry.etag)
        seen.append(entry.name)
    assert seen == listed
    assert names(container) == []


def test_a_listing_may_be_left_early(container):
    fill(container, ["a", "b"])
    listing = container.list(page_size=1)
    assert next(listing).name == "a"
    listing.close()
