"""Context: how far the served text is from the full context's, on all speech, and what it saves.

The reference is the same search at the full context, so that clips without a transcript count too.
Half A of `speakers` is for choosing; half B is what counts. Each figure is under two instruction
sets, since a set of a thousand words moves by a point from one to the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.clips import Clip, clips_of
from benchmarks.context_readings import ClipReading, ClipReadings, locales_of
from benchmarks.halves import halves_of, without_each_speaker
from benchmarks.language import SILENT
from benchmarks.report import Figure, Section
from benchmarks.word_error_rate import (
    WordErrors,
    difference_interval,
    normal_form,
    word_error_rate,
)
from shared.transcription.calibration import Words, share_interval, word_distance, words_of

_SKIPPED = ("broken",)  # no audio
_HALVED, _NONSPEECH, _LEFT_OUT = "speakers", "nonspeech", "en_read"
_LONG = ("long",)  # not among the short labelled sets
_MOST_DIFFERING, _MOST_ABOVE = 1.5, 0.3  # percent of the words, points of WER


@dataclass(frozen=True, slots=True)
class CountedClip:
    """One clip in numbers. Errors are empty without a reference, `rival` also without a rival."""

    clip: Clip
    n_words: int  # of the full context
    n_differing: int
    n_served_words: int
    served: WordErrors | None
    full: WordErrors | None
    rival: WordErrors | None


def chosen_clips(
    clips: tuple[Clip, ...], sets: Sequence[str] | None, at_most: int | None
) -> list[Clip]:
    """Clips of the sets, of all with audio by default, at most so many of each."""
    folders = dict.fromkeys(clip.folder for clip in clips if clip.folder not in _SKIPPED)
    wanted = folders if sets is None else [folder for folder in folders if folder in sets]
    return [clip for folder in wanted for clip in clips_of(clips, folder, at_most)]


def measure_context(
    by_instruction_set: Mapping[str, Sequence[ClipReadings]], *, shows_texts: bool
) -> Section:
    """Agreement with the full context, WER of all, and processor time.

    shows_texts: print the texts that differ, on the terminal only.
    """
    figures: list[Figure] = []
    numbers: dict[str, Any] = {}
    for name, readings in by_instruction_set.items():
        counted = [_count(one) for one in readings]
        figures += _figures(name, readings, counted)
        numbers[name] = [_as_json(*pair) for pair in zip(readings, counted, strict=True)]
        if shows_texts:
            _print_texts(name, readings)
    figures += _between_sets(by_instruction_set)
    n_clips = len(next(iter(by_instruction_set.values())))
    return Section(
        title=f"Context: the served text against the full context's, {n_clips} clips",
        figures=tuple(figures),
        numbers=numbers,
        systems=("served", "full context", "faster-whisper"),
        note="Words that differ: edits from the full context's text to the served one, of the words"
        " of the full context, in normal form. Intervals: 95 %, clips resampled in pairs. A set is"
        " significantly worse where the whole interval is above 0. Processor time: of one thread.",
    )


def _count(readings: ClipReadings) -> CountedClip:
    clip = readings.clip
    served, full = _words(clip, readings.served.text), _words(clip, readings.full.text)

    def errors(reading: ClipReading | None) -> WordErrors | None:
        if reading is None or not clip.text or clip.name == SILENT:
            return None
        spoken = _words(clip, clip.text)
        return WordErrors(word_distance(spoken, _words(clip, reading.text)), len(spoken))

    return CountedClip(
        clip,
        n_words=len(full),
        n_differing=word_distance(full, served),
        n_served_words=len(served),
        served=errors(readings.served),
        full=errors(readings.full),
        rival=errors(readings.rival),
    )


def _words(clip: Clip, text: str) -> Words:
    return words_of(normal_form(text, locales_of(clip)[0]))


def _figures(
    name: str, readings: Sequence[ClipReadings], counted: Sequence[CountedClip]
) -> list[Figure]:
    folders = dict.fromkeys(one.clip.folder for one in counted)
    figures = []
    for folder in folders:
        of_set = [one for one in counted if one.clip.folder == folder]
        labelled = [one for one in of_set if one.served is not None]
        if labelled:
            figures += _error_figures(f"{name}, {folder}", labelled)
        if folder == _LEFT_OUT:
            figures.append(_left_out(f"{name}, {folder}", labelled))
        if folder == _NONSPEECH:
            figures.append(_added(f"{name}, {folder}", of_set))
        elif folder == _HALVED:
            figures += _halves(f"{name}, {folder}", of_set)
        else:
            figures.append(_differing(f"{name}, {folder}", of_set))
    short = [one for one in counted if one.served is not None and one.clip.folder not in _LONG]
    if short:
        figures += _error_figures(f"{name}, short labelled sets", short, _MOST_ABOVE)
    figures.append(_processor_time(name, readings))
    figures.append(_read_again(name, readings))
    return figures


def _error_figures(
    what: str, counted: Sequence[CountedClip], most_above: float | None = None
) -> list[Figure]:
    """WER of all, and the difference of the served text from each of the others.

    most_above: points that a pooled set may be above either; a single set may not be significantly
        above.
    """
    served = _present(one.served for one in counted)
    others = [_present(one.full for one in counted)]
    if rival := _present(one.rival for one in counted):
        others.append(rival)
    above, met = [], True
    for other in others:
        difference = word_error_rate(served) - word_error_rate(other)
        low, high = difference_interval(served, other)
        above.append(f"{difference:+.2f} ({low:+.2f} to {high:+.2f})")
        met &= low <= 0 if most_above is None else difference <= most_above
    rates = [f"{word_error_rate(one):.2f} %" for one in (served, *others)]
    n_words = sum(one.n_words for one in served)
    return [
        Figure(
            f"{what}, {len(counted)} clips, {n_words} words: WER",
            rates[0],
            rates[1],
            others=tuple(rates[2:]),
        ),
        Figure(
            f"{what}: points that served is above",
            "",
            above[0],
            target="not significant" if most_above is None else f"at most +{most_above}",
            met=met,
            others=tuple(above[1:]),
        ),
    ]


def _left_out(what: str, counted: Sequence[CountedClip]) -> Figure:
    """Range of the difference from the full context, with each speaker left out."""
    by_clip = {one.clip: one for one in counted}
    differences = []
    for clips in without_each_speaker(tuple(by_clip)).values():
        served = _present(by_clip[clip].served for clip in clips)
        full = _present(by_clip[clip].full for clip in clips)
        differences.append(word_error_rate(served) - word_error_rate(full))
    return Figure(
        f"{what}: points that served is above, each speaker left out",
        "",
        f"{min(differences):+.2f} to {max(differences):+.2f}",
    )


def _halves(what: str, counted: Sequence[CountedClip]) -> list[Figure]:
    by_clip = {one.clip: one for one in counted}
    halves = halves_of(tuple(by_clip))
    return [
        _differing(f"{what} half A", [by_clip[clip] for clip in halves.a]),
        _differing(f"{what} half B", [by_clip[clip] for clip in halves.b], _MOST_DIFFERING),
    ]


def _differing(what: str, counted: Sequence[CountedClip], most: float | None = None) -> Figure:
    parts, wholes = [one.n_differing for one in counted], [one.n_words for one in counted]
    share = 100 * sum(parts) / max(1, sum(wholes))
    low, high = (100 * end for end in share_interval(parts, wholes))
    return Figure(
        f"{what}, {len(counted)} clips, {sum(wholes)} words: words that differ",
        f"{share:.2f} % ({low:.2f} to {high:.2f}), {sum(map(bool, parts))} clips",
        target="" if most is None else f"at most {most} %",
        met=None if most is None else share <= most,
    )


def _added(what: str, counted: Sequence[CountedClip]) -> Figure:
    n_served = sum(one.n_served_words for one in counted)
    n_full = sum(one.n_words for one in counted)
    return Figure(f"{what}, {len(counted)} clips: words", str(n_served), str(n_full))


def _processor_time(name: str, readings: Sequence[ClipReadings]) -> Figure:
    def share(ones: Sequence[ClipReading]) -> str:
        return f"{sum(one.processor_s for one in ones) / sum(one.audio_s for one in ones):.3f}"

    return Figure(
        f"{name}: seconds of the processor for a second of audio",
        share([one.served for one in readings]),
        share([one.full for one in readings]),
    )


def _read_again(name: str, readings: Sequence[ClipReadings]) -> Figure:
    def share(ones: Sequence[ClipReading]) -> str:
        n_segments = max(1, sum(one.n_segments for one in ones))
        return f"{100 * sum(one.n_retries for one in ones) / n_segments:.1f} %"

    return Figure(
        f"{name}: segments read again",
        share([one.served for one in readings]),
        share([one.full for one in readings]),
    )


def _between_sets(by_instruction_set: Mapping[str, Sequence[ClipReadings]]) -> list[Figure]:
    """Words that differ between two instruction sets: the processor's own share."""
    if len(by_instruction_set) < 2:
        return []
    (one_name, ones), (other_name, others) = list(by_instruction_set.items())[:2]
    figures = []
    for folder in dict.fromkeys(one.clip.folder for one in ones):
        if folder == _NONSPEECH:
            continue
        pairs = [pair for pair in zip(ones, others, strict=True) if pair[0].clip.folder == folder]
        served = [(one.clip, one.served.text, other.served.text) for one, other in pairs]
        full = [(one.clip, one.full.text, other.full.text) for one, other in pairs]
        what = f"{folder}: words that differ, {one_name} from {other_name}"
        figures.append(Figure(what, _share_between(served), _share_between(full)))
    return figures


