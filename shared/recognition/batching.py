"""Batches of segments that are decoded together.

The decoder gains from a batch (its steps are bound by reading the weights), the encoder does not,
and all segments of a batch share the context of the longest. So a batch has similar lengths.
"""

from collections.abc import Sequence

MOST_DIFFERENCE_S = 3.0
# The decoder keeps keys and values of the whole context of each segment, with base 1.2 MB a second
# of context: eight segments of 20 s are 220 MB, twice where two groups are read at the same time.
MOST_GROUP_S = 48.0


def group_by_length(durations_s: Sequence[float], most_segments: int) -> list[list[int]]:
    """Group indices of segments, short ones first.

    Durations in a group differ by at most `MOST_DIFFERENCE_S`, and their sum, with all as long as
    the longest, is at most `MOST_GROUP_S`; a longer segment is a group.
    """
    groups: list[list[int]] = []
    for place in sorted(range(len(durations_s)), key=durations_s.__getitem__):
        shortest_s = durations_s[groups[-1][0]] if groups else 0.0
        if (
            groups
            and len(groups[-1]) < most_segments
            and durations_s[place] - shortest_s <= MOST_DIFFERENCE_S
            and durations_s[place] * (len(groups[-1]) + 1) <= MOST_GROUP_S
        ):
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups
