"""Plots of `docs/benchmarks.md`, drawn from the numbers of a run.

They are SVG files under version control: equal numbers give equal bytes, text stays text, and the
colours are readable on a white and on a dark page.
"""

import io
import json
import math
import statistics
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator, MaxNLocator, NullLocator

DRAWN_SECTIONS = ("speed", "long")

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "benchmarks"

OURS, THEIRS, OTHERS = "#2f81d7", "#d9730d", "#8a8f98"
TEXT, LINES = "#767c85", "#8a8f9855"  # grey of 4.2 to 1 on white and on GitHub's dark page
STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "sotto",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10,
    "text.color": TEXT,
    "axes.labelcolor": TEXT,
    "axes.edgecolor": LINES,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "xtick.color": TEXT,
    "ytick.color": TEXT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "grid.color": LINES,
    "grid.linewidth": 0.6,
}
WIDTH_IN = 7.6
# Clips of similar length share a median, s.
_LENGTHS_S = (0.0, 3.0, 6.0, 9.0, 12.0, 16.0, math.inf)


def draw_plots(numbers: Path, folder: Path = FOLDER) -> tuple[Path, ...]:
    """Draw the sections of a run's JSON: latency (speed), long files, memory (growth)."""
    sections = json.loads(numbers.read_text(encoding="utf-8"))["sections"]
    folder.mkdir(exist_ok=True)
    drawn: list[Path] = []
    with mpl.rc_context(STYLE):
        if "speed" in sections:
            drawn.append(save_plot(_latency(sections["speed"]["clips"]), folder / "latency.svg"))
        if "long" in sections:
            drawn.append(save_plot(_long_audio(sections["long"]), folder / "long-audio.svg"))
        if "growth" in sections:
            drawn.append(save_plot(_memory(sections["growth"]), folder / "memory.svg"))
    return tuple(drawn)


def _latency(clips: Sequence[Mapping[str, Any]]) -> Figure:
    """Time to the transcript against clip length: a dot is a clip, a line follows the medians."""
    figure = Figure(figsize=(WIDTH_IN, 3.9), layout="constrained")
    axes = figure.subplots()
    for label, key, colour in (
        ("faster-whisper\nin process", "rival_elapsed_s", THEIRS),
        ("Sotto\nover HTTP", "elapsed_s", OURS),
    ):
        seconds = [clip["seconds"] for clip in clips]
        elapsed_s = [statistics.median(clip[key]) for clip in clips]
        axes.scatter(seconds, elapsed_s, s=20, color=colour, alpha=0.6, linewidths=0)
        middles = _medians(seconds, elapsed_s)
        axes.plot(*zip(*middles, strict=True), color=colour, linewidth=2)
        axes.text(
            1.01, middles[-1][1], label, transform=axes.get_yaxis_transform(), color=colour,
            va="center", weight="bold",
        )  # fmt: skip
    axes.set_xlim(0, None)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    # Clips that a rival decodes repeatedly take ten times as long as the others.
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FormatStrFormatter("%g"))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.grid(axis="y")
    axes.set_xlabel("length of the clip, s")
    axes.set_ylabel("time to the transcript, s")
    return figure


def _medians(seconds: Sequence[float], elapsed_s: Sequence[float]) -> list[tuple[float, float]]:
    """Median length and time of the clips of each non-empty range of lengths."""
    within = (
        [(s, t) for s, t in zip(seconds, elapsed_s, strict=True) if low <= s < high]
        for low, high in pairwise(_LENGTHS_S)
    )
    return [
        (statistics.median(s for s, _ in pairs), statistics.median(t for _, t in pairs))
        for pairs in within
        if pairs
    ]


def _long_audio(section: Mapping[str, Any]) -> Figure:
    """Wall time of each system on each long file: a bar with its RTF."""
    files = {name: found for name, found in section.items() if _is_file(found)}
    n_bars = sum(2 + len(found.get("further", {})) for found in files.values())
    figure = Figure(figsize=(WIDTH_IN, 0.5 * len(files) + 0.34 * n_bars), layout="constrained")
    heights = [2 + len(found.get("further", {})) for found in files.values()]
    panels = figure.subplots(len(files), sharex=True, squeeze=False, height_ratios=heights)
    for axes, (name, found) in zip(panels[:, 0], files.items(), strict=True):
        _draw_bars(axes, found)
        axes.set_title(
            f"{Path(name).name}, {found['seconds']:.0f} s", loc="left", fontsize=10, color=TEXT
        )
    panels[-1, 0].set_xlabel("time to the whole transcript, s")
    return figure


def _draw_bars(axes: Axes, found: Mapping[str, Any]) -> None:
    times_s = {
        "Sotto, over HTTP": found["elapsed_s"],
        "faster-whisper": found["rival_elapsed_s"],
        **{name: further["elapsed_s"] for name, further in found.get("further", {}).items()},
    }
    medians_s = [statistics.median(rounds) for rounds in times_s.values()]
    colours = [OURS, THEIRS, *(OTHERS,) * (len(times_s) - 2)]
    bars = axes.barh(list(times_s), medians_s, height=0.68, color=colours)
    labels = [f"{taken:.1f} s · RTF {taken / found['seconds']:.3f}" for taken in medians_s]
    axes.bar_label(bars, labels, padding=5, fontsize=9, color=TEXT)
    axes.invert_yaxis()
    axes.margins(x=0.32)  # room for the labels


def _memory(section: Mapping[str, Any]) -> Figure:
    """Resident memory against requests, from all models loaded on; the last dot is idle."""
    figure = Figure(figsize=(WIDTH_IN, 3.2), layout="constrained")
    axes = figure.subplots()
    n_done = [0, *section["n_done"]]
    resident = [section["loaded_bytes"], *section["resident_bytes"]]
    axes.plot(n_done, [one / 1e6 for one in resident], color=OURS, linewidth=1.5)
    axes.scatter([n_done[-1]], [section["idle_bytes"][-1] / 1e6], s=36, color=THEIRS, zorder=3)
    axes.text(
        n_done[-1], section["idle_bytes"][-1] / 1e6, "idle for a minute  ", color=THEIRS,
        ha="right", va="center", weight="bold",
    )  # fmt: skip
    axes.set_xlim(0, None)
    axes.set_ylim(0, None)
    axes.grid(axis="y")
    axes.set_xlabel("requests")
    axes.set_ylabel("resident memory, MB")
    return figure


def _is_file(found: object) -> bool:
    return isinstance(found, dict) and "rival_elapsed_s" in found


def save_plot(figure: Figure, path: Path) -> Path:
    """Write a figure as SVG, without a date."""
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    lines = (line.rstrip() for line in drawn.getvalue().splitlines())
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
