"""Encoded bytes in memory, read by a decoder."""

import io

import pytest

from shared.audio.source import EncodedSource

DATA = bytes(range(100))


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_in_memory_are_read_as_a_file_of_them_is(kind):
    """Forward, and with seeks to every place."""
    held, file = EncodedSource(kind(DATA), 1000), EncodedSource(io.BytesIO(DATA), 1000)
    assert held.remaining_bytes == file.remaining_bytes == 100
    assert held.read(10) == file.read(10) == DATA[:10]
    held, file = held.random_access(), file.random_access()
    for offset, whence in [(0, 0), (5, 0), (3, 1), (-4, 2), (-10, 1), (-1, 0), (200, 0)]:
        assert held.seek(offset, whence) == file.seek(offset, whence)
        assert held.tell() == file.tell()
        assert held.read(7) == file.read(7)


def test_an_upload_is_not_copied():
    """Its buffer cannot be resized while a reader looks at it."""
    data = bytearray(DATA)
    source = EncodedSource(data, 1000)
    with pytest.raises(BufferError):
        data.append(1)
    assert source.read(1) == DATA[:1]
