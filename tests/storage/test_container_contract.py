"""What every container does, whoever keeps it: Azure Blob Storage, S3 and a folder."""

import io
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from threading import Barrier

import pytest

from shared.audio.stream import open_audio
from shared.errors import AlreadyExists, BlobNotFound, BlobTooLarge, Changed, Unstorable
from shared.storage.blob_reader import RANGE_BYTES
from shared.storage.s3 import S3Container

NAMES = [
    "call.wav",
    "monday/call 1.wav",
    " leading and trailing ",
    "a+b=c&d.wav",
    "100%25 sure.wav",
    "%41.wav",
    "what?#fragment.wav",
    "Grüße/Überblick é.mp3",
    "通話/録音.ogg",
    "🎧 music.flac",
    ".hidden",
    "a/.hidden/b",
    'quote\'s "double" <tag> & [bracket].wav',
    "semi;colon,comma:colon@at!$~*().wav",
    "trailing.dot.",
    "n" * 200 + "/" + "m" * 200,
]


def names(container, **options):
    return [entry.name for entry in container.list(**options)]


def fill(container, listed):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: container.put(name, name.encode()), listed))


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


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_name_comes_back_as_it_was(container, name):
    container.create(name, b"one")
    assert names(container) == [name]
    assert container.read(name, 10).data == b"one"
    container.delete(name)
    assert names(container) == []


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../up", "a/../b", "a/./b", "a/..", "a\\b", "nul\0", "line\n", "n" * 1025],
)
def test_a_name_that_could_mean_another_is_refused(container, name):
    for use in (
        container.properties,
        container.open,
        container.delete,
        lambda name: container.read(name, 10),
        lambda name: container.put(name, b""),
        lambda name: container.create(name, b""),
        lambda name: container.replace(name, b"", "etag"),
    ):
        with pytest.raises(Unstorable):
            use(name)
    assert names(container) == []


def test_properties_tell_what_was_written(container):
    before = datetime.now(UTC) - timedelta(seconds=2)
    etag = container.create("a.json", b'{"a": 1}', {"job": "17"}, "application/json")
    found = container.properties("a.json")
    assert (found.name, found.size_bytes, found.etag) == ("a.json", 8, etag)
    assert (found.content_type, found.metadata) == ("application/json", {"job": "17"})
    assert found.last_modified.utcoffset() == timedelta(0)
    assert before <= found.last_modified <= datetime.now(UTC) + timedelta(seconds=2)


def test_a_listing_agrees_with_the_properties(container):
    container.create("a.json", b"12345", {"job": "17"})
    (entry,) = container.list()
    found = container.properties("a.json")
    assert (entry.size_bytes, entry.etag) == (5, found.etag)
    assert abs(entry.last_modified - found.last_modified) < timedelta(seconds=1)
    assert entry.last_modified.utcoffset() == timedelta(0)


def test_metadata_may_hold_any_text(container):
    metadata = {
        "source": "Überblick 通話 🎧.wav",
        "spaces": "  two  and two  ",
        "percent": "100 % of %41",
        "line": "one\ntwo\ttab",
        "empty": "",
        "url": "https://a.example/b?c=d&e=f#g",
    }
    container.create("a", b"", metadata)
    assert container.properties("a").metadata == metadata
    with container.open("a") as blob:
        assert blob.properties.metadata == metadata
    assert container.read("a", 0).properties.metadata == metadata


@pytest.mark.parametrize(
    "metadata",
    [
        {"Upper": ""},
        {"with-hyphen": ""},
        {"with_underscore": ""},
        {"1st": ""},
        {"": ""},
        {"a": "\ud800"},
        {"a": "x" * 2000},
    ],
    ids=range(7),
)
def test_metadata_that_not_every_container_takes_is_refused(container, metadata):
    with pytest.raises(Unstorable):
        container.create("a", b"", metadata)
    assert names(container) == []


def test_as_much_metadata_as_allowed_is_kept(container):
    container.create("a", b"", {"k": "x" * 1999})
    assert container.properties("a").metadata == {"k": "x" * 1999}


def test_without_a_content_type_a_blob_is_bytes(container):
    container.create("a", b"x")
    assert container.properties("a").content_type == "application/octet-stream"
    assert container.properties("a").metadata == {}


def test_an_empty_blob_is_a_blob(container):
    container.create("closed", b"")
    assert container.read("closed", 0).data == b""
    with container.open("closed") as blob:
        assert blob.read() == b""
        assert blob.properties.size_bytes == 0


def test_what_is_not_there_is_not_found(container):
    for look in (container.properties, container.open, lambda name: container.read(name, 10)):
        with pytest.raises(BlobNotFound):
            look("nothing/here.wav")


