"""Speakers while they speak: each phrase gets its speaker when it ends, and keeps it.

What comes later can not correct what was named before, so this is less sure than `diarize`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shared.diarization.clustering import ClusteringOptions
from shared.diarization.segmentation import SlidingWindows
from shared.diarization.voices import Models, voices_of

Floats = npt.NDArray[np.float32]

# A voice less similar than this to every known speaker is a new one. Between 0.57 and 0.65 all 83
# phrases of `long_conversation` get the right one of five speakers; at 0.5 one is never found.
SIMILARITY = ClusteringOptions().similarity
# A shorter phrase is too uncertain to bring a new speaker: it joins the most similar one.
LEAST_NEW_SPEAKER_S = 1.5


@dataclass(slots=True)
class _KnownSpeaker:
    """`total`: sum of unit vectors, each weighted by its seconds, shape `(192,)`."""

    total: Floats

    def similarity(self, vector: Floats) -> float:
        return float(self.total @ vector) / float(np.linalg.norm(self.total))


class IncrementalSpeakers:
    """The speakers of one conversation, as far as it has come. Not for several threads at once.

    Parameters
    ----------
    models: from `Diarizer.models`.
    most_speakers: when so many are known, every voice is one of them; None sets no limit.
    """

    def __init__(self, models: Models, most_speakers: int | None = None) -> None:
        self._models = models
        self._most = most_speakers
        self._known: list[_KnownSpeaker] = []
        self._last: int | None = None

    def speaker_of(self, samples: Floats) -> int | None:
        """Return who speaks for most of a phrase, counted from 1 in the order of appearance.

        A phrase in which no voice is clear belongs to the speaker before it; None before the
        first.

        Parameters
        ----------
        samples: of the phrase, float32 in -1..1, shape `(n_samples,)`, 16 kHz. Twenty seconds
            take about half a second; they are not kept.
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
        """Vector and seconds of the voice that is heard longest; 0 s where there is none."""
        sliding = SlidingWindows()
        stretches = [*sliding.push(samples), *sliding.finish()]
        windows = [window for one in stretches for window in voices_of(one, self._models)]
        if not windows:
            return np.zeros(0, np.float32), 0.0
        vectors = np.concatenate([window.vectors for window in windows])
        durations_s = np.concatenate([window.durations_s for window in windows])
        # The voices of further windows that are the same, weighted by their speech.
        same = vectors @ vectors[int(np.argmax(durations_s))] >= SIMILARITY
        total = (vectors[same] * durations_s[same, None]).sum(axis=0)
        length = float(np.linalg.norm(total))
        if not length:
            return np.zeros(0, np.float32), 0.0
        return np.asarray(total / length, np.float32), float(durations_s.max())
