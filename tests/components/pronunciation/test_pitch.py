"""The network of swift-f0 on tones and noise made here."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from shared.pronunciation.prosody.pitch import FRAME_S, track_pitch

RATE = 16_000


@pytest.mark.parametrize("f0_hz", [90, 150, 220, 380])
def test_a_steady_voice_has_its_pitch(voice, f0_hz):
    track = track_pitch(voice(f0_hz, 1.0))
    assert track.voiced.mean() > 0.9
    assert np.median(track.f0_hz[track.voiced]) == pytest.approx(f0_hz, rel=0.02)


def test_a_voice_that_rises_by_an_octave_is_followed(voice):
    track = track_pitch(voice(np.geomspace(120, 240, 2 * RATE), 2.0))
    times_s = np.arange(len(track.f0_hz)) * track.frame_s
    expected_hz = 120 * 2 ** (times_s / 2)
    error = np.abs(track.f0_hz[5:-5] / expected_hz[5:-5] - 1)
    assert np.median(error) < 0.02


@pytest.mark.parametrize("kind", ["silence", "whisper", "click"])
def test_there_is_no_pitch_without_a_voice(kind):
    audio = np.zeros(2 * RATE, np.float32)
    if kind == "whisper":
        audio = 0.05 * np.random.default_rng(0).standard_normal(2 * RATE).astype(np.float32)
    elif kind == "click":
        audio[RATE] = 1.0
    track = track_pitch(audio)
    assert track.voiced.mean() < 0.1
    assert not track.f0_hz[~track.voiced].any()


@pytest.mark.parametrize("n_samples", [0, 1, 255, 256, 700])
def test_short_audio_has_its_whole_frames(n_samples):
    assert track_pitch(np.zeros(n_samples, np.float32)).f0_hz.shape == (n_samples // 256,)


def test_values_that_are_no_numbers_count_as_silence(voice):
    audio = voice(150, 1.0)
    audio[::997] = np.nan
    assert np.isfinite(track_pitch(audio).f0_hz).all()


def test_long_audio_read_in_windows_has_the_pitch_of_its_parts(voice):
    """13 s are four windows; the voice changes every second."""
    parts = [voice(f0_hz, 1.024) for f0_hz in (100, 140, 180) * 4]
    track = track_pitch(np.concatenate(parts))
    for index, expected_hz in enumerate((100, 140, 180) * 4):
        first = round(index * 1.024 / FRAME_S)
        assert np.median(track.f0_hz[first + 8 : first + 56]) == pytest.approx(
            expected_hz, rel=0.02
        )


def test_threads_share_the_network(voice):
    audio = voice(150, 1.0)
    with ThreadPoolExecutor(4) as threads:
        tracks = list(threads.map(track_pitch, [audio] * 8))
    assert all(np.allclose(track.f0_hz, tracks[0].f0_hz) for track in tracks)
