import numpy as np
import pytest

from shared.diarization.embedding import longest_speech, runs, to_feature_frames


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("", []),
        ("000", []),
        ("111", [(0, 3)]),
        ("0110100", [(1, 3), (4, 5)]),
        ("1001", [(0, 1), (3, 4)]),
    ],
)
def test_runs_are_named_by_their_ends(flags, expected):
    starts, ends = runs(np.array([flag == "1" for flag in flags]))
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == expected


def test_frames_of_the_filter_bank_follow_the_nearest_of_the_segmentation():
    """Frame 100 is centred at 1.719 s; those of the filter bank around it at 1.7125 to 1.7225 s."""
    is_clean = np.zeros((589, 3), bool)
    is_clean[100, 1] = True
    of_features = to_feature_frames(is_clean, 998)
    assert of_features.shape == (998, 3)
    assert np.flatnonzero(of_features[:, 1]).tolist() == [170, 171]
    assert not of_features[:, [0, 2]].any()


def test_all_speech_is_taken_where_there_is_little():
    assert longest_speech(np.array([0, 1, 1, 0, 1], bool), 3).tolist() == [1, 2, 4]


def test_of_much_speech_the_middle_of_the_longest_runs_is_taken():
    flags = np.zeros(40, bool)
    flags[2:6] = flags[10:22] = flags[30:32] = True
    assert longest_speech(flags, 6).tolist() == list(range(13, 19))
    assert longest_speech(flags, 14).tolist() == [3, 4, *range(10, 22)]
