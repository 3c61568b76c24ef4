"""Voice activity detection: the probability of speech in each window of 32 ms.

`SpeechDetector` is the port, `SileroDetector` its adapter. A detector is stateless between calls:
the caller keeps one state for each channel of each audio.
"""

from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from shared.onnx_session import OnnxSession

SAMPLE_RATE = 16_000
WINDOW_SAMPLES = 512  # 32 ms, the only size that Silero supports
CONTEXT_SAMPLES = 64  # the end of the window before
STATE_SIZE = 128

Samples = npt.NDArray[np.float32]


class SpeechDetector(Protocol):
    """A voice activity model. Methods may be called from any thread."""

    def initial_state(self) -> Any:
        """State before the first window of an audio."""
        ...

    def probabilities(self, windows: Samples, state: Any) -> tuple[Samples, Any]:
        """Return the speech probability of each window, 0..1, and the state after the last.

        windows: shape `(n_windows, CONTEXT_SAMPLES + WINDOW_SAMPLES)`, in order of time; the
            context repeats the end of the window before.
        """
        ...


class SileroDetector:
    """Silero v6 on ONNX Runtime.

    Source: https://github.com/snakers4/silero-vad, in the form that takes many windows in one call.
    """

    def __init__(self, model_file: Path) -> None:
        # The recurrent step is sequential: more threads only spin and steal from the encoder.
        self._session = OnnxSession(model_file, threads=1)

    @staticmethod
    def initial_state() -> tuple[Samples, Samples]:
        """Hidden and cell state of the recurrent layer, both zero."""
        shape = (1, 1, STATE_SIZE)
        return np.zeros(shape, np.float32), np.zeros(shape, np.float32)

    def probabilities(
        self, windows: Samples, state: tuple[Any, Any]
    ) -> tuple[Samples, tuple[Any, Any]]:
        """Run the model once over all windows."""
        hidden, cell = state
        speech, hidden, cell = self._session.run({"input": windows, "h": hidden, "c": cell})
        return speech.reshape(-1), (hidden, cell)
