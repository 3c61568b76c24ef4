"""Real speech in files whose channels, clock or byte order are awkward, with the base model."""

import io
import struct
import wave
from fractions import Fraction

import av
import numpy as np
import pytest

from shared.audio.channels import MonoMixer
from shared.audio.stream import open_audio
from shared.recognition.options import RecognitionOptions
from shared.transcript import Phrase

pytestmark = pytest.mark.speech

CLIPS = ("en_read/jfk.flac", "en_read/1688-142285-0002.flac")
RATE = 16_000
PAUSE_S = 5.0


@pytest.fixture(scope="module", params=CLIPS)
def clip(request, speech_data, reference):
    """Samples of a clip, int16, and the words in it."""
    with open_audio((speech_data / request.param).read_bytes()) as stream:
        samples = np.concatenate([MonoMixer().mix(block) for block in stream])
    return samples, reference(request.param)


@pytest.fixture(scope="module")
def phrases_of(transcriber):
    def phrases_of(file):
        with open_audio(file) as stream:
            results = list(transcriber.recognise(stream, RecognitionOptions(locales=("en-US",))))
        return [result for result in results if isinstance(result, Phrase)]

    return phrases_of


def text_of(phrases):
    return " ".join(phrase.best.display for phrase in phrases)


def wav_of(*channels):
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(len(channels))
        wav.setsampwidth(2)
        wav.setframerate(RATE)
        wav.writeframes(np.stack(channels, axis=1).astype("<i2").tobytes())
    return file.getvalue()


@pytest.mark.parametrize("gain", [-1.0, -0.8])
def test_speech_in_opposite_phase_is_read(clip, phrases_of, word_error_rate, gain):
    """The plain mean of the two has no speech at all."""
    samples, said = clip
    phrases = phrases_of(wav_of(samples, np.rint(gain * samples)))
    assert word_error_rate(said, text_of(phrases)) <= 0.1


def test_rifx_is_read(clip, phrases_of, word_error_rate):
    samples, said = clip
    encoded = samples.astype(">i2").tobytes()
    fmt = struct.pack(">HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16)
    body = b"WAVEfmt " + struct.pack(">I", 16) + fmt + b"data" + struct.pack(">I", len(encoded))
    file = b"RIFX" + struct.pack(">I", len(body) + len(encoded)) + body + encoded
    assert word_error_rate(said, text_of(phrases_of(file))) <= 0.1


def test_speech_behind_a_gap_has_the_time_of_the_file(clip, phrases_of, word_error_rate):
    """A recorder that was paused for 5 s in the middle of a WebM."""
    samples, said = clip
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as output:
        sound = output.add_stream("libopus", rate=48_000, layout="mono")
        for first in range(0, samples.size, 320):
            part = np.repeat(samples[first : first + 320], 3)[np.newaxis]
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(part), "s16p", "mono")
            pause_s = PAUSE_S if 2 * first > samples.size else 0.0
            frame.sample_rate, frame.time_base = 48_000, Fraction(1, 48_000)
            frame.pts = 3 * first + round(48_000 * pause_s)
            output.mux(sound.encode(frame))
        output.mux(sound.encode(None))
    phrases = phrases_of(file.getvalue())
    assert word_error_rate(said, text_of(phrases)) <= 0.25  # the pause cuts a word
    last = phrases[-1]
    assert last.offset_s > samples.size / RATE / 2 + PAUSE_S - 1.0
    end_s = last.offset_s + last.duration_s
    assert end_s == pytest.approx(samples.size / RATE + PAUSE_S, abs=1.0)
