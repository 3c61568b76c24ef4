"""Reconstruction: windows and the speakers of the pieces become speech turns of the whole audio."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from shared.diarization.segmentation import (
    FRAME_SAMPLES,
    N_FRAMES,
    N_VOICES,
    SAMPLE_RATE,
    frame_time_s,
)
from shared.diarization.speech_pieces import runs
from shared.diarization.speech_turn import Diarization, SpeechTurn
from shared.diarization.voice_embeddings import FULL_ACTIVITY, Piece, WindowActivity

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Names = npt.NDArray[np.intp]
# First frame and one past the last, in order
FrameRuns = list[tuple[int, int]]

# A shorter pause of a speaker without other speech is part of the turn, as reference labels do not
# split at every breath.
LONGEST_PAUSE_S = 0.5
# Frames per block; bounds memory to 5 MB with 35 speakers.
BLOCK_FRAMES = 36_000
# Score of the speaker of a piece in its frames; all windows together give a speaker at most one.
PIECE_SCORE = 2.0


def reconstruct(
    windows: Sequence[WindowActivity],
    pieces: Sequence[Piece],
    speakers: Floats,
    duration_s: float,
) -> Diarization:
    """Return the speech turns.

    At each frame as many speak as the windows that cover it hear on average. The pieces give the
    speaker. Speech at the same time, and between pieces, has the speakers of the windows' voices,
    each of which is the speaker, or the speakers, of its pieces.

    Parameters
    ----------
    windows, pieces: in order of time.
    speakers: mean vector of each speaker, shape `(n_speakers, 192)`. Without any, all speech has
        one speaker.
    duration_s: of the audio; turns end there at the latest.
    """
    n_speakers = max(1, len(speakers))
    names = name_pieces(pieces, speakers)
    active_runs: list[FrameRuns] = [[] for _ in range(n_speakers)]
    dominant_runs: list[FrameRuns] = [[] for _ in range(n_speakers)]
    for first_frame, active, best in _frame_blocks(windows, pieces, names, n_speakers):
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


def name_pieces(pieces: Sequence[Piece], speakers: Floats) -> Names:
    """Return the speaker whose voices are most similar on average, shape `(n_pieces,)`."""
    if not pieces or not len(speakers):
        return np.zeros(len(pieces), int)
    return np.asarray((np.stack([piece.vector for piece in pieces]) @ speakers.T).argmax(axis=1))


def voice_speakers(
    window: WindowActivity, pieces: Sequence[Piece], names: Sequence[int], n_speakers: int
) -> Floats:
    """Return the share of each speaker in each voice of a window, shape `(3, n_speakers)`.

    pieces, names: those that overlap the window. A voice that is in none of them has no speaker,
    but if there is one speaker only it is that one.
    """
    if n_speakers == 1:
        return np.ones((N_VOICES, 1), np.float32)
    shares = np.zeros((N_VOICES, n_speakers), np.float32)
    for piece, speaker in zip(pieces, names, strict=True):
        start = max(0, piece.first - window.first_frame)
        stop = max(0, piece.last - window.first_frame)
        shares[:, speaker] += window.activity[start:stop].sum(axis=0, dtype=np.float32)
    total = np.maximum(shares.sum(axis=1, keepdims=True), 1)
    return np.asarray(shares / total, np.float32)


def _frame_blocks(
    windows: Sequence[WindowActivity], pieces: Sequence[Piece], names: Names, n_speakers: int
) -> Iterator[tuple[int, Flags, npt.NDArray[np.intp]]]:
    """Yield first frame, active speakers `(n_frames, n_speakers)`, best `(n_frames,)` or -1."""
    n_frames = windows[-1].first_frame + N_FRAMES if windows else 0
    starts, ends = [piece.first for piece in pieces], [piece.last for piece in pieces]

    def within(first: int, last: int) -> slice:
        return slice(bisect_left(ends, first + 1), bisect_left(starts, last))

    begin = 0
    for first in range(0, n_frames, BLOCK_FRAMES):
        end = min(first + BLOCK_FRAMES, n_frames)
        while windows[begin].first_frame + N_FRAMES <= first:
            begin += 1
        scores = np.zeros((end - first, n_speakers), np.float32)
        total = np.zeros(end - first, np.float32)
        n_windows = np.zeros(end - first, np.float32)
        for window in windows[begin:]:
            if window.first_frame >= end:
                break
            start, stop = max(first, window.first_frame), min(end, window.first_frame + N_FRAMES)
            place = slice(start - first, stop - first)
            activity = window.activity[start - window.first_frame : stop - window.first_frame]
            voices = activity.astype(np.float32) / FULL_ACTIVITY
            near = within(window.first_frame, window.first_frame + N_FRAMES)
            shares = voice_speakers(window, pieces[near], names[near].tolist(), n_speakers)
            n_windows[place] += 1
            total[place] += voices.sum(axis=1)
            scores[place] += voices @ shares
        scores /= np.maximum(n_windows, 1)[:, None]
        near = within(first, end)
        for piece, speaker in zip(pieces[near], names[near].tolist(), strict=True):
            scores[max(0, piece.first - first) : piece.last - first, speaker] += PIECE_SCORE
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
