import numpy as np
import pytest

from shared.audio.resample import Resampler

RATES = [8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000]


def resampled(samples, sample_rate, block_samples):
    resampler = Resampler(sample_rate, samples.shape[0])
    starts = range(0, samples.shape[1], block_samples)
    blocks = [resampler.resample(samples[:, first : first + block_samples]) for first in starts]
    return np.concatenate([*blocks, resampler.flush()], axis=1)


@pytest.mark.parametrize("sample_rate", RATES)
def test_1_khz_keeps_its_level_within_a_tenth_of_a_decibel(sample_rate, tone, level_db):
    mono = resampled(tone(1_000, sample_rate)[None], sample_rate, sample_rate)[0]
    assert level_db(mono, 1_000) == pytest.approx(-6.02, abs=0.1)


@pytest.mark.parametrize("sample_rate", [22_050, 32_000, 44_100, 48_000, 96_000])
def test_10_khz_does_not_come_back_as_6_khz(sample_rate, tone):
    mono = resampled(tone(10_000, sample_rate)[None], sample_rate, sample_rate)[0]
    rms = np.sqrt(np.mean((mono[160:-160] / 32_768) ** 2))
    assert 20 * np.log10(rms + 1e-9) < -66  # 60 dB below the tone


@pytest.mark.parametrize("sample_rate", RATES)
def test_the_length_is_the_exact_one_rounded_up(sample_rate, tone):
    n_samples = sample_rate + 77
    mono = resampled(tone(440, sample_rate, n_samples / sample_rate)[None], sample_rate, 1_000)
    assert mono.shape == (1, -(-n_samples * 16_000 // sample_rate))


@pytest.mark.parametrize("block_samples", [1, 160, 4_096])
def test_nothing_is_lost_or_doubled_at_block_borders(block_samples, tone):
    samples = tone(1_000, 44_100, 0.1)[None]
    whole = resampled(samples, 44_100, samples.shape[1])
    np.testing.assert_allclose(resampled(samples, 44_100, block_samples), whole, atol=1)


def test_speech_stays_where_it_was_in_time():
    click = np.zeros((1, 44_100), np.int16)
    click[0, 22_050] = 30_000
    assert abs(np.argmax(np.abs(resampled(click, 44_100, 1_024)[0])) - 8_000) <= 1


def test_thirteen_channels_stay_apart(tone, level_db):
    samples = np.stack([tone(300 + 100 * channel, 48_000) for channel in range(13)])
    channels = resampled(samples, 48_000, 48_000)
    for channel in range(13):
        assert level_db(channels[channel], 300 + 100 * channel) == pytest.approx(-6.02, abs=0.1)
        assert level_db(channels[channel], 300 + 100 * ((channel + 1) % 13)) < -60


def test_16_khz_passes_through_without_a_copy(tone):
    samples = tone(1_000, 16_000)[None]
    resampler = Resampler(16_000, 1)
    assert resampler.resample(samples) is samples
    assert resampler.flush().shape == (1, 0)
