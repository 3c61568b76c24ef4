"""Samples to encoded audio: what comes out can be read again, and nothing is written."""

import builtins
import io
import struct
import tempfile

import av
import numpy as np
import pytest

from shared.audio.encode import AudioEncoder, Container, Encoding

RATES = {"libopus": 24_000, "pcm_alaw": 8_000, "pcm_mulaw": 8_000}
IN_CONTAINERS = [
    (Container.WAV, "pcm_s16le"),
    (Container.WAV, "pcm_alaw"),
    (Container.WAV, "pcm_mulaw"),
    (Container.MP3, "libmp3lame"),
    (Container.OGG, "libopus"),
    (Container.WEBM, "libopus"),
    (Container.FLAC, "flac"),
    (Container.ADTS, "aac"),
]


def tone(duration_s, sample_rate):
    phase = 2 * np.pi * 440 * np.arange(round(duration_s * sample_rate)) / sample_rate
    return np.rint(8_000 * np.sin(phase)).astype(np.int16)


def encode(encoding, *pieces, n_samples=None):
    encoder = AudioEncoder(encoding, n_samples)
    return [*(encoder.encode(piece) for piece in pieces), encoder.finish()]


def decode(encoded):
    """Samples of -1 to 1 and their rate."""
    with av.open(io.BytesIO(encoded)) as container:
        frames = list(container.decode(audio=0))
    converted = [frame.to_ndarray().astype(float).reshape(-1) for frame in frames]
    full_scale = 32_768 if frames[0].format.name.startswith("s16") else 1
    return np.concatenate(converted) / full_scale, frames[0].sample_rate


@pytest.mark.parametrize(("container", "codec"), IN_CONTAINERS)
def test_encoded_audio_can_be_decoded(container, codec):
    """As long as it was, but for the frames that a codec adds, and as loud."""
    rate = RATES.get(codec, 24_000)
    pieces = encode(Encoding(container, codec, rate), tone(1.0, rate), tone(1.0, rate))
    samples, decoded_rate = decode(b"".join(pieces))
    assert len(samples) / decoded_rate == pytest.approx(2.0, abs=0.1)
    assert np.sqrt(np.mean(samples**2)) == pytest.approx(8_000 / 32_768 / np.sqrt(2), rel=0.08)


@pytest.mark.parametrize(("container", "codec"), IN_CONTAINERS)
def test_a_sentence_leaves_before_the_next_is_there(container, codec):
    """At least half of it: an encoder keeps a few frames back."""
    rate = RATES.get(codec, 24_000)
    first, second, _ = encode(Encoding(container, codec, rate), tone(2.0, rate), tone(2.0, rate))
    assert len(first) > len(second) / 2


@pytest.mark.parametrize(
    ("codec", "first"), [("pcm_s16le", None), ("pcm_alaw", 0xD5), ("pcm_mulaw", 0xFF)]
)
def test_raw_samples_are_samples_alone(codec, first):
    """Silence in A-law is 0xD5, in µ-law 0xFF."""
    silence = np.zeros(800, np.int16)
    encoded = b"".join(encode(Encoding(Container.RAW, codec, 8_000), silence))
    assert len(encoded) == (1_600 if codec == "pcm_s16le" else 800)
    assert set(encoded) == {first or 0}


@pytest.mark.parametrize(("bit_rate", "packet_bytes"), [(24_000, 60), (32_000, 80), (48_000, 120)])
def test_packets_of_opus_have_one_size(bit_rate, packet_bytes):
    """Without a container nothing else would tell them apart; each decodes to 20 ms."""
    encoding = Encoding(Container.RAW, "libopus", 24_000, bit_rate)
    encoded = b"".join(encode(encoding, tone(1.0, 24_000)))
    assert len(encoded) % packet_bytes == 0
    assert len(encoded) // packet_bytes in {50, 51}
    decoder = av.CodecContext.create("opus", "r")
    decoder.sample_rate, decoder.layout = 48_000, "mono"
    n_samples = sum(
        frame.samples
        for start in range(0, len(encoded), packet_bytes)
        for frame in decoder.decode(av.Packet(encoded[start : start + packet_bytes]))
    )
    assert n_samples / 48_000 == pytest.approx(1.0, abs=0.03)


def test_the_header_of_wav_has_the_length_if_it_is_known():
    encoding = Encoding(Container.WAV, "pcm_s16le", 24_000)
    header, *_ = encode(encoding, np.zeros(100, np.int16), n_samples=100)
    assert struct.unpack("<4sI4s", header[:12]) == (b"RIFF", 36 + 200, b"WAVE")
    assert struct.unpack("<HHIIHH", header[20:36]) == (1, 1, 24_000, 48_000, 2, 16)
    assert struct.unpack("<4sI", header[36:44]) == (b"data", 200)


def test_no_samples_are_a_header():
    encoded = encode(Encoding(Container.WAV, "pcm_mulaw", 8_000))
    assert len(b"".join(encoded)) == 46
    assert b"".join(encode(Encoding(Container.RAW, "pcm_s16le", 8_000))) == b""


@pytest.mark.parametrize(("container", "codec"), IN_CONTAINERS)
def test_no_file_is_opened(monkeypatch, container, codec):
    def refuse(*_arguments, **_options):
        raise AssertionError

    monkeypatch.setattr(tempfile, "_mkstemp_inner", refuse)
    monkeypatch.setattr(builtins, "open", refuse)
    rate = RATES.get(codec, 24_000)
    assert b"".join(encode(Encoding(container, codec, rate), tone(0.5, rate)))


@pytest.mark.parametrize("codec", ["pcm_s16le", "pcm_alaw", "pcm_mulaw"])
@pytest.mark.parametrize("n_samples", [0, 1, 4_001, 8_000])
def test_sizes_of_a_wav_of_known_length_are_those_of_its_bytes(codec, n_samples):
    """An odd number of bytes is padded, which RIFF counts and `data` does not."""
    encoding = Encoding(Container.WAV, codec, 8_000)
    wav = b"".join(encode(encoding, tone(1.0, 8_000)[:n_samples], n_samples=n_samples))
    data = wav.index(b"data")
    n_bytes = n_samples * (2 if codec == "pcm_s16le" else 1)
    assert struct.unpack("<I", wav[data + 4 : data + 8]) == (n_bytes,)
    assert struct.unpack("<I", wav[4:8]) == (len(wav) - 8,)
    assert len(wav) == data + 8 + n_bytes + n_bytes % 2
