"""The pipeline of recognition: audio stream in, phrases out, as they are ready.

    samples -> segments of speech -> encoder -> language -> decoder (-> more context)
            -> words -> word times -> phrases -> text forms

Nothing but segments that are under way is in memory.
"""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shared.audio.channels import float32_from_int16, mix_to_mono, select_channel
from shared.audio.stream import AudioStream
from shared.audio.voice_activity import Pause, Segment, Segmenter, SpeechDetector
from shared.language.identification import LanguageChoice
from shared.language.locales import language_of
from shared.recognition.alignment import (
    group_words,
    time_words,
    within_utterances,
)
from shared.recognition.batching import group_by_length
from shared.recognition.context_length import context_lengths
from shared.recognition.engine import (
    AlignedToken,
    DecodingRequest,
    EncodedSegment,
    Hypothesis,
    RecognitionEngine,
)
from shared.recognition.log_mel import MAX_POSITIONS
from shared.recognition.options import RecognitionOptions
from shared.recognition.phrase_list import PhraseBias
from shared.recognition.phrases import PhraseStyle, timed_phrases, untimed_phrase
from shared.recognition.retry import better, is_doubtful, is_loop, is_not_speech, token_limit
from shared.recognition.turnstile import Turnstile
from shared.transcript import Dropped, DropReason, Phrase

NOISE_LEVEL_DB = -50.0  # a louder pause is noise, a softer one silence
LEAST_PAUSE_S = 0.25  # a shorter one is the edge of an utterance, not worth a word

# Segments of several utterances are read with time tokens. Without them the decoder may take the
# first speaker's end for the end: word error rate of a conversation 17.8 without, 14.4 with, of
# single utterances 12.5 without and 13.0 with.
LONG_SEGMENT_S = 10.0


