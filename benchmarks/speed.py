"""Latency, warm: Sotto over HTTP, the rival in process, with its defaults and greedy.

A median alone hides the clips in doubt, which are read several times. So each set has three ratios:
of the median clip, of all clips together, and of the worst clip.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.report import Figure, Section
from benchmarks.side_by_side import Comparison
from benchmarks.word_error_rate import count_errors, word_error_rate

SHORT_S = 6.0


@dataclass(frozen=True, slots=True)
class LeastRatios:
    """Targets of a set: how many times Sotto is to be faster, at least."""

    median: float
    together: float
    worst: float = 1.0


@dataclass(frozen=True, slots=True)
class SpeedSet:
    """The same clips against the rival with its defaults, and greedy with the language given."""

    name: str
    defaults: Sequence[Comparison]
    greedy: Sequence[Comparison]
    least_defaults: LeastRatios
    least_greedy: LeastRatios


READ_SHORT = f"read clips under {SHORT_S:.0f} s"
ACCENTED = "accented and child clips"
TARGETS = {
    READ_SHORT: (LeastRatios(5, 4), LeastRatios(4, 3)),
    ACCENTED: (LeastRatios(3.5, 2.5), LeastRatios(3, 2)),
}


def measure_speed(comparisons: Sequence[Comparison], sets: Sequence[SpeedSet]) -> Section:
    """Times of all read clips, the ratios of each set, and the retries.

    comparisons: of all read clips with the rival's defaults; the plots draw them.
    """
    n_segments = sum(one.rounds[0].ours.n_segments for one in comparisons)
    n_retries = sum(one.rounds[0].ours.n_retries for one in comparisons)
    audio_s = sum(one.clip.seconds for one in comparisons)
    return Section(
        title=f"Speed: warm, {len(comparisons)} clips, {len(comparisons[0].rounds)} rounds",
        figures=(
            _times("all read clips", comparisons),
            Figure(
                "all read clips: RTF",
                f"{sum(one.our_seconds for one in comparisons) / audio_s:.3f}",
                f"{sum(one.their_seconds for one in comparisons) / audio_s:.3f}",
            ),
            *(figure for one in sets for figure in _figures(one)),
            Figure(
                "read clips: segments read again",
                f"{n_retries} of {n_segments} segments"
                f" ({100 * n_retries / max(n_segments, 1):.1f} %)",
            ),
        ),
        numbers={
            "n_segments": n_segments,
            "n_retries": n_retries,
            "clips": [_numbers(one) for one in comparisons],
            "sets": {
                one.name: {
                    "defaults": [_numbers(comparison) for comparison in one.defaults],
                    "greedy": [_numbers(comparison) for comparison in one.greedy],
                }
                for one in sets
            },
        },
        note="Times faster: the rival's time by Sotto's; of a clip, the median of its rounds, each"
        " of which has both; all together, the sum of the clips' median times. Greedy has the"
        " language given. WER is that of the first round.",
        systems=("Sotto", "faster-whisper", "faster-whisper greedy"),
    )


def _figures(measured: SpeedSet) -> list[Figure]:
    what = f"{measured.name} ({len(measured.defaults)})"
    defaults, greedy = measured.defaults, measured.greedy
    least = (measured.least_defaults, measured.least_greedy)
    return [
        _times(what, defaults, greedy),
        _times_faster(
            f"{what}: times faster, median clip",
            [statistics.median(one.ratio for one in ones) for ones in (defaults, greedy)],
            [one.median for one in least],
        ),
        _times_faster(
            f"{what}: times faster, all together",
            [
                sum(one.their_seconds for one in ones) / sum(one.our_seconds for one in ones)
                for ones in (defaults, greedy)
            ],
            [one.together for one in least],
        ),
        _times_faster(
            f"{what}: times faster, worst clip",
            [min(one.ratio for one in ones) for ones in (defaults, greedy)],
            [one.worst for one in least],
        ),
        Figure(
            f"{what}: WER",
            _word_error_rate([(one.clip.text, one.our_text) for one in defaults]),
            _word_error_rate([(one.clip.text, one.their_text) for one in defaults]),
            others=(_word_error_rate([(one.clip.text, one.their_text) for one in greedy]),),
        ),
    ]


def _times(
    what: str, comparisons: Sequence[Comparison], greedy: Sequence[Comparison] = ()
) -> Figure:
    medians = [
        statistics.median(one.our_seconds for one in comparisons),
        statistics.median(one.their_seconds for one in comparisons),
        *([statistics.median(one.their_seconds for one in greedy)] if greedy else []),
    ]
    ours, theirs, *others = (f"{1000 * median:.0f} ms" for median in medians)
    return Figure(f"{what}: median time", ours, theirs, others=tuple(others))


def _times_faster(what: str, ratios: Sequence[float], least: Sequence[float]) -> Figure:
    """Ratios to the rival's defaults and to greedy, each in the column of that rival."""
    defaults, greedy = (f"{ratio:.2f}" for ratio in ratios)
    return Figure(
        what,
        "",
        defaults,
        target=f"at least {least[0]:g} / {least[1]:g}",
        met=all(ratio >= one for ratio, one in zip(ratios, least, strict=True)),
        others=(greedy,),
    )


def _word_error_rate(texts: Sequence[tuple[str, str]]) -> str:
    return f"{word_error_rate([count_errors(*pair) for pair in texts]):.2f} %"


def _numbers(one: Comparison) -> dict[str, object]:
    return {
        "clip": one.clip.name,
        "seconds": one.clip.seconds,
        "elapsed_s": [taken.ours.elapsed_s for taken in one.rounds],
        "rival_elapsed_s": [taken.theirs.elapsed_s for taken in one.rounds],
        "ratio": one.ratio,
        "n_segments": one.rounds[0].ours.n_segments,
        "n_retries": one.rounds[0].ours.n_retries,
    }
