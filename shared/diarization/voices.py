"""The voices of each window: when they speak and how they sound."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shared.diarization.embedding import (
    FEATURES_PER_SECOND,
    LEAST_FEATURES,
    MOST_FEATURES,
    N_DIMENSIONS,
    Embedding,
    features_alone,
    longest_speech,
    runs,
)
from shared.diarization.filter_bank import FRAME_SAMPLES as FILTER_SAMPLES
from shared.diarization.filter_bank import HOP_SAMPLES, filter_bank
from shared.diarization.segmentation import (
    FRAME_SAMPLES,
    SAMPLE_RATE,
    WINDOW_SAMPLES,
    Segmentation,
    Stretch,
    voice_activity,
    voices_alone,
)

FULL_ACTIVITY = 255
WINDOW_FEATURES = (WINDOW_SAMPLES - FILTER_SAMPLES) // HOP_SAMPLES + 1
# Segmentation takes two similar voices that speak in turn for one now and then. So what it says is
# one voice is heard piece by piece where it pauses, and pieces that sound different are two.
# Otherwise 0.9 % of `long_conversation` had the wrong speaker, so 0.1 %.
PIECE_PAUSE_S = 0.4
LEAST_PIECE_S = 1.5
PIECE_SIMILARITY = 0.55

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


class Models(NamedTuple):
    """Both networks."""

    segmentation: Segmentation
    embedding: Embedding


@dataclass(frozen=True, slots=True, repr=False)
class WindowVoices:
    """What is kept of one window.

    first_frame: of the window, counted from the start of the audio.
    activity: probability that each voice speaks, times 255, uint8, shape `(589, n_voices)`.
    vectors: unit vector of each voice, shape `(n_voices, 192)`; zeros where it was too short.
    durations_s: seconds in which each voice was heard alone, shape `(n_voices,)`.
    origins: which voice of the segmentation it is, or a piece of, shape `(n_voices,)`.
    """

    first_frame: int
    activity: npt.NDArray[np.uint8]
    vectors: Floats
    durations_s: npt.NDArray[np.float64]
    origins: npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, repr=False)
class _Voice:
    """A voice, or a piece of one: the frames from `first` to one before `last` are its own."""

    first: int
    last: int
    vector: Floats
    duration_s: float


def voices_of(stretch: Stretch, models: Models) -> Iterator[WindowVoices]:
    """Yield the voices of every window of a stretch."""
    probabilities = models.segmentation.probabilities(stretch.windows())
    features = filter_bank(stretch.samples)
    for start, of_window in zip(stretch.starts, probabilities, strict=True):
        first_feature = start // HOP_SAMPLES
        of_features = features[first_feature : first_feature + WINDOW_FEATURES]
        activity = np.round(voice_activity(of_window) * FULL_ACTIVITY).clip(0, FULL_ACTIVITY)
        alone = voices_alone(of_window)
        heard = [
            (origin, voice)
            for origin in range(alone.shape[1])
            for voice in _heard(alone[:, origin], of_features, models.embedding)
        ]
        own = np.zeros((len(alone), len(heard)), np.uint8)
        for place, (origin, voice) in enumerate(heard):
            part = slice(voice.first, voice.last)
            own[part, place] = activity[part, origin]
        yield WindowVoices(
            first_frame=(stretch.offset + start) // FRAME_SAMPLES,
            activity=own,
            vectors=np.stack([voice.vector for _, voice in heard]),
            durations_s=np.array([voice.duration_s for _, voice in heard]),
            origins=np.array([origin for origin, _ in heard], np.int8),
        )


def _heard(alone: Flags, features: Floats, embedding: Embedding) -> list[_Voice]:
    """One voice of the segmentation, or the pieces of it that sound like several."""
    n_frames = len(alone)
    long_enough = LEAST_PIECE_S * SAMPLE_RATE / FRAME_SAMPLES
    bounds = [(a, b) for a, b in piece_bounds(alone) if alone[a:b].sum() >= long_enough]
    if len(bounds) < 2:
        return [_embed(alone, (0, n_frames), features, embedding, MOST_FEATURES)]
    at_most = MOST_FEATURES // len(bounds)  # pieces take no more time than the whole would
    pieces = [_embed(alone, bound, features, embedding, at_most) for bound in bounds]
    longest = max(pieces, key=lambda piece: piece.duration_s)
    if min(float(piece.vector @ longest.vector) for piece in pieces) >= PIECE_SIMILARITY:
        return [_together(pieces, n_frames)]
    # What is too short for a piece goes to the one that is nearer in time.
    cuts = [(one.last + other.first) // 2 for one, other in pairwise(pieces)]
    return [
        _Voice(first, last, piece.vector, piece.duration_s)
        for first, last, piece in zip([0, *cuts], [*cuts, n_frames], pieces, strict=True)
    ]


def _together(pieces: list[_Voice], n_frames: int) -> _Voice:
    total = np.sum([piece.vector * piece.duration_s for piece in pieces], axis=0)
    vector = np.asarray(total / np.linalg.norm(total), np.float32)
    return _Voice(0, n_frames, vector, sum(piece.duration_s for piece in pieces))


def piece_bounds(alone: Flags) -> list[tuple[int, int]]:
    """Part a voice at its pauses: first frame and one past the last of each piece.

    alone: where the voice speaks alone, shape `(n_frames,)`.
    """
    shortest_pause = PIECE_PAUSE_S * SAMPLE_RATE / FRAME_SAMPLES
    bounds: list[tuple[int, int]] = []
    for start, end in zip(*(edges.tolist() for edges in runs(alone)), strict=True):
        if bounds and start - bounds[-1][1] < shortest_pause:
            bounds[-1] = (bounds[-1][0], end)
        else:
            bounds.append((start, end))
    return bounds


def _embed(
    alone: Flags, bounds: tuple[int, int], features: Floats, embedding: Embedding, at_most: int
) -> _Voice:
    """Hear the frames between two bounds in which the voice is alone."""
    within = np.zeros_like(alone)
    within[slice(*bounds)] = alone[slice(*bounds)]
    is_speech = features_alone(within, len(features))
    n_alone = int(is_speech.sum())
    if n_alone < LEAST_FEATURES:
        return _Voice(*bounds, np.zeros(N_DIMENSIONS, np.float32), 0.0)
    vector = embedding.vector(features[longest_speech(is_speech, at_most)])
    return _Voice(*bounds, vector, n_alone / FEATURES_PER_SECOND)
