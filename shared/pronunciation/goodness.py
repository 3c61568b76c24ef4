"""Goodness of pronunciation: how much more likely each phone is than any other in its place.

For each phone of an aligned sequence, the likelihood of the audio with that phone is compared with
its likelihood with each other phone in its place, and with none. All alignments count, so a phone
needs no boundaries; the frames are those around its centre, so a mistake elsewhere does not matter.

    prefix (forward) -> phone, another phone, or none -> suffix (backward)

Source: Cao et al., "A framework for phoneme-level pronunciation assessment using CTC", Interspeech
2024 (substitution and deletion); here for all phones and substitutes at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shared.pronunciation.phone_engine import BLANK, PHONES, Floats

_IMPOSSIBLE = -1e30
# Frames on both sides of a phone's centre in which it, or what was spoken in its place, may lie.
_REACH = 15

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Goodness:
    """Log likelihoods of the audio for each phone of a sequence.

    substituted: with each phone in its place, shape `(n, n_phones)`.
    deleted: with none, shape `(n,)`.
    """

    substituted: Doubles
    deleted: Doubles

    def log_ratios(self) -> Doubles:
        """Log of the likelihood with each phone against all others and none, `(n, n_phones)`."""
        everything = np.concatenate([self.substituted, self.deleted[:, None]], axis=1)
        peak = everything.max(axis=1, keepdims=True)
        likelihoods = np.exp(everything - peak)
        others = likelihoods.sum(axis=1, keepdims=True) - likelihoods[:, :-1]
        # A phone that is alone in the sum leaves nothing: rounding, bounded here.
        result: Doubles = self.substituted - peak - np.log(np.maximum(others, 1e-12))
        return result


def assess_goodness(
    log_posteriors: Floats, phones: Sequence[int], centres: Sequence[float]
) -> Goodness:
    """Return the goodness of each phone of a sequence.

    Parameters
    ----------
    log_posteriors: shape `(n_frames, n_phones + 1)`.
    phones: the aligned sequence, columns; at least one.
    centres: frame of each phone; the sequence fits into the frames.
    """
    emissions = log_posteriors.astype(np.float64)
    sequence = np.asarray(phones)
    forward = _forward(emissions, sequence)
    backward = _forward(emissions[::-1], sequence[::-1])[::-1, ::-1]
    return _sum_stretches(emissions, sequence, centres, forward, backward)


def _forward(emissions: Doubles, sequence: npt.NDArray[np.int64]) -> Doubles:
    """Return log likelihoods of the frames up to each one, by state, `(n_frames, 2 n + 1)`.

    States are blank, phone, blank, phone, ... blank. Of the reversed frames and phones it is the
    backward recursion, with the emission of the frame itself.
    """
    n_states = 2 * len(sequence) + 1
    labels = np.full(n_states, BLANK)
    labels[1::2] = sequence
    passes = np.full(n_states, _IMPOSSIBLE)  # over the blank between two phones that differ
    passes[3::2] = np.where(sequence[1:] != sequence[:-1], 0.0, _IMPOSSIBLE)
    scores = np.full((len(emissions), n_states), _IMPOSSIBLE)
    scores[0, :2] = emissions[0, labels[:2]]
    for frame in range(1, len(emissions)):
        stay = scores[frame - 1]
        total = stay.copy()
        total[1:] = np.logaddexp(total[1:], stay[:-1])
        total[2:] = np.logaddexp(total[2:], stay[:-2] + passes[2:])
        scores[frame] = total + emissions[frame, labels]
    return scores


def _sum_stretches(
    emissions: Doubles,
    sequence: npt.NDArray[np.int64],
    centres: Sequence[float],
    forward: Doubles,
    backward: Doubles,
) -> Goodness:
    """Sum over all stretches of frames near its centre in which each phone may lie."""
    n, n_frames, n_phones = len(sequence), len(emissions), len(PHONES)
    # A phone may follow its neighbour without a blank between them if they differ.
    columns = np.arange(n_phones)
    free = np.zeros((1, n_phones))
    enters = np.concatenate([free, _unless(sequence[:-1, None] == columns)])
    leaves = np.concatenate([_unless(sequence[1:, None] == columns), free])
    joins = np.full(n, _IMPOSSIBLE)  # the two neighbours, where the phone is left out
    joins[1:-1] = _unless(sequence[:-2] == sequence[2:])

    before = _Neighbours(forward[:, 0:-1:2], forward[:, 1:-2:2], edge=0)
    after = _Neighbours(backward[:, 2::2], backward[:, 3::2], edge=n - 1)
    middle = np.clip(np.rint(centres).astype(np.int64), 0, n_frames - 1)
    inside = np.full((n, n_phones), _IMPOSSIBLE)
    substituted = np.full((n, n_phones), _IMPOSSIBLE)
    deleted = np.full(n, _IMPOSSIBLE)
    for step in range(-_REACH, _REACH + 1):
        frames = middle + step
        is_valid = (frames >= 0) & (frames < n_frames)
        blank_before, phone_before = before.at(frames - 1)
        blank_here, phone_here = before.at(frames)
        blank_after, phone_after = after.at(frames + 1)
        entry = np.logaddexp(blank_before[:, None], phone_before[:, None] + enters)
        leave = np.logaddexp(blank_after[:, None], phone_after[:, None] + leaves)
        at = np.clip(frames, 0, n_frames - 1)
        inside = np.logaddexp(inside, entry) + emissions[at, :n_phones]
        inside[~is_valid] = _IMPOSSIBLE
        substituted = np.logaddexp(substituted, inside + leave)
        skipped = np.logaddexp(blank_here, phone_here + joins) + phone_after
        deleted = np.where(is_valid, np.logaddexp(deleted, skipped), deleted)
    # Nothing comes behind the last phone; nothing needs to come before the first.
    deleted[-1] = np.logaddexp(before.blank[-1, -1], before.phone[-1, -1])
    deleted[0] = np.logaddexp(deleted[0], after.phone[0, 0])
    return Goodness(substituted, deleted)


def _unless(condition: npt.NDArray[np.bool_]) -> Doubles:
    return np.where(condition, _IMPOSSIBLE, 0.0)


class _Neighbours:
    """Log likelihoods up to the blank, and the phone, on one side of each phone of the sequence.

    blank, phone: `(n_frames, n)`; the phone on that side of the one at the edge is impossible.
    edge: index of the phone that has the end of the audio on this side.
    """

    def __init__(self, blank: Doubles, phones: Doubles, edge: int) -> None:
        self.blank = blank
        self.phone = np.full(blank.shape, _IMPOSSIBLE)
        others = [index for index in range(blank.shape[1]) if index != edge]
        self.phone[:, others] = phones
        self._edge = edge

    def at(self, frames: npt.NDArray[np.int64]) -> tuple[Doubles, Doubles]:
        """Return both at a frame of each phone, `(n,)`; beyond the audio only the edge is there."""
        rows = np.arange(len(frames))
        is_inside = (frames >= 0) & (frames < len(self.blank))
        at = np.clip(frames, 0, len(self.blank) - 1)
        blank = np.where(is_inside, self.blank[at, rows], _IMPOSSIBLE)
        phone = np.where(is_inside, self.phone[at, rows], _IMPOSSIBLE)
        if not is_inside[self._edge] and frames[self._edge] in {-1, len(self.blank)}:
            blank[self._edge] = 0.0
        return blank, phone
