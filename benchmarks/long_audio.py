"""Minutes of speech in one request."""

from collections.abc import Mapping, Sequence

from benchmarks.clips import Clip
from benchmarks.report import Figure, Section
from benchmarks.rivals import FurtherRival, RivalFailed
from benchmarks.side_by_side import Comparison, Systems, compare, warm_up
from benchmarks.word_error_rate import count_errors, word_error_rate

_MEGABYTE = 1e6


def measure_long_audio(
    systems: Systems,
    clips: Sequence[Clip],
    repeats: int,
    further: Sequence[FurtherRival],
    first: Clip,
) -> Section:
    """Time, RTF and WER of all systems on each file; peak memory of each at the end.

    A further rival takes turns with Sotto once, after `first`, a short clip for warming up; a rival
    that fails has no column.
    """
    comparisons = compare(systems, clips, repeats)
    others: dict[str, tuple[Comparison, ...]] = {}
    peaks = {"Sotto": systems.server.peak_bytes, "faster-whisper": systems.rival.peak_bytes}
    versions: dict[str, str] = {}
    for rival in further:
        print(f"  {rival.name}")
        try:
            with rival.start() as running:
                pair = Systems(systems.server, running)
                warm_up(pair, first)
                others[rival.name] = compare(pair, clips, 1, **rival.options)
                peaks[rival.name] = running.peak_bytes
                versions |= running.versions
        except RivalFailed as failure:
            print(f"  {failure}")

    figures: list[Figure] = []
    numbers: dict[str, object] = {}
    for index, one in enumerate(comparisons):
        on_this = {name: compared[index] for name, compared in others.items()}
        figures += _figures(one, on_this)
        numbers[one.clip.name] = _numbers(one, on_this)
    our_peak, their_peak, *their_peaks = (f"{peak / _MEGABYTE:.0f} MB" for peak in peaks.values())
    figures.append(Figure("peak memory by then", our_peak, their_peak, others=tuple(their_peaks)))
    numbers["peak_bytes"] = peaks
    return Section(
        title=f"Long audio, {repeats} rounds",
        systems=tuple(peaks),
        figures=tuple(figures),
        numbers=numbers,
        note=_note(versions) if others else "",
    )


def _figures(one: Comparison, further: Mapping[str, Comparison]) -> tuple[Figure, ...]:
    name, seconds = one.clip.name, one.clip.seconds
    times = [one.our_seconds, one.their_seconds, *(of.their_seconds for of in further.values())]
    ratios = ["", *(f"{of.ratio:.2f}" for of in (one, *further.values()))]
    rates = [_our_wer(one), *(_their_wer(of) for of in (one, *further.values()))]
    return (
        _figure(f"`{name}`, {seconds:.0f} s: time", [f"{taken:.1f} s" for taken in times]),
        _figure(f"`{name}`: RTF", [f"{taken / seconds:.3f}" for taken in times]),
        _figure(f"`{name}`: times that Sotto is faster", ratios),
        _figure(f"`{name}`: WER", [f"{wer:.2f} %" for wer in rates]),
    )


def _figure(what: str, measured: Sequence[str]) -> Figure:
    ours, theirs, *others = measured
    return Figure(what, ours, theirs, others=tuple(others))


def _numbers(one: Comparison, further: Mapping[str, Comparison]) -> dict[str, object]:
    return {
        "seconds": one.clip.seconds,
        "elapsed_s": [taken.ours.elapsed_s for taken in one.rounds],
        "rival_elapsed_s": [taken.theirs.elapsed_s for taken in one.rounds],
        "n_segments": one.rounds[0].ours.n_segments,
        "n_retries": one.rounds[0].ours.n_retries,
        "wer": _our_wer(one),
        "rival_wer": _their_wer(one),
        "further": {
            name: {
                "elapsed_s": [taken.theirs.elapsed_s for taken in of.rounds],
                "our_elapsed_s": [taken.ours.elapsed_s for taken in of.rounds],
                "wer": _their_wer(of),
            }
            for name, of in further.items()
        },
    }


def _our_wer(one: Comparison) -> float:
    return word_error_rate([count_errors(one.clip.text, one.our_text)])


def _their_wer(one: Comparison) -> float:
    return word_error_rate([count_errors(one.clip.text, one.their_text)])


def _note(versions: Mapping[str, str]) -> str:
    theirs = ", ".join(" ".join(pair) for pair in versions.items())
    return (
        "All but faster-whisper with its defaults take turns with Sotto once; a ratio is that of"
        " such a turn. Greedy is a beam of 1, batched is so many windows at a time; openai-whisper"
        f" has its defaults, which are greedy, and float32. {theirs}."
    )
