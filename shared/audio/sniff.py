"""Identify the container by its first bytes. File names and content types are not used.

FFmpeg's own probing is off: it gets the name of the one demuxer to use. Probing would also find
playlists and scripts (`hls`, `concat`, `dash`, `sdp`, subtitles with references), which make it
open other files and addresses.
"""

from shared.audio.source import EncodedSource

# By the first four bytes and the form. RIFX has AVI too: FFmpeg reads it in the wrong byte order.
_RIFF_FORMS = {
    **{(riff, b"WAVE"): "wav" for riff in (b"RIFF", b"RF64", b"BW64", b"RIFX")},
    **{(riff, b"AVI "): "avi" for riff in (b"RIFF", b"RF64", b"BW64")},
}

# First bytes and the name of FFmpeg's demuxer. MPEG audio has none: its frames identify it.
_MAGIC = (
    (b"fLaC", "flac"),
    (b"OggS", "ogg"),
    (b"\x1a\x45\xdf\xa3", "matroska"),
    (b"#!AMR\n", "amr"),
    (b"#!AMR-WB\n", "amr"),
    (b".snd", "au"),
    (b"caff", "caf"),
    (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "asf"),
    (bytes.fromhex("726966662e91cf11a5d628db04c10000"), "w64"),
)
_MOV_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"moof"}

# Packets of one length, each with the same first byte (ISO/IEC 13818-1, 2.4.3.2).
_TRANSPORT_PACKET_BYTES, _TRANSPORT_SYNC = 188, 0x47
_TRANSPORT_PACKETS = 8

_ID3_HEADER_BYTES = 10
_LARGEST_ID3_TAGS = 4
# A stream cut out of a broadcast starts within a frame; the longest MPEG frame has 2,881 bytes.
_MPEG_SEARCH_BYTES = 8_192
_MPEG_FRAMES = 3

_MPEG1_BIT_RATES = {  # kbit/s by layer
    1: (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_MPEG2_BIT_RATES = {
    1: (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    3: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MPEG_SAMPLE_RATES = (44_100, 48_000, 32_000)


def identify_container(source: EncodedSource) -> str | None:
    """Name of the FFmpeg demuxer for these bytes, None for an unknown format.

    Leading ID3 tags are skipped: they hold pictures, not audio, and precede the audio's header.
    """
    for _ in range(_LARGEST_ID3_TAGS):
        tag_bytes = _id3_bytes(source.peek(_ID3_HEADER_BYTES))
        if not tag_bytes:
            break
        source.skip(tag_bytes)
    head = source.peek(16)
    if head[:4] in {b"RIFF", b"RF64", b"BW64", b"RIFX"}:
        return _RIFF_FORMS.get((head[:4], head[8:12]))
    if head[:4] == b"FORM" and head[8:12] in {b"AIFF", b"AIFC"}:
        return "aiff"
    for magic, demuxer in _MAGIC:
        if head.startswith(magic):
            return demuxer
    if head[4:8] in _MOV_BOXES:
        return "mov"
    if _is_transport_stream(source.peek(_TRANSPORT_PACKETS * _TRANSPORT_PACKET_BYTES)):
        return "mpegts"
    return _identify_mpeg_audio(source.peek(_MPEG_SEARCH_BYTES))


def _is_transport_stream(head: bytes) -> bool:
    """Whether several whole packets of an MPEG transport stream follow each other."""
    first_bytes = head[::_TRANSPORT_PACKET_BYTES]
    return len(first_bytes) == _TRANSPORT_PACKETS and set(first_bytes) == {_TRANSPORT_SYNC}


def _id3_bytes(head: bytes) -> int:
    """Bytes of a leading ID3v2 tag, 0 if there is none (id3.org, ID3v2.4 section 3.1)."""
    if len(head) < _ID3_HEADER_BYTES or head[:3] != b"ID3" or max(head[6:10]) > 127:
        return 0
    size = int.from_bytes(head[6:10], "big")
    body = sum(((size >> 8 * place) & 0x7F) << 7 * place for place in range(4))
    footer = _ID3_HEADER_BYTES if head[5] & 0x10 else 0
    return _ID3_HEADER_BYTES + body + footer


def _identify_mpeg_audio(head: bytes) -> str | None:
    """`mp3` or `aac` for a sequence of several whole frames, else None."""
    start = head.find(0xFF)
    while start >= 0:
        for demuxer, frame_bytes in (("aac", _adts_frame_bytes), ("mp3", _mpeg_frame_bytes)):
            offset, n_frames = start, 0
            while n_frames < _MPEG_FRAMES and (length := frame_bytes(head[offset : offset + 7])):
                offset += length
                n_frames += 1
            # A clip of one or two frames counts if it starts with them and ends within the last.
            if n_frames == _MPEG_FRAMES or (n_frames and start == 0 and offset >= len(head)):
                return demuxer
        start = head.find(0xFF, start + 1)
    return None


def _adts_frame_bytes(header: bytes) -> int:
    """Length of the ADTS frame, 0 if the header is none (ISO/IEC 14496-3, 1.A.3.2)."""
    if len(header) < 7 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0:
        return 0
    if (header[2] >> 2) & 0xF > 12:  # sampling frequency index
        return 0
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return length if length >= 7 else 0


def _mpeg_frame_bytes(header: bytes) -> int:
    """Length of the MPEG audio frame, 0 if the header is none (ISO/IEC 11172-3, 2.4.1.3)."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return 0
    version, layer = (header[1] >> 3) & 3, 4 - ((header[1] >> 1) & 3)
    bit_rate_index, rate_index = header[2] >> 4, (header[2] >> 2) & 3
    if version == 1 or layer == 4 or not 0 < bit_rate_index < 15 or rate_index == 3:
        return 0
    is_mpeg1 = version == 3
    table = _MPEG1_BIT_RATES if is_mpeg1 else _MPEG2_BIT_RATES
    bit_rate = 1_000 * table[layer][bit_rate_index - 1]
    sample_rate = _MPEG_SAMPLE_RATES[rate_index] // {3: 1, 2: 2, 0: 4}[version]
    padding = (header[2] >> 1) & 1
    if layer == 1:
        return (12 * bit_rate // sample_rate + padding) * 4
    n_eighths = 144 if is_mpeg1 or layer == 2 else 72
    return n_eighths * bit_rate // sample_rate + padding
