import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.diarization.segmentation import (
    ALIGNMENT_SAMPLES,
    STEP_SAMPLES,
    WINDOW_SAMPLES,
    SlidingWindows,
    frame_time_s,
    voice_activity,
)


def windows_of(samples, block_samples):
    """First sample and content of every window, where audio comes in blocks of this length."""
    sliding, found = SlidingWindows(), []
    blocks = [
        samples[start : start + block_samples] for start in range(0, len(samples), block_samples)
    ]
    batches = [batch for block in blocks for batch in sliding.push(block)]
    for batch in [*batches, *sliding.finish()]:
        starts = [batch.offset + start for start in batch.starts]
        found += zip(starts, batch.windows(), strict=True)
    return found


@given(st.integers(1, 1_000_000))
def test_every_sample_is_in_a_window(n_samples):
    """Windows follow each other by a step at most; the last one ends behind the last sample."""
    starts = [start for start, _ in windows_of(np.zeros(n_samples, np.float32), 400_000)]
    assert starts[0] == 0
    assert all(0 <= step <= STEP_SAMPLES for step in np.diff(starts))
    assert n_samples <= starts[-1] + WINDOW_SAMPLES
    assert starts[-1] + WINDOW_SAMPLES < max(n_samples + ALIGNMENT_SAMPLES, WINDOW_SAMPLES + 1)


@pytest.mark.parametrize("block_samples", [1_600, 51_840, 160_000, 700_000])
def test_windows_do_not_depend_on_how_audio_arrives(block_samples):
    samples = np.arange(650_000, dtype=np.float32)
    expected = windows_of(samples, len(samples))
    found = windows_of(samples, block_samples)
    assert [start for start, _ in found] == [start for start, _ in expected]
    for start, window in found:
        available = samples[start : start + WINDOW_SAMPLES]
        np.testing.assert_array_equal(window[: len(available)], available)
        assert not window[len(available) :].any()


def test_windows_begin_where_both_kinds_of_frames_do():
    starts = [start for start, _ in windows_of(np.zeros(777_777, np.float32), 10_000)]
    assert {start % 270 for start in starts} == {start % 160 for start in starts} == {0}


@pytest.mark.parametrize("n_samples", [1, 160_000, 315_520, 700_000])
def test_the_last_batch_says_so(n_samples):
    sliding = SlidingWindows()
    batches = [*sliding.push(np.zeros(n_samples, np.float32)), *sliding.finish()]
    assert [batch.is_last for batch in batches] == [False] * (len(batches) - 1) + [True]


def test_no_audio_has_no_window():
    assert windows_of(np.zeros(0, np.float32), 1) == []


def test_memory_is_bounded_by_the_windows_under_way():
    sliding = SlidingWindows()
    for _ in range(600):
        list(sliding.push(np.zeros(16_000, np.float32)))
        assert sum(map(len, sliding._blocks)) < 23 * 16_000


def test_a_class_of_two_voices_counts_for_both():
    """Classes are silence, 1, 2, 3, 1 with 2, 1 with 3, 2 with 3."""
    probabilities = np.array([[0.1, 0.2, 0.1, 0, 0.6, 0, 0]], np.float32)
    np.testing.assert_allclose(voice_activity(probabilities), [[0.8, 0.7, 0]], rtol=1e-6)


def test_a_frame_stands_for_the_time_around_its_middle():
    assert frame_time_s(0) == pytest.approx(0.0225)
    assert frame_time_s(600) - frame_time_s(599) == pytest.approx(0.016875)
