"""The language stage: encodes segments and assigns a language to each.

The language is known, or one for the whole audio, or one per phrase; in the last case a segment is
cut where its language changes.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from itertools import groupby

from shared.audio.segmenter import Segment
from shared.errors import LanguageNotIdentified
from shared.language.candidates import IdentifiedLanguage, LanguageCandidates
from shared.language.locales import find_locale
from shared.recognition.encoding import decoded_positions, encode
from shared.recognition.engines.engine import EncodedSegment, RecognitionEngine
from shared.recognition.engines.segment_work import ChannelSegment, SegmentWork
from shared.recognition.languages.main_language import identify_main_language
from shared.recognition.languages.span_scores import ScoredSegment, SpanScorer
from shared.recognition.languages.switching import LanguagePart, LanguageSwitchDetector

EngineSlot = Callable[[], AbstractContextManager[RecognitionEngine]]
"""Context manager that waits for a slot of the scheduler and yields its engine."""


class LanguageStage:
    """Languages of one audio; remembers the last language of each channel.

    Parameters
    ----------
    slot: see `EngineSlot`; the caller must hold no slot when it calls `assign` or `identify`.
    per_phrase: each phrase has its own language among the candidates; else all have the main one.
    fallback_locale: locale of speech that is in none of the candidates; None makes that an error.
    """

    def __init__(
        self,
        slot: EngineSlot,
        candidates: LanguageCandidates,
        *,
        per_phrase: bool,
        fallback_locale: str | None,
    ) -> None:
        self._slot = slot
        self._candidates = candidates
        self._fallback_locale = fallback_locale
        self._locale = candidates.only
        self._per_phrase = per_phrase and self._locale is None
        self._spoken_last: dict[int, str] = {}
        self._probability: float | None = None  # of `_locale`, if it was identified

    def assign(self, groups: Sequence[Sequence[ChannelSegment]]) -> list[list[SegmentWork]]:
        """Encode all groups and assign languages; [] if the audio's language is known.

        The segments of a group have one context. Languages are assigned to all groups at once,
        because they depend on their order in time, and the main language is identified on all
        segments: the first group has the shortest.

        Raises
        ------
        LanguageNotIdentified: the speech is in none of the candidates, and there is no fallback.
        """
        if not groups or self._locale is not None:
            return []
        if self._per_phrase:
            return self._assign_per_phrase(groups)
        encoded = []
        for group in groups:
            with self._slot() as engine:
                encoded.append(_encode_alike(engine, [entry.segment for entry in group]))
        with self._slot() as engine:
            locale = self._settle(
                engine,
                [entry.segment for group in groups for entry in group],
                [output for outputs in encoded for output in outputs],
            )
            return [
                _works(engine, group, outputs, locale, self._probability)
                for group, outputs in zip(groups, encoded, strict=True)
            ]

    def encode_monolingual(
        self, engine: RecognitionEngine, group: Sequence[ChannelSegment]
    ) -> list[SegmentWork]:
        """Encode a group of an audio whose language is known; the caller holds the slot."""
        segments = [entry.segment for entry in group]
        if self._locale is not None:
            return _works(engine, group, encode(engine, segments), self._locale, self._probability)
        encoded = _encode_alike(engine, segments)
        locale = self._settle(engine, segments, encoded)
        return _works(engine, group, encoded, locale, self._probability)

    def preview(self, engine: RecognitionEngine, entry: ChannelSegment) -> SegmentWork:
        """Encode speech under way, in its most likely language so far; remembers nothing."""
        segment, locale, probability = entry.segment, self._locale, self._probability
        if locale is None:
            (encoded,) = _encode_alike(engine, [segment])
            identified = identify_main_language(engine, self._candidates, [segment], [encoded])
            locale, probability = identified.locale, identified.probability
        else:  # no more than is decoded: a partial text may have an error more
            n_positions = engine.context.n_positions_decoded(segment.duration_s)
            (encoded,) = engine.encode([segment.samples], n_positions)
        return SegmentWork(
            entry.index, entry.channel, segment, locale, encoded, language_probability=probability
        )

    def identify(self, segments: Sequence[Segment]) -> IdentifiedLanguage:
        """Identify the main language of segments, independent of languages assigned before."""
        with self._slot() as engine:
            encoded = _encode_alike(engine, segments)
            return identify_main_language(engine, self._candidates, segments, encoded)

    def _settle(
        self,
        engine: RecognitionEngine,
        segments: Sequence[Segment],
        encoded: Sequence[EncodedSegment],
    ) -> str:
        identified = identify_main_language(engine, self._candidates, segments, encoded)
        if identified.is_in_set:
            self._locale, self._probability = identified.locale, identified.probability
        elif self._fallback_locale is not None:
            self._locale = find_locale(self._fallback_locale)
        else:
            raise LanguageNotIdentified("The speech is in none of the candidate locales.")
        return self._locale

    def _assign_per_phrase(
        self, groups: Sequence[Sequence[ChannelSegment]]
    ) -> list[list[SegmentWork]]:
        scored: dict[int, ScoredSegment] = {}
        for group in groups:
            with self._slot() as engine:
                segments = [entry.segment for entry in group]
                scores = SpanScorer(engine, self._candidates).score_segments(
                    segments, _encode_alike(engine, segments)
                )
            scored |= zip((entry.index for entry in group), scores, strict=True)
        parts = self._split_at_switches([entry for group in groups for entry in group], scored)
        return [
            [
                SegmentWork(
                    entry.index,
                    entry.channel,
                    part.segment,
                    part.locale,
                    part.encoded,
                    language_probability=self._probability_of(part, scored[entry.index]),
                )
                for entry in group
                for part in parts[entry.index]
            ]
            for group in groups
        ]

    def _probability_of(self, part: LanguagePart, scored: ScoredSegment) -> float:
        """Mean posterior of a part's language over the spans that begin within it."""
        language = self._candidates.language_of(part.locale)
        first_s, last_s = part.segment.offset_s, part.segment.offset_s + part.segment.duration_s
        posteriors = [
            span.posteriors.get(language, 0.0)
            for span in scored.spans
            if first_s <= span.start_s < last_s
        ]
        return sum(posteriors) / len(posteriors) if posteriors else 0.0

    def _split_at_switches(
        self, entries: Sequence[ChannelSegment], scored: dict[int, ScoredSegment]
    ) -> dict[int, list[LanguagePart]]:
        """Parts of each segment, by its index; each channel in order of time."""
        parts: dict[int, list[LanguagePart]] = {}
        in_order = sorted(entries, key=lambda entry: (entry.channel, entry.segment.offset_s))
        for channel, same_channel in groupby(in_order, key=lambda entry: entry.channel):
            indices = [entry.index for entry in same_channel]
            with self._slot() as engine:
                split = LanguageSwitchDetector(engine, self._candidates).split_at_switches(
                    [scored[index] for index in indices], self._spoken_last.get(channel)
                )
            parts |= zip(indices, split, strict=True)
            self._spoken_last[channel] = self._candidates.language_of(split[-1][-1].locale)
        return parts


def _works(
    engine: RecognitionEngine,
    group: Sequence[ChannelSegment],
    encoded: Sequence[EncodedSegment],
    locale: str,
    probability: float | None,
) -> list[SegmentWork]:
    kept = decoded_positions(engine, [entry.segment for entry in group], encoded)
    return [
        SegmentWork(
            entry.index,
            entry.channel,
            entry.segment,
            locale,
            output,
            language_probability=probability,
        )
        for entry, output in zip(group, kept, strict=True)
    ]


def _encode_alike(engine: RecognitionEngine, segments: Sequence[Segment]) -> list[EncodedSegment]:
    """Encode segments at the context of the longest, for which evidence of a language is fitted."""
    n_positions = max(engine.context.n_positions(segment.duration_s) for segment in segments)
    return engine.encode([segment.samples for segment in segments], n_positions)
