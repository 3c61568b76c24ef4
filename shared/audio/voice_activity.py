"""Where somebody speaks: Silero's voice activity detector and the segments made of it.

`SpeechDetector` holds the model, one per process. `Segmenter` holds the state of one channel of
one audio: push samples, take the segments that are complete. Memory is bounded by the longest
segment, not by the audio.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.privacy.telemetry_off import switch_telemetry_off

SAMPLE_RATE = 16_000
WINDOW_SAMPLES = 512  # 32 ms, what Silero was trained on
CONTEXT_SAMPLES = 64  # the end of the window before
WINDOWS_PER_SECOND = SAMPLE_RATE / WINDOW_SAMPLES
STATE_SIZE = 128

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceActivityOptions:
    """What counts as speech and how it is cut into segments.

    onset, release: probability at which speech starts, and below which it ends (hysteresis).
    min_speech_s: a shorter burst is noise.
    min_silence_s: a shorter pause does not end an utterance.
    join_gap_s: utterances closer than this are recognised together, as long as the whole stays
        within `max_segment_s`: Whisper reads better with a little context.
    max_segment_s: longer speech is cut at its least speech-like window in the second half.
    padding_s: audio kept before and after speech, so that soft first sounds are not lost.
    """

    onset: float = 0.5
    release: float = 0.35
    min_speech_s: float = 0.1
    min_silence_s: float = 0.3
    join_gap_s: float = 2.0
    max_segment_s: float = 20.0
    padding_s: float = 0.5


@dataclass(frozen=True, slots=True)
class Utterance:
    """Uninterrupted speech, in seconds from the start of the audio."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Segment:
    """Audio that is recognised in one go.

    samples: shape `(n_samples,)`, 16 kHz, padding included; owned by the segment.
    offset_s: time of the first sample.
    utterances: the speech within, in order, never empty.
    """

    samples: Samples
    offset_s: float
    utterances: tuple[Utterance, ...]

    @property
    def duration_s(self) -> float:
        """Seconds of audio, padding included."""
        return len(self.samples) / SAMPLE_RATE

    @property
    def speech_s(self) -> float:
        """Seconds of speech."""
        return sum(utterance.end_s - utterance.start_s for utterance in self.utterances)


@dataclass(frozen=True, slots=True)
class Pause:
    """Audio without speech. `level_db` is its root mean square relative to full scale."""

    offset_s: float
    duration_s: float
    level_db: float


class SpeechDetector:
    """Silero v6 on ONNX Runtime: the probability of speech in each 32 ms window.

    Source: https://github.com/snakers4/silero-vad, in the form that takes many windows a call.
    """

    def __init__(self, model_file: Path) -> None:
        switch_telemetry_off()
        import onnxruntime  # noqa: PLC0415  (costs 30 ms; only who recognises pays)

        options = onnxruntime.SessionOptions()
        # The recurrent step is sequential: more threads only spin and steal from the encoder.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        self._session = onnxruntime.InferenceSession(
            str(model_file), options, providers=["CPUExecutionProvider"]
        )

    def probabilities(
        self, windows: Samples, state: tuple[Any, Any]
    ) -> tuple[Samples, tuple[Any, Any]]:
        """Speech probability of each window, and the state after the last.

        windows: shape `(n_windows, 64 + 512)`, each behind the end of the one before.
        """
        hidden, cell = state
        speech, hidden, cell = self._session.run(None, {"input": windows, "h": hidden, "c": cell})
        return speech.reshape(-1), (hidden, cell)

    @staticmethod
    def initial_state() -> tuple[Samples, Samples]:
        """State before the first window."""
        shape = (1, 1, STATE_SIZE)
        return np.zeros(shape, np.float32), np.zeros(shape, np.float32)


