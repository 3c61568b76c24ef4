"""A voice model on ONNX Runtime; its session opens at first use."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.privacy.telemetry_off import switch_telemetry_off


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
        self._session: Any = None

    def run(self, inputs: Mapping[str, Any]) -> npt.NDArray[np.float32]:
        """Return the first output, flattened: samples in -1..1, shape `(n_samples,)`."""
        with self._lock:
            if self._session is None:
                self._session = self._open()
            output: npt.NDArray[np.float32] = self._session.run(None, dict(inputs))[0].reshape(-1)
        return output

    def _open(self) -> Any:
        switch_telemetry_off()
        import onnxruntime  # noqa: PLC0415  (its import is slow, only synthesis needs it)

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        # Sentences differ in length: an arena would never release the memory of the longest.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return onnxruntime.InferenceSession(
            str(self._model_file), options, providers=["CPUExecutionProvider"]
        )


def to_int16(audio: npt.NDArray[np.float32]) -> npt.NDArray[np.int16]:
    """Convert samples in -1..1 to int16; louder samples clip."""
    return np.clip(np.rint(audio * 32_767), -32_768, 32_767).astype(np.int16)
