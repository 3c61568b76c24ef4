"""Conversion of uncompressed samples of any width to int16."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.audio.format import RawPcm, SampleFormat
from shared.audio.source import EncodedSource

Int16Block = npt.NDArray[np.int16]

SAMPLE_BYTES = {
    SampleFormat.U8: 1,
    SampleFormat.S16: 2,
    SampleFormat.S24: 3,
    SampleFormat.S32: 4,
    SampleFormat.F32: 4,
    SampleFormat.F64: 8,
    SampleFormat.A_LAW: 1,
    SampleFormat.MU_LAW: 1,
}
_DTYPES = {
    SampleFormat.U8: "u1",
    SampleFormat.S16: "i2",
    SampleFormat.S32: "i4",
    SampleFormat.F32: "f4",
    SampleFormat.F64: "f8",
}


def _a_law_table() -> Int16Block:
    """int16 value of every A-law byte (ITU-T G.711)."""
    code = np.arange(256) ^ 0x55
    segment, step = (code >> 4) & 7, (code & 15) << 4
    size = np.where(segment == 0, step + 8, (step + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, size, -size).astype(np.int16)


def _mu_law_table() -> Int16Block:
    """int16 value of every mu-law byte (ITU-T G.711)."""
    code = ~np.arange(256) & 0xFF
    size = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return np.where(code & 0x80, -size, size).astype(np.int16)


_COMPANDED = {SampleFormat.A_LAW: _a_law_table(), SampleFormat.MU_LAW: _mu_law_table()}


def int16_from_samples(samples: npt.NDArray[Any]) -> Int16Block:
    """Convert a decoder's samples to int16 of the same shape; int16 is returned unchanged.

    uint8 is offset binary, int32 full scale, floats have full scale 1.0: they are rounded and
    clipped, and NaN becomes silence.
    """
    if samples.dtype.newbyteorder("=") == np.int16:
        return samples.astype(np.int16, copy=False)
    if samples.dtype == np.uint8:
        return (samples.astype(np.int16) - 128) << 8
    if samples.dtype.newbyteorder("=") == np.int32:
        return (samples.astype(np.int32, copy=False) >> 16).astype(np.int16)
    with np.errstate(invalid="ignore"):
        within = np.nan_to_num(np.clip(samples, -1.0, 1.0), nan=0.0)
    rounded: Int16Block = np.minimum(np.rint(within * 32_768.0), 32_767.0).astype(np.int16)
    return rounded


def int16_from_pcm(encoded: bytes, raw: RawPcm) -> Int16Block:
    """Convert whole sample frames to int16, shape (n_channels, n_samples).

    16 bit mono, least significant byte first, is not copied: the result shares memory with
    `encoded`.
    """
    if raw.sample_format is SampleFormat.S24:
        in_threes = np.frombuffer(encoded, np.uint8).reshape(-1, 3)
        upper = in_threes[:, 1:] if raw.byte_order == "<" else in_threes[:, :2]
        interleaved = np.ascontiguousarray(upper).view(f"{raw.byte_order}i2").reshape(-1)
    elif raw.sample_format in _COMPANDED:
        interleaved = _COMPANDED[raw.sample_format][np.frombuffer(encoded, np.uint8)]
    else:
        dtype = raw.byte_order + _DTYPES[raw.sample_format]
        interleaved = int16_from_samples(np.frombuffer(encoded, dtype))
    return np.ascontiguousarray(interleaved.reshape(-1, raw.n_channels).T, np.int16)


def read_pcm(
    source: EncodedSource, raw: RawPcm, n_bytes: int | None, block_s: tuple[float, float]
) -> Iterator[Int16Block]:
    """Read blocks of int16, shape (n_channels, n_samples), at the rate of the source.

    `n_bytes` of samples, or fewer if the source ends; None reads to the end. `block_s` are the
    least and the most seconds of a block; the last may be shorter.
    """
    frame_bytes = SAMPLE_BYTES[raw.sample_format] * raw.n_channels
    least, most = (max(1, int(raw.sample_rate * length)) * frame_bytes for length in block_s)
    left = n_bytes
    pending = b""
    while left is None or left > 0:
        wanted = most - len(pending) if left is None else min(most - len(pending), left)
        taken = source.read_between(min(least, wanted), wanted)
        if not taken:
            return
        left = None if left is None else left - len(taken)
        pending += taken
        whole = len(pending) - len(pending) % frame_bytes
        if whole:
            yield int16_from_pcm(pending[:whole] if whole < len(pending) else pending, raw)
            pending = pending[whole:]
