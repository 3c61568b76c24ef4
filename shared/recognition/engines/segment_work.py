"""State of one segment in the pipeline."""

from dataclasses import dataclass

from shared.audio.segmenter import Segment
from shared.recognition.engines.engine import AlignedToken, EncodedSegment, Hypothesis

_UNDECODED = Hypothesis((), (), 0.0, 0.0, hit_token_limit=False)


@dataclass(frozen=True, slots=True)
class ChannelSegment:
    """A segment of one channel, before its language is known.

    index: position among the results of an audio block; results are yielded in this order, whatever
        the order of decoding.
    """

    index: int
    channel: int
    segment: Segment


@dataclass(frozen=True, slots=True)
class SegmentWork:
    """A segment or a part of one, in one language, with the results of the stages so far.

    Each stage returns it `replace`d: languages sets `locale` and `encoded`, decoding `hypothesis`
    (and `encoded`, where it is read again), alignment `tokens`, translation `english`.

    index: that of its `ChannelSegment`; the parts of one segment share it, in order of time.
    n_retries: number of readings after the first one.
    is_noise: the decoder finds no words in it, whatever it writes.
    english: None if no translation was requested, "" if decoding looped.
    language_probability: of the locale among the candidates; None where there is one.
    """

    index: int
    channel: int
    segment: Segment
    locale: str
    encoded: EncodedSegment
    hypothesis: Hypothesis = _UNDECODED
    tokens: tuple[AlignedToken, ...] = ()
    english: str | None = None
    language_probability: float | None = None
    n_retries: int = 0
    is_noise: bool = False