@dataclass(slots=True)
class RecognitionStatistics:
    """What one recognition cost; counts and seconds, no content."""

    audio_s: float = 0.0
    n_segments: int = 0
    n_retries: int = 0
    queue_s: float = 0.0
    recognition_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _ChannelSegment:
    channel: int
    segment: Segment


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was decided about one segment, and the encoder output it was read from."""

    hypothesis: Hypothesis
    encoded: EncodedSegment


class Recognition:
    """One audio under way: its language, its options and what it has cost so far."""

    def __init__(
        self,
        engine: RecognitionEngine,
        detector: SpeechDetector,
        turnstile: Turnstile,
        options: RecognitionOptions,
        statistics: RecognitionStatistics,
    ) -> None:
        self._engine = engine
        self._detector = detector
        self._turnstile = turnstile
        self._options = options
        self._statistics = statistics
        self._language = LanguageChoice(options.locales, engine.languages)
        self._bias = PhraseBias(options.phrases, options.phrase_weight)

    def run(self, stream: AudioStream) -> Iterator[Phrase | Dropped]:
        """Yield phrases and dropped stretches; by channel in order of time."""
        channels = [c for c in self._options.channels if c < stream.n_channels]
        separate = len(channels) > 0 and stream.n_channels > 1
        segmenters = {c: Segmenter(self._detector) for c in (channels if separate else [0])}
        waiting: list[_ChannelSegment | Dropped] = []
        for block in stream:
            for channel, segmenter in segmenters.items():
                mono = select_channel(block, channel) if separate else mix_to_mono(block)
                waiting += _results(channel, segmenter.push(float32_from_int16(mono)))
            self._statistics.audio_s = stream.duration_s
            if _n_segments(waiting) >= self._options.batch_segments:
                yield from self._recognise(waiting)
                waiting = []
        for channel, segmenter in segmenters.items():
            waiting += _results(channel, segmenter.finish())
        yield from self._recognise(waiting)

    def _recognise(
        self, waiting: Sequence[_ChannelSegment | Dropped]
    ) -> Iterator[Phrase | Dropped]:
        """Recognise the segments of similar length together; yield everything in order."""
        segments = [entry for entry in waiting if isinstance(entry, _ChannelSegment)]
        found: dict[int, list[Phrase | Dropped]] = {}
        durations_s = [entry.segment.duration_s for entry in segments]
        for places in group_by_length(durations_s, self._options.batch_segments):
            group = [segments[place] for place in places]
            for entry, results in zip(group, self._take_turn(group), strict=True):
                found[id(entry)] = results
        for waited in waiting:
            if isinstance(waited, Dropped):
                yield waited
            else:
                yield from found[id(waited)]

    def _take_turn(self, group: Sequence[_ChannelSegment]) -> list[list[Phrase | Dropped]]:
        served = self._statistics.n_segments
        with self._turnstile.turn(self._options.priority, served) as waited_s:
            started = time.perf_counter()
            segments = [entry.segment for entry in group]
            encoded = self._encode(segments)
            locale = self._identify(segments, encoded)
            readings = self._read(segments, encoded, language_of(locale))
            aligned = self._align(segments, readings, language_of(locale))
        self._statistics.queue_s += waited_s
        self._statistics.recognition_s += time.perf_counter() - started
        self._statistics.n_segments += len(group)
        return [
            self._phrases(entry, locale, reading.hypothesis, tokens)
            for entry, reading, tokens in zip(group, readings, aligned, strict=True)
        ]

    def _encode(self, segments: Sequence[Segment]) -> list[EncodedSegment]:
        n_positions = max(context_lengths(segment.duration_s)[0] for segment in segments)
        return [self._engine.encode(segment.samples, n_positions) for segment in segments]

    def _read(
        self, segments: Sequence[Segment], encoded: Sequence[EncodedSegment], language: str
    ) -> list[_Reading]:
        """Decode together at the shortest context, then again one by one where in doubt."""
        requests = [
            DecodingRequest(
                language,
                token_limit(segment.duration_s, language),
                timestamps=len(segment.utterances) > 1 and segment.duration_s > LONG_SEGMENT_S,
            )
            for segment in segments
        ]
        readings = [
            self._retry(segment, request, _Reading(hypothesis, output))
            for segment, request, hypothesis, output in zip(
                segments, requests, self._engine.decode(encoded, requests), encoded, strict=True
            )
        ]
        return self._bind_phrases(readings, requests) if self._bias else readings

    def _bind_phrases(
        self, readings: Sequence[_Reading], requests: Sequence[DecodingRequest]
    ) -> list[_Reading]:
        """Read each segment again with the phrase list in mind, in every window."""
        bound = []
        for reading, request in zip(readings, requests, strict=True):
            hinted_request = replace(request, hint=self._bias.hint)
            (hinted,) = self._engine.decode([reading.encoded], [hinted_request])
            chosen = self._bias.choose(
                self._engine, reading.encoded, request.language, reading.hypothesis, hinted
            )
            bound.append(_Reading(chosen, reading.encoded))
        return bound

    def _identify(self, segments: Sequence[Segment], encoded: Sequence[EncodedSegment]) -> str:
        """Locale of the audio, settled by its first segments.

        On the encoder's output that is decoded anyway; only where that leaves a doubt is the
        longest segment encoded once more, at the full context.
        """
        if self._language.settled is not None:
            return self._language.settled
        probabilities = self._engine.identify_language(encoded)
        weights_s = [segment.speech_s for segment in segments]
        if not self._language.is_sure(probabilities, weights_s):
            longest = max(segments, key=lambda segment: segment.speech_s)
            encoded = [self._engine.encode(longest.samples, MAX_POSITIONS)]
            probabilities = self._engine.identify_language(encoded)
            weights_s = [longest.speech_s]
        return self._language.settle(probabilities, weights_s)

    def _retry(self, segment: Segment, request: DecodingRequest, reading: _Reading) -> _Reading:
        """Decode at longer and longer context until the text can be believed."""
        for n_positions in context_lengths(segment.duration_s):
            if not is_doubtful(reading.hypothesis):
                break
            if n_positions <= reading.encoded.n_positions:
                continue
            self._statistics.n_retries += 1
            encoded = self._engine.encode(segment.samples, n_positions)
            (hypothesis,) = self._engine.decode([encoded], [request])
            if better(reading.hypothesis, hypothesis) is hypothesis:
                reading = _Reading(hypothesis, encoded)
        return reading

    def _align(
        self, segments: Sequence[Segment], readings: Sequence[_Reading], language: str
    ) -> list[list[AlignedToken]]:
        """Token times of each segment; empty where word times were not asked for."""
        aligned: list[list[AlignedToken]] = [[] for _ in segments]
        if not self._options.word_timestamps:
            return aligned
        by_context: dict[int, list[int]] = {}
        for place, reading in enumerate(readings):
            if reading.hypothesis.tokens:
                by_context.setdefault(reading.encoded.n_positions, []).append(place)
        for places in by_context.values():
            results = self._engine.align(
                [readings[place].encoded for place in places],
                language,
                [readings[place].hypothesis for place in places],
                [segments[place].duration_s for place in places],
            )
            for place, tokens in zip(places, results, strict=True):
                aligned[place] = tokens
        return aligned

    def _phrases(
        self,
        entry: _ChannelSegment,
        locale: str,
        hypothesis: Hypothesis,
        tokens: Sequence[AlignedToken],
    ) -> list[Phrase | Dropped]:
        segment = entry.segment
        if reason := _no_text(hypothesis):
            return [Dropped(entry.channel, segment.offset_s, segment.duration_s, reason)]
        style = PhraseStyle(entry.channel, locale, self._options.profanity)
        groups = group_words(hypothesis.contents, language_of(locale))
        if tokens:
            words = time_words(groups, tokens, segment.offset_s)
            return [*timed_phrases(within_utterances(words, segment.utterances), style)]
        texts = [group.text for group in groups]
        confidence = min(1.0, math.exp(hypothesis.average_log_probability))
        return [untimed_phrase(texts, segment.utterances, confidence, style)]


def _no_text(hypothesis: Hypothesis) -> DropReason | None:
    if is_loop(hypothesis):
        return DropReason.LOOP
    if is_not_speech(hypothesis):
        return DropReason.NOISE
    return None if any(map(str.isalnum, hypothesis.text)) else DropReason.NO_MATCH


def _results(
    channel: int, results: Iterator[Segment | Pause]
) -> Iterator[_ChannelSegment | Dropped]:
    for result in results:
        if isinstance(result, Segment):
            yield _ChannelSegment(channel, result)
        elif result.duration_s >= LEAST_PAUSE_S:
            reason = DropReason.NOISE if result.level_db > NOISE_LEVEL_DB else DropReason.SILENCE
            yield Dropped(channel, result.offset_s, result.duration_s, reason)


def _n_segments(waiting: Sequence[_ChannelSegment | Dropped]) -> int:
    return sum(isinstance(entry, _ChannelSegment) for entry in waiting)
