"""Calibration of the clustering to a recording: from which similarity two voices are one speaker.

A channel is in all voices that it carries. Two people have a mean cosine of 0.36 in clean speech
and of 0.53 over a telephone, one person one of 0.68 in clean speech and of 0.60 with echo: no
threshold suits all. The segmentation tells from a window of ten seconds, without embeddings, which
pieces have different voices (right for 98 % of the pairs), and which the same (right for 66 %, as
it takes two similar voices for one). The threshold lies between the similarities of both kinds.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shared.diarization.segmentation import N_FRAMES
from shared.diarization.voice_embeddings import FULL_ACTIVITY, Piece, WindowActivity

Floats = npt.NDArray[np.float32]


class Prior(NamedTuple):
    """Mean cosine of pairs of pieces of different voices, and of the same, before any is heard."""

    different: float
    same: float


WIDE_BAND, NARROW_BAND = Prior(0.40, 0.60), Prior(0.53, 0.65)
# A prior weighs as much as this number of pairs.
N_PRIOR_PAIRS = 10
# Above the middle between the two, since pairs of the same voice include two similar ones.
MARGIN = 0.045
# Above it one speaker becomes several; two people over a telephone may have 0.64.
MOST_SIMILARITY = 0.59
# A shorter piece tells little.
LEAST_PIECE_S = 0.6
# Cosines of the mean activities of a window's voices in two pieces.
_DIFFERENT, _SAME = 0.3, 0.9
_LEAST_ACTIVITY = 0.25


def calibrate_similarity(
    windows: Sequence[WindowActivity], pieces: Sequence[Piece], prior: Prior
) -> float:
    """Return the cosine from which two clusters of pieces are one speaker.

    Parameters
    ----------
    windows, pieces: of one audio, in order of time.
    prior: `NARROW_BAND` over a telephone line, else `WIDE_BAND`.
    """
    firsts, seconds, alike = _pairs(windows, pieces)
    vectors = np.stack([piece.vector for piece in pieces]) if pieces else np.zeros((0, 1))
    similarities = np.einsum("ij,ij->i", vectors[firsts], vectors[seconds])
    different = _estimate(similarities[alike < _DIFFERENT], prior.different)
    same = _estimate(similarities[alike > _SAME], prior.same)
    return min((different + same) / 2 + MARGIN, MOST_SIMILARITY)


def _estimate(similarities: npt.NDArray[np.floating], prior: float) -> float:
    total = float(similarities.sum()) + prior * N_PRIOR_PAIRS
    return total / (len(similarities) + N_PRIOR_PAIRS)


def _pairs(
    windows: Sequence[WindowActivity], pieces: Sequence[Piece]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return the indices of the pieces of each pair that a window holds, and how alike they are.

    That is the cosine of the activities of the window's voices in the two pieces, its mean over
    the windows that hold both; each array has the shape `(n_pairs,)`.
    """
    starts, ends = [piece.first for piece in pieces], [piece.last for piece in pieces]
    keys, cosines = [np.zeros(0, np.int64)], [np.zeros(0)]
    for window in windows:
        first, last = window.first_frame, window.first_frame + N_FRAMES
        held, active = [], []
        for index in range(bisect_left(ends, first + 1), bisect_left(starts, last)):
            piece = pieces[index]
            start, stop = max(piece.first, first), min(piece.last, last)
            if 2 * (stop - start) < piece.last - piece.first or piece.duration_s < LEAST_PIECE_S:
                continue
            voices = window.activity[start - first : stop - first].mean(axis=0) / FULL_ACTIVITY
            if voices.sum() >= _LEAST_ACTIVITY:
                held.append(index)
                active.append(voices / np.linalg.norm(voices))
        if held:
            one, other = np.triu_indices(len(held), 1)
            indices, activities = np.array(held), np.stack(active)
            keys.append(indices[one] * len(pieces) + indices[other])
            cosines.append(np.einsum("ij,ij->i", activities[one], activities[other]))
    pairs, places = np.unique(np.concatenate(keys), return_inverse=True)
    alike = np.bincount(places, np.concatenate(cosines)) / np.maximum(np.bincount(places), 1)
    n_pieces = max(1, len(pieces))
    return pairs // n_pieces, pairs % n_pieces, alike
