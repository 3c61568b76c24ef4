"""Formats of audio, the description of raw samples, and the limits of one audio."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

SAMPLE_RATE = 16_000
"""Hz of every block that leaves this package; Whisper's training data has it."""

LOWEST_SAMPLE_RATE = 1_000
HIGHEST_SAMPLE_RATE = 768_000

UNKNOWN_FORMAT = "These bytes are no audio or video of a known format."


ByteOrder = Literal["<", ">"]


class SampleFormat(StrEnum):
    """Encoding of one sample; channels are interleaved."""

    U8 = "u8"
    S16 = "s16"
    S24 = "s24"
    S32 = "s32"
    F32 = "f32"
    F64 = "f64"
    A_LAW = "alaw"
    MU_LAW = "mulaw"


@dataclass(frozen=True, slots=True)
class RawPcm:
    """Format of samples without a header: Hz, channels and the encoding of a sample.

    byte_order: `<` for the least significant byte first, `>` for the most.
    """

    sample_rate: int = SAMPLE_RATE
    n_channels: int = 1
    sample_format: SampleFormat = SampleFormat.S16
    byte_order: ByteOrder = "<"


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """Format that the bytes have; file name and content type are ignored.

    `container` is `wav`, `ogg`, `mov`, `matroska`, `raw` and so on, `codec` FFmpeg's name of the
    coding; `sample_rate` (Hz) and `n_channels` are those before conversion.
    """

    container: str
    codec: str
    sample_rate: int
    n_channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioLimits:
    """Limits of one audio. Decoding raises an error at the first excess.

    max_bytes: of the encoded audio, tags and pictures included.
    max_duration_s: of the decoded audio, in seconds.
    max_channels: decoding keeps about one second of every channel in memory.
    """

    max_bytes: int = 500_000_000
    max_duration_s: float = 5 * 3600.0
    max_channels: int = 32
