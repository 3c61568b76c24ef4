import numpy as np
import pytest

from benchmarks.changed_pauses import with_silence, without

RATE = 16_000


@pytest.fixture
def tone():
    """One second."""
    return np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE).astype(np.float32)


def test_a_pause_that_is_put_in_lengthens_the_audio_and_is_as_quiet_as_it_gets(tone):
    tone[:4_000] *= 0.001
    changed = with_silence(tone, 0.5, 0.8)
    assert len(changed) / RATE == pytest.approx(1.8, abs=0.02)
    pause = changed[round(0.55 * RATE) : round(1.25 * RATE)]
    assert 0 < np.abs(pause).max() < 0.02


def test_a_stretch_that_is_cut_out_is_gone_without_a_click(tone):
    tone[6_000:10_000] = 0
    changed = without(tone, 0.375, 0.625)
    assert len(changed) / RATE == pytest.approx(0.75, abs=0.02)
    assert np.abs(np.diff(changed)).max() < 0.2


def test_a_pause_fits_at_either_end(tone):
    for at_s in (0.0, 1.0, 9.0):
        assert len(with_silence(tone, at_s, 0.1)) > len(tone)
