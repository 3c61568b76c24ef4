"""Fluency and prosody: faults that are put in native speech must be found, and nothing else.

Norms and scales were chosen on half A of the readers by `scripts/fit_prosody.py`; half B is
reported.
"""

import statistics
import time
from collections.abc import Sequence

from benchmarks.clips import Clip, clips_of
from benchmarks.halves import halves_of
from benchmarks.prosody_faults import (
    INSERTED_S,
    SLOW,
    inserted_breaks,
    own_pauses,
    punctuated,
    removed_breaks,
    slowed,
    with_pitch,
)
from benchmarks.read_speech import Align, ReadClip, read_aloud, readers
from benchmarks.report import Figure
from shared.audio.format import SAMPLE_RATE
from shared.pronunciation.prosody.breaks import find_breaks
from shared.pronunciation.prosody.fluency import score_fluency
from shared.pronunciation.prosody.prosody import Prosody, assess_prosody

FOUND_FROM = 0.75  # Azure's suggestion for both confidences of breaks
_LEAST_FLUENCY, _LEAST_PROSODY = 85, 80
_Z = 1.96


def prosody_rows(
    align: Align, clips: Sequence[Clip], at_most: int | None = None
) -> tuple[Figure, ...]:
    """Rows about readers of half B: faults put in their speech, and their speech as it is.

    align: the aligner in use.
    clips: the speech set.
    at_most: clips of each folder.
    """
    read = read_aloud(readers(halves_of(readers(clips)).b, at_most), align)
    return (
        *_break_rows(read, align),
        _pitch_row(read, align),
        _slow_row(read, align),
        *_native_rows(read),
        *_second_language_rows(clips, align, at_most),
    )


def _break_rows(read: Sequence[ReadClip], align: Align) -> tuple[Figure, ...]:
    found = alone = n_inserted = 0
    for case in inserted_breaks(read, align):
        words = assess_prosody(case.samples, 0.0, case.words).words
        unexpected = [i for i, one in enumerate(words) if one.unexpected_break > FOUND_FROM]
        n_inserted += 1
        found += case.index in unexpected
        alone += unexpected == [case.index]
    missing = both = n_removed = 0
    for case, before in removed_breaks(read, align):
        without = assess_prosody(case.samples, 0.0, case.words).words[case.index]
        with_it = assess_prosody(case.clip.samples, 0.0, before).words[case.index]
        n_removed += 1
        missing += without.missing_break > FOUND_FROM
        both += without.missing_break > FOUND_FROM >= with_it.missing_break
    return (
        _share(f"silence of {INSERTED_S} s within a phrase: unexpected there", found, n_inserted),
        _share("the same, and nowhere else", alone, n_inserted, least=0.9),
        _share("longest pause cut out: missing there", missing, n_removed, least=0.9),
        _share("the same, and not with the pause", both, n_removed, least=0.9),
    )


def _pitch_row(read: Sequence[ReadClip], align: Align) -> Figure:
    flatter = n_clips = 0
    for clip in read:
        flat, same = with_pitch(clip, align, 0.0), with_pitch(clip, align, 1.0)
        if flat is None or same is None:
            continue
        flat_prosody, others = _prosody(flat), (_prosody(same), _prosody(clip))
        n_clips += 1
        flatter += all(
            _monotone(flat_prosody) > _monotone(other) and flat_prosody.score < other.score
            for other in others
        )
    what = "pitch flattened: more monotone, lower prosody than resynthesised and than original"
    return _share(what, flatter, n_clips, least=0.95)


def _slow_row(read: Sequence[ReadClip], align: Align) -> Figure:
    lower = n_clips = 0
    for clip in read:
        slow = slowed(clip, align)
        if slow is not None:
            n_clips += 1
            lower += score_fluency(slow.words) < score_fluency(clip.words)
    return _share(f"{SLOW} times the speed, with pauses: lower fluency", lower, n_clips, least=0.95)


def _native_rows(read: Sequence[ReadClip]) -> tuple[Figure, ...]:
    began = time.process_time()
    assessed = [_prosody(clip) for clip in read]
    elapsed_s = time.process_time() - began
    seconds = sum(len(clip.samples) for clip in read) / SAMPLE_RATE
    # Here a pause counts as expected at punctuation of the text only.
    gaps = [one for clip in read for one in find_breaks(clip.samples, 0.0, clip.words)[1:]]
    unexpected = sum(one.unexpected > FOUND_FROM for one in gaps)
    asked = [
        prosody
        for clip, one in zip(read, assessed, strict=True)
        for word, prosody in zip(clip.words, one.words, strict=True)
        if word.expects_break
    ]
    missing = sum(word.missing_break > FOUND_FROM for word in asked)
    monotone = sum(_monotone(one) > FOUND_FROM for one in assessed)
    return (
        _median(
            "fluency of native readers", [score_fluency(c.words) for c in read], _LEAST_FLUENCY
        ),
        _median("prosody of native readers", [one.score for one in assessed], _LEAST_PROSODY),
        _share("unexpected breaks of native readers, by gaps", unexpected, len(gaps), most=0.03),
        _share("missing breaks of native readers, by punctuation", missing, len(asked)),
        _share("native readers that are monotone", monotone, len(assessed)),
        Figure(
            "processor time of the prosody by time of audio",
            f"{elapsed_s / max(seconds, 1):.3f}",
            target="at most 0.05",
            met=elapsed_s <= 0.05 * seconds,
        ),
    )


def _second_language_rows(
    clips: Sequence[Clip], align: Align, at_most: int | None
) -> tuple[Figure, ...]:
    read = read_aloud(clips_of(tuple(clips), "l2_english", at_most), align)
    if not read:
        return ()
    return (
        _median("fluency of second-language readers", [score_fluency(c.words) for c in read]),
        _median("prosody of second-language readers", [_prosody(c).score for c in read]),
    )


def _prosody(clip: ReadClip) -> Prosody:
    """Prosody of a clip; pauses of the reader count as punctuated where the text has none."""
    words = clip.words
    if not any(word.expects_break for word in words):
        words = punctuated(words, own_pauses(clip))
    return assess_prosody(clip.samples, 0.0, words)


def _monotone(prosody: Prosody) -> float:
    return prosody.words[0].monotone


def _share(
    what: str, count: int, total: int, *, least: float | None = None, most: float | None = None
) -> Figure:
    """A share with its count and its 95 % interval (Wilson 1927)."""
    if not total:
        return Figure(what, "none")
    share, spread = count / total, _Z * _Z / total
    middle = (share + spread / 2) / (1 + spread)
    reach = _Z * (share * (1 - share) / total + spread / (4 * total)) ** 0.5 / (1 + spread)
    low, high = 100 * max(middle - reach, 0), 100 * min(middle + reach, 1)
    text = f"{100 * share:.1f} % ({count} of {total}; {low:.0f} to {high:.0f} %)"
    if least is not None:
        return Figure(what, text, target=f"at least {100 * least:.0f} %", met=share >= least)
    if most is not None:
        return Figure(what, text, target=f"below {100 * most:.0f} %", met=share < most)
    return Figure(what, text)


def _median(what: str, scores: Sequence[float], least: float | None = None) -> Figure:
    middle = statistics.median(scores)
    low, high = (sorted(scores)[round(share * (len(scores) - 1))] for share in (0.05, 0.95))
    text = f"{middle:.1f} (5 to 95 %: {low:.0f} to {high:.0f}; {len(scores)} clips)"
    if least is None:
        return Figure(f"median {what}", text)
    return Figure(f"median {what}", text, target=f"at least {least}", met=middle >= least)
