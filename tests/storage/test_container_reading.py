"""Reading from every container, whole blobs and streams."""

import io
import tracemalloc
from contextlib import suppress

import pytest

from shared.audio.stream import open_audio
from shared.errors import BlobTooLarge, Changed
from shared.storage.blob_reader import RANGE_BYTES


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
