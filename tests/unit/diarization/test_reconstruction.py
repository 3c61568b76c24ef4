import numpy as np
import pytest

from shared.diarization.reconstruction import BLOCK_FRAMES, name_pieces, reconstruct, voice_speakers
from shared.diarization.voice_embeddings import Piece, WindowActivity

ANNA, BORIS = np.eye(192, dtype=np.float32)[:2]


def window(first_frame, *voices):
    """Voices are (first frame, one past the last frame)."""
    activity = np.zeros((589, 3), np.uint8)
    for voice, (start, end) in enumerate(voices):
        activity[start:end, voice] = 255
    return WindowActivity(first_frame, activity)


def piece(vector, first, last):
    return Piece(first, last, vector, (last - first) * 0.016875)


def spans(turns):
    return [(turn.speaker, round(turn.offset_s, 2), round(turn.end_s, 2)) for turn in turns]


BOTH = np.stack([ANNA, BORIS])


def test_turns_are_numbered_by_first_appearance():
    windows = [window(0, (200, 400), (10, 100))]
    found = reconstruct(windows, [piece(BORIS, 10, 100), piece(ANNA, 200, 400)], BOTH, 10.0)
    assert spans(found.turns) == [(1, 0.19, 1.71), (2, 3.4, 6.77)]
    assert found.exclusive == found.turns
    assert found.n_speakers == 2


def test_windows_name_their_voices_in_any_order():
    """The same speech in two windows, with the voices exchanged, stays two turns."""
    windows = [window(0, (0, 300), (320, 589)), window(192, (128, 397), (0, 108))]
    found = reconstruct(windows, [piece(ANNA, 0, 300), piece(BORIS, 320, 589)], BOTH, 20.0)
    assert spans(found.turns) == [(1, 0.0, 5.08), (2, 5.42, 9.96)]


def test_two_at_once_are_two_turns_but_one_exclusive():
    windows = [window(0, (0, 400), (300, 589))]
    found = reconstruct(windows, [piece(ANNA, 0, 300), piece(BORIS, 400, 589)], BOTH, 10.0)
    assert spans(found.turns) == [(1, 0.0, 6.77), (2, 5.08, 9.96)]
    assert spans(found.exclusive) == [(1, 0.0, 6.77), (2, 6.77, 9.96)]


def test_two_speakers_whom_a_window_takes_for_one_are_two():
    windows = [window(0, (0, 400))]
    found = reconstruct(windows, [piece(ANNA, 0, 200), piece(BORIS, 200, 400)], BOTH, 10.0)
    assert spans(found.turns) == [(1, 0.0, 3.4), (2, 3.4, 6.77)]


def test_a_breath_does_not_end_a_turn_but_another_speaker_does():
    pieces = [piece(ANNA, 0, 100), piece(ANNA, 115, 200)]
    activity = window(0, (0, 200))
    activity.activity[100:115] = 0
    assert spans(reconstruct([activity], pieces, BOTH, 10.0).turns) == [(1, 0.0, 3.4)]
    activity.activity[102:113, 1] = 255
    pieces.insert(1, piece(BORIS, 102, 113))
    turns = reconstruct([activity], pieces, BOTH, 10.0).turns
    assert [turn.speaker for turn in turns] == [1, 2, 1]


def test_a_moment_is_decided_by_all_windows_that_cover_it():
    """One of three windows missed it."""
    windows = [window(0, (0, 589)), window(192, (0, 100)), window(384, (0, 589))]
    (turn,) = reconstruct(windows, [piece(ANNA, 0, 973)], ANNA[None], 30.0).turns
    assert turn.offset_s == 0
    assert turn.end_s == pytest.approx((384 + 589) * 0.016875, abs=0.05)


def test_nothing_is_said_after_the_end():
    found = reconstruct([window(0, (0, 589))], [piece(ANNA, 0, 589)], ANNA[None], 3.0)
    assert spans(found.turns) == [(1, 0.0, 3.0)]


def test_without_speakers_all_speech_is_one_s():
    """A cough too short for a vector is speech of a speaker."""
    found = reconstruct([window(0, (100, 110))], [], np.zeros((0, 192), np.float32), 10.0)
    assert spans(found.turns) == [(1, 1.71, 1.88)]


def test_a_turn_goes_on_from_block_to_block():
    first = BLOCK_FRAMES - 300
    pieces = [piece(ANNA, first + 100, first + 500), piece(BORIS, first + 550, first + 580)]
    found = reconstruct([window(first, (100, 500), (550, 580))], pieces, BOTH, 10_000.0)
    assert [turn.speaker for turn in found.turns] == [1, 2]
    assert found.turns[0].duration_s == pytest.approx(400 * 0.016875)


def test_a_piece_is_of_the_most_similar_speaker():
    alike = 0.8 * ANNA + 0.6 * BORIS
    pieces = [piece(vector, 0, 100) for vector in (BORIS, alike, ANNA)]
    assert name_pieces(pieces, BOTH).tolist() == [1, 0, 0]


def test_a_voice_is_shared_by_the_speakers_of_its_pieces():
    pieces = [piece(ANNA, 0, 300), piece(BORIS, 300, 400), piece(BORIS, 450, 500)]
    shares = voice_speakers(window(0, (0, 400), (450, 500)), pieces, [0, 1, 1], 2)
    assert shares.tolist() == [[0.75, 0.25], [0, 1], [0, 0]]
