"""The language of every stretch of speech, on the encoder output that is decoded anyway.

    segments, encoded -> spans of at most 2.5 s -> what each sounds like
                      -> languages in order of time -> parts of one language

A segment is encoded anew, in parts, only where its language changes.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import numpy as np

from shared.audio.segmenter import Segment
from shared.language.candidates import LanguageCandidates
from shared.language.locales import language_of
from shared.language.viterbi import (
    LEAST_SHARE,
    HeardSpan,
    most_probable_languages,
    shares_of,
)
from shared.recognition.engines.context_length import context_lengths
from shared.recognition.engines.engine import EncodedSegment, RecognitionEngine
from shared.recognition.engines.log_mel import MAX_POSITIONS, POSITIONS_PER_SECOND
from shared.recognition.languages.excerpt import excerpt_positions
from shared.recognition.languages.rescoring import top_languages, weighed_by_reading
from shared.recognition.languages.spans import part_of, quiet_near, spans_of

# What is heard with a span. The model wants to hear it end: with 0.2 s behind them 3 of 36 spans
# of real clips sound like another of four languages, with 0.4 s one does, and none if it has 0.4 s
# before it too and is encoded by itself with twice the usual context.
LEAD_S = 0.2
TAIL_S = 0.4
ALONE_LEAD_S = 0.4
SILENCE_S = 1.2  # heard behind a span, see `excerpt_positions`
SHORT_POSITIONS = 80  # may be heard apart from longer ones, which cost more
STEP_POSITIONS = 150  # a step of the decoder costs as much as this many positions of silence

SURE_SHARE = 0.75  # below it an utterance is heard by itself
CLEAR_SHARE = 0.9  # below it a language that nobody has spoken yet must read well
LEAST_AGAIN_S = 0.8  # but not a shorter one: it follows its neighbours

# What a part of a cut segment must sound, or read, like. Of 121 clips of one language seven raise
# a wrong alarm, six of these are below it; of 120 joined pairs of clips three rightly cut ones are.
CONFIRMED_SHARE = 0.95

PLACE_STEP_S = 0.25


@dataclass(frozen=True, slots=True)
class HeardSegment:
    """One segment, its encoder output and what its spans sound like."""

    segment: Segment
    encoded: EncodedSegment
    spans: tuple[HeardSpan, ...]


@dataclass(frozen=True, slots=True)
class SegmentPart:
    """A segment, or a part of one, in which one language is spoken."""

    segment: Segment
    encoded: EncodedSegment
    locale: str


_Turn = tuple[str, Sequence[HeardSpan]]  # a language, and what is spoken in it without a break


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A span of an encoded segment."""

    segment: Segment
    encoded: EncodedSegment
    span: HeardSpan

    @property
    def n_positions(self) -> int:
        first, last = self._positions
        return last - first

    def excerpt(self, engine: RecognitionEngine, n_positions: int) -> EncodedSegment:
        """The span with silence behind it; the encoder's own, from behind the segment."""
        n_spoken = round(self.segment.duration_s * POSITIONS_PER_SECOND)
        silence = (min(n_spoken, self.encoded.n_positions - 1), self.encoded.n_positions)
        positions = excerpt_positions(self._positions, silence, n_positions)
        return engine.excerpt(self.encoded, positions)

    @property
    def _positions(self) -> tuple[int, int]:
        start_s, end_s = self.span.start_s - LEAD_S, self.span.end_s + TAIL_S
        first = round((start_s - self.segment.offset_s) * POSITIONS_PER_SECOND)
        last = round((end_s - self.segment.offset_s) * POSITIONS_PER_SECOND)
        last = min(last, self.encoded.n_positions)
        return min(max(0, first), last - 1), last


