"""Writing to every container: under conditions, and many writers at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from containers import names

from shared.errors import AlreadyExists, BlobNotFound, Changed


def at_once(calls):
    """Run calls at the same moment; what each gave or raised."""
    barrier = Barrier(len(calls))

    def run(call):
        barrier.wait()
        try:
            return call()
        except (AlreadyExists, Changed, BlobNotFound) as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_create_does_not_touch_an_existing_blob(container):
    container.create("a", b"first", {"by": "one"})
    with pytest.raises(AlreadyExists):
        container.create("a", b"second", {"by": "two"})
    found = container.read("a", 10)
    assert (found.data, found.properties.metadata) == (b"first", {"by": "one"})


@pytest.mark.parametrize("name", [f"jobs/{turn}/closed" for turn in range(5)])
def test_of_many_creators_exactly_one_succeeds(container, name):
    results = at_once(
        [lambda i=i: container.create(name, b"%d" % i, {"by": str(i)}) for i in range(8)]
    )
    (etag,) = [result for result in results if isinstance(result, str)]
    assert sum(isinstance(result, AlreadyExists) for result in results) == 7
    found = container.read(name, 10)
    assert found.properties.etag == etag
    assert found.data == b"%d" % results.index(etag)
    assert found.properties.metadata == {"by": str(results.index(etag))}


def test_create_works_again_after_a_delete(container):
    container.create("a", b"first", {"by": "one"})
    container.delete("a")
    container.create("a", b"second")
    assert container.properties("a").metadata == {}


def test_replace_writes_over_the_version_that_was_seen(container):
    seen = container.create("a", b"first", {"by": "one"}, "text/plain")
    etag = container.replace("a", b"second", seen, {"by": "two"}, "application/json")
    found = container.read("a", 10)
    assert etag != seen
    assert (found.data, found.properties.etag) == (b"second", etag)
    assert found.properties.metadata == {"by": "two"}
    assert found.properties.content_type == "application/json"


def test_replace_leaves_a_newer_version_alone(container):
    seen = container.create("a", b"first")
    container.put("a", b"newer")
    with pytest.raises(Changed):
        container.replace("a", b"stale", seen)
    assert container.read("a", 10).data == b"newer"


def test_replace_does_not_recreate_a_deleted_blob(container):
    seen = container.create("folder/a", b"first")
    container.delete("folder/a")
    with pytest.raises(Changed):
        container.replace("folder/a", b"stale", seen)
    assert names(container) == []


def test_replace_with_the_etag_of_a_listing(container):
    container.create("a", b"first")
    (entry,) = container.list()
    container.replace("a", b"second", entry.etag)
    assert container.read("a", 10).data == b"second"


def test_of_many_replacers_exactly_one_succeeds(container):
    seen = container.create("a", b"first")
    results = at_once([lambda i=i: container.replace("a", b"by %d" % i, seen) for i in range(8)])
    (etag,) = [result for result in results if isinstance(result, str)]
    assert container.read("a", 10).data == b"by %d" % results.index(etag)
    assert container.properties("a").etag == etag


def test_counting_under_a_condition_loses_nothing(container):
    """Four threads add to one number ten times each, trying again when another was faster."""
    container.create("n", b"0")

    def add_ten():
        for _ in range(10):
            while True:
                seen = container.read("n", 10)
                try:
                    container.replace("n", b"%d" % (int(seen.data) + 1), seen.properties.etag)
                    break
                except Changed:
                    continue

    at_once([add_ten] * 4)
    assert container.read("n", 10).data == b"40"


def test_put_writes_whether_or_not_the_blob_exists(container):
    first = container.put("a", b"first", {"by": "one"})
    second = container.put("a", b"second")
    found = container.read("a", 10)
    assert first != second == found.properties.etag
    assert (found.data, found.properties.metadata) == (b"second", {})


def test_many_writers_leave_one_whole_version(container):
    data = [bytes([i]) * 100_000 for i in range(8)]
    at_once([lambda i=i: container.put("a", data[i], {"by": str(i)}) for i in range(8)])
    found = container.read("a", 100_000)
    assert found.data == data[int(found.properties.metadata["by"])]


def test_delete_may_be_said_twice(container):
    etag = container.create("a", b"x")
    container.delete("a")
    container.delete("a")
    container.delete("a", etag)
    container.delete("never/was", etag)


def test_delete_of_the_version_that_was_seen(container):
    etag = container.create("a", b"x")
    container.delete("a", etag)
    with pytest.raises(BlobNotFound):
        container.properties("a")


def test_delete_leaves_a_newer_version_alone(container):
    seen = container.create("a", b"first", {"by": "one"})
    container.put("a", b"newer", {"by": "two"})
    with pytest.raises(Changed):
        container.delete("a", seen)
    found = container.read("a", 10)
    assert (found.data, found.properties.metadata) == (b"newer", {"by": "two"})


def test_of_replace_and_delete_at_once_one_succeeds(container):
    for turn in range(4):
        name = f"a{turn}"
        seen = container.create(name, b"first")
        replaced, deleted = at_once(
            [
                lambda n=name, s=seen: container.replace(n, b"second", s),
                lambda n=name, s=seen: container.delete(n, s),
            ]
        )
        if isinstance(replaced, Changed):
            assert deleted is None
            assert name not in names(container)
        else:
            assert isinstance(deleted, Changed)
            assert container.read(name, 10).data == b"second"


def test_nothing_is_left_over_by_finished_writes(container):
    etag = container.create("a", b"1", {"k": "v"})
    container.replace("a", b"2", etag, {"k": "v"})
    container.delete("a")
    assert container.remove_leftovers() == 0
