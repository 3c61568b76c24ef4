"""The languages of segments: known, one for the whole audio, or told for each phrase."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import groupby

from shared.audio.segmenter import Segment
from shared.errors import LanguageNotIdentified
from shared.language.candidates import IdentifiedLanguage, LanguageCandidates
from shared.language.locales import find_locale
from shared.recognition.engines.context_length import context_lengths
from shared.recognition.engines.engine import EncodedSegment, RecognitionEngine
from shared.recognition.languages.main_language import hear_main_language
from shared.recognition.languages.switching import HeardSegment, PhraseLanguages, SegmentPart
from shared.recognition.options import RecognitionOptions


@dataclass(frozen=True, slots=True)
class ChannelSegment:
    """A segment of one channel of the audio."""

    channel: int
    segment: Segment


Told = dict[int, list[SegmentPart]]
"""Parts of one language by the `id` of their `ChannelSegment`."""


class SegmentLanguages:
    """Encodes the segments of one audio and says which language each is in.

    Parameters
    ----------
    turn: has the engine while its block runs.

    Raises
    ------
    UnsupportedLocale: a candidate that the engine can not recognise.
    """

    def __init__(
        self,
        engine: RecognitionEngine,
        options: RecognitionOptions,
        turn: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._engine = engine
        self._turn = turn
        self._candidates = LanguageCandidates(options.locales, engine.languages)
        self._fallback = options.fallback_locale
        self._locale = self._candidates.only
        self._by_phrase = (
            PhraseLanguages(engine, self._candidates)
            if options.language_per_phrase and self._locale is None
            else None
        )

    def tell(self, groups: Sequence[Sequence[ChannelSegment]]) -> Told:
        """Parts of one language of every segment; none where the audio's language is known.

        Segments are encoded in groups of one length, but languages follow each other in time, and
        the main one is settled on all of them: the first group has the shortest.

        Raises
        ------
        LanguageNotIdentified: they sound like none of the candidates, and there is no fallback.
        """
        if self._by_phrase is not None:
            return self._tell_apart(self._by_phrase, groups)
        if self._locale is not None or not groups:
            return {}
        entries = [entry for group in groups for entry in group]
        encoded: list[EncodedSegment] = []
        for group in groups:
            with self._turn():
                encoded += self._encode([entry.segment for entry in group])
        with self._turn():
            locale = self._settle([entry.segment for entry in entries], encoded)
        return {
            id(entry): [SegmentPart(entry.segment, output, locale)]
            for entry, output in zip(entries, encoded, strict=True)
        }

    def in_one_language(self, segments: Sequence[Segment]) -> list[list[SegmentPart]]:
        """Encode segments of an audio that has one language; the caller has the engine."""
        encoded = self._encode(segments)
        locale = self._locale or self._settle(segments, encoded)
        return [
            [SegmentPart(segment, output, locale)]
            for segment, output in zip(segments, encoded, strict=True)
        ]

    def identify(self, segments: Sequence[Segment]) -> IdentifiedLanguage:
        """The main language of segments, whatever has been settled."""
        with self._turn():
            encoded = self._encode(segments)
            return hear_main_language(self._engine, self._candidates, segments, encoded)

    def _settle(self, segments: Sequence[Segment], encoded: Sequence[EncodedSegment]) -> str:
        identified = hear_main_language(self._engine, self._candidates, segments, encoded)
        if identified.is_heard:
            self._locale = identified.locale
        elif self._fallback is not None:
            self._locale = find_locale(self._fallback)
        else:
            raise LanguageNotIdentified("The speech is in none of the locales that are named.")
        return self._locale

    def _tell_apart(
        self, languages: PhraseLanguages, groups: Sequence[Sequence[ChannelSegment]]
    ) -> Told:
        heard: dict[int, HeardSegment] = {}
        for group in groups:
            with self._turn():
                pure = [entry.segment for entry in group]
                sounds = languages.listen(pure, self._encode(pure))
            heard |= zip(map(id, group), sounds, strict=True)
        told: Told = {}
        in_order = sorted(
            (entry for group in groups for entry in group),
            key=lambda entry: (entry.channel, entry.segment.offset_s),
        )
        for channel, entries in groupby(in_order, key=lambda entry: entry.channel):
            same_channel = list(entries)
            with self._turn():
                parts = languages.tell_apart(channel, [heard[id(entry)] for entry in same_channel])
            told |= zip(map(id, same_channel), parts, strict=True)
        return told

    def _encode(self, segments: Sequence[Segment]) -> list[EncodedSegment]:
        n_positions = max(context_lengths(segment.duration_s)[0] for segment in segments)
        return [self._engine.encode(segment.samples, n_positions) for segment in segments]