class PhraseLanguages:
    """Tells the languages of one audio apart; remembers what was spoken last, by channel."""

    def __init__(self, engine: RecognitionEngine, candidates: LanguageCandidates) -> None:
        self._engine = engine
        self._candidates = candidates
        self._spoken_last: dict[int, str] = {}

    def listen(
        self, segments: Sequence[Segment], encoded: Sequence[EncodedSegment]
    ) -> list[HeardSegment]:
        """Hear every span of some segments, which have one context, in few steps of the decoder."""
        spans = [spans_of(segment) for segment in segments]
        whole = [place for place, cut in enumerate(spans) if len(cut) == 1]
        if whole:
            ranked = self._engine.identify_language([encoded[place] for place in whole])
            for place, probabilities in zip(whole, ranked, strict=True):
                spans[place] = [self._candidates.heard(spans[place][0], probabilities)]
        several = [place for place, cut in enumerate(spans) if len(cut) > 1]
        stretches = [
            _Stretch(segments[place], encoded[place], span)
            for place in several
            for span in spans[place]
        ]
        heard = iter(self._hear(stretches))
        for place in several:
            unsure = [next(heard) for _ in spans[place]]
            spans[place] = [self._again_if_unsure(segments[place], span) for span in unsure]
        return [
            HeardSegment(segment, output, tuple(cut))
            for segment, output, cut in zip(segments, encoded, spans, strict=True)
        ]

    def tell_apart(self, channel: int, heard: Sequence[HeardSegment]) -> list[list[SegmentPart]]:
        """Parts of one language of each segment of a channel; segments in order of time."""
        spans = [span for one in heard for span in one.spans]
        languages = most_probable_languages(spans, self._spoken_last.get(channel))
        parts = []
        for one in heard:
            told, languages = languages[: len(one.spans)], languages[len(one.spans) :]
            parts.append(self._parts(one, told, self._spoken_last.get(channel)))
            self._spoken_last[channel] = language_of(parts[-1][-1].locale)
        return parts

    def _hear(self, stretches: Sequence["_Stretch"]) -> list[HeardSpan]:
        """Hear stretches of encoder output, in one or two steps of the decoder."""
        heard: dict[int, HeardSpan] = {}
        for places in _heard_together([stretch.n_positions for stretch in stretches]):
            longest = max(stretches[place].n_positions for place in places)
            n_positions = longest + round(SILENCE_S * POSITIONS_PER_SECOND)
            ranked = self._engine.identify_language(
                [stretches[place].excerpt(self._engine, n_positions) for place in places]
            )
            for place, probabilities in zip(places, ranked, strict=True):
                heard[place] = self._candidates.heard(stretches[place].span, probabilities)
        return [heard[place] for place in range(len(stretches))]

    def _again_if_unsure(self, segment: Segment, span: HeardSpan) -> HeardSpan:
        """Encode by itself what is unclear among others: the others may have drowned it."""
        if span.greatest_share >= SURE_SHARE or span.duration_s < LEAST_AGAIN_S:
            return span
        return self._by_itself(segment, span)

    def _by_itself(self, segment: Segment, span: HeardSpan) -> HeardSpan:
        part = part_of(segment, span.start_s - ALONE_LEAD_S, span.end_s + TAIL_S)
        _, longer, *_ = (*context_lengths(part.duration_s), MAX_POSITIONS)
        encoded = self._engine.encode(part.samples, longer)
        (probabilities,) = self._engine.identify_language([encoded])
        return self._candidates.heard(span, probabilities)

    def _parts(
        self, heard: HeardSegment, languages: Sequence[str], before: str | None
    ) -> list[SegmentPart]:
        """Cut a segment where its language changes, if the parts by themselves agree."""
        turns = _turns(heard.spans, languages)
        if len(turns) == 1:
            return self._whole(heard, self._in_doubt_read(heard, turns[0][0], before))
        if len(turns) == 2 and not self._may_part(heard.segment, *turns):
            languages = [language for language, _ in turns]
            return self._whole(heard, self._read(heard, self._sounds_like(heard), languages))
        cuts_s = [self._place(heard, *pair) for pair in pairwise(turns)]
        parts = self._encode_parts(heard, cuts_s)
        told = self._confirmed(parts, turns)
        kept_s = [cut_s for cut_s, (a, b) in zip(cuts_s, pairwise(told), strict=True) if a != b]
        if not kept_s:
            return self._whole(heard, told[0])
        if len(kept_s) < len(cuts_s):
            parts = self._encode_parts(heard, kept_s)
            told = [language for language, _ in groupby(told)]
        return [
            SegmentPart(*part, self._candidates.locale_of(language))
            for part, language in zip(parts, told, strict=True)
        ]

    def _whole(self, heard: HeardSegment, language: str) -> list[SegmentPart]:
        locale = self._candidates.locale_of(language)
        return [SegmentPart(heard.segment, heard.encoded, locale)]

    def _in_doubt_read(self, heard: HeardSegment, language: str, before: str | None) -> str:
        """Language of a segment; what is new and not clear is read in several."""
        if language == before or _are_clear(heard.spans, language):
            return language
        shares = self._sounds_like(heard)
        if shares[language] >= CLEAR_SHARE:
            return language
        known = [language] if before is None else [language, before]
        return self._read(heard, shares, [*top_languages(shares), *known])

    def _sounds_like(self, heard: HeardSegment) -> Mapping[str, float]:
        """Share of each language in a whole segment; a sum of its parts says less."""
        if len(heard.spans) == 1:
            return heard.spans[0].shares
        (probabilities,) = self._engine.identify_language([heard.encoded])
        return self._candidates.shares(probabilities)

    def _read(
        self, heard: HeardSegment, shares: Mapping[str, float], languages: Sequence[str]
    ) -> str:
        """Language in which a whole segment reads best, what it sounds like considered."""
        bounded = {language: max(share, LEAST_SHARE) for language, share in shares.items()}
        read, _ = weighed_by_reading(self._engine, heard.segment, heard.encoded, bounded, languages)
        return max(read, key=read.__getitem__)

    def _may_part(self, segment: Segment, first: _Turn, second: _Turn) -> bool:
        """Whether the shorter of two turns may be in a language of its own.

        It is heard alone: a fraction of the cost of encoding both anew, which ends most wrong
        alarms.
        """
        shorter, longer = sorted((first, second), key=_speech_s)
        _, spans = shorter
        alone = self._by_itself(segment, replace(spans[0], end_s=spans[-1].end_s)).shares
        shares = _among_and_alone(spans, alone, (shorter[0], longer[0]))
        return shares[shorter[0]] >= CONFIRMED_SHARE

    def _encode_parts(
        self, heard: HeardSegment, cuts_s: Sequence[float]
    ) -> list[tuple[Segment, EncodedSegment]]:
        segment = heard.segment
        borders_s = [segment.offset_s, *cuts_s, segment.offset_s + segment.duration_s]
        parts = [part_of(segment, start_s, end_s) for start_s, end_s in pairwise(borders_s)]
        n_positions = heard.encoded.n_positions  # what is decoded together has one context
        return [(part, self._engine.encode(part.samples, n_positions)) for part in parts]

    def _confirmed(
        self, parts: Sequence[tuple[Segment, EncodedSegment]], turns: Sequence[_Turn]
    ) -> list[str]:
        """Language of the part of each turn as it sounds, and reads; unclear ones join a neighbour.

        A part that only sounded like another language among others is below `CONFIRMED_SHARE`.
        """
        languages = tuple(dict.fromkeys(language for language, _ in turns))
        ranked = self._engine.identify_language([encoded for _, encoded in parts])
        read: list[Mapping[str, float]] = []
        for part, (_, spans), probabilities in zip(parts, turns, ranked, strict=True):
            alone = self._candidates.shares(probabilities)
            sound = _among_and_alone(spans, alone, languages)
            is_clear = _is_confirmed(sound)
            read.append(sound if is_clear else weighed_by_reading(self._engine, *part, sound)[0])
        clear = [place for place, shares in enumerate(read) if _is_confirmed(shares)]
        if not clear:
            weights_s = [segment.speech_s for segment, _ in parts]
            together = self._candidates.mean_shares(read, weights_s)
            return [max(together, key=together.__getitem__)] * len(parts)

        def nearest_clear(place: int) -> int:
            return min(clear, key=lambda one: (abs(one - place), -parts[one][0].speech_s))

        nearest = [read[nearest_clear(place)] for place in range(len(parts))]
        return [max(shares, key=shares.__getitem__) for shares in nearest]

    def _place(
        self,
        heard: HeardSegment,
        before: _Turn,
        after: _Turn,
    ) -> float:
        """Time at which the language changes: in the pause, or within an utterance.

        Within one, it is the place that makes the speech before it sound most like the first
        language and that behind it most like the second.
        """
        (first, earlier), (second, later) = before, after
        left, right = earlier[-1], later[0]
        if right.after_pause:
            return (left.end_s + right.start_s) / 2
        places_s = np.arange(left.start_s + 0.5, right.end_s - 0.5, PLACE_STEP_S).tolist()
        # The edge of a span reaches up to the place, not beyond it.
        lefts = [replace(left, end_s=place_s - TAIL_S) for place_s in places_s]
        rights = [replace(right, start_s=place_s + LEAD_S) for place_s in places_s]
        sounds = self._hear(
            [_Stretch(heard.segment, heard.encoded, span) for span in (*lefts, *rights)]
        )
        scores = [
            _contrast(sounds[place], first, second)
            + _contrast(sounds[len(lefts) + place], second, first)
            for place in range(len(lefts))
        ]
        return quiet_near(heard.segment, places_s[int(np.argmax(scores))])