class Segmenter:
    """Cuts one channel into segments of speech as its samples arrive.

    `push` and `finish` yield `Segment` and `Pause` in order of time; together they cover the
    audio but for the padding inside segments.
    """

    def __init__(
        self, detector: SpeechDetector, options: VoiceActivityOptions | None = None
    ) -> None:
        self._detector = detector
        self._options = options or VoiceActivityOptions()
        self._state = detector.initial_state()
        self._context = np.zeros(CONTEXT_SAMPLES, np.float32)
        self._remainder = np.zeros(0, np.float32)  # less than a window
        self._samples = _SampleBuffer()
        self._n_windows = 0
        self._covered = 0  # samples before this one are in a result already
        # Silence older than this is not needed for the padding of speech that may start now.
        self._keep_samples = round(self._options.padding_s * SAMPLE_RATE) + 2 * WINDOW_SAMPLES
        # The utterance under way, in windows: its probabilities, and where silence began in it.
        self._start: int | None = None
        self._silence_start: int | None = None
        self._speech: list[float] = []
        self._pending: list[tuple[int, int]] = []  # utterances that wait to be joined, in samples

    def push(self, samples: Samples) -> Iterator[Segment | Pause]:
        """Take samples, shape `(n_samples,)`, 16 kHz, -1..1; yield what is complete."""
        self._samples.append(samples)
        waiting = np.concatenate((self._remainder, samples)) if len(self._remainder) else samples
        n_windows = len(waiting) // WINDOW_SAMPLES
        self._remainder = waiting[n_windows * WINDOW_SAMPLES :].copy()
        if n_windows:
            yield from self._detect(waiting[: n_windows * WINDOW_SAMPLES])

    def finish(self) -> Iterator[Segment | Pause]:
        """Yield what is left after the last sample."""
        if len(self._remainder):
            padded = np.zeros(WINDOW_SAMPLES, np.float32)
            padded[: len(self._remainder)] = self._remainder
            self._remainder = self._remainder[:0]
            yield from self._detect(padded)
        if self._start is not None:
            end = self._silence_start if self._silence_start is not None else self._n_windows
            yield from self._close_utterance(self._start, end)
        yield from self._emit_pending()
        yield from self._emit_pause(self._samples.end)

    def _detect(self, samples: Samples) -> Iterator[Segment | Pause]:
        stream = np.concatenate((self._context, samples))
        windows = np.lib.stride_tricks.sliding_window_view(
            stream, CONTEXT_SAMPLES + WINDOW_SAMPLES
        )[::WINDOW_SAMPLES]
        self._context = samples[-CONTEXT_SAMPLES:].copy()
        speech, self._state = self._detector.probabilities(
            np.ascontiguousarray(windows), self._state
        )
        for probability in speech.tolist():
            yield from self._step(probability)
            self._n_windows += 1
            yield from self._emit_pending_if_alone()
        if self._start is None and not self._pending:
            self._samples.forget(self._samples.end - self._keep_samples)

    def _step(self, probability: float) -> Iterator[Segment | Pause]:
        options, window = self._options, self._n_windows
        if self._start is None:
            if probability >= options.onset:
                self._start, self._silence_start, self._speech = window, None, [probability]
            return
        self._speech.append(probability)
        if probability >= options.release:
            self._silence_start = None
        elif self._silence_start is None:
            self._silence_start = window
        if (
            self._silence_start is not None
            and (window + 1 - self._silence_start) >= options.min_silence_s * WINDOWS_PER_SECOND
        ):
            yield from self._close_utterance(self._start, self._silence_start)
        elif len(self._speech) >= options.max_segment_s * WINDOWS_PER_SECOND:
            yield from self._cut_utterance(self._start)

    def _cut_utterance(self, start_window: int) -> Iterator[Segment | Pause]:
        """End a too long utterance at its least speech-like window, and go on behind it."""
        half = len(self._speech) // 2
        cut = half + int(np.argmin(self._speech[half:]))
        rest, cut_window = self._speech[cut:], start_window + cut
        silence_start = self._silence_start
        yield from self._close_utterance(start_window, cut_window)
        self._start, self._speech = cut_window, rest
        self._silence_start = silence_start

    def _close_utterance(self, start_window: int, end_window: int) -> Iterator[Segment | Pause]:
        start, end = start_window * WINDOW_SAMPLES, end_window * WINDOW_SAMPLES
        self._start, self._silence_start, self._speech = None, None, []
        if end - start < self._options.min_speech_s * SAMPLE_RATE:
            return
        if self._pending and not self._fits(start, end):
            yield from self._emit_pending()
        self._pending.append((start, end))

    def _fits(self, start: int, end: int) -> bool:
        options = self._options
        gap_s = (start - self._pending[-1][1]) / SAMPLE_RATE
        span_s = (end - self._pending[0][0]) / SAMPLE_RATE
        return gap_s <= options.join_gap_s and span_s <= options.max_segment_s

    def _emit_pending_if_alone(self) -> Iterator[Segment | Pause]:
        """Nothing that is still to come can be joined: the segment need not wait."""
        if not self._pending:
            return
        next_start = self._n_windows if self._start is None else self._start
        padding = round(self._options.padding_s * SAMPLE_RATE)
        if self._start is None and next_start * WINDOW_SAMPLES < self._pending[-1][1] + padding:
            return  # speech may still begin within the padding, and then owns it
        if not self._fits(next_start * WINDOW_SAMPLES, self._n_windows * WINDOW_SAMPLES):
            yield from self._emit_pending()

    def _emit_pending(self) -> Iterator[Segment | Pause]:
        if not self._pending:
            return
        padding = round(self._options.padding_s * SAMPLE_RATE)
        first, last = self._pending[0][0], min(self._pending[-1][1], self._samples.end)
        start = max(self._covered, first - padding)
        end = min(self._samples.end, last + padding)
        if self._start is not None:  # leave the next utterance its first sounds
            end = min(end, max(last, self._start * WINDOW_SAMPLES))
        yield from self._emit_pause(start)
        # The last window may reach beyond the last sample.
        utterances = tuple(
            Utterance(begin / SAMPLE_RATE, min(finish, last) / SAMPLE_RATE)
            for begin, finish in self._pending
        )
        self._pending = []
        self._covered = end
        yield Segment(self._samples.take(start, end), start / SAMPLE_RATE, utterances)

    def _emit_pause(self, end: int) -> Iterator[Pause]:
        start = self._covered
        if end <= start:
            return
        self._samples.forget(end)
        mean_power = self._samples.take_forgotten_power() / (end - start)
        level_db = 10 * np.log10(max(mean_power, 1e-12))
        self._covered = end
        yield Pause(start / SAMPLE_RATE, (end - start) / SAMPLE_RATE, float(level_db))


