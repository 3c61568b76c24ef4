"""Minutes of speech in one request."""

from collections.abc import Sequence

from benchmarks.clips import Clip
from benchmarks.report import Figure, Section
from benchmarks.side_by_side import Systems, compare
from benchmarks.word_error_rate import count_errors, word_error_rate


def measure_long_audio(systems: Systems, clips: Sequence[Clip], repeats: int) -> Section:
    """Time, RTF and WER of both on each file; peak memory of both after all."""
    comparisons = compare(systems, clips, repeats)
    figures: list[Figure] = []
    numbers: dict[str, object] = {}
    for one in comparisons:
        name, seconds = one.clip.name, one.clip.seconds
        our_wer = word_error_rate([count_errors(one.clip.text, one.our_text)])
        their_wer = word_error_rate([count_errors(one.clip.text, one.their_text)])
        figures += [
            Figure(
                f"`{name}`, {seconds:.0f} s: time",
                f"{one.our_seconds:.1f} s",
                f"{one.their_seconds:.1f} s",
            ),
            Figure(
                f"`{name}`: RTF",
                f"{one.our_seconds / seconds:.3f}",
                f"{one.their_seconds / seconds:.3f}",
            ),
            Figure(f"`{name}`: times faster", f"{one.ratio:.2f}"),
            Figure(f"`{name}`: WER", f"{our_wer:.2f} %", f"{their_wer:.2f} %"),
        ]
        numbers[name] = {
            "seconds": seconds,
            "elapsed_s": [taken.ours.elapsed_s for taken in one.rounds],
            "rival_elapsed_s": [taken.theirs.elapsed_s for taken in one.rounds],
            "n_segments": one.rounds[0].ours.n_segments,
            "n_retries": one.rounds[0].ours.n_retries,
            "wer": our_wer,
            "rival_wer": their_wer,
        }
    peaks = systems.server.peak_bytes, systems.rival.peak_bytes
    numbers["peak_bytes"], numbers["rival_peak_bytes"] = peaks
    figures.append(
        Figure("peak memory by then", f"{peaks[0] / 1e6:.0f} MB", f"{peaks[1] / 1e6:.0f} MB")
    )
    return Section(title=f"Long audio, {repeats} rounds", figures=tuple(figures), numbers=numbers)
