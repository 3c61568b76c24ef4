"""Contract of every container: Azure Blob Storage, S3 and a folder.

Names, properties and metadata here; reading, writing and listing in the files beside it.
"""

from datetime import UTC, datetime, timedelta

import pytest
from containers import names

from shared.errors import BlobNotFound, Unstorable

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


def test_properties_are_those_of_the_written_blob(container):
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


def test_a_missing_blob_is_not_found(container):
    for look in (container.properties, container.open, lambda name: container.read(name, 10)):
        with pytest.raises(BlobNotFound):
            look("nothing/here.wav")