def _share_between(texts: Sequence[tuple[Clip, str, str]]) -> str:
    words = [(_words(clip, one), _words(clip, other)) for clip, one, other in texts]
    n_differing = sum(word_distance(one, other) for one, other in words)
    return f"{100 * n_differing / max(1, sum(len(one) for one, _ in words)):.2f} %"


def _present(errors: Iterable[WordErrors | None]) -> list[WordErrors]:
    return [one for one in errors if one is not None]


def _print_texts(name: str, readings: Sequence[ClipReadings]) -> None:
    for one in readings:
        served, full = _words(one.clip, one.served.text), _words(one.clip, one.full.text)
        if served != full:
            print(f"\n{name}, {one.clip.name}: {word_distance(full, served)} words differ")
            print(f"  spoken  {' '.join(_words(one.clip, one.clip.text))}")
            print(f"  served  {' '.join(served)}")
            print(f"  full    {' '.join(full)}")


def _as_json(readings: ClipReadings, counted: CountedClip) -> dict[str, Any]:
    return {
        "clip": counted.clip.name,
        "n_words": counted.n_words,
        "n_differing": counted.n_differing,
        "errors": [one and one.n_errors for one in (counted.served, counted.full, counted.rival)],
        "processor_s": [readings.served.processor_s, readings.full.processor_s],
        "n_retries": [readings.served.n_retries, readings.full.n_retries],
    }
