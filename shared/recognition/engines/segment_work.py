"""One segment on its way through the pipeline."""

from dataclasses import dataclass

from shared.audio.segmenter import Segment
from shared.recognition.engines.engine import AlignedToken, EncodedSegment, Hypothesis

_UNDECODED = Hypothesis((), (), 0.0, 0.0, hit_token_limit=False)


@dataclass(frozen=True, slots=True)
class ChannelSegment:
    """A segment of one channel, before its language is known.

    index: its place among the results of the audio block by block; results are yielded in this
        order, whatever the order in which segments are decoded.
    """

    index: int
    channel: int
    segment: Segment


@dataclass(frozen=True, slots=True)
class SegmentWork:
    """A segment in one language, or the part of one, with what the stages know of it.

    Each stage returns it `replace`d: languages sets `locale` and `encoded`, decoding `hypothesis`
    (and `encoded`, where a longer context reads better), alignment `tokens`, translation `english`.

    index: of the `ChannelSegment` it comes from; the parts of one segment share it, in order of
        time.
    n_retries: how often it was decoded again at a longer context.
    english: None where no translation was asked for, "" where decoding looped.
    """

    index: int
    channel: int
    segment: Segment
    locale: str
    encoded: EncodedSegment
    hypothesis: Hypothesis = _UNDECODED
    tokens: tuple[AlignedToken, ...] = ()
    english: str | None = None
    n_retries: int = 0
