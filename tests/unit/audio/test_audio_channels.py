import numpy as np
import pytest

from shared.audio.channels import MonoMixer, float32_from_int16, select_channel

STEREO = np.array([[1_000, -32_768, 32_767], [2_000, -32_768, 32_767]], np.int16)


def test_mono_is_the_mean_of_the_channels_and_does_not_overflow():
    assert MonoMixer().mix(STEREO).tolist() == [1_500, -32_768, 32_767]


def test_mixing_one_channel_copies_nothing():
    mono = STEREO[:1]
    assert np.shares_memory(MonoMixer().mix(mono), mono)


def test_no_samples_are_no_samples():
    assert MonoMixer().mix(np.zeros((2, 0), np.int16)).shape == (0,)


RATE = 16_000
NOISE = np.random.default_rng(7)


def voice(duration_s=2.0):
    """Sound with most of its energy in low frequencies, as voices have."""
    samples = np.convolve(NOISE.standard_normal(int(duration_s * RATE)), np.hanning(60), "same")
    return samples * 3_000 / samples.std()


def block_of(*channels):
    return np.rint(np.array(channels)).astype(np.int16)


def mixed(block, n_samples):
    """Mix in blocks of a size."""
    mixer = MonoMixer()
    starts = range(0, block.shape[1], n_samples)
    return np.concatenate([mixer.mix(block[:, i : i + n_samples]) for i in starts])


def energy(samples):
    return float(np.mean(samples.astype(float) ** 2))


@pytest.mark.parametrize("n_samples", [160, 1_024, 32_000])
@pytest.mark.parametrize(
    ("gain", "delay_samples"), [(-1.0, 0), (-0.9, 0), (-0.7, 0), (-1.0, 3), (-0.8, 2), (-1.2, 0)]
)
def test_channels_in_opposite_phase_do_not_cancel_each_other(gain, delay_samples, n_samples):
    left = voice()
    both = block_of(left, gain * np.roll(left, delay_samples))
    assert energy(mixed(both, n_samples)) > 0.5 * energy(both[0])


@pytest.mark.parametrize("n_samples", [160, 1_024, 32_000])
@pytest.mark.parametrize(
    "second", ["same", "softer", "other", "silent", "delayed", "same and noise"]
)
def test_all_other_stereo_is_the_plain_mean(second, n_samples):
    left = voice()
    right = {
        "same": left,
        "softer": 0.2 * left,
        "other": voice(),
        "silent": 0 * left,
        "delayed": np.roll(left, 5),
        "same and noise": left + voice(),
    }[second]
    both = block_of(left, right)
    assert np.array_equal(mixed(both, n_samples), np.rint(both.mean(axis=0)))


def test_an_inverted_pair_among_six_channels_is_heard():
    said, silence = voice(), np.zeros(2 * RATE)
    block = block_of(said, -said, silence, silence, silence, silence)
    assert energy(mixed(block, 1_024)) > 0.5 * energy(said)


def test_a_voice_in_the_middle_is_heard_beside_noise_in_opposite_phase():
    said, noise = voice(), 4 * voice()
    both = block_of(said + noise, said - noise)
    heard = mixed(both, 1_024)
    assert np.corrcoef(heard, said)[0, 1] > 0.2


def test_the_mean_returns_where_the_channels_agree_again():
    said = voice(4.0)
    sign = np.where(np.arange(len(said)) < RATE, -1, 1)
    both = block_of(said, said * sign)
    heard = mixed(both, 1_024)
    assert energy(heard[: RATE // 2]) > 0.5 * energy(said)
    assert np.array_equal(heard[-RATE:], np.rint(both[:, -RATE:].mean(axis=0)))


def test_silence_is_mixed_as_any_sound():
    assert not mixed(np.zeros((2, RATE), np.int16), 1_024).any()


def test_a_selected_channel_is_a_view():
    assert np.shares_memory(select_channel(STEREO, 1), STEREO)
    assert select_channel(STEREO, 1)[0] == 2_000


@pytest.mark.parametrize("channel", [-1, 2])
def test_a_channel_that_is_not_there_is_an_index_error(channel):
    with pytest.raises(IndexError, match="0 to 1"):
        select_channel(STEREO, channel)


def test_full_scale_becomes_one_in_float32():
    samples = float32_from_int16(np.array([-32_768, 0, 16_384], np.int16))
    assert samples.dtype == np.float32
    assert samples.tolist() == [-1.0, 0.0, 0.5]
