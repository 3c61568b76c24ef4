"""The header of a WAV file: position and encoding of its samples.

Parsed here rather than by FFmpeg because 16 kHz PCM, the usual input of speech clients, then needs
no decoder. FFmpeg takes the other codings (ADPCM, GSM, MP3 in WAV), but not those of RIFX, the form
with the most significant byte first: it reads that header and takes the samples for the others.
Sources: Microsoft's "Multiple Channel Audio Data and WAVE Files", EBU Tech 3306 for RF64.
"""

import struct
from dataclasses import dataclass

from shared.audio.format import ByteOrder, RawPcm, SampleFormat
from shared.audio.source import EncodedSource
from shared.errors import UnsupportedFormat

# Size fields of writers that do not know the length yet.
_UNKNOWN_SIZES = {0, 0xFFFFFFFF}
_UNKNOWN_SIZES_64 = {0, 0xFFFFFFFFFFFFFFFF}
# Chunks before the samples (broadcast notes, padding) are short; a longer header goes to FFmpeg.
_LONGEST_HEADER_BYTES = 262_144

_EXTENSIBLE = 0xFFFE
# The rest of a GUID after its first two bytes. In RIFX its numbers may be turned around or not, and
# the format tag is then behind two bytes of zeros.
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
_GUID_TURNED_AROUND = bytes.fromhex("00000010800000aa00389b71")
_SAMPLE_FORMATS = {  # by format tag and bytes of one sample
    (1, 1): SampleFormat.U8,
    (1, 2): SampleFormat.S16,
    (1, 3): SampleFormat.S24,
    (1, 4): SampleFormat.S32,
    (3, 4): SampleFormat.F32,
    (3, 8): SampleFormat.F64,
    (6, 1): SampleFormat.A_LAW,
    (7, 1): SampleFormat.MU_LAW,
}


@dataclass(frozen=True, slots=True)
class WavHeader:
    """Parsed header.

    n_bytes: bytes of samples according to the header, None where it states none.
    """

    raw: RawPcm
    header_bytes: int
    n_bytes: int | None


def peek_wav_header(source: EncodedSource) -> WavHeader | None:
    """Header of a WAV file with uncompressed samples; None for a file that needs FFmpeg.

    No byte is consumed: the samples start `header_bytes` further on.

    Raises
    ------
    UnsupportedFormat: RIFX whose samples are compressed, or of an unknown width.
    """
    byte_order: ByteOrder = ">" if source.peek(4) == b"RIFX" else "<"
    header = _find_samples(source, byte_order)
    if header is None and byte_order == ">":
        raise UnsupportedFormat("RIFX is read with uncompressed samples only.")
    return header


def _find_samples(source: EncodedSource, byte_order: ByteOrder) -> WavHeader | None:
    raw: RawPcm | None = None
    riff_bytes, data_bytes_64 = struct.unpack(f"{byte_order}I", source.peek(8)[4:])[0], None
    position = 12
    while position < _LONGEST_HEADER_BYTES:
        head = source.peek(position + 8)[position:]
        if len(head) < 8:
            return None
        name, size = head[:4], struct.unpack(f"{byte_order}I", head[4:])[0]
        position += 8
        if name == b"data":
            if raw is None:
                return None
            n_bytes = _data_bytes(size, data_bytes_64)
            if size == 0 and _another_chunk_follows(source, position, riff_bytes):
                n_bytes = 0
            return WavHeader(raw, position, n_bytes)
        if name == b"fmt " and size <= 4_096:
            raw = _parse_fmt(source.peek(position + size)[position:], byte_order)
            if raw is None:
                return None
        elif name == b"ds64" and size >= 16:
            body = source.peek(position + 16)[position:]
            data_bytes_64 = struct.unpack("<Q", body[8:])[0] if len(body) == 16 else None
        position += size + size % 2
    return None


def _data_bytes(size: int, size_64: int | None) -> int | None:
    if size_64 is not None and size == 0xFFFFFFFF:
        return None if size_64 in _UNKNOWN_SIZES_64 else size_64
    return None if size in _UNKNOWN_SIZES else size


def _another_chunk_follows(source: EncodedSource, position: int, riff_bytes: int) -> bool:
    """Whether an empty `data` chunk is really empty: the file's stated size covers more."""
    if riff_bytes in _UNKNOWN_SIZES or riff_bytes + 8 < position + 8:
        return False
    name = source.peek(position + 4)[position:]
    return len(name) == 4 and all(32 <= letter < 127 for letter in name)


def _parse_fmt(chunk: bytes, byte_order: ByteOrder) -> RawPcm | None:
    if len(chunk) < 16:
        return None
    tag, n_channels, sample_rate, _, frame_bytes, bits = struct.unpack(
        f"{byte_order}HHIIHH", chunk[:16]
    )
    if tag == _EXTENSIBLE and chunk[26:40] == _GUID_TAIL:
        tag = struct.unpack(f"{byte_order}H", chunk[24:26])[0]
    elif tag == _EXTENSIBLE and byte_order == ">" and chunk[28:40] == _GUID_TURNED_AROUND:
        tag = struct.unpack(">I", chunk[24:28])[0]
    if n_channels == 0 or sample_rate == 0:
        return None
    # 20 bits lie left-justified in 3 bytes: the frame size gives a sample's width, not the bits.
    sample_bytes, rest = divmod(frame_bytes, n_channels)
    if rest or sample_bytes == 0:
        sample_bytes = (bits + 7) // 8
    sample_format = _SAMPLE_FORMATS.get((tag, sample_bytes))
    if sample_format is None:
        return None
    return RawPcm(sample_rate, n_channels, sample_format, byte_order)
