"""Latency, warm: Sotto over HTTP, the rival in process."""

import statistics
from collections.abc import Sequence

from benchmarks.report import Figure, Section
from benchmarks.side_by_side import Comparison

_SHORT_S = 6.0
_LEAST_RATIO, _LEAST_SHORT_RATIO = 3.0, 5.0


def measure_speed(
    comparisons: Sequence[Comparison], against_greedy: Sequence[Comparison]
) -> Section:
    """Ratios clip by clip, their median over all and over short clips, and the retry rate.

    `against_greedy` is one round against the rival at its fastest: greedy, with the language given.
    """
    short = [one for one in comparisons if one.clip.seconds < _SHORT_S]
    n_segments = sum(one.rounds[0].ours.n_segments for one in comparisons)
    n_retries = sum(one.rounds[0].ours.n_retries for one in comparisons)
    n_rounds = len(comparisons[0].rounds)
    return Section(
        title=f"Speed: warm, {len(comparisons)} clips, {n_rounds} rounds",
        figures=(
            *_figures("all clips", comparisons, _LEAST_RATIO),
            *(
                _figures(f"clips under {_SHORT_S:.0f} s", short, _LEAST_SHORT_RATIO)
                if short
                else []
            ),
            _times_faster(
                f"{len(against_greedy)} clips, the rival greedy with the language given",
                against_greedy,
            ),
            Figure(
                "segments recognised again at a longer context",
                f"{n_retries} retries of {n_segments} segments"
                f" ({100 * n_retries / max(n_segments, 1):.1f} %)",
            ),
        ),
        numbers={
            "n_segments": n_segments,
            "n_retries": n_retries,
            "clips": [
                {
                    "clip": one.clip.name,
                    "seconds": one.clip.seconds,
                    "elapsed_s": [taken.ours.elapsed_s for taken in one.rounds],
                    "rival_elapsed_s": [taken.theirs.elapsed_s for taken in one.rounds],
                    "ratio": one.ratio,
                    "n_segments": one.rounds[0].ours.n_segments,
                    "n_retries": one.rounds[0].ours.n_retries,
                }
                for one in comparisons
            ],
            "ratios_against_greedy": [one.ratio for one in against_greedy],
        },
        note="A ratio is the rival's time by Sotto's within one round; of a clip, the median of"
        " its rounds; of a set, the median of its clips. A retry counts once for each further"
        " context.",
    )


def _figures(
    which: str, comparisons: Sequence[Comparison], least_ratio: float
) -> tuple[Figure, ...]:
    audio_s = sum(one.clip.seconds for one in comparisons)
    return (
        Figure(
            f"{which}: median time",
            f"{1000 * statistics.median(one.our_seconds for one in comparisons):.0f} ms",
            f"{1000 * statistics.median(one.their_seconds for one in comparisons):.0f} ms",
        ),
        Figure(
            f"{which}: RTF",
            f"{sum(one.our_seconds for one in comparisons) / audio_s:.3f}",
            f"{sum(one.their_seconds for one in comparisons) / audio_s:.3f}",
        ),
        _times_faster(which, comparisons, least_ratio),
    )


def _times_faster(
    which: str, comparisons: Sequence[Comparison], least_ratio: float | None = None
) -> Figure:
    ratios = sorted(one.ratio for one in comparisons)
    median = statistics.median(ratios)
    return Figure(
        f"{which}: times faster, median (least to most)",
        f"{median:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})",
        target="" if least_ratio is None else f"at least {least_ratio:.0f}",
        met=None if least_ratio is None else median >= least_ratio,
    )
