"""Spans of a segment that are short enough for one language, and cuts between them."""

from itertools import groupby, pairwise

import numpy as np

from shared.audio.segmenter import Segment, Utterance
from shared.audio.speech_detector import SAMPLE_RATE
from shared.language.posteriors import SpanScores
from shared.recognition.engines.engine import Positions
from shared.recognition.parts import part_of

LONGEST_SPAN_S = 2.5  # a longer breath is scored in equal parts
LEAST_BREATH_S = 0.4
FRAME_SAMPLES = SAMPLE_RATE // 50
PAUSE_FRAMES = 6  # of 20 ms
QUIET_POWER = 0.001  # 30 dB below the loud parts of an utterance

QUIET_WITHIN_S = 0.25  # reach of the search for a quiet place around a cut
QUIET_SAMPLES = SAMPLE_RATE // 20


def spans_of(segment: Segment) -> list[SpanScores]:
    """Spans of speech of at most 2.5 s, not scored yet.

    Each is within one utterance, and on one side of a short pause in it.
    """
    spans = []
    for utterance in segment.utterances:
        for breath in _breaths(segment, utterance):
            n_spans = max(1, int(np.ceil((breath.end_s - breath.start_s) / LONGEST_SPAN_S)))
            edges_s = np.linspace(breath.start_s, breath.end_s, n_spans + 1).tolist()
            spans += [
                SpanScores(start_s, end_s, {}, after_pause=start_s == breath.start_s)
                for start_s, end_s in pairwise(edges_s)
            ]
    return spans


def _breaths(segment: Segment, utterance: Utterance) -> list[Utterance]:
    """Parts of an utterance between pauses that are too short for endpointing."""
    samples = part_of(segment, utterance.start_s, utterance.end_s).samples
    n_frames = len(samples) // FRAME_SAMPLES
    frames = samples[: n_frames * FRAME_SAMPLES].reshape(n_frames, FRAME_SAMPLES)
    power = np.square(frames).mean(axis=1)
    if n_frames == 0 or not power.any():
        return [utterance]
    is_quiet = power < np.percentile(power, 90) * QUIET_POWER
    breaths, start_s, n_before = [], utterance.start_s, 0
    for quiet, run in groupby(is_quiet.tolist()):
        n_run = len(list(run))
        first_s = utterance.start_s + n_before * FRAME_SAMPLES / SAMPLE_RATE
        last_s = first_s + n_run * FRAME_SAMPLES / SAMPLE_RATE
        n_before += n_run
        if (
            quiet
            and n_run >= PAUSE_FRAMES
            and first_s - start_s >= LEAST_BREATH_S
            and utterance.end_s - last_s >= LEAST_BREATH_S
        ):
            breaths.append(Utterance(start_s, first_s))
            start_s = last_s
    return [*breaths, Utterance(start_s, utterance.end_s)]


def quietest_near(segment: Segment, time_s: float) -> float:
    """Centre of the quietest 50 ms around a time."""
    near = part_of(segment, time_s - QUIET_WITHIN_S, time_s + QUIET_WITHIN_S)
    n_windows = len(near.samples) // QUIET_SAMPLES
    if n_windows == 0:
        return time_s
    windows = near.samples[: n_windows * QUIET_SAMPLES].reshape(n_windows, QUIET_SAMPLES)
    quietest = int(np.argmin(np.square(windows).sum(axis=1)))
    return near.offset_s + (quietest + 0.5) * QUIET_SAMPLES / SAMPLE_RATE


def positions_with_silence(
    span: tuple[int, int], silence: tuple[int, int], n_positions: int
) -> Positions:
    """Positions of a span, followed by positions of silence up to `n_positions`.

    Without silence after it speech is cut off and the model guesses: of 19 Spanish utterances 7
    are then taken for another language, with 1 s of silence none is.

    Parameters
    ----------
    span, silence: first position and the one after the last; `silence` is not empty and is
        repeated as needed.
    """
    n_silent = max(0, n_positions - (span[1] - span[0]))
    silent = silence[0] + np.arange(n_silent) % (silence[1] - silence[0])
    return np.concatenate((np.arange(*span), silent))[:n_positions]
