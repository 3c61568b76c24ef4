"""Local speaker segmentation: windows of ten seconds through pyannote's network.

The network separates up to three voices of a window, two of them overlapping, and classifies every
frame of 17 ms by the set of active voices (powerset). The voices are local: the first of one window
may be the third of the next; clustering of their embeddings links them.

Source: Plaquet and Bredin, "Powerset multi-class cross entropy loss for neural speaker
diarization", Interspeech 2023.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shared.diarization.network import Network

SAMPLE_RATE = 16_000
WINDOW_SAMPLES = 160_000  # 10 s, as in the training of the network
FRAME_SAMPLES = 270  # 16.875 ms from one frame to the next
N_FRAMES = 589
N_VOICES = 3
# Centre of a frame's receptive field, from the first sample of its window
FRAME_CENTRE_SAMPLES = 495
# Windows begin where a frame and a frame of the filter bank (160 samples) both begin.
ALIGNMENT_SAMPLES = 4_320
# 3.24 s: three windows cover each frame. With 5 s `pyannote_sample` has an error of 1.7 % instead
# of 0.7 %; 2.5 s costs a third more time and has the same error.
STEP_SAMPLES = 12 * ALIGNMENT_SAMPLES
# A call with four windows takes 27 ms per window, a call with one 62 ms.
BATCH_WINDOWS = 4

# Active voices of each class of the network, shape `(n_classes, n_voices)`
POWERSET = np.array(
    [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], np.float32
)

Floats = npt.NDArray[np.float32]


class Segmentation:
    """Segmentation-3.0 with its network."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def probabilities(self, windows: Floats) -> Floats:
        """Return the probability of each class, shape `(n_windows, 589, 7)`.

        Parameters
        ----------
        windows: shape `(n_windows, 160000)`, 16 kHz, -1..1.
        """
        return np.exp(self._network.run(windows[:, None, :]))


def voice_activity(probabilities: Floats) -> Floats:
    """Return the probability that each voice is active: `(..., 7)` to `(..., 3)`."""
    return probabilities @ POWERSET


def frame_time_s(frame: int) -> float:
    """Return the start in seconds of a frame, counted from the start of the audio.

    Receptive fields of 62 ms overlap; a frame stands for the 17 ms around its centre.
    """
    return (frame * FRAME_SAMPLES + FRAME_CENTRE_SAMPLES - FRAME_SAMPLES // 2) / SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class WindowBatch:
    """Consecutive overlapping windows.

    samples: shape `(n_samples,)`. starts: first sample of each window within `samples`.
    offset: index of the first sample in the audio, a multiple of `ALIGNMENT_SAMPLES`.
    is_last: no window follows.
    """

    samples: Floats
    offset: int
    starts: tuple[int, ...]
    is_last: bool

    def windows(self) -> Floats:
        """Copy of the windows, shape `(n_windows, 160000)`."""
        return np.stack([self.samples[start : start + WINDOW_SAMPLES] for start in self.starts])


class SlidingWindows:
    """Cuts arriving audio into overlapping windows; keeps at most 23 s of it.

    The last window ends at the end of the audio, rounded up to the alignment of windows and
    padded with zeros.
    """

    def __init__(self) -> None:
        self._blocks: list[Floats] = []
        self._offset = 0  # index of the first kept sample
        self._next_start = 0
        self.n_samples = 0

    def push(self, samples: Floats) -> Iterator[WindowBatch]:
        """Accept samples, shape `(n_samples,)`; yield batches of `BATCH_WINDOWS` windows."""
        self._blocks.append(samples)
        self.n_samples += len(samples)
        needed = WINDOW_SAMPLES + (BATCH_WINDOWS - 1) * STEP_SAMPLES
        while self.n_samples - self._next_start >= needed:
            starts = [self._next_start + STEP_SAMPLES * index for index in range(BATCH_WINDOWS)]
            yield self._cut(starts, is_last=False)

    def finish(self) -> Iterator[WindowBatch]:
        """Yield the batches of the remaining audio, at least one if there was any audio.

        Where the last window was yielded before, it comes again.
        """
        beyond = max(0, self.n_samples - WINDOW_SAMPLES)
        last_start = -(-beyond // ALIGNMENT_SAMPLES) * ALIGNMENT_SAMPLES
        starts = [*range(self._next_start, last_start, STEP_SAMPLES), last_start]
        if not self.n_samples:
            return
        for first in range(0, len(starts), BATCH_WINDOWS):
            is_last = first + BATCH_WINDOWS >= len(starts)
            yield self._cut(starts[first : first + BATCH_WINDOWS], is_last=is_last)

    def _cut(self, starts: list[int], *, is_last: bool) -> WindowBatch:
        kept = np.concatenate(self._blocks)
        first, end = starts[0], starts[-1] + WINDOW_SAMPLES
        samples = kept[first - self._offset : end - self._offset]
        missing = end - first - len(samples)
        batch = WindowBatch(
            np.pad(samples, (0, missing)) if missing else samples.copy(),
            first,
            tuple(start - first for start in starts),
            is_last,
        )
        # The last window of the audio may begin before the regular next start.
        self._next_start = starts[-1] + STEP_SAMPLES
        self._blocks = [kept[starts[-1] - self._offset :].copy()]
        self._offset = starts[-1]
        return batch
