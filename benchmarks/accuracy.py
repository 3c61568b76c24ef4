"""Word error rate on read English, against the rival on the same clips."""

from collections.abc import Sequence

from benchmarks.report import Figure, Section
from benchmarks.side_by_side import Comparison
from benchmarks.word_error_rate import (
    WordErrors,
    count_errors,
    difference_interval,
    normal_form,
    word_error_rate,
)

_MOST_ABOVE = 0.2  # points above the rival
_N_WORST = 10


def measure_accuracy(comparisons: Sequence[Comparison]) -> Section:
    """WER of both, their difference and its interval; the worst clips on the terminal."""
    ours = [count_errors(one.clip.text, one.our_text) for one in comparisons]
    theirs = [count_errors(one.clip.text, one.their_text) for one in comparisons]
    _print_worst(comparisons, ours)
    our_wer, their_wer = word_error_rate(ours), word_error_rate(theirs)
    low, high = difference_interval(ours, theirs)
    n_words = sum(count.n_words for count in ours)
    return Section(
        title=f"Word error rate: read English, {len(ours)} clips, {n_words} words",
        figures=(
            Figure("WER", f"{our_wer:.2f} %", f"{their_wer:.2f} %"),
            Figure(
                "difference, 95 % interval (clips resampled)",
                f"{our_wer - their_wer:+.2f} points ({low:+.2f} to {high:+.2f})",
                target=f"at most +{_MOST_ABOVE}",
                met=our_wer - their_wer <= _MOST_ABOVE,
            ),
        ),
        numbers={
            "wer": our_wer,
            "rival_wer": their_wer,
            "difference_95": [low, high],
            "clips": [
                {
                    "clip": one.clip.name,
                    "n_words": a.n_words,
                    "n_errors": a.n_errors,
                    "rival_n_errors": b.n_errors,
                }
                for one, a, b in zip(comparisons, ours, theirs, strict=True)
            ],
        },
    )


def _print_worst(comparisons: Sequence[Comparison], ours: Sequence[WordErrors]) -> None:
    ranked = sorted(
        zip(comparisons, ours, strict=True), key=lambda pair: pair[1].n_errors, reverse=True
    )
    for one, count in ranked[:_N_WORST]:
        print(f"\n{one.clip.name}: {count.n_errors} of {count.n_words} words wrong")
        print(f"  spoken  {normal_form(one.clip.text)}")
        print(f"  Sotto   {normal_form(one.our_text)}")
        print(f"  rival   {normal_form(one.their_text)}")
