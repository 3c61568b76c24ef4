"""Online diarization: each phrase gets its speaker when it ends, and keeps it.

Later audio cannot correct an earlier assignment, so the error is higher than that of `diarize`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shared.diarization.segmentation import SlidingWindows
from shared.diarization.voice_embeddings import Models, Voices

Floats = npt.NDArray[np.float32]

# A voice less similar than this to every known speaker is a new one. It is the mean of a phrase:
# its cosine to its own speaker is higher than that of a piece of speech. Voices over a telephone
# line have the line in common. Chosen on made-up conversations of one half of the readers; of the
# other half's 51.6 % of the time over a line had the right speaker at 0.62, and 85.6 % at 0.73.
SIMILARITY = 0.62
NARROW_BAND_SIMILARITY = 0.73
# Two pieces of a phrase less similar than this are of two speakers.
PIECE_SIMILARITY = 0.5
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
        vector, duration_s, least = self._main_voice(samples)
        if not duration_s:
            return self._last
        similarities = [speaker.similarity(vector) for speaker in self._known]
        nearest = int(np.argmax(similarities)) if similarities else None
        may_be_new = duration_s >= LEAST_NEW_SPEAKER_S and len(self._known) != self._most
        if nearest is None or (similarities[nearest] < least and may_be_new):
            self._known.append(_KnownSpeaker(vector * duration_s))
            self._last = len(self._known)
            return self._last
        if similarities[nearest] >= least:
            self._known[nearest].total += vector * duration_s
        self._last = nearest + 1
        return self._last

    def _main_voice(self, samples: Floats) -> tuple[Floats, float, float]:
        """Return vector and seconds of the longest voice, and the least similarity to be the same.

        0 s where there is no voice.
        """
        sliding = SlidingWindows()
        voices = Voices(self._models)
        for batch in [*sliding.push(samples), *sliding.finish()]:
            voices.add(batch)
        vectors, durations_s = voices.vectors(), voices.durations_s()
        if not len(vectors):
            return np.zeros(0, np.float32), 0.0, SIMILARITY
        # Mean of all pieces that are similar to the longest, weighted by duration
        same = vectors @ vectors[int(np.argmax(durations_s))] >= PIECE_SIMILARITY
        total = (vectors[same] * durations_s[same, None]).sum(axis=0)
        vector = np.asarray(total / np.linalg.norm(total), np.float32)
        least = NARROW_BAND_SIMILARITY if voices.are_narrow_band() else SIMILARITY
        return vector, float(durations_s[same].sum()), least
