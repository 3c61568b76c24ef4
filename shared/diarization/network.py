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

from shared.onnx_session import OnnxSession

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
        floats = {
            name: np.require(weight, np.float32, ["C"])
            for name, weight in weights.items()
            if weight.dtype == np.float32
        }
        self._session = OnnxSession(GRAPHS / graph, threads, floats)
        self._input = self._session.first_input

    def run(self, batch: Floats) -> Floats:
        """Return the output of a batch; the first axis of both is the batch."""
        output: Floats = self._session.run({self._input: batch})[0]
        return output
