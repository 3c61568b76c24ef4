"""Names and metadata of blobs, and reading in ranges."""

import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BlobNotFound, BlobTooLarge, Changed, Unstorable
from shared.storage.blob import (
    BlobProperties,
    check_name,
    decode_metadata,
    encode_metadata,
    is_same_write,
    mark_write,
)
from shared.storage.blob_reader import RANGE_BYTES, BlobReader, read_whole
from shared.storage.s3 import S3Container

KEYS = st.from_regex(r"[a-z][a-z0-9]{0,10}", fullmatch=True).filter(lambda key: key != "sottowrite")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.dictionaries(KEYS, TEXT, max_size=4))
def test_metadata_survives_its_headers(metadata):
    assert decode_metadata(encode_metadata(metadata)) == metadata


@given(TEXT)
def test_encoded_metadata_is_visible_ascii(value):
    (encoded,) = encode_metadata({"k": value}).values()
    assert set(encoded) <= set(string.ascii_letters + string.digits + string.punctuation)


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("audio/wav; codecs=1", "audio/wav;%20codecs=1"),
        ("100%", "100%25"),
        ("é", "%C3%A9"),
        ("2026-11-24T08:00:00Z", "2026-11-24T08:00:00Z"),
    ],
)
def test_metadata_stays_readable_where_it_can(value, encoded):
    assert encode_metadata({"k": value}) == {"k": encoded}


def test_a_blob_of_another_writer_comes_through():
    written = {"Locale": "de-DE", "share": "50% off", "Word-Timestamps": "true"}
    assert decode_metadata(written) == {
        "locale": "de-DE",
        "share": "50% off",
        "word-timestamps": "true",
    }


def test_the_mark_of_a_write_is_no_metadata():
    assert decode_metadata(mark_write({"k": "v"})) == {"k": "v"}
    with pytest.raises(Unstorable):
        encode_metadata({"sottowrite": "x"})


def test_a_write_is_known_by_its_mark():
    mine = mark_write({})
    assert is_same_write(mine, dict(mine))
    assert not is_same_write(mine, mark_write({}))
    assert not is_same_write({}, {})


@pytest.mark.parametrize(
    "name", ["a", "a/b", "...", "a/...", "a.", ".a", " ", "é" * 512, "a//b", "/a"]
)
def test_a_name_that_containers_take_is_let_through(name):
    check_name(name)


@pytest.mark.parametrize("name", ["", ".", "a/../b", "a\\b", "\x7f", "\ufffe", "\ud800", "é" * 513])
def test_a_name_that_some_container_does_not_take_is_refused(name):
    with pytest.raises(Unstorable):
        check_name(name)


def test_a_name_is_counted_as_its_container_does():
    """Azure counts characters; a bucket's prefix is a part of each key."""
    check_name("日" * 1024, most_bytes=None)
    with pytest.raises(Unstorable):
        check_name("日" * 1025, most_bytes=None)
    check_name("a" * 1018, most_bytes=1018)
    with pytest.raises(Unstorable):
        check_name("a" * 1019, most_bytes=1018)
    bucket = S3Container(None, "calls", "inbox/")
    with pytest.raises(Unstorable):
        bucket.properties("a" * 1019)


class Source:
    """A blob of an imagined service, which counts its ranges."""

    def __init__(self, data, etag="1"):
        self.data, self.etag, self.asked = data, etag, []

    def __call__(self, offset, size, etag):
        """Give a range of the version that is asked for."""
        self.asked.append((offset, size))
        if self.data is None:
            raise BlobNotFound
        if etag not in {None, self.etag}:
            raise Changed
        properties = BlobProperties(
            name="a",
            size_bytes=len(self.data),
            etag=self.etag,
            last_modified=datetime.now(UTC),
        )
        return self.data[offset : offset + size], properties


def test_ranges_are_requested_in_order_and_once():
    source = Source(bytes(2 * RANGE_BYTES + 5))
    with BlobReader.of(source) as blob:
        while blob.read(10_000):
            pass
    assert source.asked == [
        (0, RANGE_BYTES),
        (RANGE_BYTES, RANGE_BYTES),
        (2 * RANGE_BYTES, 5),
    ]


def test_a_reader_that_jumps_between_two_ranges_asks_once_for_each():
    """As a decoder does between the index of a file and its samples."""
    source = Source(bytes(3 * RANGE_BYTES))
    with BlobReader.of(source) as blob:
        for _ in range(3):
            blob.seek(0)
            blob.read(10)
            blob.seek(-10, 2)
            blob.read(10)
    assert len(source.asked) == 2


def test_the_unread_rest_is_not_requested():
    source = Source(bytes(3 * RANGE_BYTES))
    with BlobReader.of(source) as blob:
        blob.read(10)
    assert source.asked == [(0, RANGE_BYTES)]


@pytest.mark.parametrize("becomes", [{"data": None}, {"etag": "2"}])
def test_another_version_ends_the_reading(becomes):
    """Whether the blob is gone or replaced."""
    source = Source(bytes(2 * RANGE_BYTES))
    with BlobReader.of(source) as blob:
        vars(source).update(becomes)
        with pytest.raises(Changed):
            blob.readall()


def test_a_small_blob_is_one_request():
    source = Source(b"12345")
    assert read_whole(source, 5).data == b"12345"
    assert source.asked == [(0, RANGE_BYTES)]


def test_a_blob_too_large_is_not_read_on():
    source = Source(bytes(3 * RANGE_BYTES))
    with pytest.raises(BlobTooLarge):
        read_whole(source, 2 * RANGE_BYTES)
    assert source.asked == [(0, RANGE_BYTES)]
