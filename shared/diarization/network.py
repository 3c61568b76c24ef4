"""A network on ONNX Runtime: graph from this folder, weights from a torch state file.

The graphs in `graphs/` have the names of their weights, not the values
(`scripts/export_diarization_graphs.py` writes them). The weights are added at every load instead of
once into a file of the model folder: so the files on disk keep the hashes of the catalogue.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.errors import ModelCorrupt
from shared.privacy.telemetry_off import switch_telemetry_off

GRAPHS = Path(__file__).parent / "graphs"

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]


class Network:
    """A network of one input and one output. Thread-safe.

    Parameters
    ----------
    graph: name of a file in `graphs/`.
    weights: by the names of the state file; only float32 is used, not the counters of training.
    threads: per call.

    Raises
    ------
    ModelCorrupt: a weight of the graph is missing, has another shape, or is not in the graph.
    """

    def __init__(self, graph: str, weights: Mapping[str, Array], threads: int) -> None:
        switch_telemetry_off()
        import onnxruntime  # noqa: PLC0415  (takes 30 ms; only diarization needs it)
        from onnxruntime.capi.onnxruntime_pybind11_state import Fail  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Threads that spin for more work would take the cores from recognition.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Inputs of varying lengths would let an arena grow without a bound.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        floats = {
            name: np.require(weight, np.float32, ["C"])
            for name, weight in weights.items()
            if weight.dtype == np.float32
        }
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(weight) for weight in floats.values()]
        options.add_external_initializers(list(floats), values)
        try:
            self._session = onnxruntime.InferenceSession(
                str(GRAPHS / graph), options, providers=["CPUExecutionProvider"]
            )
        except Fail as error:
            raise ModelCorrupt(f"The weights do not fit the graph {graph}.") from error
        self._input = self._session.get_inputs()[0].name

    def run(self, batch: Floats) -> Floats:
        """Return the output of a batch; the first axis of both is the batch."""
        output: Floats = self._session.run(None, {self._input: batch})[0]
        return output
