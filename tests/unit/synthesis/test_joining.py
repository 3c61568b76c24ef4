"""Parts of a sentence made one, by pydub."""

import numpy as np
import pytest

from shared.synthesis.joining import amplify, join_parts
from shared.synthesis.synthesizer import Speech


def tone(amplitude, duration_s=0.5, sample_rate=24_000):
    phase = 2 * np.pi * 220 * np.arange(round(duration_s * sample_rate)) / sample_rate
    return Speech(np.rint(amplitude * np.sin(phase)).astype(np.int16), sample_rate)


def level_dbfs(samples):
    return 20 * np.log10(np.sqrt(np.mean(np.square(samples / 32_768.0))))


@pytest.mark.parametrize("amplitude", [300, 3_000, 30_000])
def test_voices_of_any_loudness_come_out_alike(amplitude):
    joined = join_parts([tone(amplitude)])
    assert level_dbfs(joined.samples) == pytest.approx(-20, abs=0.3)


def test_the_gain_is_added_to_the_level():
    assert level_dbfs(join_parts([tone(3_000)], gain_db=-6).samples) == pytest.approx(-26, abs=0.3)


def test_no_gain_goes_beyond_full_scale():
    """20 dB more would be four times too loud."""
    samples = join_parts([tone(3_000)], gain_db=20).samples
    assert 28_000 < np.abs(samples.astype(int)).max() < 29_500


def test_parts_follow_each_other_and_silence_follows_them():
    joined = join_parts([tone(3_000, 0.5), tone(3_000, 0.25)], pause_s=0.2)
    assert joined.duration_s == pytest.approx(0.95)
    assert not joined.samples[-round(0.2 * 24_000) :].any()


def test_silence_stays_silence():
    assert not join_parts([Speech.silence(0.1, 16_000)], gain_db=20).samples.any()
    assert join_parts([Speech.silence(0, 16_000)], pause_s=0.1).duration_s == pytest.approx(0.1)


@pytest.mark.parametrize(("gain_db", "peak"), [(0, 3_000), (-6, 1_504), (40, 32_767)])
def test_a_part_is_made_louder_or_softer_and_never_wraps_around(gain_db, peak):
    amplified = amplify(tone(3_000), gain_db)
    assert amplified.samples.max() == pytest.approx(peak, abs=4)
    assert amplified.samples.min() == pytest.approx(-peak, abs=4)


def test_the_edges_are_soft():
    assert abs(int(join_parts([Speech(np.full(4_800, 9_000, np.int16), 24_000)]).samples[0])) < 100
