"""Which segments are decoded together.

The decoder gains from company (its steps are bound by reading the weights), the encoder does
not, and all segments of a batch share the context of the longest. So company of similar length.
"""

from collections.abc import Sequence

MOST_DIFFERENCE_S = 3.0


def group_by_length(durations_s: Sequence[float], most_segments: int) -> list[list[int]]:
    """Places of segments, grouped; each group differs by at most `MOST_DIFFERENCE_S`."""
    groups: list[list[int]] = []
    for place in sorted(range(len(durations_s)), key=durations_s.__getitem__):
        shortest_s = durations_s[groups[-1][0]] if groups else 0.0
        if (
            groups
            and len(groups[-1]) < most_segments
            and durations_s[place] - shortest_s <= MOST_DIFFERENCE_S
        ):
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups
