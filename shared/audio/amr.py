"""Frames of AMR without speech: discontinuous transmission sends few of them, or empty ones.

FFmpeg decodes none of the narrow band and not all of the wide band. Each stands for 20 ms all the
same (RFC 4867, section 5.3; frame types: 3GPP TS 26.101, table 1a, and 26.201, table 1a).
"""

from typing import NamedTuple


class SilentFrames(NamedTuple):
    """The frame types from `first_type` on are comfort noise, lost speech or no data."""

    first_type: int
    n_samples: int


SILENT_FRAMES = {"amrnb": SilentFrames(8, 160), "amrwb": SilentFrames(9, 320)}
"""By FFmpeg's name of the decoder."""


def silent_samples(codec: str, frame: bytes) -> int:
    """Samples of silence that an AMR frame of the storage format stands for; 0 for speech."""
    silent = SILENT_FRAMES[codec]
    return silent.n_samples if (frame[0] >> 3) & 15 >= silent.first_type else 0
