"""What an audio is, how raw samples are described, and how much of it a caller accepts."""

from dataclasses import dataclass
from enum import StrEnum

SAMPLE_RATE = 16_000
"""Hz of every block that leaves this package; what Whisper was trained on."""

LOWEST_SAMPLE_RATE = 1_000
HIGHEST_SAMPLE_RATE = 768_000


class SampleFormat(StrEnum):
    """How one sample is written; all little endian, channels interleaved."""

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
    """Samples without a header: Hz, channels and how a sample is written."""

    sample_rate: int = SAMPLE_RATE
    n_channels: int = 1
    sample_format: SampleFormat = SampleFormat.S16


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """What was found in the bytes, whatever their name or content type said.

    `container` is `wav`, `ogg`, `mov`, `matroska`, `raw` and so on, `codec` FFmpeg's name of the
    coding; `sample_rate` (Hz) and `n_channels` are those before anything is converted.
    """

    container: str
    codec: str
    sample_rate: int
    n_channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioLimits:
    """How much audio one caller accepts. Decoding ends in an error at the first excess.

    max_bytes: of the encoded audio, tags and pictures included.
    max_duration_s: of the decoded audio, in seconds.
    max_channels: decoding keeps about one second of every channel in memory.
    """

    max_bytes: int = 500_000_000
    max_duration_s: float = 5 * 3600.0
    max_channels: int = 32
