"""Goodness of pronunciation: how much more likely each phone is than any other in its place.

For each phone of an aligned sequence, the likelihood of the audio with that phone is compared with
its likelihood with each other phone in its place, and with none. All alignments count, so a phone
needs no boundaries; the frames are those around its centre, so a mistake elsewhere does not matter.

    prefix (forward) -> phone, another phone, or none -> suffix (backward)

Source: Cao et al., "A framework for phoneme-level pronunciation assessment using CTC", Interspeech
2024 (substitution and deletion); here for all phones and substitutes at once.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shared.pronunciation.phones.phone_engine import BLANK, PHONES, Floats
from shared.pronunciation.phones.phone_target import PhoneTarget, emissions_of

_IMPOSSIBLE = -1e30
_LEAST_LIKELIHOOD = 1e-12  # relative to the likeliest
# Frames on both sides of a phone's centre in which it, or what was spoken in its place, may lie.
_REACH = 15
# Phones that are assessed at once, half a minute of speech, with so many before and behind them:
# the memory of a recursion is that of its frames times its phones. The other phones of a long
# audio matter as little as a factor that all likelihoods of a phone have.
_PIECE = 400
_CONTEXT = 20

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Goodness:
    """Log likelihoods of the audio for each phone of a sequence.

    targets: the sequence.
    substituted: with each phone in its place, shape `(n, n_phones)`.
    deleted: with none, shape `(n,)`.
    """

    targets: tuple[PhoneTarget, ...]
    substituted: Doubles
    deleted: Doubles

    def log_ratios(self) -> Doubles:
        """Log of the likelihood with each phone against all others and none, `(n, n_phones)`.

        In the column of the target's own phone all that counts as it is together; the other
        columns that count have no likelihood of their own.
        """
        everything = np.concatenate([self.substituted, self.deleted[:, None]], axis=1)
        peak = everything.max(axis=1, keepdims=True)
        likelihoods = np.exp(everything - peak)
        total = likelihoods.sum(axis=1, keepdims=True)
        for row, target in enumerate(self.targets):
            own, *others = target.columns
            others += [len(PHONES)] if target.may_be_silent else []
            likelihoods[row, own] += likelihoods[row, others].sum()
            likelihoods[row, others] = 0.0
        # A phone that is alone in the sum leaves nothing: rounding, bounded here.
        rest = np.maximum(total - likelihoods, _LEAST_LIKELIHOOD)
        ratios: Doubles = np.log(np.maximum(likelihoods, _LEAST_LIKELIHOOD)) - np.log(rest)
        return ratios[:, :-1]


def assess_goodness(
    log_posteriors: Floats, targets: Sequence[PhoneTarget], centres: Sequence[float]
) -> Goodness:
    """Return the goodness of each phone of a sequence.

    Parameters
    ----------
    log_posteriors: shape `(n_frames, n_phones + 1)`.
    targets: the aligned sequence; at least one.
    centres: frame of each phone; the sequence fits into the frames.
    """
    n = len(targets)
    pieces = [
        _assess_piece(log_posteriors, targets, centres, (first, min(first + _PIECE, n)))
        for first in range(0, n, _PIECE)
    ]
    substituted, deleted = (np.concatenate(one) for one in zip(*pieces, strict=True))
    return Goodness(tuple(targets), substituted, deleted)


def _assess_piece(
    log_posteriors: Floats,
    targets: Sequence[PhoneTarget],
    centres: Sequence[float],
    piece: tuple[int, int],
) -> tuple[Doubles, Doubles]:
    """Return the likelihoods of some phones of the sequence, with their neighbours for context."""
    first, last = max(0, piece[0] - _CONTEXT), min(len(targets), piece[1] + _CONTEXT)
    start = 0 if first == 0 else math.floor((centres[first - 1] + centres[first]) / 2)
    end = len(log_posteriors)
    if last < len(targets):
        end = math.ceil((centres[last - 1] + centres[last]) / 2) + 1
    substituted, deleted = _assess_all(
        log_posteriors[start:end],
        targets[first:last],
        [centre - start for centre in centres[first:last]],
    )
    own = slice(piece[0] - first, piece[1] - first)
    return substituted[own], deleted[own]


def _assess_all(
    log_posteriors: Floats, targets: Sequence[PhoneTarget], centres: Sequence[float]
) -> tuple[Doubles, Doubles]:
    own = emissions_of(log_posteriors, [target.columns for target in targets])
    blank = log_posteriors[:, BLANK].astype(np.float64)
    accepted = _accepted(targets)
    forward = _forward(own, blank, accepted)
    backward = _forward(own[::-1, ::-1], blank[::-1], accepted[::-1])[::-1, ::-1]
    phones = log_posteriors[:, : len(PHONES)].astype(np.float64)
    return _sum_stretches(phones, accepted, centres, forward, backward)


def _accepted(targets: Sequence[PhoneTarget]) -> npt.NDArray[np.bool_]:
    """Return which phones count as each target, `(n, n_phones)`."""
    accepted = np.zeros((len(targets), len(PHONES)), np.bool_)
    for row, target in enumerate(targets):
        accepted[row, list(target.columns)] = True
    return accepted


def _forward(own: Doubles, blank: Doubles, accepted: npt.NDArray[np.bool_]) -> Doubles:
    """Return log likelihoods of the frames up to each one, by state, `(n_frames, 2 n + 1)`.

    States are blank, phone, blank, phone, ... blank. Of the reversed frames and phones it is the
    backward recursion, with the emission of the frame itself.
    """
    n_frames, n = own.shape
    emissions = np.repeat(blank[:, None], 2 * n + 1, axis=1)
    emissions[:, 1::2] = own
    passes = np.full(2 * n + 1, _IMPOSSIBLE)  # over the blank between two phones that differ
    passes[3::2] = _unless((accepted[1:] & accepted[:-1]).any(axis=1))
    scores = np.full(emissions.shape, _IMPOSSIBLE)
    scores[0, :2] = emissions[0, :2]
    for frame in range(1, n_frames):
        stay = scores[frame - 1]
        total = stay.copy()
        total[1:] = np.logaddexp(total[1:], stay[:-1])
        total[2:] = np.logaddexp(total[2:], stay[:-2] + passes[2:])
        scores[frame] = total + emissions[frame]
    return scores


def _sum_stretches(
    phones: Doubles,
    accepted: npt.NDArray[np.bool_],
    centres: Sequence[float],
    forward: Doubles,
    backward: Doubles,
) -> tuple[Doubles, Doubles]:
    """Sum over all stretches of frames near its centre in which each phone may lie."""
    n_frames, n_phones = phones.shape
    n = len(accepted)
    # A phone may follow its neighbour without a blank between them if they differ.
    free = np.zeros((1, n_phones))
    enters = np.concatenate([free, _unless(accepted[:-1])])
    leaves = np.concatenate([_unless(accepted[1:]), free])
    joins = np.full(n, _IMPOSSIBLE)  # the two neighbours, where the phone is left out
    joins[1:-1] = _unless((accepted[:-2] & accepted[2:]).any(axis=1))

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
        inside = np.logaddexp(inside, entry) + phones[at]
        inside[~is_valid] = _IMPOSSIBLE
        substituted = np.logaddexp(substituted, inside + leave)
        skipped = np.logaddexp(blank_here, phone_here + joins) + phone_after
        deleted = np.where(is_valid, np.logaddexp(deleted, skipped), deleted)
    # Nothing comes behind the last phone; nothing needs to come before the first.
    deleted[-1] = np.logaddexp(before.blank[-1, -1], before.phone[-1, -1])
    deleted[0] = np.logaddexp(deleted[0], after.phone[0, 0])
    return substituted, deleted


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
