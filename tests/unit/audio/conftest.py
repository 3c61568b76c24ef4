"""Tones, encoded in memory at test time."""

import io
import struct
from collections.abc import Callable

import av
import numpy as np
import pytest

LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


def tone(frequency_hz, sample_rate, duration_s=1.0, level=0.5):
    """Make a sine, int16, shape (n_samples,); `level` 1.0 is full scale."""
    time_s = np.arange(round(sample_rate * duration_s)) / sample_rate
    return np.rint(level * 32_767 * np.sin(2 * np.pi * frequency_hz * time_s)).astype(np.int16)


def encode(container, codec, samples, sample_rate, *, options=None, codec_options=None):
    """Write int16 samples, shape (n_channels, n_samples), as the bytes of a file."""
    file = io.BytesIO()
    layout = LAYOUTS[samples.shape[0]]
    with av.open(file, "w", format=container, options=options or {}) as output:
        stream = output.add_stream(codec, rate=sample_rate, layout=layout)
        stream.options = codec_options or {}
        for first in range(0, samples.shape[1], 4_096):
            part = np.ascontiguousarray(samples[:, first : first + 4_096])
            frame = av.AudioFrame.from_ndarray(part, "s16p", layout)
            frame.sample_rate, frame.pts = sample_rate, first
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()


@pytest.fixture(name="tone", scope="session")
def tone_fixture() -> Callable[..., np.ndarray]:
    return tone


@pytest.fixture(name="encode", scope="session")
def encode_fixture() -> Callable[..., bytes]:
    return encode


@pytest.fixture(scope="session")
def level_db():
    """Level of one frequency in int16 samples at 16 kHz, in dB of full scale."""

    def measure(samples, frequency_hz):
        middle = samples[1_600:-1_600].astype(float) / 32_768
        window = np.hanning(middle.size)
        wave = np.exp(-2j * np.pi * frequency_hz * np.arange(middle.size) / 16_000)
        return 20 * np.log10(2 * abs(np.sum(middle * window * wave)) / window.sum() + 1e-9)

    return measure


@pytest.fixture(scope="session")
def pcm_wav():
    """WAV files written chunk by chunk, also wrong ones."""
    return _PcmWav()


class _PcmWav:
    @staticmethod
    def chunk(name, body, size=None, *, order="little"):
        padding = b"\0" * (len(body) % 2)
        return name + (len(body) if size is None else size).to_bytes(4, order) + body + padding

    @staticmethod
    def fmt(tag, n_channels, sample_rate, bits, *, frame_bytes=None, order="little"):
        frame_bytes = n_channels * bits // 8 if frame_bytes is None else frame_bytes
        numbers = ((tag, 2), (n_channels, 2), (sample_rate, 4), (0, 4), (frame_bytes, 2), (bits, 2))
        return b"".join(number.to_bytes(width, order) for number, width in numbers)

    def file(self, *chunks, riff=b"RIFF", size=None):
        body = b"WAVE" + b"".join(chunks)
        length = len(body) if size is None else size
        return riff + struct.pack(">I" if riff == b"RIFX" else "<I", length) + body

    def rifx(self, fmt, encoded, size=None):
        """Write a file with the most significant byte first, of a `fmt ` chunk and samples."""
        return self.file(
            self.chunk(b"fmt ", fmt, order="big"),
            self.chunk(b"data", encoded, size, order="big"),
            riff=b"RIFX",
        )

    def of(self, samples, sample_rate=16_000):
        """Write a plain 16 bit file of int16 samples, shape (n_channels, n_samples)."""
        fmt = self.fmt(1, samples.shape[0], sample_rate, 16)
        data = np.ascontiguousarray(samples.T).astype("<i2").tobytes()
        return self.file(self.chunk(b"fmt ", fmt), self.chunk(b"data", data))
