"""Online diarization: each phrase gets its speaker when it ends, and keeps it.

Later audio cannot correct an earlier assignment, so the error is higher than that of `diarize`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shared.diarization.clustering import ClusteringOptions
from shared.diarization.segmentation import SlidingWindows
from shared.diarization.voice_embeddings import Models, embed_voices

Floats = npt.NDArray[np.float32]

# A voice less similar than this to every known speaker is a new speaker. Between 0.57 and 0.65 all
# 83 phrases of `long_conversation` get the right one of five speakers; at 0.5 one is never found.
SIMILARITY = ClusteringOptions().similarity
# A shorter phrase is too uncertain for a new speaker: it gets the most similar one.
LEAST_NEW_SPEAKER_S = 1.5


@dataclass(slots=True)
class _KnownSpeaker:
    """`total`: sum of unit vectors, each weighted by its seconds, shape `(192,)`."""

    total: Floats

    def similarity(self, vector: Floats) -> float:
        return float(self.total @ vector) / float(np.linalg.norm(self.total))


class IncrementalDiarization:
    """Speakers of one conversation under way. Not thread-safe.

    Parameters
    ----------
    models: from `Diarizer.models`.
    most_speakers: limit of the number of speakers; None sets none.
    """

    def __init__(self, models: Models, most_speakers: int | None = None) -> None:
        self._models = models
        self._most = most_speakers
        self._known: list[_KnownSpeaker] = []
        self._last: int | None = None

    def identify_speaker(self, samples: Floats) -> int | None:
        """Return the speaker of most of a phrase, counted from 1 in the order of appearance.

        A phrase without a clean voice gets the previous speaker, None before the first.

        Parameters
        ----------
        samples: of the phrase, float32 in -1..1, shape `(n_samples,)`, 16 kHz; they are not kept.
            Twenty seconds take about half a second.
        """
        vector, duration_s = self._main_voice(samples)
        if not duration_s:
            return self._last
        similarities = [speaker.similarity(vector) for speaker in self._known]
        nearest = int(np.argmax(similarities)) if similarities else None
        may_be_new = duration_s >= LEAST_NEW_SPEAKER_S and len(self._known) != self._most
        if nearest is None or (similarities[nearest] < SIMILARITY and may_be_new):
            self._known.append(_KnownSpeaker(vector * duration_s))
            self._last = len(self._known)
            return self._last
        if similarities[nearest] >= SIMILARITY:
            self._known[nearest].total += vector * duration_s
        self._last = nearest + 1
        return self._last

    def _main_voice(self, samples: Floats) -> tuple[Floats, float]:
        """Return vector and seconds of the longest voice; 0 s where there is none."""
        sliding = SlidingWindows()
        batches = [*sliding.push(samples), *sliding.finish()]
        windows = [window for one in batches for window in embed_voices(one, self._models)]
        if not windows:
            return np.zeros(0, np.float32), 0.0
        vectors = np.concatenate([window.vectors for window in windows])
        durations_s = np.concatenate([window.durations_s for window in windows])
        # Mean of the voices of all windows that are similar to the longest, weighted by duration.
        same = vectors @ vectors[int(np.argmax(durations_s))] >= SIMILARITY
        total = (vectors[same] * durations_s[same, None]).sum(axis=0)
        length = float(np.linalg.norm(total))
        if not length:
            return np.zeros(0, np.float32), 0.0
        return np.asarray(total / length, np.float32), float(durations_s.max())