def _heard_together(n_positions: Sequence[int]) -> list[list[int]]:
    """Places that share a step: all, or long ones apart from short ones, whichever costs less."""
    longest = max(n_positions, default=0)
    short = [place for place, length in enumerate(n_positions) if length <= SHORT_POSITIONS]
    if sum(longest - n_positions[place] for place in short) <= STEP_POSITIONS:
        short = []
    long = [place for place in range(len(n_positions)) if place not in short]
    return [places for places in (short, long) if places]


def _are_clear(spans: Sequence[HeardSpan], language: str) -> bool:
    """Whether each of several spans sounds like a language."""
    return len(spans) > 1 and all(span.shares[language] >= CLEAR_SHARE for span in spans)


def _turns(spans: Sequence[HeardSpan], languages: Sequence[str]) -> list[_Turn]:
    pairs = zip(languages, spans, strict=True)
    return [
        (language, [span for _, span in group])
        for language, group in groupby(pairs, key=lambda pair: pair[0])
    ]


def _speech_s(turn: _Turn) -> float:
    return sum(span.duration_s for span in turn[1])


def _among_and_alone(
    spans: Sequence[HeardSpan], alone: Mapping[str, float], languages: Sequence[str]
) -> dict[str, float]:
    """Share of each of some languages in a turn: heard among others, and by itself.

    The geometric mean, since either may be wrong: among others a turn takes on their sound, by
    itself it lacks what led to it.
    """
    total_s = sum(span.duration_s for span in spans)
    means = {
        language: math.sqrt(max(alone[language], LEAST_SHARE))
        * math.prod(
            max(span.shares[language], LEAST_SHARE) ** (span.duration_s / total_s / 2)
            for span in spans
        )
        for language in languages
    }
    return shares_of(means, tuple(languages))


def _contrast(span: HeardSpan, language: str, other: str) -> float:
    """How much more a span sounds like one language than like another, over all its seconds."""
    share, other_share = (max(span.shares[one], LEAST_SHARE) for one in (language, other))
    return span.duration_s * math.log(share / other_share)


def _is_confirmed(shares: Mapping[str, float]) -> bool:
    return max(shares.values()) >= CONFIRMED_SHARE
