"""Encoding of samples, piece by piece, in memory.

WAV and raw samples are written here; other formats go through PyAV to a sink that only accepts
writes, so FFmpeg has no file to spill into (verified by system-call trace).
"""

import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import av
import numpy as np
import numpy.typing as npt

# Size fields of a WAV header of unknown length. FFmpeg writes the same to a pipe, and OpenAI to a
# stream of wav; FFmpeg and libsndfile then read to the end, and of a size of 0 libsndfile and
# Python's `wave` read nothing. `wave` finds 2,147,483,647 frames here, where 5 s are.
_UNKNOWN_BYTES = 0xFFFFFFFF
_WAV_TAGS = {"pcm_s16le": 1, "pcm_alaw": 6, "pcm_mulaw": 7}


class Container(StrEnum):
    """Container of the encoded audio. RAW is samples or packets one after the other."""

    RAW = "raw"
    WAV = "wav"
    MP3 = "mp3"
    OGG = "ogg"
    WEBM = "webm"
    FLAC = "flac"
    ADTS = "adts"


@dataclass(frozen=True, slots=True)
class Encoding:
    """Encoding of mono audio. `sample_rate` in Hz, `bit_rate` in bit/s where the codec has one.

    codec: FFmpeg's name of it.
    """

    container: Container
    codec: str
    sample_rate: int
    bit_rate: int | None = None


class AudioEncoder:
    """Encoder of one audio. Call `encode` for each piece, then `finish`.

    Parameters
    ----------
    n_samples: the whole length at the encoding's rate, if known; only a WAV header states it.
    """

    def __init__(self, encoding: Encoding, n_samples: int | None = None) -> None:
        self._encoding = encoding
        self._header = b""
        self._padding = b""
        self._sink = _Sink()
        self._stream: _PacketStream | _ContainerStream | None = None
        if encoding.container is Container.WAV:
            self._header = _wav_header(encoding, n_samples)
            # Chunks have an even number of bytes; the size of `data` leaves the padding out.
            self._padding = bytes((n_samples or 0) * _width(encoding) % 2)
        if encoding.container is Container.RAW and encoding.codec == "libopus":
            self._stream = _PacketStream(encoding, self._sink)
        elif encoding.codec != "pcm_s16le" or encoding.container not in {
            Container.RAW,
            Container.WAV,
        }:
            self._stream = _ContainerStream(encoding, self._sink)

    def encode(self, samples: npt.NDArray[np.int16]) -> bytes:
        """Encode samples, shape `(n_samples,)`, at the encoding's rate; may return b"" at first."""
        header, self._header = self._header, b""
        if self._stream is None:
            return header + samples.astype("<i2").tobytes()
        if len(samples):
            self._stream.write(samples)
        return header + self._sink.take()

    def finish(self) -> bytes:
        """Return the rest."""
        header, self._header = self._header, b""
        if self._stream is not None:
            self._stream.close()
        return header + self._sink.take() + self._padding


class _Sink:
    """A write-only file object, so that FFmpeg does not try to seek."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


# FFmpeg's own containers: its name for each, and the options that avoid seeking.
_FORMATS: dict[Container, tuple[str, dict[str, str]]] = {
    Container.MP3: ("mp3", {"write_xing": "0", "id3v2_version": "0"}),
    Container.OGG: ("ogg", {"page_duration": "200000"}),  # in microseconds; 1 s would wait
    Container.WEBM: ("webm", {"live": "1", "cluster_time_limit": "200"}),  # in milliseconds
    Container.FLAC: ("flac", {}),
    Container.ADTS: ("adts", {}),
}
_RAW_FORMATS = {"pcm_alaw": "alaw", "pcm_mulaw": "mulaw"}


class _ContainerStream:
    """An encoder of FFmpeg with one of FFmpeg's containers."""

    def __init__(self, encoding: Encoding, sink: _Sink) -> None:
        if encoding.codec in _RAW_FORMATS:  # `_wav_header` writes the header, if any
            name, options = _RAW_FORMATS[encoding.codec], dict[str, str]()
        else:
            name, options = _FORMATS[encoding.container]
        # Equal samples give equal bytes, without a library's version in them.
        options = options | {"flush_packets": "1", "fflags": "+bitexact"}
        self._container = av.open(sink, "w", format=name, options=options)
        stream: Any = self._container.add_stream(
            encoding.codec, rate=encoding.sample_rate, layout="mono"
        )
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        if encoding.bit_rate:
            stream.bit_rate = encoding.bit_rate
        self._stream = stream
        self._frames = _Frames(encoding.sample_rate)

    def write(self, samples: npt.NDArray[np.int16]) -> None:
        self._container.mux(self._stream.encode(self._frames.frame(samples)))

    def close(self) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()


class _PacketStream:
    """Opus without a container: packets of 20 ms, all of one size, so that they can be separated.

    At 24 kbit/s a packet has 60 bytes, at 32 kbit/s 80.
    """

    def __init__(self, encoding: Encoding, sink: _Sink) -> None:
        context: Any = av.CodecContext.create(encoding.codec, "w")
        context.sample_rate = encoding.sample_rate
        context.layout = "mono"
        context.format = "s16"
        context.bit_rate = encoding.bit_rate
        context.options = {"vbr": "off", "frame_duration": "20"}
        self._context = context
        self._sink = sink
        self._frames = _Frames(encoding.sample_rate)

    def write(self, samples: npt.NDArray[np.int16]) -> None:
        self._put(self._context.encode(self._frames.frame(samples)))

    def close(self) -> None:
        self._put(self._context.encode(None))

    def _put(self, packets: Any) -> None:
        for packet in packets:
            self._sink.write(bytes(packet))


class _Frames:
    """Frames of PyAV with the start time of each."""

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._n_samples = 0

    def frame(self, samples: npt.NDArray[np.int16]) -> av.AudioFrame:
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = self._sample_rate
        frame.pts = self._n_samples
        self._n_samples += len(samples)
        return frame


def _width(encoding: Encoding) -> int:
    """Bytes of a sample in a WAV file."""
    return 2 if encoding.codec == "pcm_s16le" else 1


def _wav_header(encoding: Encoding, n_samples: int | None) -> bytes:
    """RIFF header of mono samples; unknown sizes are the largest possible ones."""
    tag = _WAV_TAGS[encoding.codec]
    width = _width(encoding)
    rate = encoding.sample_rate
    form = struct.pack("<HHIIHH", tag, 1, rate, rate * width, width, 8 * width)
    if tag != 1:  # non-PCM formats also state the size of an extension: 0
        form += struct.pack("<H", 0)
    data_bytes = _UNKNOWN_BYTES if n_samples is None else n_samples * width
    riff_bytes = min(4 + 8 + len(form) + 8 + data_bytes + data_bytes % 2, _UNKNOWN_BYTES)
    return (
        struct.pack("<4sI4s4sI", b"RIFF", riff_bytes, b"WAVE", b"fmt ", len(form))
        + form
        + struct.pack("<4sI", b"data", data_bytes)
    )
