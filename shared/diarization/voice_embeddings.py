"""Voices of each window: activity by frame, and embedding."""

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
    longest_speech,
    runs,
    to_feature_frames,
)
from shared.diarization.filter_bank import FRAME_SAMPLES as FILTER_SAMPLES
from shared.diarization.filter_bank import HOP_SAMPLES, filter_bank
from shared.diarization.segmentation import (
    FRAME_SAMPLES,
    SAMPLE_RATE,
    WINDOW_SAMPLES,
    Segmentation,
    WindowBatch,
    find_clean_frames,
    voice_activity,
)

FULL_ACTIVITY = 255
WINDOW_FEATURES = (WINDOW_SAMPLES - FILTER_SAMPLES) // HOP_SAMPLES + 1
# Segmentation sometimes merges two similar voices that take turns. So each of its voices is split
# at pauses and embedded by piece; dissimilar pieces are separate voices. With that 0.1 % of
# `long_conversation` has the wrong speaker, without it 0.9 %.
PIECE_PAUSE_S = 0.4
LEAST_PIECE_S = 1.5
PIECE_SIMILARITY = 0.55

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


class Models(NamedTuple):
    """The two networks."""

    segmentation: Segmentation
    embedding: Embedding


@dataclass(frozen=True, slots=True, repr=False)
class WindowVoices:
    """The voices of one window.

    first_frame: of the window, counted from the start of the audio.
    activity: probability that each voice is active, times 255, uint8, shape `(589, n_voices)`.
    vectors: unit vector of each voice, shape `(n_voices, 192)`; zeros where it is too short.
    durations_s: clean seconds of each voice, in which no other is active, shape `(n_voices,)`.
    origins: index of the segmentation's voice that each is, or is a piece of, shape `(n_voices,)`.
    """

    first_frame: int
    activity: npt.NDArray[np.uint8]
    vectors: Floats
    durations_s: npt.NDArray[np.float64]
    origins: npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, repr=False)
class _Voice:
    """A voice, or a piece of one, in the frames from `first` to one before `last`."""

    first: int
    last: int
    vector: Floats
    duration_s: float


def embed_voices(batch: WindowBatch, models: Models) -> Iterator[WindowVoices]:
    """Embed the voices of every window of a batch."""
    probabilities = models.segmentation.probabilities(batch.windows())
    features = filter_bank(batch.samples)
    for start, of_window in zip(batch.starts, probabilities, strict=True):
        first_feature = start // HOP_SAMPLES
        of_features = features[first_feature : first_feature + WINDOW_FEATURES]
        activity = np.round(voice_activity(of_window) * FULL_ACTIVITY).clip(0, FULL_ACTIVITY)
        is_clean = find_clean_frames(of_window)
        embedded = [
            (origin, voice)
            for origin in range(is_clean.shape[1])
            for voice in _embed_voice(is_clean[:, origin], of_features, models.embedding)
        ]
        own = np.zeros((len(is_clean), len(embedded)), np.uint8)
        for place, (origin, voice) in enumerate(embedded):
            part = slice(voice.first, voice.last)
            own[part, place] = activity[part, origin]
        yield WindowVoices(
            first_frame=(batch.offset + start) // FRAME_SAMPLES,
            activity=own,
            vectors=np.stack([voice.vector for _, voice in embedded]),
            durations_s=np.array([voice.duration_s for _, voice in embedded]),
            origins=np.array([origin for origin, _ in embedded], np.int8),
        )


def _embed_voice(is_clean: Flags, features: Floats, embedding: Embedding) -> list[_Voice]:
    """Embed one voice of the segmentation; several voices where its pieces are dissimilar."""
    n_frames = len(is_clean)
    long_enough = LEAST_PIECE_S * SAMPLE_RATE / FRAME_SAMPLES
    bounds = [(a, b) for a, b in piece_bounds(is_clean) if is_clean[a:b].sum() >= long_enough]
    if len(bounds) < 2:
        return [_embed_piece(is_clean, (0, n_frames), features, embedding, MOST_FEATURES)]
    at_most = MOST_FEATURES // len(bounds)  # all pieces together take the time of one voice
    pieces = [_embed_piece(is_clean, bound, features, embedding, at_most) for bound in bounds]
    longest = max(pieces, key=lambda piece: piece.duration_s)
    if min(float(piece.vector @ longest.vector) for piece in pieces) >= PIECE_SIMILARITY:
        return [_merge_pieces(pieces, n_frames)]
    # Speech that is too short for a piece joins the piece that is nearer in time.
    cuts = [(one.last + other.first) // 2 for one, other in pairwise(pieces)]
    return [
        _Voice(first, last, piece.vector, piece.duration_s)
        for first, last, piece in zip([0, *cuts], [*cuts, n_frames], pieces, strict=True)
    ]


def _merge_pieces(pieces: list[_Voice], n_frames: int) -> _Voice:
    total = np.sum([piece.vector * piece.duration_s for piece in pieces], axis=0)
    vector = np.asarray(total / np.linalg.norm(total), np.float32)
    return _Voice(0, n_frames, vector, sum(piece.duration_s for piece in pieces))


def piece_bounds(is_clean: Flags) -> list[tuple[int, int]]:
    """Split a voice at its pauses: first frame and one past the last of each piece.

    is_clean: frames in which only this voice is active, shape `(n_frames,)`.
    """
    shortest_pause = PIECE_PAUSE_S * SAMPLE_RATE / FRAME_SAMPLES
    bounds: list[tuple[int, int]] = []
    for start, end in zip(*(edges.tolist() for edges in runs(is_clean)), strict=True):
        if bounds and start - bounds[-1][1] < shortest_pause:
            bounds[-1] = (bounds[-1][0], end)
        else:
            bounds.append((start, end))
    return bounds


def _embed_piece(
    is_clean: Flags, bounds: tuple[int, int], features: Floats, embedding: Embedding, at_most: int
) -> _Voice:
    """Embed the clean frames of a voice between two bounds."""
    within = np.zeros_like(is_clean)
    within[slice(*bounds)] = is_clean[slice(*bounds)]
    is_speech = to_feature_frames(within, len(features))
    n_clean = int(is_speech.sum())
    if n_clean < LEAST_FEATURES:
        return _Voice(*bounds, np.zeros(N_DIMENSIONS, np.float32), 0.0)
    vector = embedding.vector(features[longest_speech(is_speech, at_most)])
    return _Voice(*bounds, vector, n_clean / FEATURES_PER_SECOND)
