"""Endpointing: speech probabilities in, segments of speech and pauses out.

`Segmenter` holds the state of one channel of one audio: push samples, take the complete segments.
Speech in progress is available before its segment is complete (`onset_s`, `pending`), for partial
results. Memory is bounded by the longest segment, not by the audio.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from shared.audio.speech_detector import (
    CONTEXT_SAMPLES,
    SAMPLE_RATE,
    WINDOW_SAMPLES,
    Samples,
    SpeechDetector,
)

WINDOWS_PER_SECOND = SAMPLE_RATE / WINDOW_SAMPLES


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentationOptions:
    """Parameters of endpointing.

    onset, release: probability at which speech starts, and below which it ends (hysteresis).
    min_speech_s: a shorter burst is noise.
    min_silence_s: trailing silence that ends an utterance; a shorter pause does not.
    join_gap_s: utterances closer than this are recognised together, as long as the whole stays
        within `max_segment_s`: Whisper is more accurate with a little context, and less with
        two speakers in one segment. Word error rate of a conversation and of joined clips: 16.4 %
        at 0.5 s, 14.0 and 11.6 % at 1 s, 15.3 and 13.8 % at 2 s. A segment is held back for that
        long; 0 ends it right after its padding, as real time needs.
    max_segment_s: longer speech is cut at its least speech-like window in the second half.
    padding_s: audio kept before and after speech, so that soft first sounds are not lost.
    """

    onset: float = 0.5
    release: float = 0.35
    min_speech_s: float = 0.1
    min_silence_s: float = 0.3
    join_gap_s: float = 1.0
    max_segment_s: float = 20.0
    padding_s: float = 0.5


@dataclass(frozen=True, slots=True)
class Utterance:
    """Uninterrupted speech, in seconds from the start of the audio."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Segment:
    """Audio that is recognised in one piece.

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


class Segmenter:
    """Cuts one channel into segments of speech as its samples arrive.

    `push` and `finish` yield `Segment` and `Pause` in order of time; together they cover the
    audio but for the padding inside segments.
    """

    def __init__(
        self, detector: SpeechDetector, options: SegmentationOptions | None = None
    ) -> None:
        self._detector = detector
        self._options = options or SegmentationOptions()
        self._state = detector.initial_state()
        self._context = np.zeros(CONTEXT_SAMPLES, np.float32)
        self._remainder = np.zeros(0, np.float32)  # less than a window
        self._samples = _SampleBuffer()
        self._n_windows = 0
        self._covered = 0  # samples before this one are in a result
        self._padding = round(self._options.padding_s * SAMPLE_RATE)
        # Older silence is beyond the padding of speech that may start now.
        self._keep_samples = self._padding + 2 * WINDOW_SAMPLES
        # The utterance in progress, in windows: its probabilities and the start of its silence.
        self._start: int | None = None
        self._silence_start: int | None = None
        self._speech: list[float] = []
        self._waiting: list[tuple[int, int]] = []  # utterances that wait to be joined, in samples

    def push(self, samples: Samples) -> Iterator[Segment | Pause]:
        """Take samples, shape `(n_samples,)`, 16 kHz, -1..1; yield complete results."""
        self._samples.append(samples)
        waiting = np.concatenate((self._remainder, samples)) if len(self._remainder) else samples
        n_windows = len(waiting) // WINDOW_SAMPLES
        self._remainder = waiting[n_windows * WINDOW_SAMPLES :].copy()
        if n_windows:
            yield from self._detect(waiting[: n_windows * WINDOW_SAMPLES])

    def finish(self) -> Iterator[Segment | Pause]:
        """Yield the remaining results after the last sample."""
        if len(self._remainder):
            padded = np.zeros(WINDOW_SAMPLES, np.float32)
            padded[: len(self._remainder)] = self._remainder
            self._remainder = self._remainder[:0]
            yield from self._detect(padded)
        if self._start is not None:
            end = self._silence_start if self._silence_start is not None else self._n_windows
            yield from self._close_utterance(self._start, end)
        yield from self._emit_waiting()
        yield from self._emit_pause(self._samples.end)

    @property
    def onset_s(self) -> float | None:
        """Start of the speech that is in no segment yet; None during silence."""
        utterances = self._utterances_under_way()
        return utterances[0][0] / SAMPLE_RATE if utterances else None

    def pending(self) -> Segment | None:
        """Copy the speech that is in no segment yet, up to the last sample; changes no state.

        The final segment may be longer, or be cut elsewhere. None during silence.
        """
        utterances = self._utterances_under_way()
        if not utterances:
            return None
        start = max(self._covered, utterances[0][0] - self._padding)
        return Segment(
            self._samples.peek(start, self._samples.end),
            start / SAMPLE_RATE,
            _utterances_in_seconds(utterances, self._samples.end),
        )

    def settled(self) -> Segment | None:
        """Copy the segment that ends here unless more speech joins it; changes no state.

        It has the samples of the segment that `push` yields if the silence goes on, so it can be
        recognised while the silence lasts. None before the padding behind the speech has arrived.
        """
        if not self._waiting or self._start is not None:
            return None
        first, last = self._waiting[0][0], self._waiting[-1][1]
        end = last + self._padding
        if end > self._n_windows * WINDOW_SAMPLES:
            return None
        start = max(self._covered, first - self._padding)
        utterances = _utterances_in_seconds(self._waiting, last)
        return Segment(self._samples.peek(start, end), start / SAMPLE_RATE, utterances)

    @property
    def silence_s(self) -> float:
        """Seconds of silence behind the speech that is in no segment yet; 0 without speech."""
        utterances = self._utterances_under_way()
        if not utterances:
            return 0.0
        return (self._n_windows * WINDOW_SAMPLES - utterances[-1][1]) / SAMPLE_RATE

    def quiet_level_db(self) -> float:
        """Level of the audio without speech since the last result, as `Pause.level_db`."""
        return _level_db(*self._samples.power_since(self._covered))

    def _utterances_under_way(self) -> list[tuple[int, int]]:
        """Utterances that wait to be joined and the one in progress, in samples."""
        if self._start is None:
            return self._waiting
        end = self._silence_start if self._silence_start is not None else self._n_windows
        if (end - self._start) < self._options.min_speech_s * WINDOWS_PER_SECOND:
            return self._waiting  # noise, until it lasts `min_speech_s`
        return [*self._waiting, (self._start * WINDOW_SAMPLES, end * WINDOW_SAMPLES)]

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
            yield from self._emit_unless_joinable()
        if self._start is None and not self._waiting:
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
        """End a too long utterance at its least speech-like window, and continue after it."""
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
        if self._waiting and not self._fits(start, end):
            yield from self._emit_waiting()
        self._waiting.append((start, end))

    def _fits(self, start: int, end: int) -> bool:
        options = self._options
        gap_s = (start - self._waiting[-1][1]) / SAMPLE_RATE
        span_s = (end - self._waiting[0][0]) / SAMPLE_RATE
        return gap_s <= options.join_gap_s and span_s <= options.max_segment_s

    def _emit_unless_joinable(self) -> Iterator[Segment | Pause]:
        """Emit the segment if no later utterance can be joined to it."""
        if not self._waiting:
            return
        next_start = self._n_windows if self._start is None else self._start
        earliest = self._waiting[-1][1] + self._padding
        if self._start is None and next_start * WINDOW_SAMPLES < earliest:
            return  # speech that begins within the padding takes that padding over
        if not self._fits(next_start * WINDOW_SAMPLES, self._n_windows * WINDOW_SAMPLES):
            yield from self._emit_waiting()

    def _emit_waiting(self) -> Iterator[Segment | Pause]:
        if not self._waiting:
            return
        first, last = self._waiting[0][0], min(self._waiting[-1][1], self._samples.end)
        start = max(self._covered, first - self._padding)
        end = min(self._samples.end, last + self._padding)
        if self._start is not None:  # leave the next utterance its first sounds
            end = min(end, max(last, self._start * WINDOW_SAMPLES))
        yield from self._emit_pause(start)
        utterances = _utterances_in_seconds(self._waiting, last)
        self._waiting = []
        self._covered = end
        yield Segment(self._samples.take(start, end), start / SAMPLE_RATE, utterances)

    def _emit_pause(self, end: int) -> Iterator[Pause]:
        start = self._covered
        if end <= start:
            return
        self._samples.forget(end)
        level_db = _level_db(self._samples.take_forgotten_power(), end - start)
        self._covered = end
        yield Pause(start / SAMPLE_RATE, (end - start) / SAMPLE_RATE, level_db)


def _level_db(power: float, n_samples: int) -> float:
    """Root mean square relative to full scale, of samples whose squares sum to `power`."""
    return float(10 * np.log10(max(power / max(n_samples, 1), 1e-12)))


def _utterances_in_seconds(
    utterances: list[tuple[int, int]], n_samples: int
) -> tuple[Utterance, ...]:
    """Convert utterances to seconds; the last window may reach beyond the last sample."""
    return tuple(
        Utterance(begin / SAMPLE_RATE, min(end, n_samples) / SAMPLE_RATE)
        for begin, end in utterances
    )


class _SampleBuffer:
    """Samples that are in no result yet, addressed by their position in the audio."""

    def __init__(self) -> None:
        self._blocks: list[Samples] = []
        self._start = 0
        self._forgotten_power = 0.0
        self.end = 0

    def append(self, samples: Samples) -> None:
        self._blocks.append(samples)
        self.end += len(samples)

    def take(self, start: int, end: int) -> Samples:
        """Copy the samples `start..end`; drop all before `end`."""
        taken = self.peek(start, end)
        self._drop(end)
        self._forgotten_power = 0.0
        return taken

    def peek(self, start: int, end: int) -> Samples:
        """Copy the samples `start..end`; drop none."""
        return self._join()[start - self._start : end - self._start].copy()

    def forget(self, end: int) -> None:
        """Drop the samples before `end` and add their squares to the forgotten power."""
        if end > self._start:
            head = self._join()[: end - self._start]
            self._forgotten_power += float(np.dot(head, head))
            self._drop(end)

    def power_since(self, start: int) -> tuple[float, int]:
        """Sum of squares of the samples since `start`, and their number; drops none.

        `start`: where the samples begin that were dropped since `take_forgotten_power`.
        """
        held = self._join()
        return self._forgotten_power + float(np.dot(held, held)), self.end - start

    def take_forgotten_power(self) -> float:
        """Sum of squares of the samples dropped since the last call."""
        power, self._forgotten_power = self._forgotten_power, 0.0
        return power

    def _join(self) -> Samples:
        if len(self._blocks) != 1:
            self._blocks = [np.concatenate((np.zeros(0, np.float32), *self._blocks))]
        return self._blocks[0]

    def _drop(self, end: int) -> None:
        # A copy, so that the memory of dropped samples is freed at once.
        self._blocks = [self._join()[end - self._start :].copy()]
        self._start = end