def test_a_blob_is_read_into_memory_only_within_its_limit(container):
    container.create("a", b"12345")
    assert container.read("a", 5).data == b"12345"
    with pytest.raises(BlobTooLarge):
        container.read("a", 4)


def test_a_blob_of_several_ranges_is_read_whole(container):
    data = bytes(range(256)) * (RANGE_BYTES // 256) + b"and some more"
    container.create("a", data)
    assert container.read("a", len(data)).data == data
    with container.open("a") as blob:
        assert blob.readall() == data


def test_a_blob_of_exactly_one_range_ends_there(container):
    container.create("a", bytes(RANGE_BYTES))
    with container.open("a") as blob:
        assert len(blob.readall()) == RANGE_BYTES
        assert blob.read(1) == b""


def test_a_reader_seeks(container):
    data = bytes(range(256)) * (RANGE_BYTES // 128)  # two ranges
    container.create("a", data)
    with container.open("a") as blob:
        assert blob.seek(-3, io.SEEK_END) == len(data) - 3
        assert blob.read() == data[-3:]
        assert blob.seek(RANGE_BYTES - 2) == RANGE_BYTES - 2
        assert blob.read(2) + blob.read(2) == data[RANGE_BYTES - 2 : RANGE_BYTES + 2]
        assert blob.seek(-4, io.SEEK_CUR) == blob.tell()
        assert blob.read(1) == data[RANGE_BYTES - 2 : RANGE_BYTES - 1]
        assert blob.seek(10, io.SEEK_END) == len(data) + 10
        assert blob.read(1) == b""
        with pytest.raises(ValueError, match="before the start"):
            blob.seek(-1)


def test_a_closed_reader_reads_nothing(container):
    container.create("a", b"x")
    blob = container.open("a")
    blob.close()
    blob.close()
    with pytest.raises(ValueError, match="closed"):
        blob.read(1)


def test_audio_is_decoded_out_of_a_blob(container, spoken_clip):
    container.create("clip.wav", spoken_clip.wav)
    with container.open("clip.wav") as blob, open_audio(blob) as stream:
        n_samples = sum(block.shape[1] for block in stream)
    assert 2.5 < n_samples / 16_000 < 4.5


def test_a_large_blob_streams_in_flat_memory(container):
    """50 MB are read, and at no time are more than a few ranges in memory."""
    size = 50_000_000
    container.put("hour.wav", b"\x01\x02" * (size // 2))
    with container.open("hour.wav") as blob:
        tracemalloc.start()
        read = sum(iter(lambda: len(blob.read(65_536)), 0))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert read == size
    assert peak < 12 * RANGE_BYTES


def test_a_reader_never_mixes_two_versions(container):
    old, new = b"o" * (2 * RANGE_BYTES), b"n" * (2 * RANGE_BYTES)
    container.create("a", old)
    with container.open("a") as blob:
        begun = blob.read(10)
        container.put("a", new)
        with suppress(Changed):
            assert begun + blob.readall() == old


def test_a_reader_never_ends_early_when_the_blob_is_deleted(container):
    old = b"o" * (2 * RANGE_BYTES)
    container.create("a", old)
    with container.open("a") as blob:
        begun = blob.read(10)
        container.delete("a")
        with suppress(Changed):
            assert begun + blob.readall() == old


def test_create_does_not_touch_what_is_there(container):
    container.create("a", b"first", {"by": "one"})
    with pytest.raises(AlreadyExists):
        container.create("a", b"second", {"by": "two"})
    found = container.read("a", 10)
    assert (found.data, found.properties.metadata) == (b"first", {"by": "one"})


@pytest.mark.parametrize("name", [f"jobs/{turn}/closed" for turn in range(5)])
def test_of_many_who_create_exactly_one_succeeds(container, name):
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


def test_replace_makes_nothing_that_is_gone(container):
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


def test_of_many_who_replace_exactly_one_succeeds(container):
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


def test_put_writes_whatever_was_there(container):
    first = container.put("a", b"first", {"by": "one"})
    second = container.put("a", b"second")
    found = container.read("a", 10)
    assert first != second == found.properties.etag
    assert (found.data, found.properties.metadata) == (b"second", {})


def test_many_who_put_leave_one_whole_version(container):
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
    """What is written behind the place of a listing meanwhile is in it."""
    fill(container, ["a1", "a2", "b/1"])
    listing = container.list(page_size=2)
    assert [entry.name for entry in islice(listing, 2)] == ["a1", "a2"]
    container.put("b/2", b"")
    assert [entry.name for entry in listing] == ["b/1", "b/2"]


def test_what_a_listing_shows_may_be_deleted_while_it_goes_on(container):
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


def test_nothing_is_left_over_by_finished_writes(container):
    etag = container.create("a", b"1", {"k": "v"})
    container.replace("a", b"2", etag, {"k": "v"})
    container.delete("a")
    assert container.remove_leftovers() == 0
