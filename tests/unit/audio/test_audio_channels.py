import numpy as np
import pytest

from shared.audio.channels import float32_from_int16, mix_to_mono, select_channel

STEREO = np.array([[1_000, -32_768, 32_767], [2_000, -32_768, 32_767]], np.int16)


def test_mono_is_the_mean_of_the_channels_and_does_not_overflow():
    assert mix_to_mono(STEREO).tolist() == [1_500, -32_768, 32_767]


def test_mixing_one_channel_copies_nothing():
    mono = STEREO[:1]
    assert np.shares_memory(mix_to_mono(mono), mono)


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
