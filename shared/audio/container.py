"""Audio that is not plain PCM: demuxed and decoded by FFmpeg, through PyAV, in memory.

The attack surface of an uploaded file is kept small: one demuxer by name, no protocol (so no second
file and no address), audio decoders from a list, no video decoding, frames of bounded size, a limit
of packets that do not decode.
"""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import nullcontext

import av
import av.error
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream as AvAudioStream
from av.container import InputContainer
from av.stream import Discard

from shared.audio.format import (
    HIGHEST_SAMPLE_RATE,
    LOWEST_SAMPLE_RATE,
    AudioFormat,
    AudioLimits,
)
from shared.audio.mov_tracks import OneTrack, OneTrackForward
from shared.audio.pcm import Int16Block, int16_from_samples
from shared.audio.source import EncodedSource, SeekableBytes
from shared.errors import AudioTooLong, EmptyAudio, UnsupportedFormat

# fmt: off
_DECODERS = frozenset({
    "aac", "aac_latm", "ac3", "adpcm_ima_qt", "adpcm_ima_wav", "adpcm_ms", "alac", "amrnb",
    "amrwb", "eac3", "flac", "g722", "g723_1", "g726", "g726le", "g729", "gsm", "gsm_ms",
    "ilbc", "libopus", "mp1float", "mp2float", "mp3float", "mp1", "mp2", "mp3", "opus",
    "pcm_alaw", "pcm_bluray", "pcm_f32be", "pcm_f32le", "pcm_f64be", "pcm_f64le", "pcm_mulaw",
    "pcm_s16be", "pcm_s16be_planar", "pcm_s16le", "pcm_s16le_planar", "pcm_s24be", "pcm_s24le",
    "pcm_s24le_planar", "pcm_s32be", "pcm_s32le", "pcm_s32le_planar", "pcm_s8", "pcm_s8_planar",
    "pcm_u8", "speex", "truespeech", "vorbis", "wmalossless", "wmapro", "wmav1", "wmav2",
    "wmavoice",
})
# fmt: on
# Demuxers that seek; all others read forward.
_SEEKING_DEMUXERS = {"mov", "aiff", "avi", "caf", "wav", "w64"}
# These headers state a length; FFmpeg estimates that of other containers from the bit rate.
_WITH_STATED_LENGTH = {"mov", "flac"}

# Limit of the boxes before the index or the samples of an MP4: brand, padding, small metadata.
_LONGEST_MOV_PREFIX_BYTES = 65_536

# 22 s at 48 kHz: no speech codec has longer frames; without a limit, PCM "frames" of a broken or
# hostile container could be as long as the file.
_LARGEST_FRAME_SAMPLES = 1 << 20
# Decoders start within a few packets; a few lost minutes may be skipped, an endless index may not.
_UNDECODABLE_PACKETS = 5_000
_UNREADABLE_PACKETS = 16

# Errors of PyAV for invalid bytes: FFmpeg's own, tags that are no text, formats without an array
# type, sizes that exceed memory.
_AV_ERRORS = (av.FFmpegError, ValueError, MemoryError, OverflowError)


# One table of an MP4 may claim 80 million samples in a few bytes; FFmpeg believed it and took
# 2.9 GB. With this ceiling on a single allocation an index holds 1.4 million samples of 24 bytes:
# five hours of AAC are 843,750 at 48 kHz (20 MB), and such a file ends in an error with 0.1 GB at
# most. That is for one track, the only one of an MP4 that FFmpeg sees.
# PyAV does not wrap the call; its compiled modules are linked with the library that exports it.
_LARGEST_ALLOCATION_BYTES = 32 << 20
_libavutil = ctypes.CDLL(av.error.__file__)
_libavutil.av_max_alloc.argtypes = [ctypes.c_size_t]
_libavutil.av_max_alloc.restype = None
_libavutil.av_max_alloc(_LARGEST_ALLOCATION_BYTES)


# Whole files that are opened at the same time, since opening builds an index. Bytes that still
# arrive need no slot: one slow client could block all others.
_OPEN_SLOTS = threading.BoundedSemaphore(2)
# An index with more samples than the bytes can hold, even in codings that count uncompressed
# samples, is refused before the audio is read.
_MOST_SAMPLES_PER_BYTE = 64


