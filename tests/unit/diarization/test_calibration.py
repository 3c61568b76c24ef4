"""Voices with given similarities, in windows that hear them as one or as two."""

import numpy as np
import pytest

from shared.diarization.calibration import (
    MOST_SIMILARITY,
    NARROW_BAND,
    WIDE_BAND,
    calibrate_similarity,
)
from shared.diarization.clustering import ClusteringOptions
from shared.diarization.segmentation import N_FRAMES
from shared.diarization.voice_embeddings import Piece, WindowActivity

PIECE_FRAMES = 100


def vectors(n_pieces, between, within):
    """Vectors of two speakers by turns, with these cosines between and within them."""
    axes = np.eye(2 + n_pieces + 1)
    common, own = between**0.5, (within - between) ** 0.5
    rest = (1 - within) ** 0.5
    return np.array(
        [
            common * axes[-1] + own * axes[index % 2] + rest * axes[2 + index]
            for index in range(n_pieces)
        ],
        np.float32,
    )


def conversation(between, within, n_windows=8, heard_as=(0, 1)):
    """Windows with five pieces each; the segmentation hears the speakers as these voices."""
    windows, pieces = [], []
    made = vectors(5 * n_windows, between, within)
    for place in range(n_windows):
        first = place * N_FRAMES
        activity = np.zeros((N_FRAMES, 3), np.uint8)
        for index in range(5):
            start = index * PIECE_FRAMES
            voice = heard_as[(5 * place + index) % 2]
            activity[start : start + PIECE_FRAMES, voice] = 255
            vector = made[5 * place + index]
            pieces.append(Piece(first + start, first + start + PIECE_FRAMES, vector, 1.5))
        windows.append(WindowActivity(first, activity))
    return windows, pieces


def test_without_speech_the_threshold_is_that_of_the_options():
    assert calibrate_similarity([], [], WIDE_BAND) == pytest.approx(ClusteringOptions().similarity)


@pytest.mark.parametrize(("between", "within"), [(0.35, 0.65), (0.25, 0.5), (0.45, 0.6)])
def test_the_threshold_lies_between_what_the_windows_hear(between, within):
    """Clean speech, speech with echo, speech over a telephone."""
    assert (
        between + 0.05
        < calibrate_similarity(*conversation(between, within), WIDE_BAND)
        < within - 0.02
    )


def test_a_channel_in_all_voices_raises_the_threshold():
    clean, telephone = (
        calibrate_similarity(*conversation(*mean), WIDE_BAND) for mean in ((0.3, 0.6), (0.5, 0.65))
    )
    assert clean + 0.05 < telephone <= MOST_SIMILARITY


def test_a_telephone_line_raises_the_threshold_where_there_is_no_pair():
    wide, narrow = (calibrate_similarity([], [], prior) for prior in (WIDE_BAND, NARROW_BAND))
    assert wide + 0.02 < narrow <= MOST_SIMILARITY


def test_one_speaker_who_is_heard_as_two_does_not_become_several():
    assert calibrate_similarity(*conversation(0.8, 0.8), WIDE_BAND) == MOST_SIMILARITY


def test_a_pair_counts_where_one_window_holds_most_of_both():
    """Two windows that share no piece, of which each has one, have no pair."""
    windows, pieces = conversation(0.1, 0.9, n_windows=2)
    alone = [pieces[0], pieces[5]]
    assert calibrate_similarity(windows, alone, WIDE_BAND) == pytest.approx(
        ClusteringOptions().similarity
    )
