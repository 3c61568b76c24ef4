"""MP4 files by hand whose tracks claim far more samples than there are bytes."""

import struct

_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
# MPEG-4 audio, AAC-LC, 16 kHz, mono: descriptors of ES, decoder and decoder specific info.
_ES = bytes.fromhex("0319 0000 00 0411 4015 000000 0001f400 0001f400 0502 1408 060102")


def box(kind, *content):
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full(kind, *content, flags=0):
    """A box with version 0 and flags."""
    return box(kind, struct.pack(">I", flags), *content)


def words(*values):
    return struct.pack(f">{len(values)}I", *values)


def _track(number, n_samples, handler=b"soun"):
    """A track of n_samples of one byte, with one entry in each table."""
    n_chunks = 1 if n_samples else 0
    entry = box(
        b"mp4a",
        bytes(6)
        + struct.pack(">H", 1)
        + bytes(8)
        + struct.pack(">HHHHI", 1, 16, 0, 0, 16_000 << 16),
        full(b"esds", _ES),
    )
    tables = box(
        b"stbl",
        full(b"stsd", words(1), entry),
        full(b"stts", words(n_chunks, *[n_samples, 2] * n_chunks)),
        full(b"stsc", words(n_chunks, *[1, n_samples, 1] * n_chunks)),
        full(b"stsz", words(1 if n_samples else 0, n_samples)),
        full(b"stco", words(n_chunks, *[0] * n_chunks)),
    )
    sources = box(b"dinf", full(b"dref", words(1), full(b"url ", flags=1)))
    media = box(
        b"mdia",
        full(b"mdhd", words(0, 0, 16_000, n_samples), struct.pack(">HH", 0x55C4, 0)),
        full(b"hdlr", words(0), handler, bytes(13)),
        box(b"minf", full(b"smhd", words(0)), sources, tables),
    )
    head = full(
        b"tkhd", words(0, 0, number, 0, n_samples, 0, 0, 0, 0), _MATRIX, words(0, 0), flags=3
    )
    return box(b"trak", head, media)


def _file(tracks, *extends):
    head = full(
        b"mvhd", words(0, 0, 16_000, 0, 0x10000, 0x01000000, 0, 0), _MATRIX, bytes(24), words(99)
    )
    return box(b"ftyp", b"isom", words(0), b"isom") + box(b"moov", head, *tracks, *extends)


def progressive_mp4(n_tracks, n_samples):
    """All samples are listed in the index, which comes first."""
    tracks = [_track(1 + number, n_samples) for number in range(n_tracks)]
    return _file(tracks) + box(b"mdat", bytes(64))


def five_hours_mp4(packet):
    """Five hours of AAC at 48 kHz, mono: 843,750 times the same packet of silence."""
    n_samples = 5 * 3600 * 48_000 // 1024
    track = _track(1, n_samples)
    for before, after in (
        (full(b"stts", words(1, n_samples, 2)), full(b"stts", words(1, n_samples, 1024))),
        (full(b"stsz", words(1, n_samples)), full(b"stsz", words(len(packet), n_samples))),
        (words(0, 0, 16_000, n_samples), words(0, 0, 48_000, n_samples * 1024)),
        (words(16_000 << 16), words(48_000 << 16)),
        (bytes.fromhex("1408"), bytes.fromhex("1188")),  # 48 kHz in the decoder's own words
    ):
        assert track.count(before) == 1
        track = track.replace(before, after)
    index = _file([track])
    offset = words(len(index) + 8)
    index = index.replace(full(b"stco", words(1, 0)), full(b"stco", words(1)[:4] + offset))
    return index + box(b"mdat", packet * n_samples)


def fragmented_mp4(n_tracks, n_samples):
    """Nothing is listed in the index; each track claims all its samples in one fragment."""
    numbers = range(1, n_tracks + 1)
    extends = box(b"mvex", *(full(b"trex", words(number, 1, 1, 1, 0)) for number in numbers))
    runs = [
        box(
            b"traf",
            full(b"tfhd", words(number), flags=0x020000),
            full(b"trun", words(n_samples, 0), flags=0x000001),
        )
        for number in numbers
    ]
    fragment = box(b"moof", full(b"mfhd", words(1)), *runs)
    return (
        _file([_track(number, 0) for number in numbers], extends)
        + fragment
        + box(b"mdat", bytes(64))
    )


def nested_mp4(n_tracks, n_samples):
    """All tracks but the first lie within the first, where none should be."""
    first = _track(1, n_samples)
    inner = [_track(2 + number, n_samples) for number in range(n_tracks - 1)]
    whole = first + b"".join(inner)
    return _file([struct.pack(">I", len(whole)) + whole[4:]]) + box(b"mdat", bytes(64))