class ContainerDecoder:
    """The first audio stream of a container, decoded up to its first frame.

    Raises
    ------
    UnsupportedFormat: no audio stream, an unknown coding, or no packet decodes.
    EmptyAudio: an audio stream without a packet.
    AudioTooLong: the header states more than `limits` allow.
    """

    def __init__(self, source: EncodedSource, demuxer: str, limits: AudioLimits) -> None:
        self._source = source
        self._limits = limits
        self._container: InputContainer | None = None
        self._frames: Iterator[av.AudioFrame] = iter(())
        self._first: av.AudioFrame | None = None
        try:
            self.format = self._start(demuxer)
        except BaseException:
            self.close()
            raise

    def blocks(self, block_s: float) -> Iterator[tuple[int, Int16Block]]:
        """Pairs of sample rate (Hz) and int16 samples, shape (n_channels, n_samples).

        A block has about `block_s` seconds. The rate may change within the audio (chained Ogg);
        channels are converted to the number that `format` states.
        """
        gathered: list[np.ndarray] = []
        n_gathered, rate = 0, self.format.sample_rate
        for frame in self._all_frames():
            samples = self._channel_rows(frame)
            if gathered and (frame.sample_rate != rate or samples.dtype != gathered[0].dtype):
                yield rate, int16_from_samples(np.concatenate(gathered, axis=1))
                gathered, n_gathered = [], 0
            rate = frame.sample_rate
            gathered.append(samples)
            n_gathered += samples.shape[1]
            if n_gathered >= rate * block_s:
                yield rate, int16_from_samples(np.concatenate(gathered, axis=1))
                gathered, n_gathered = [], 0
        self._source.raise_failure()
        if gathered:
            yield rate, int16_from_samples(np.concatenate(gathered, axis=1))

    def close(self) -> None:
        """Free FFmpeg's memory at once."""
        close_frames = getattr(self._frames, "close", None)
        if close_frames is not None:
            close_frames()
        self._frames = iter(())
        self._first = None
        if self._container is not None:
            self._container.close()
            self._container = None

    def _start(self, demuxer: str) -> AudioFormat:
        size_bytes = self._source.remaining_bytes
        with nullcontext() if size_bytes is None else _OPEN_SLOTS:
            self._container = _open(self._source, demuxer)
        stream = _first_audio_stream(self._container)
        if size_bytes is not None and stream.frames > _MOST_SAMPLES_PER_BYTE * size_bytes:
            raise UnsupportedFormat("The index lists more samples than the bytes can hold.")
        codec = self._checked_codec(stream)
        if demuxer in _WITH_STATED_LENGTH:
            self._check_stated_length(stream)
        self._frames = self._decode(self._container, stream, codec)
        self._first = next(self._frames, None)
        self._source.raise_failure()
        if self._first is None:
            raise EmptyAudio("The audio has no samples.")
        return AudioFormat(
            demuxer,
            codec.codec.canonical_name,
            self._first.sample_rate,
            len(self._first.layout.channels),
        )

    def _all_frames(self) -> Iterator[av.AudioFrame]:
        if self._first is not None:
            first, self._first = self._first, None
            yield first
        yield from self._frames

    def _checked_codec(self, stream: AvAudioStream) -> AudioCodecContext:
        codec = stream.codec_context
        if codec is None or codec.name not in _DECODERS:
            raise UnsupportedFormat("The audio is coded in a way that is not supported.")
        self._check_channels(codec.channels)
        # One thread, this one: by default FFmpeg starts one thread per core.
        codec.thread_count = 1
        codec.options = {"max_samples": str(_LARGEST_FRAME_SAMPLES)}
        return codec

    def _check_stated_length(self, stream: AvAudioStream) -> None:
        if stream.duration is None or not stream.time_base:
            return
        if float(stream.duration * stream.time_base) > self._limits.max_duration_s:
            raise too_long(self._limits)

    def _check_channels(self, n_channels: int) -> None:
        if n_channels > self._limits.max_channels:
            raise too_many_channels(self._limits)

    def _channel_rows(self, frame: av.AudioFrame) -> np.ndarray:
        """Arrange decoded samples by channel, shape (n_channels of `format`, n_samples)."""
        n_channels = len(frame.layout.channels)
        samples: np.ndarray = frame.to_ndarray()
        if not frame.format.is_planar:
            samples = samples.reshape(-1, n_channels).T
        if n_channels == self.format.n_channels:
            return samples
        mono = samples[:1] if n_channels == 1 else samples.mean(axis=0, keepdims=True)
        return np.repeat(mono.astype(samples.dtype), self.format.n_channels, axis=0)

    def _decode(
        self, container: InputContainer, stream: AvAudioStream, codec: AudioCodecContext
    ) -> Iterator[av.AudioFrame]:
        """Yield the frames of the stream. A packet that does not decode is skipped."""
        n_undecodable, n_frames, any_broken = 0, 0, False
        for packet in _packets(container, stream):
            try:
                frames = codec.decode(packet)
            except av.EOFError:
                break
            except _AV_ERRORS:
                frames, any_broken = [], True
            n_undecodable = 0 if frames else n_undecodable + 1
            if n_undecodable > _UNDECODABLE_PACKETS:
                break
            for frame in frames:
                if frame.samples == 0:
                    continue
                self._check_channels(len(frame.layout.channels))
                check_sample_rate(frame.sample_rate)
                n_frames += 1
                yield frame
        if any_broken and n_frames == 0 and self._source.failure is None:
            raise UnsupportedFormat("Nothing of this audio can be decoded.")


