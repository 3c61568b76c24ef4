"""Who is active when, within ten seconds: windows of the audio through pyannote's segmentation.

The network tells up to three voices of a window apart, two of them at once, and says for every
frame of 17 ms which set of them speaks (the powerset of its name). Its voices are local: the first
of one window may be the third of the next; embeddings say who is who.

Source: Plaquet and Bredin, "Powerset multi-class cross entropy loss for neural speaker
diarization", Interspeech 2023.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shared.diarization.network import Network

SAMPLE_RATE = 16_000
WINDOW_SAMPLES = 160_000  # 10 s, what the network was trained on
FRAME_SAMPLES = 270  # 16.875 ms from one frame to the next
N_FRAMES = 589
N_VOICES = 3
# Middle of what a frame looks at, from the first sample of its window
FRAME_CENTRE_SAMPLES = 495
# Windows begin where a frame and a frame of the filter bank (160 samples) both begin.
ALIGNMENT_SAMPLES = 4_320
# 3.24 s: each moment is heard in three windows. Every 5 s `pyannote_sample` had an error of 1.7 %
# instead of 0.7 %; every 2.5 s cost a third more and won nothing.
STEP_SAMPLES = 12 * ALIGNMENT_SAMPLES
# One call for four windows takes 27 ms each, a call for one 62 ms.
BATCH_WINDOWS = 4

# Which voices each class of the network means, shape `(n_classes, n_voices)`
POWERSET = np.array(
    [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], np.float32
)

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


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
    """Probability that each voice speaks, alone or not: `(..., 7)` to `(..., 3)`."""
    return probabilities @ POWERSET


def voices_alone(probabilities: Floats) -> Flags:
    """Where a voice most likely speaks and no other does: `(..., 7)` to `(..., 3)`."""
    likeliest = POWERSET[probabilities.argmax(axis=-1)]
    return np.asarray((likeliest > 0) & (likeliest.sum(axis=-1, keepdims=True) == 1))


def frame_time_s(frame: int) -> float:
    """Time at which a frame, counted from the start of the audio, takes over from the one before.

    Frames of 62 ms overlap; each stands for the 17 ms around its middle.
    """
    return (frame * FRAME_SAMPLES + FRAME_CENTRE_SAMPLES - FRAME_SAMPLES // 2) / SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Stretch:
    """Audio that holds some windows.

    samples: shape `(n_samples,)`. starts: first sample of each window within `samples`.
    offset: place of the first sample in the audio, a multiple of `ALIGNMENT_SAMPLES`.
    """

    samples: Floats
    offset: int
    starts: tuple[int, ...]

    def windows(self) -> Floats:
        """Copy of the windows, shape `(n_windows, 160000)`."""
        return np.stack([self.samples[start : start + WINDOW_SAMPLES] for start in self.starts])


class SlidingWindows:
    """Cuts audio into overlapping windows as it arrives; keeps at most 23 s of it.

    The last window ends where the audio ends, as far as the alignment of windows permits; zeros
    fill what is missing.
    """

    def __init__(self) -> None:
        self._blocks: list[Floats] = []
        self._offset = 0  # of the first sample that is kept
        self._next_start = 0
        self.n_samples = 0

    def push(self, samples: Floats) -> Iterator[Stretch]:
        """Take samples, shape `(n_samples,)`; yield stretches of `BATCH_WINDOWS` windows."""
        self._blocks.append(samples)
        self.n_samples += len(samples)
        needed = WINDOW_SAMPLES + (BATCH_WINDOWS - 1) * STEP_SAMPLES
        while self.n_samples - self._next_start >= needed:
            starts = [self._next_start + STEP_SAMPLES * index for index in range(BATCH_WINDOWS)]
            yield self._cut(starts)

    def finish(self) -> Iterator[Stretch]:
        """Yield what is left, if anything is."""
        beyond = max(0, self.n_samples - WINDOW_SAMPLES)
        last_start = -(-beyond // ALIGNMENT_SAMPLES) * ALIGNMENT_SAMPLES
        starts = [*range(self._next_start, last_start, STEP_SAMPLES), last_start]
        if not self.n_samples or last_start <= self._next_start - STEP_SAMPLES:
            return
        for first in range(0, len(starts), BATCH_WINDOWS):
            yield self._cut(starts[first : first + BATCH_WINDOWS])

    def _cut(self, starts: list[int]) -> Stretch:
        kept = np.concatenate(self._blocks)
        first, end = starts[0], starts[-1] + WINDOW_SAMPLES
        samples = kept[first - self._offset : end - self._offset]
        missing = end - first - len(samples)
        stretch = Stretch(
            np.pad(samples, (0, missing)) if missing else samples.copy(),
            first,
            tuple(start - first for start in starts),
        )
        # The last window of all may begin before the next one would.
        self._next_start = starts[-1] + STEP_SAMPLES
        self._blocks = [kept[starts[-1] - self._offset :].copy()]
        self._offset = starts[-1]
        return stretch
