"""Sessions of ONNX Runtime: no telemetry, no spinning threads, memory that returns after a run.

Its memory arena is kept within a run and given back after it. Without an arena each tensor lies in
the pool of the C library, which inputs of varying length fragment: ten sentences by Kokoro peaked
at 2.3 GB, left 890 MB and took 72 s of processor time. With it they peak at 0.44 GB, leave the
200 MB of the loaded model and take 51 s. An arena that is never given back stays at the longest
sentence, 500 MB.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy.typing as npt

from shared.errors import ModelCorrupt
from shared.privacy.telemetry_off import switch_telemetry_off

_SILENT = 4  # only what ends the process is printed: messages may name inputs


class OnnxSession:
    """One graph on the CPU. Thread-safe.

    Parameters
    ----------
    graph: the file.
    threads: per run, not for all runs together.
    weights: initialisers that the file names but does not hold; float32, contiguous.

    Raises
    ------
    ModelCorrupt: the weights do not fit the graph.
    """

    def __init__(
        self, graph: Path, threads: int, weights: Mapping[str, npt.NDArray[Any]] | None = None
    ) -> None:
        switch_telemetry_off()
        import onnxruntime  # noqa: PLC0415  (30 ms; only those who run a graph need it)
        from onnxruntime.capi.onnxruntime_pybind11_state import Fail  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Threads that spin for more work would take the cores from recognition.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # A pattern is kept for each shape of the input, which is another one in every request.
        options.enable_mem_pattern = False
        options.log_severity_level = _SILENT
        if weights:
            values = [onnxruntime.OrtValue.ortvalue_from_numpy(one) for one in weights.values()]
            options.add_external_initializers(list(weights), values)
        try:
            self._session = onnxruntime.InferenceSession(
                str(graph), options, providers=["CPUExecutionProvider"]
            )
        except Fail as error:
            if not weights:
                raise
            raise ModelCorrupt(f"The weights do not fit the graph {graph.name}.") from error
        self._giving_back = onnxruntime.RunOptions()
        self._giving_back.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        self._giving_back.log_severity_level = _SILENT

    @property
    def first_input(self) -> str:
        """Name of the first input."""
        return str(self._session.get_inputs()[0].name)

    def run(self, inputs: Mapping[str, Any]) -> list[npt.NDArray[Any]]:
        """Return all outputs, in the order of the graph."""
        outputs: list[npt.NDArray[Any]] = self._session.run(None, dict(inputs), self._giving_back)
        return outputs
