"""A voice model on ONNX Runtime: its session, opened at first use."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.privacy.telemetry_off import switch_telemetry_off


class OnnxVoice:
    """One model file. Runs one sentence at a time: two at once would share the same cores.

    Parameters
    ----------
    threads: of one run; 0 takes every core this process may use.
    """

    def __init__(self, model_file: Path, threads: int) -> None:
        self._model_file = model_file
        self._threads = threads or len(os.sched_getaffinity(0))
        self._lock = threading.Lock()
        self._session: Any = None

    def run(self, inputs: Mapping[str, Any]) -> npt.NDArray[np.float32]:
        """Return the first output, flat: samples of -1 to 1."""
        with self._lock:
            if self._session is None:
                self._session = self._open()
            output: npt.NDArray[np.float32] = self._session.run(None, dict(inputs))[0].reshape(-1)
        return output

    def _open(self) -> Any:
        switch_telemetry_off()
        import onnxruntime  # noqa: PLC0415  (only who synthesises pays)

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        # Sentences differ in length: the arena would keep the longest's memory for good.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return onnxruntime.InferenceSession(
            str(self._model_file), options, providers=["CPUExecutionProvider"]
        )


def samples_of(audio: npt.NDArray[np.float32]) -> npt.NDArray[np.int16]:
    """Samples of -1 to 1 as int16; what is louder is cut off."""
    return np.clip(np.rint(audio * 32_767), -32_768, 32_767).astype(np.int16)
