"""Audio that is not plain PCM: demuxed and decoded by FFmpeg, through PyAV, in memory.

The attack surface of an uploaded file is kept small: one demuxer by name, no protocol (so no second
file and no address), audio decoders from a list, no video decoding, frames of bounded size, a limit
of packets that do not decode.
"""

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any, cast

import av
import av.error
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream as AvAudioStream
from av.container import InputContainer
from av.stream import Discard, Disposition
from av.video.stream import VideoStream

from shared.audio.amr import SILENT_FRAMES, silent_samples
from shared.audio.format import (
    HIGHEST_SAMPLE_RATE,
    LOWEST_SAMPLE_RATE,
    UNKNOWN_FORMAT,
    AudioFormat,
    AudioLimits,
)
from shared.audio.frame_clock import FrameClock
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
# These store timestamps. FFmpeg counts those of other containers from bytes or frames, which is
# wrong after damage and for a variable bit rate.
_WITH_TIMESTAMPS = {"asf", "matroska", "mov", "mpegts", "ogg"}
# A block of silence is as long as most blocks of sound.
_SILENCE_S = 1.0

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

    `stated_s` has the seconds that the header states, or an estimate from size and bit rate; None
    where neither is there.

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
        self._clock = FrameClock(None)
        self._undecoded_end_s: float | None = None
        self.stated_s: float | None = None
        try:
            self.format = self._start(demuxer)
        except BaseException:
            self.close()
            raise

    def blocks(self, block_s: float) -> Iterator[tuple[int, Int16Block]]:
        """Pairs of sample rate (Hz) and int16 samples, shape (n_channels, n_samples).

        A block has about `block_s` seconds. The rate may change within the audio (chained Ogg);
        channels are converted to the number that `format` states. Silence stands where the
        timestamps leave a gap.

        Raises
        ------
        AudioTooLong: a gap ends beyond the limit; at once, not after hours of silence.
        """
        gathered: list[np.ndarray] = []
        n_gathered, rate = 0, self.format.sample_rate
        for frame in self._all_frames():
            silence_s = self._gap_before(_timestamp_s(frame))
            samples = self._channel_rows(frame)
            if gathered and (
                silence_s or frame.sample_rate != rate or samples.dtype != gathered[0].dtype
            ):
                yield rate, int16_from_samples(np.concatenate(gathered, axis=1))
                gathered, n_gathered = [], 0
            rate = frame.sample_rate
            yield from self._silence(silence_s, rate)
            self._clock.advance(samples.shape[1] / rate)
            gathered.append(samples)
            n_gathered += samples.shape[1]
            if n_gathered >= rate * block_s:
                yield rate, int16_from_samples(np.concatenate(gathered, axis=1))
                gathered, n_gathered = [], 0
        self._source.raise_failure()
        if gathered:
            yield rate, int16_from_samples(np.concatenate(gathered, axis=1))
        # The last packets may not decode.
        yield from self._silence(self._gap_before(self._undecoded_end_s), rate)

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
        file = _file_for(self._source, demuxer)
        with nullcontext() if size_bytes is None else _OPEN_SLOTS:
            self._container = _open(self._source, demuxer, file)
        stream = _first_audio_stream(self._container)
        if size_bytes is not None and stream.frames > _MOST_SAMPLES_PER_BYTE * size_bytes:
            raise UnsupportedFormat("The index lists more samples than the bytes can hold.")
        codec = self._checked_codec(stream)
        if demuxer in _WITH_STATED_LENGTH:
            self._check_stated_length(stream)
        self._has_timestamps = demuxer in _WITH_TIMESTAMPS
        origin_s = _origin_s(self._container, file)
        self._clock = FrameClock(
            origin_s,
            # FFmpeg counts the first page of FLAC in Ogg from 0, whatever time it states.
            begins_with_guess=demuxer == "ogg" and codec.name == "flac",
        )
        self._frames = self._decode(self._container, stream, codec)
        self._first = next(self._frames, None)
        self._source.raise_failure()
        if self._first is None:
            raise EmptyAudio("The audio has no samples.")
        self.stated_s = _stated_s(self._container, stream, size_bytes)
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

    def _gap_before(self, timestamp_s: float | None) -> float:
        return self._clock.silence_before(timestamp_s) if self._has_timestamps else 0.0

    def _silence(self, duration_s: float, rate: int) -> Iterator[tuple[int, Int16Block]]:
        """Blocks of silence, made as they are read: a gap may last hours."""
        if duration_s and self._clock.position_s + duration_s > self._limits.max_duration_s:
            raise too_long(self._limits)
        n_left, most = round(duration_s * rate), round(_SILENCE_S * rate)
        while n_left > 0:
            n_samples = min(n_left, most)
            yield rate, np.zeros((self.format.n_channels, n_samples), np.int16)
            self._clock.advance(n_samples / rate)
            n_left -= n_samples

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
        # The segment index of fragments states the end, which begins with the broadcast.
        start = max(0, stream.start_time or 0)
        stated = stream.duration - start if start < stream.duration else stream.duration
        if float(stated * stream.time_base) > self._limits.max_duration_s:
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
        # PyAV crashes where this is asked after the decoder could not be opened.
        codec_name = codec.name
        n_undecodable, n_frames, any_broken = 0, 0, False
        for packet in _packets(container, stream, self._clock.start_at):
            try:
                frames = _silent_frames(packet, codec_name) or codec.decode(packet)
            except av.EOFError:
                break
            except _AV_ERRORS:
                frames, any_broken = [], True
                self._undecoded_end_s = _end_s(packet)
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


