"""A voice model on ONNX Runtime; its session opens at first use."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.onnx_session import OnnxSession


class OnnxVoice:
    """One model file. Runs one sentence at a time: two would compete for the same cores.

    Parameters
    ----------
    threads: per run; 0 uses every core that this process may use.
    """

    def __init__(self, model_file: Path, threads: int) -> None:
        self._model_file = model_file
        self._threads = threads or len(os.sched_getaffinity(0))
        self._lock = threading.Lock()
        self._session: OnnxSession | None = None

    def run(self, inputs: Mapping[str, Any]) -> npt.NDArray[np.float32]:
        """Return the first output, flattened: samples in -1..1, shape `(n_samples,)`."""
        with self._lock:
            if self._session is None:
                self._session = OnnxSession(self._model_file, self._threads)
            output: npt.NDArray[np.float32] = self._session.run(inputs)[0].reshape(-1)
        return output


def to_int16(audio: npt.NDArray[np.float32]) -> npt.NDArray[np.int16]:
    """Convert samples in -1..1 to int16; louder samples clip."""
    return np.clip(np.rint(audio * 32_767), -32_768, 32_767).astype(np.int16)