class _SampleBuffer:
    """Samples that no result holds yet, addressed by their place in the audio."""

    def __init__(self) -> None:
        self._blocks: list[Samples] = []
        self._start = 0
        self._forgotten_power = 0.0
        self.end = 0

    def append(self, samples: Samples) -> None:
        self._blocks.append(samples)
        self.end += len(samples)

    def take(self, start: int, end: int) -> Samples:
        """Copy of the samples `start..end`; all before `end` is forgotten."""
        joined = self._join()
        taken = joined[start - self._start : end - self._start].copy()
        self._drop(end)
        self._forgotten_power = 0.0
        return taken

    def forget(self, end: int) -> None:
        """Drop the samples before `end` and add their squares to the forgotten power."""
        if end > self._start:
            head = self._join()[: end - self._start]
            self._forgotten_power += float(np.dot(head, head))
            self._drop(end)

    def take_forgotten_power(self) -> float:
        """Sum of squares of what was forgotten since the last call."""
        power, self._forgotten_power = self._forgotten_power, 0.0
        return power

    def _join(self) -> Samples:
        if len(self._blocks) != 1:
            self._blocks = [np.concatenate((np.zeros(0, np.float32), *self._blocks))]
        return self._blocks[0]

    def _drop(self, end: int) -> None:
        # A copy, so that the memory of what was dropped is free at once.
        self._blocks = [self._join()[end - self._start :].copy()]
        self._start = end
