"""Activity of the voices of each window, and the embeddings of the pieces of speech."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shared.diarization.bandwidth import is_narrow_band
from shared.diarization.embedding import (
    FEATURES_PER_SECOND,
    LEAST_FEATURES,
    N_DIMENSIONS,
    Embedding,
)
from shared.diarization.filter_bank import FRAME_SAMPLES as FILTER_SAMPLES
from shared.diarization.filter_bank import HOP_SAMPLES, N_BANDS, filter_bank
from shared.diarization.segmentation import (
    FRAME_CENTRE_SAMPLES,
    FRAME_SAMPLES,
    N_FRAMES,
    STEP_SAMPLES,
    Segmentation,
    WindowBatch,
    voice_activity,
)
from shared.diarization.speech_pieces import Stretch, Window, cut_pieces

FULL_ACTIVITY = 255

Floats = npt.NDArray[np.float32]


class Models(NamedTuple):
    """The two networks."""

    segmentation: Segmentation
    embedding: Embedding


@dataclass(frozen=True, slots=True, repr=False)
class WindowActivity:
    """Probability that each voice of a window is active, times 255, uint8, shape `(589, 3)`.

    first_frame: of the window, counted from the start of the audio.
    """

    first_frame: int
    activity: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """A piece of speech in the frames from `first` to one before `last`.

    vector: unit vector of shape `(192,)`. duration_s: clean seconds, in which no other speaks.
    """

    first: int
    last: int
    vector: Floats
    duration_s: float


@dataclass(slots=True, repr=False)
class Voices:
    """Windows and embedded pieces of one audio, in order of time. Not thread-safe."""

    models: Models
    windows: list[WindowActivity] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    _covering: list[Window] = field(default_factory=list)
    _n_finished: int = 0  # frames whose pieces are cut
    # Sum over the frames of all pieces
    _energies: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(N_BANDS))

    def add(self, batch: WindowBatch) -> None:
        """Add the windows of a batch, and the pieces that no later window covers."""
        first_frame = batch.offset // FRAME_SAMPLES
        probabilities = self.models.segmentation.probabilities(batch.windows())
        new = [
            Window(first_frame + start // FRAME_SAMPLES, of_window)
            for start, of_window in zip(batch.starts, probabilities, strict=True)
        ]
        self.windows += [
            WindowActivity(window.first_frame, _activity(window.probabilities)) for window in new
        ]
        self._covering += new
        last = self._covering[-1].first_frame
        last += N_FRAMES if batch.is_last else STEP_SAMPLES // FRAME_SAMPLES
        features = filter_bank(batch.samples)
        first_feature = batch.offset // HOP_SAMPLES
        for stretch in cut_pieces(self._covering, self._n_finished, last):
            self.pieces += self._embed(stretch, features, first_feature)
        self._n_finished = last
        self._covering = [one for one in self._covering if one.first_frame + N_FRAMES > last]

    def are_narrow_band(self) -> bool:
        """Return whether the speech came over a telephone line; False without a piece."""
        n_features = float(self.durations_s().sum()) * FEATURES_PER_SECOND
        return bool(n_features) and is_narrow_band(self._energies / n_features)

    def vectors(self) -> Floats:
        """Return the vectors of all pieces, shape `(n_pieces, 192)`."""
        vectors = [piece.vector for piece in self.pieces]
        return np.stack(vectors) if vectors else np.zeros((0, N_DIMENSIONS), np.float32)

    def durations_s(self) -> npt.NDArray[np.float64]:
        """Return the clean seconds of all pieces, shape `(n_pieces,)`."""
        return np.array([piece.duration_s for piece in self.pieces])

    def _embed(self, stretch: Stretch, features: Floats, first_feature: int) -> Iterator[Piece]:
        """Embed the clean frames of a stretch, if they are enough to identify a voice."""
        chosen = clean_features(stretch) - first_feature
        chosen = chosen[(chosen >= 0) & (chosen < len(features))]
        if len(chosen) >= LEAST_FEATURES:
            vector = self.models.embedding.vector(features[chosen])
            self._energies += features[chosen].sum(axis=0)
            yield Piece(stretch.first, stretch.last, vector, len(chosen) / FEATURES_PER_SECOND)


def _activity(probabilities: Floats) -> npt.NDArray[np.uint8]:
    activity = np.round(voice_activity(probabilities) * FULL_ACTIVITY).clip(0, FULL_ACTIVITY)
    return np.asarray(activity, np.uint8)


def clean_features(stretch: Stretch) -> npt.NDArray[np.intp]:
    """Return the frames of the filter bank, from the start of the audio, in the clean frames."""
    edge = FRAME_CENTRE_SAMPLES - FRAME_SAMPLES / 2 - FILTER_SAMPLES / 2
    first = (stretch.first * FRAME_SAMPLES + edge) / HOP_SAMPLES
    last = (stretch.last * FRAME_SAMPLES + edge) / HOP_SAMPLES
    features = np.arange(max(0, int(np.ceil(first))), max(0, int(np.ceil(last))))
    centres = features * HOP_SAMPLES + FILTER_SAMPLES / 2
    frames = np.round((centres - FRAME_CENTRE_SAMPLES) / FRAME_SAMPLES).astype(int) - stretch.first
    is_clean = stretch.is_clean[frames.clip(0, len(stretch.is_clean) - 1)]
    return np.asarray(features[is_clean], np.intp)
