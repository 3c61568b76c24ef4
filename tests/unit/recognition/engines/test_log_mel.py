"""Whisper's input against values that follow from its definition."""

import numpy as np
import pytest

from shared.recognition.engines.log_mel import log_mel_spectrogram

SECOND = 16_000
ROUNDING = 1e-5  # what differs between processors, and between sums in another order


def tone(frequency_hz, duration_s=1.0, level=0.5):
    time_s = np.arange(round(duration_s * SECOND)) / SECOND
    return (level * np.sin(2 * np.pi * frequency_hz * time_s)).astype(np.float32)


def noise(duration_s, seed=7):
    n_samples = round(duration_s * SECOND)
    return (0.1 * np.random.default_rng(seed).standard_normal(n_samples)).astype(np.float32)


# Band whose centre is nearest on Slaney's scale: 3 mel per 200 Hz up to 1 kHz, and 27 mel per
# factor of 6.4 above; band k of n is centred at (k + 1) * 45.246 / (n + 1) mel.
@pytest.mark.parametrize(
    ("frequency_hz", "n_mels", "band"),
    [
        (440, 80, 11),
        (1_000, 80, 26),
        (4_000, 80, 62),
        (6_800, 80, 76),
        (440, 128, 18),
        (1_000, 128, 42),
        (4_000, 128, 99),
        (6_800, 128, 121),
    ],
)
def test_a_tone_is_loudest_in_the_band_around_its_frequency(frequency_hz, n_mels, band):
    log_mel = log_mel_spectrogram(tone(frequency_hz), 100, n_mels)
    assert set(log_mel[:, 10:90].argmax(axis=0)) == {band}


@pytest.mark.parametrize("n_mels", [80, 128])
@pytest.mark.parametrize("duration_s", [0.0, 0.001, 0.5, 1.0, 1.2345, 3.0])
def test_the_shape_follows_the_requested_frames_not_the_audio(duration_s, n_mels):
    log_mel = log_mel_spectrogram(noise(duration_s), 150, n_mels)
    assert log_mel.shape == (n_mels, 150)
    assert log_mel.dtype == np.float32
    assert log_mel.flags.c_contiguous


@pytest.mark.parametrize("n_mels", [80, 128])
def test_silence_is_the_same_number_everywhere(n_mels):
    """The floor of 1e-10 in power: (log10(1e-10) + 4) / 4."""
    log_mel = log_mel_spectrogram(np.zeros(SECOND, np.float32), 100, n_mels)
    np.testing.assert_allclose(log_mel, -1.5, atol=ROUNDING)


def test_the_range_is_eight_decades_below_the_loudest_band():
    log_mel = log_mel_spectrogram(tone(1_000), 300, 80)
    assert log_mel.max() - log_mel.min() == pytest.approx(8 / 4)


def test_ten_times_the_amplitude_is_two_decades_of_power():
    soft, loud = (log_mel_spectrogram(tone(1_000, level=level), 100, 80) for level in (0.05, 0.5))
    assert loud.max() - soft.max() == pytest.approx(2 / 4, abs=1e-4)


@pytest.mark.parametrize("n_mels", [80, 128])
def test_more_context_leaves_the_frames_of_the_audio_as_they_are(n_mels):
    samples = noise(2.0)
    short = log_mel_spectrogram(samples, 250, n_mels)
    full = log_mel_spectrogram(samples, 3_000, n_mels)
    np.testing.assert_allclose(full[:, :250], short, atol=ROUNDING)
    np.testing.assert_allclose(full[:, 250:], full[0, -1], atol=ROUNDING)


def test_frames_without_sound_equal_their_transform():
    """Frames behind the audio are not transformed; written zeros are, and must give the same."""
    samples = noise(1.0)
    with_zeros = np.concatenate((samples, np.zeros(4 * SECOND, np.float32)))
    np.testing.assert_allclose(
        log_mel_spectrogram(samples, 500, 80),
        log_mel_spectrogram(with_zeros, 500, 80),
        atol=ROUNDING,
    )


def test_audio_beyond_the_frames_is_cut():
    samples = noise(3.0)
    np.testing.assert_allclose(
        log_mel_spectrogram(samples, 100, 80),
        log_mel_spectrogram(samples[:SECOND], 100, 80),
        atol=ROUNDING,
    )


def test_the_numbers_follow_the_definition():
    """One frame by a Fourier sum written out and triangles by interpolation, both in float64."""
    samples = noise(0.5)
    frame = 20
    around = samples.astype(float)[frame * 160 - 200 : frame * 160 + 200]
    n = np.arange(400)
    windowed = around * 0.5 * (1 - np.cos(2 * np.pi * n / 400))
    bins = np.arange(201)
    power = np.abs(np.exp(-2j * np.pi * np.outer(bins, n) / 400) @ windowed) ** 2

    top_mel = 15 + 27 * np.log(8) / np.log(6.4)
    mels = np.arange(82) * top_mel / 81
    edges_hz = np.where(mels < 15, mels * 200 / 3, 1000 * 6.4 ** ((mels - 15) / 27))
    bands = [
        np.interp(bins * 40, edges_hz[k : k + 3], [0, 1, 0]) * 2 / (edges_hz[k + 2] - edges_hz[k])
        for k in range(80)
    ]
    expected = (np.log10(np.maximum(np.array(bands) @ power, 1e-10)) + 4) / 4
    log_mel = log_mel_spectrogram(samples, 50, 80)
    audible = expected > log_mel.max() - 2  # what is softer is raised to the range
    assert audible.sum() > 70
    np.testing.assert_allclose(log_mel[audible, frame], expected[audible], atol=1e-4)


def test_the_first_frame_sees_the_start_mirrored():
    """As torch.stft with center=True. Frame 2 of the longer audio has the same 25 ms."""
    samples = noise(0.5)
    mirrored = np.concatenate((samples[1:201][::-1], samples))
    later = log_mel_spectrogram(np.concatenate((np.zeros(120, np.float32), mirrored)), 60, 80)
    first = log_mel_spectrogram(samples, 60, 80)
    np.testing.assert_allclose(first[:, 0], later[:, 2], atol=1e-4)
