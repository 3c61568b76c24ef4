"""Times of cues on screen: in step with speech, long enough to be read, and never overlapping.

In times are within three frames of the speech, out times of cues near the next one are two frames
before it: Netflix, Timed Text Style Guide, "Timing to audio", and Subtitle Timing Guidelines,
"Closing gaps" (https://partnerhelp.netflixstudios.com/hc/en-us/articles/360051554394).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.formats.cue_layout import LINGER_S
from shared.ticks import milliseconds_from_seconds

SHIFT_MS = 125  # three frames
CHAIN_MS = 500  # twelve frames
GAP_MS = 83  # two frames, at 24 a second
LINGER_MS = milliseconds_from_seconds(LINGER_S)


@dataclass(frozen=True, slots=True)
class SpokenSpan:
    """Speech of one cue, and what it needs.

    min_ms: least time on screen; reading_ms: time in which it is read; max_ms: longest.
    """

    offset_ms: int
    end_ms: int
    min_ms: int
    reading_ms: int
    max_ms: int


def screen_times(spans: Sequence[SpokenSpan], duration_ms: int) -> list[tuple[int, int]]:
    """Return begin and end of each cue of one channel; `spans` are in order of their offsets.

    duration_ms: end of the audio; only cues whose speech ends later are shown later.
    """
    begins = _begins(spans)
    nexts = [*begins[1:], max(duration_ms, begins[-1] + 1) if begins else 0]
    is_last = [*[False] * (len(spans) - 1), True]
    return [
        (begin, _end(span, begin, next_ms, touches_audio_end=last))
        for span, begin, next_ms, last in zip(spans, begins, nexts, is_last, strict=False)
    ]


def _begins(spans: Sequence[SpokenSpan]) -> list[int]:
    """Move begins by up to three frames where a cue would be too short."""
    begins: list[int] = []
    for span in spans:
        begins.append(max(span.offset_ms, begins[-1] + 1 if begins else 0))
    for index in range(len(spans) - 1):
        short_ms = spans[index].min_ms - (begins[index + 1] - begins[index])
        if short_ms <= 0:
            continue
        before_ms = spans[index - 1].end_ms + GAP_MS if index else 0
        early_ms = max(0, min(short_ms, SHIFT_MS, begins[index] - before_ms))
        begins[index] -= early_ms
        late_ms = min(short_ms - early_ms, SHIFT_MS)
        after_ms = (
            begins[index + 2] if index + 2 < len(spans) else spans[index + 1].end_ms + LINGER_MS
        )
        spare_ms = after_ms - begins[index + 1] - spans[index + 1].min_ms
        begins[index + 1] += max(0, min(late_ms, spare_ms))
    return begins


def _end(span: SpokenSpan, begin_ms: int, next_ms: int, *, touches_audio_end: bool) -> int:
    spoken_ms = max(span.end_ms, begin_ms + 1)
    wanted_ms = max(spoken_ms, begin_ms + span.min_ms, begin_ms + span.reading_ms)
    wanted_ms = min(wanted_ms, spoken_ms + LINGER_MS, begin_ms + span.max_ms)
    if touches_audio_end:
        return max(min(wanted_ms, max(next_ms, spoken_ms)), begin_ms + 1)
    if wanted_ms + CHAIN_MS > next_ms:
        # A cue that needs the time of the gap touches the next one.
        has_gap = next_ms - GAP_MS - begin_ms >= max(span.min_ms, span.reading_ms)
        wanted_ms = min(next_ms - GAP_MS if has_gap else next_ms, begin_ms + span.max_ms)
    return max(wanted_ms, begin_ms + 1)
