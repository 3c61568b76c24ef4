"""Which segments are decoded together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.recognition.batching import MOST_DIFFERENCE_S, MOST_GROUP_S, group_by_length


@pytest.mark.parametrize(
    ("durations_s", "most_segments", "groups"),
    [
        ([], 8, []),
        ([4.0], 8, [[0]]),
        ([4.0, 5.0, 4.5], 8, [[0, 2, 1]]),
        ([4.0, 4.0, 4.0], 2, [[0, 1], [2]]),
        ([12.0, 1.0, 11.5, 2.0], 8, [[1, 3], [2, 0]]),
        ([1.0, 3.0, 5.0], 8, [[0, 1], [2]]),
        ([2.0, 2.0], 1, [[0], [1]]),
        ([20.0, 20.0, 20.0], 8, [[0, 1], [2]]),
    ],
)
def test_segments_of_similar_length_go_together(durations_s, most_segments, groups):
    assert group_by_length(durations_s, most_segments) == groups


@given(st.lists(st.floats(0.1, 30), max_size=40), st.integers(1, 8))
def test_every_segment_is_in_one_group_within_the_bounds(durations_s, most_segments):
    groups = group_by_length(durations_s, most_segments)
    assert sorted(place for group in groups for place in group) == list(range(len(durations_s)))
    for group in groups:
        lengths_s = [durations_s[place] for place in group]
        assert len(group) <= most_segments
        assert max(lengths_s) - min(lengths_s) <= MOST_DIFFERENCE_S
        assert len(group) == 1 or max(lengths_s) * len(group) <= MOST_GROUP_S