def check_sample_rate(sample_rate: int) -> None:
    """Refuse a rate (Hz) outside the range of recordings, where resampling filters explode."""
    if not LOWEST_SAMPLE_RATE <= sample_rate <= HIGHEST_SAMPLE_RATE:
        raise UnsupportedFormat(
            f"The sample rate must be {LOWEST_SAMPLE_RATE} to {HIGHEST_SAMPLE_RATE} Hz."
        )


def too_long(limits: AudioLimits) -> AudioTooLong:
    """Build the error for more seconds than `limits` allow."""
    return AudioTooLong(f"The audio lasts more than {limits.max_duration_s:g} s.")


def too_many_channels(limits: AudioLimits) -> UnsupportedFormat:
    """Build the error for more channels than `limits` allow."""
    return UnsupportedFormat(f"The audio has more than {limits.max_channels} channels.")


def _open(source: EncodedSource, demuxer: str) -> InputContainer:
    options = {
        # No protocol has this name: references of a container to other files open nothing.
        "protocol_whitelist": "none",
        "codec_whitelist": ",".join(sorted(_DECODERS)),
        # A second track of an MP4 that is not hidden below is in an invalid place.
        "max_streams": "1" if demuxer == "mov" else "16",
    }
    may_seek = demuxer in _SEEKING_DEMUXERS and not (
        demuxer == "mov" and source.is_arriving and _index_comes_first(source)
    )
    file: _ForwardOnly | OneTrackForward | SeekableBytes
    if demuxer == "mov":
        file = OneTrack(source.random_access()) if may_seek else OneTrackForward(source)
    else:
        file = source.random_access() if may_seek else _ForwardOnly(source)
    try:
        return av.open(file, "r", format=demuxer, container_options=options)
    except _AV_ERRORS:
        source.raise_failure()
        raise UnsupportedFormat("No decoder understands these bytes.") from None


def _index_comes_first(source: EncodedSource) -> bool:
    """Whether the index (`moov`) of an MP4 precedes its samples, so that it can be read forward."""
    position = 0
    while position < _LONGEST_MOV_PREFIX_BYTES:
        box = source.peek(position + 8)[position:]
        size = int.from_bytes(box[:4], "big")
        if len(box) < 8 or size < 8 or box[4:] == b"mdat":
            return False
        if box[4:] == b"moov":
            return True
        position += size
    return False


class _ForwardOnly:
    """A source for FFmpeg that cannot seek: it has only `read`."""

    def __init__(self, source: EncodedSource) -> None:
        self.read = source.read


def _first_audio_stream(container: InputContainer) -> AvAudioStream:
    audio = list(container.streams.audio)
    if not audio:
        raise UnsupportedFormat("There is no audio stream in these bytes.")
    for stream in container.streams:
        if stream.index != audio[0].index:
            stream.discard = Discard.all
    return audio[0]


def _packets(
    container: InputContainer, stream: AvAudioStream
) -> Iterator["av.Packet[AvAudioStream]"]:
    """Yield the packets of the stream and the empty one that flushes its decoder.

    A stretch that the demuxer cannot read is skipped, as players do.
    """
    n_unreadable = 0
    while n_unreadable < _UNREADABLE_PACKETS:
        try:
            for packet in container.demux(stream):
                n_unreadable = 0
                yield packet
        except _AV_ERRORS:
            n_unreadable += 1
        else:
            return
