"""Audio of any format as int16 blocks at 16 kHz, decoded in memory as the reader pulls them.

    with open_audio(source) as stream:
        for block in stream:            # int16, shape (stream.n_channels, n_samples)
            ...

No file is opened or written. The bytes alone determine the format, not a name.
"""

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

import numpy as np

from shared.audio.container import (
    ContainerDecoder,
    check_sample_rate,
    too_long,
    too_many_channels,
)
from shared.audio.format import (
    SAMPLE_RATE,
    UNKNOWN_FORMAT,
    AudioFormat,
    AudioLimits,
    RawPcm,
    SampleFormat,
)
from shared.audio.pcm import SAMPLE_BYTES, Int16Block, read_pcm
from shared.audio.resample import Resampler
from shared.audio.sniff import identify_container
from shared.audio.source import AudioSource, EncodedSource
from shared.audio.wav import peek_wav_header
from shared.errors import EmptyAudio, UnsupportedFormat

__all__ = [
    "SAMPLE_RATE",
    "AudioFormat",
    "AudioLimits",
    "AudioSource",
    "AudioStream",
    "RawPcm",
    "SampleFormat",
    "open_audio",
]

BLOCK_S = 1.0
"""Seconds of most blocks; the last one and blocks of arriving audio are shorter."""

LONGEST_BLOCK_S = 2.0
"""Upper bound of the seconds of a block."""

_ARRIVING_BLOCK_S = 0.1

_Decoded = Iterator[tuple[int, Int16Block]]


class AudioStream:
    """One audio. It is read once, by one thread at a time.

    Attributes
    ----------
    format: format that the bytes have.
    stated_s: seconds that the header states or the number of bytes makes, before anything is read;
        None where neither is known. It may be wrong: for displays of progress only.

    Iterating yields int16 blocks, shape (n_channels, n_samples), at 16 kHz, of about a second, two
    at most. They belong to the reader but may be read-only views of the caller's bytes.

    Raises while iterating
    ----------------------
    AudioTooLong, AudioTooLarge: beyond the limits, after the blocks within them.
    EmptyAudio: no sample was decoded.
    Any error of the source itself.
    """

    def __init__(
        self,
        audio_format: AudioFormat,
        decoded: _Decoded,
        limits: AudioLimits,
        release: Callable[[], None],
        stated_s: float | None = None,
    ) -> None:
        self.format = audio_format
        self.stated_s = stated_s
        self._limits = limits
        self._release = release
        self._n_samples = 0
        self._decoded: _Decoded | None = decoded
        self._is_closed = False
        self._listeners: list[Callable[[Int16Block], None]] = []

    @property
    def n_channels(self) -> int:
        """Channels of every block."""
        return self.format.n_channels

    @property
    def duration_s(self) -> float:
        """Seconds read so far; at the end the duration of the whole audio."""
        return self._n_samples / SAMPLE_RATE

    def tap(self, listen: Callable[[Int16Block], None]) -> None:
        """Pass each block to `listen` before the reader gets it, in the reader's thread."""
        self._listeners.append(listen)

    def __iter__(self) -> Iterator[Int16Block]:
        if self._decoded is None:
            raise RuntimeError("An AudioStream is read once.")
        decoded, self._decoded = self._decoded, None
        return self._read(decoded)

    def close(self) -> None:
        """Free decoder and source; iteration ends. May be called again."""
        if not self._is_closed:
            self._is_closed = True
            self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _read(self, decoded: _Decoded) -> Iterator[Int16Block]:
        most_samples = int(self._limits.max_duration_s * SAMPLE_RATE)
        try:
            for block in _bounded(_at_16_khz(decoded, self.n_channels)):
                if self._is_closed:
                    return
                if self._n_samples + block.shape[1] > most_samples:
                    raise too_long(self._limits)
                self._n_samples += block.shape[1]
                for listen in self._listeners:
                    listen(block)
                yield block
            if self._n_samples == 0 and not self._is_closed:
                raise EmptyAudio("The audio has no samples.")
        finally:
            self.close()


