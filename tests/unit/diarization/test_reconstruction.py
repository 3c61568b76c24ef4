import numpy as np
import pytest

from shared.diarization.reconstruction import BLOCK_FRAMES, assign_clusters, reconstruct
from shared.diarization.voice_embeddings import WindowVoices

ANNA, BORIS, CLARA = np.eye(192, dtype=np.float32)[:3]


def window(first_frame, *voices, origins=None):
    """Voices are (vector or None, first frame, one past the last frame)."""
    activity = np.zeros((589, len(voices)), np.uint8)
    vectors = np.zeros((len(voices), 192), np.float32)
    durations_s = np.zeros(len(voices))
    for voice, (vector, start, end) in enumerate(voices):
        activity[start:end, voice] = 255
        if vector is not None:
            vectors[voice], durations_s[voice] = vector, (end - start) * 0.016875
    origins = np.array(range(len(voices)) if origins is None else origins, np.int8)
    return WindowVoices(first_frame, activity, vectors, durations_s, origins)


def spans(turns):
    return [(turn.speaker, round(turn.offset_s, 2), round(turn.end_s, 2)) for turn in turns]


def test_turns_are_numbered_by_first_appearance():
    windows = [window(0, (ANNA, 200, 400), (BORIS, 10, 100))]
    found = reconstruct(windows, np.stack([ANNA, BORIS]), 10.0)
    assert spans(found.turns) == [(1, 0.19, 1.71), (2, 3.4, 6.77)]
    assert found.exclusive == found.turns
    assert found.n_speakers == 2


def test_windows_name_their_voices_in_any_order():
    """The same speech in two windows, with the voices exchanged, stays two turns."""
    windows = [
        window(0, (ANNA, 0, 300), (BORIS, 320, 589)),
        window(192, (BORIS, 128, 397), (ANNA, 0, 108)),
    ]
    found = reconstruct(windows, np.stack([BORIS, ANNA]), 20.0)
    assert spans(found.turns) == [(1, 0.0, 5.08), (2, 5.42, 9.96)]


def test_two_at_once_are_two_turns_but_one_exclusive():
    windows = [window(0, (ANNA, 0, 400), (BORIS, 300, 589))]
    found = reconstruct(windows, np.stack([ANNA, BORIS]), 10.0)
    assert spans(found.turns) == [(1, 0.0, 6.77), (2, 5.08, 9.96)]
    assert spans(found.exclusive) == [(1, 0.0, 6.77), (2, 6.77, 9.96)]


def test_a_breath_does_not_end_a_turn_but_another_speaker_does():
    breath = window(0, (ANNA, 0, 100), (ANNA, 115, 200), origins=[0, 0])
    assert spans(reconstruct([breath], ANNA[None], 10.0).turns) == [(1, 0.0, 3.4)]
    other = window(0, (ANNA, 0, 100), (ANNA, 115, 200), (BORIS, 102, 113), origins=[0, 0, 1])
    assert [turn.speaker for turn in reconstruct([other], np.stack([ANNA, BORIS]), 10.0).turns] == [
        1,
        2,
        1,
    ]


def test_a_moment_is_decided_by_all_windows_that_cover_it():
    """One of three windows missed it."""
    active = (ANNA, 0, 589)
    windows = [window(0, active), window(192, (ANNA, 0, 100)), window(384, active)]
    (turn,) = reconstruct(windows, ANNA[None], 30.0).turns
    assert turn.offset_s == 0
    assert turn.end_s == pytest.approx((384 + 589) * 0.016875, abs=0.05)


def test_nothing_is_said_after_the_end():
    found = reconstruct([window(0, (ANNA, 0, 589))], ANNA[None], 3.0)
    assert spans(found.turns) == [(1, 0.0, 3.0)]


def test_without_speakers_all_speech_is_one_s():
    """A cough too short for a vector is speech of a speaker."""
    found = reconstruct([window(0, (None, 100, 110))], np.zeros((0, 192), np.float32), 10.0)
    assert spans(found.turns) == [(1, 1.71, 1.88)]


def test_a_turn_goes_on_from_block_to_block():
    first = BLOCK_FRAMES - 300
    windows = [window(first, (ANNA, 100, 500), (BORIS, 550, 580))]
    found = reconstruct(windows, np.stack([ANNA, BORIS]), 10_000.0)
    assert [turn.speaker for turn in found.turns] == [1, 2]
    assert found.turns[0].duration_s == pytest.approx(400 * 0.016875)


def test_two_voices_of_a_window_are_two_speakers():
    """The second voice is a little more like Anna than like Boris, but Anna is the first."""
    alike = 0.8 * ANNA + 0.6 * BORIS
    both = window(0, (ANNA, 0, 100), (alike, 200, 300), (None, 400, 405))
    assert assign_clusters(both, np.stack([ANNA, BORIS, CLARA])) == (0, 1, None)


def test_two_pieces_of_a_voice_may_be_one_speaker():
    alike = 0.8 * ANNA + 0.6 * BORIS
    pieces = window(0, (ANNA, 0, 100), (alike, 200, 300), origins=[0, 0])
    assert assign_clusters(pieces, np.stack([ANNA, BORIS])) == (0, 0)


def test_more_voices_than_speakers_share_them():
    three = window(0, (ANNA, 0, 100), (BORIS, 200, 300), (0.9 * BORIS, 400, 500))
    assert assign_clusters(three, np.stack([BORIS])) == (0, 0, 0)
