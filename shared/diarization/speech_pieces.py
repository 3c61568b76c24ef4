"""Pieces of speech: stretches of at most two seconds in which one voice speaks alone.

The segmentation sometimes takes two similar voices of a window for one. A piece therefore ends at
every pause and wherever any window that covers it hears another voice, and has its own embedding.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from shared.diarization.segmentation import (
    FRAME_SAMPLES,
    N_FRAMES,
    N_VOICES,
    SAMPLE_RATE,
)

# Two seconds identify a voice; in a longer piece two voices that the segmentation merged would
# share one embedding.
LONGEST_PIECE_S = 2.0
# A shorter pause does not end a piece, and changes nearer to each other than this are one.
PIECE_PAUSE_S = 0.2

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
_FIRST_OF_SINGLE = 1  # classes 1 to 3 of the powerset are one voice alone


@dataclass(frozen=True, slots=True, repr=False)
class Window:
    """Probabilities of the classes, shape `(589, 7)`, from `first_frame` of the audio on."""

    first_frame: int
    probabilities: Floats


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames in which one voice may speak alone, counted from the start of the audio.

    is_clean: of the frames from `first` to one before `last`.
    """

    first: int
    last: int
    is_clean: Flags


def cut_pieces(windows: Sequence[Window], first: int, last: int) -> Iterator[Stretch]:
    """Cut the speech of some frames into pieces.

    Parameters
    ----------
    windows: all that cover these frames.
    first, last: first frame and one past the last, counted from the start of the audio.
    """
    alone = np.zeros(last - first, np.float32)
    n_windows = np.zeros(last - first, np.float32)
    n_changes = np.zeros(last - first, np.float32)
    for window in windows:
        start, stop = max(first, window.first_frame), min(last, window.first_frame + N_FRAMES)
        if start >= stop:
            continue
        own = slice(start - window.first_frame, stop - window.first_frame)
        place = slice(start - first, stop - first)
        single = window.probabilities[own, _FIRST_OF_SINGLE : _FIRST_OF_SINGLE + N_VOICES]
        alone[place] += single.sum(axis=1)
        n_windows[place] += 1
        n_changes[place][_changes(window.probabilities[own])] += 1
    is_clean = alone > n_windows / 2
    for start, stop in _speech(is_clean):
        for begin, end in _cut(start, stop, n_changes):
            yield Stretch(first + begin, first + end, is_clean[begin:end])


def _changes(probabilities: Floats) -> npt.NDArray[np.intp]:
    """Frames in which a window hears another voice than before, halfway between the two."""
    likeliest = probabilities.argmax(axis=1)
    is_single = (likeliest >= _FIRST_OF_SINGLE) & (likeliest < _FIRST_OF_SINGLE + N_VOICES)
    spoken = np.flatnonzero(is_single)
    changed = np.flatnonzero(np.diff(likeliest[spoken]))
    return np.asarray((spoken[changed] + spoken[changed + 1] + 1) // 2)


def _speech(is_clean: Flags) -> list[tuple[int, int]]:
    """Starts and ends of speech over short pauses."""
    shortest_pause = PIECE_PAUSE_S * SAMPLE_RATE / FRAME_SAMPLES
    bounds: list[tuple[int, int]] = []
    for start, end in zip(*(edges.tolist() for edges in runs(is_clean)), strict=True):
        if bounds and start - bounds[-1][1] < shortest_pause:
            bounds[-1] = (bounds[-1][0], end)
        else:
            bounds.append((start, end))
    return bounds


def _cut(start: int, stop: int, n_changes: Floats) -> Iterator[tuple[int, int]]:
    """Cut at the changes, and what is too long into equal pieces."""
    together = PIECE_PAUSE_S * SAMPLE_RATE / FRAME_SAMPLES
    groups: list[list[int]] = []
    for frame in (np.flatnonzero(n_changes[start:stop]) + start).tolist():
        if groups and frame - groups[-1][-1] <= together:
            groups[-1].append(frame)
        else:
            groups.append([frame])
    cuts = [int(np.average(group, weights=n_changes[group])) for group in groups]
    edges = [start, *cuts, stop]
    longest = LONGEST_PIECE_S * SAMPLE_RATE / FRAME_SAMPLES
    for begin, end in pairwise(edges):
        n_pieces = max(1, int(np.ceil((end - begin) / longest)))
        bounds = np.round(np.linspace(begin, end, n_pieces + 1)).astype(int).tolist()
        yield from (pair for pair in pairwise(bounds) if pair[0] < pair[1])


def runs(flags: Flags) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the starts and ends (one past) of the runs of True, each of shape `(n_runs,)`."""
    edges = np.diff(np.concatenate(([0], flags.astype(np.int8), [0])))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