def open_audio(
    source: AudioSource, *, limits: AudioLimits | None = None, raw: RawPcm | None = None
) -> AudioStream:
    """Open audio of any supported format. Its first samples are decoded when this returns.

    `source` is bytes; or a binary file, read from its position and not closed; or an iterable of
    pieces that are still arriving, pulled only as far as the next block needs (decoders of MP4,
    AIFF, CAF and AVI seek, so the encoded bytes that have arrived are kept). `limits` default to
    `AudioLimits()`. `raw` describes headerless samples; without it the bytes are sniffed.

    Raises
    ------
    UnsupportedFormat: the bytes do not decode; there are none; they are a playlist.
    EmptyAudio: a whole header, and no sample after it.
    AudioTooLarge, AudioTooLong: at once, if size or length are known beforehand.
    """
    limits = limits or AudioLimits()
    encoded = EncodedSource(source, limits.max_bytes)
    block_s = _ARRIVING_BLOCK_S if encoded.is_arriving else BLOCK_S
    if raw is not None:
        return _open_pcm(encoded, "raw", raw, None, limits)
    container = identify_container(encoded)
    encoded.raise_failure()
    if container is None:
        raise UnsupportedFormat(UNKNOWN_FORMAT if encoded.peek(1) else "The audio has no bytes.")
    if container == "wav" and (header := peek_wav_header(encoded)) is not None:
        encoded.skip(header.header_bytes)
        return _open_pcm(encoded, "wav", header.raw, header.n_bytes, limits)
    decoder = ContainerDecoder(encoded, container, limits)
    blocks = decoder.blocks(block_s)
    return AudioStream(decoder.format, blocks, limits, decoder.close, decoder.stated_s)


def _open_pcm(
    encoded: EncodedSource,
    container: str,
    raw: RawPcm,
    n_bytes: int | None,
    limits: AudioLimits,
) -> AudioStream:
    check_sample_rate(raw.sample_rate)
    if raw.n_channels > limits.max_channels:
        raise too_many_channels(limits)
    frame_bytes = SAMPLE_BYTES[raw.sample_format] * raw.n_channels
    says_empty = n_bytes is not None and n_bytes < frame_bytes
    if says_empty or len(encoded.peek(frame_bytes)) < frame_bytes:
        encoded.raise_failure()
        raise EmptyAudio("The audio has no samples.")
    known = encoded.remaining_bytes
    stated_s = None
    if known is not None:
        known = known if n_bytes is None else min(known, n_bytes)
        stated_s = known / frame_bytes / raw.sample_rate
        if known // frame_bytes > limits.max_duration_s * raw.sample_rate:
            raise too_long(limits)
    block_s = (_ARRIVING_BLOCK_S if encoded.is_arriving else BLOCK_S, BLOCK_S)

    def decoded() -> _Decoded:
        for block in read_pcm(encoded, raw, n_bytes, block_s):
            yield raw.sample_rate, block
        encoded.raise_failure()

    order = {"<": "le", ">": "be"}[raw.byte_order] if SAMPLE_BYTES[raw.sample_format] > 1 else ""
    codec = f"pcm_{raw.sample_format}{order}"
    facts = AudioFormat(container, codec, raw.sample_rate, raw.n_channels)
    return AudioStream(facts, decoded(), limits, lambda: None, stated_s)


def _at_16_khz(decoded: _Decoded, n_channels: int) -> Iterator[Int16Block]:
    resampler: Resampler | None = None
    for sample_rate, samples in decoded:
        if resampler is None or resampler.sample_rate != sample_rate:
            if resampler is not None:
                yield resampler.flush()
            resampler = Resampler(sample_rate, n_channels)
        # A decoder may return a long stretch; its blocks at 16 kHz must stay bounded too.
        step = int(sample_rate * LONGEST_BLOCK_S)
        for first in range(0, samples.shape[1], step):
            yield resampler.resample(samples[:, first : first + step])
    if resampler is not None:
        yield resampler.flush()


def _bounded(blocks: Iterator[Int16Block]) -> Iterator[Int16Block]:
    """Drop empty blocks; make the others contiguous, so that each channel is one run of memory."""
    for block in blocks:
        if block.shape[1]:
            yield np.ascontiguousarray(block)