class _ForwardOnly:
    """A source for FFmpeg that cannot seek: it has only `read`."""

    def __init__(self, source: EncodedSource) -> None:
        self.read = source.read


_File = _ForwardOnly | OneTrack | OneTrackForward | SeekableBytes


def _file_for(source: EncodedSource, demuxer: str) -> _File:
    """Give a demuxer as much of a file as it needs; an MP4 is looked at first."""
    may_seek = demuxer in _SEEKING_DEMUXERS and not (
        demuxer == "mov" and source.is_arriving and _index_comes_first(source)
    )
    if demuxer == "mov":
        return OneTrack(source.random_access()) if may_seek else OneTrackForward(source)
    return source.random_access() if may_seek else _ForwardOnly(source)


def _open(source: EncodedSource, demuxer: str, file: _File) -> InputContainer:
    options = {
        # No protocol has this name: references of a container to other files open nothing.
        "protocol_whitelist": "none",
        "codec_whitelist": ",".join(sorted(_DECODERS)),
        # A second track of an MP4 that is not hidden below is in an invalid place.
        "max_streams": "1" if demuxer == "mov" else "16",
    }
    try:
        return av.open(file, "r", format=demuxer, container_options=options)
    except _AV_ERRORS:
        source.raise_failure()
        raise UnsupportedFormat(UNKNOWN_FORMAT) from None


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


def _origin_s(container: InputContainer, file: _File) -> float | None:
    """Timestamp of the earliest sound or picture, None where no stream states its own.

    A stream that was cut out of a broadcast starts at any time; only what lies between its own
    sound and pictures counts. Covers and subtitles have no time that matters.
    """
    starts_s = [
        float(stream.start_time * stream.time_base)
        for stream in (*container.streams.audio, *_moving_pictures(container))
        if stream.start_time is not None and stream.time_base
    ]
    if isinstance(file, OneTrack | OneTrackForward) and file.start_s is not None:
        starts_s.append(file.start_s)
    return min(starts_s, default=None)


def _timestamp_s(frame: av.AudioFrame) -> float | None:
    if frame.pts is None or not frame.time_base:
        return None
    return float(frame.pts * frame.time_base)


def _stated_s(
    container: InputContainer, stream: AvAudioStream, size_bytes: int | None
) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.duration:
        return container.duration / av.time_base
    bit_rate = stream.codec_context.bit_rate
    # Streams without an index, such as MP3: there the bytes are those of the audio.
    if size_bytes and bit_rate and len(container.streams) == 1:
        return size_bytes * 8 / bit_rate
    return None


def _start_s(packet: "av.Packet[Any]") -> float | None:
    if packet.pts is None or not packet.time_base:
        return None
    return float(packet.pts * packet.time_base)


def _end_s(packet: "av.Packet[Any]") -> float | None:
    if packet.pts is None or not packet.time_base:
        return None
    return float((packet.pts + (packet.duration or 0)) * packet.time_base)


def _silent_frames(packet: "av.Packet[AvAudioStream]", codec_name: str) -> list[av.AudioFrame]:
    """The frame that an AMR packet without speech stands for."""
    if codec_name not in SILENT_FRAMES or not packet.size:
        return []
    n_samples = silent_samples(codec_name, bytes(packet))
    if not n_samples:
        return []
    frame = av.AudioFrame.from_ndarray(np.zeros((1, n_samples), np.float32), "fltp", "mono")
    frame.sample_rate, frame.pts, frame.time_base = 50 * n_samples, packet.pts, packet.time_base
    return [frame]


def _first_audio_stream(container: InputContainer) -> AvAudioStream:
    audio = list(container.streams.audio)
    if not audio:
        raise UnsupportedFormat("There is no audio stream in these bytes.")
    pictures = _moving_pictures(container)
    for stream in container.streams:
        if stream.index != audio[0].index and stream not in pictures:
            stream.discard = Discard.all
    return audio[0]


def _moving_pictures(container: InputContainer) -> list[VideoStream]:
    """Video streams, but no covers."""
    return [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic
    ]


def _packets(
    container: InputContainer, stream: AvAudioStream, start_at: Callable[[float], object]
) -> Iterator["av.Packet[AvAudioStream]"]:
    """Yield the packets of the stream and the empty one that flushes its decoder.

    A stretch that the demuxer cannot read is skipped, as players do. Pictures before the first
    sound are passed to `start_at`: FFmpeg's own start of H.264 is that of the last of them.
    """
    n_unreadable = 0
    pictures = _moving_pictures(container)
    while n_unreadable < _UNREADABLE_PACKETS:
        try:
            for packet in container.demux(stream, *pictures):
                n_unreadable = 0
                if packet.stream.index == stream.index:
                    yield cast("av.Packet[AvAudioStream]", packet)
                    for picture in pictures:
                        picture.discard = Discard.all
                    pictures = []
                elif pictures and (start_s := _start_s(packet)) is not None:
                    start_at(start_s)
        except _AV_ERRORS:
            n_unreadable += 1
        else:
            return
