"""A network on ONNX Runtime: its graph from this folder, its weights from a torch state file.

The graphs in `graphs/` name their weights but do not hold them
(`scripts/export_diarization_graphs.py` wrote them so). They are put in at load rather than once
into a file of the model folder: what lies on disk then stays what the catalogue's hashes say.
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
    """One input, one output. Several threads may call it at once.

    Parameters
    ----------
    graph: name of a file in `graphs/`.
    weights: float32 by the names of the state file; counters of the training are left alone.
    threads: of one call.

    Raises
    ------
    ModelCorrupt: a weight of the graph is not there, has another shape, or is none of its own.
    """

    def __init__(self, graph: str, weights: Mapping[str, Array], threads: int) -> None:
        switch_telemetry_off()
        import onnxruntime  # noqa: PLC0415  (costs 30 ms; only who diarizes pays)
        from onnxruntime.capi.onnxruntime_pybind11_state import Fail  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Threads that spin for more work would take the cores from the transcriber.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Inputs of ever new lengths would let an arena grow without an end.
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
        """Return the output for a batch, whose first axis is that of the output."""
        output: Floats = self._session.run(None, {self._input: batch})[0]
        return output
