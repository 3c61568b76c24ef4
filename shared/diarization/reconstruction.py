"""Reconstruction: the voices of overlapping windows become speech turns of the whole audio."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from shared.diarization.embedding import runs
from shared.diarization.segmentation import FRAME_SAMPLES, N_FRAMES, SAMPLE_RATE, frame_time_s
from shared.diarization.speech_turn import Diarization, SpeechTurn
from shared.diarization.voice_embeddings import FULL_ACTIVITY, WindowVoices

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
# First frame and one past the last, in order
FrameRuns = list[tuple[int, int]]

# A shorter pause of a speaker without other speech is part of the turn, as reference labels do not
# split at every breath. Without it 2.4 % of `long_conversation` is missed speech, with it 0.8 %.
LONGEST_PAUSE_S = 0.3
# Frames per block; bounds memory to 5 MB with 35 speakers.
BLOCK_FRAMES = 36_000


def reconstruct(
    windows: Sequence[WindowVoices], speakers: Floats, duration_s: float
) -> Diarization:
    """Return the speech turns: at each frame the mean activity over all windows that cover it.

    Parameters
    ----------
    windows: in order of time.
    speakers: unit vector of each speaker, shape `(n_speakers, 192)`. Without any, all speech has
        one speaker.
    duration_s: of the audio; turns end there at the latest.
    """
    n_speakers = max(1, len(speakers))
    assignments = [assign_clusters(window, speakers) for window in windows]
    active_runs: list[FrameRuns] = [[] for _ in range(n_speakers)]
    dominant_runs: list[FrameRuns] = [[] for _ in range(n_speakers)]
    for first_frame, active, best in _frame_blocks(windows, assignments, n_speakers):
        for speaker in range(n_speakers):
            _add_runs(active_runs[speaker], active[:, speaker], first_frame)
            _add_runs(dominant_runs[speaker], best == speaker, first_frame)
    turns = _to_turns(_close_pauses(active_runs), duration_s)
    in_order = dict.fromkeys(turn.speaker for turn in turns)
    numbers = {speaker: number for number, speaker in enumerate(in_order, start=1)}
    return Diarization(
        turns=tuple(replace(turn, speaker=numbers[turn.speaker]) for turn in turns),
        exclusive=tuple(
            replace(turn, speaker=numbers[turn.speaker])
            for turn in _to_turns(_close_pauses(dominant_runs), duration_s)
        ),
    )


def assign_clusters(window: WindowVoices, speakers: Floats) -> tuple[int | None, ...]:
    """Return the speaker of each voice of a window, None for a voice without a vector.

    Greedy, the most similar pair first. Two voices of one window are two speakers, as long as
    there are enough speakers; two pieces of one voice may be one speaker.
    """
    n_voices = len(window.durations_s)
    if not len(speakers):
        return (0,) * n_voices
    similarities = window.vectors @ speakers.T
    assignments: list[int | None] = [None] * n_voices
    taken: dict[int, int] = {}  # voice of the segmentation by assigned speaker
    for pair in np.argsort(-similarities, axis=None):
        voice, speaker = (int(index) for index in np.unravel_index(pair, similarities.shape))
        origin = int(window.origins[voice])
        is_free = taken.get(speaker, origin) == origin
        if assignments[voice] is None and window.durations_s[voice] > 0 and is_free:
            assignments[voice] = speaker
            taken[speaker] = origin
    return tuple(
        int(similarities[voice].argmax()) if speaker is None and seconds > 0 else speaker
        for voice, (speaker, seconds) in enumerate(
            zip(assignments, window.durations_s, strict=True)
        )
    )


def _frame_blocks(
    windows: Sequence[WindowVoices], assignments: Sequence[tuple[int | None, ...]], n_speakers: int
) -> Iterator[tuple[int, Flags, npt.NDArray[np.intp]]]:
    """Yield first frame, active speakers `(n_frames, n_speakers)`, best `(n_frames,)` or -1."""
    n_frames = windows[-1].first_frame + N_FRAMES if windows else 0
    begin = 0
    for first in range(0, n_frames, BLOCK_FRAMES):
        end = min(first + BLOCK_FRAMES, n_frames)
        while windows[begin].first_frame + N_FRAMES <= first:
            begin += 1
        scores = np.zeros((end - first, n_speakers), np.float32)
        total = np.zeros(end - first, np.float32)
        n_windows = np.zeros(end - first, np.float32)
        for window, names in zip(windows[begin:], assignments[begin:], strict=True):
            if window.first_frame >= end:
                break
            start, stop = max(first, window.first_frame), min(end, window.first_frame + N_FRAMES)
            place = slice(start - first, stop - first)
            activity = window.activity[start - window.first_frame : stop - window.first_frame]
            voices = activity.astype(np.float32) / FULL_ACTIVITY
            n_windows[place] += 1
            total[place] += voices.sum(axis=1)
            for voice, speaker in enumerate(names):
                if speaker is not None:
                    scores[place, speaker] += voices[:, voice]
        n_at_once = np.floor(total / np.maximum(n_windows, 1) + 0.5).astype(int)
        yield first, *_select_active(scores, n_at_once)


def _select_active(
    scores: Floats, n_at_once: npt.NDArray[np.intp]
) -> tuple[Flags, npt.NDArray[np.intp]]:
    """Select the speakers with the highest scores of each frame, as many as speak at once."""
    ranks = np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1)
    active = (ranks < n_at_once[:, None]) & (scores > 0)
    best = np.where(active.any(axis=1), scores.argmax(axis=1), -1)
    return active, best


def _add_runs(known: FrameRuns, flags: Flags, first_frame: int) -> None:
    """Append the runs of a block; a run that continues one of the block before extends it."""
    for begin, stop in zip(*runs(flags), strict=True):
        start, end = int(begin) + first_frame, int(stop) + first_frame
        if known and known[-1][1] == start:
            known[-1] = (known[-1][0], end)
        else:
            known.append((start, end))


def _close_pauses(spoken: list[FrameRuns]) -> list[FrameRuns]:
    """Close the short pauses of each speaker in which no other speaks."""
    longest_frames = LONGEST_PAUSE_S * SAMPLE_RATE / FRAME_SAMPLES
    starts = np.sort([start for turns in spoken for start, _ in turns])
    ends = np.sort([end for turns in spoken for _, end in turns])
    closed: list[FrameRuns] = []
    for turns in spoken:
        kept: FrameRuns = []
        for start, end in turns:
            if kept and start - kept[-1][1] <= longest_frames:
                pause_start = kept[-1][1]
                # No turn begins within the pause, and all that began before it have ended.
                began = int(np.searchsorted(starts, start, "left"))
                ended = int(np.searchsorted(ends, pause_start, "right"))
                if began == ended:
                    kept[-1] = (kept[-1][0], end)
                    continue
            kept.append((start, end))
        closed.append(kept)
    return closed


def _to_turns(spoken: list[FrameRuns], duration_s: float) -> list[SpeechTurn]:
    """Convert frames to turns in seconds, by time; the padding behind the audio has none."""
    turns = []
    for speaker, frames in enumerate(spoken):
        for start, end in frames:
            offset_s = frame_time_s(start) if start else 0.0
            end_s = min(frame_time_s(end), duration_s)
            if end_s > offset_s:
                turns.append(SpeechTurn(speaker, offset_s, end_s - offset_s))
    return sorted(turns, key=lambda turn: (turn.offset_s, turn.end_s, turn.speaker))
