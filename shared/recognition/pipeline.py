"""The pipeline of recognition: audio stream in, phrases out, as they are ready.

    samples -> segments of speech -> encoder -> language -> decoder (-> more context)
            -> words -> word times -> phrases -> text forms

The language is one for the whole audio, or by phrase; then a segment in which it changes is cut
there.

Nothing but segments that are under way is in memory.
"""

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from shared.audio.channels import float32_from_int16, mix_to_mono, select_channel
from shared.audio.segmenter import Pause, Segment, Segmenter
from shared.audio.speech_detector import SpeechDetector
from shared.audio.stream import AudioStream
from shared.language.candidates import IdentifiedLanguage
from shared.language.locales import language_of
from shared.recognition.alignment import (
    group_words,
    time_words,
    within_utterances,
)
from shared.recognition.batching import group_by_length
from shared.recognition.engines.context_length import context_lengths
from shared.recognition.engines.engine import (
    AlignedToken,
    DecodingRequest,
    EncodedSegment,
    Hypothesis,
    RecognitionEngine,
    Task,
)
from shared.recognition.engines.plausibility import (
    BEAM_SIZE,
    better,
    is_doubtful,
    is_loop,
    is_not_speech,
    is_uncertain,
    token_limit,
)
from shared.recognition.languages.stage import ChannelSegment, SegmentLanguages
from shared.recognition.languages.switching import SegmentPart
from shared.recognition.options import RecognitionOptions
from shared.recognition.phrase_list import PhraseBias
from shared.recognition.phrases import PhraseStyle, timed_phrase, timed_phrases, untimed_phrase
from shared.scheduling import Turnstile
from shared.transcript import Dropped, DropReason, Phrase, Translation

NOISE_LEVEL_DB = -50.0  # a louder pause is noise, a softer one silence
LEAST_PAUSE_S = 0.25  # a shorter one is the edge of an utterance, not worth a word

# Segments of several utterances are read with time tokens. Without them the decoder may take the
# first speaker's end for the end: word error rate of a conversation 17.8 without, 14.4 with, of
# single utterances 12.5 without and 13.0 with.
LONG_SEGMENT_S = 10.0

IDENTIFIED_SPEECH_S = 60.0  # more speech does not make the main language any clearer


@dataclass(slots=True)
class RecognitionStatistics:
    """What one recognition cost; counts and seconds, no content."""

    audio_s: float = 0.0
    n_segments: int = 0
    n_retries: int = 0
    queue_s: float = 0.0
    recognition_s: float = 0.0


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
        self._languages = SegmentLanguages(engine, options, self._turn)
        self._bias = PhraseBias(options.phrases, options.phrase_weight)

    def run(self, stream: AudioStream) -> Iterator[Phrase | Dropped]:
        """Yield phrases and dropped stretches; by channel in order of time."""
        channels = [c for c in self._options.channels if c < stream.n_channels]
        separate = len(channels) > 0 and stream.n_channels > 1
        segmenters = {c: Segmenter(self._detector) for c in (channels if separate else [0])}
        waiting: list[ChannelSegment | Dropped] = []
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

    def identify_language(self, stream: AudioStream) -> IdentifiedLanguage | None:
        """The main language of the first minute of speech; None where nobody speaks."""
        segmenter = Segmenter(self._detector)
        segments: list[Segment] = []
        for block in stream:
            samples = float32_from_int16(mix_to_mono(block))
            segments += [one for one in segmenter.push(samples) if isinstance(one, Segment)]
            self._statistics.audio_s = stream.duration_s
            if sum(segment.speech_s for segment in segments) >= IDENTIFIED_SPEECH_S:
                break
        else:
            segments += [one for one in segmenter.finish() if isinstance(one, Segment)]
        if not segments:
            return None
        identified = self._languages.identify(segments)
        self._statistics.n_segments += len(segments)
        return identified

    def _recognise(self, waiting: Sequence[ChannelSegment | Dropped]) -> Iterator[Phrase | Dropped]:
        """Recognise the segments of similar length together; yield everything in order."""
        segments = [entry for entry in waiting if isinstance(entry, ChannelSegment)]
        durations_s = [entry.segment.duration_s for entry in segments]
        groups = [
            [segments[place] for place in places]
            for places in group_by_length(durations_s, self._options.batch_segments)
        ]
        told = self._languages.tell(groups)
        found: dict[int, list[Phrase | Dropped]] = {}
        for group in groups:
            known = [told[id(entry)] for entry in group] if told else None
            for entry, results in zip(group, self._take_turn(group, known), strict=True):
                found[id(entry)] = results
        for waited in waiting:
            if isinstance(waited, Dropped):
                yield waited
            else:
                yield from found[id(waited)]

    def _take_turn(
        self,
        group: Sequence[ChannelSegment],
        told: Sequence[Sequence[SegmentPart]] | None,
    ) -> list[list[Phrase | Dropped]]:
        with self._turn():
            pure = [entry.segment for entry in group]
            told = told or self._languages.in_one_language(pure)
            parts = [part for whole in told for part in whole]
            segments = [part.segment for part in parts]
            languages = [language_of(part.locale) for part in parts]
            readings = self._read(segments, [part.encoded for part in parts], languages)
            aligned = self._align(segments, readings, languages)
            english = self._in_english(segments, readings, languages)
        self._statistics.n_segments += len(group)
        owners = [entry.channel for entry, whole in zip(group, told, strict=True) for _ in whole]
        results = iter(
            [
                self._phrases(ChannelSegment(channel, part.segment), part.locale, *read)
                for channel, part, read in zip(
                    owners,
                    parts,
                    zip([one.hypothesis for one in readings], aligned, english, strict=True),
                    strict=True,
                )
            ]
        )
        return [[result for _ in whole for result in next(results)] for whole in told]

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Have the engine while the block runs, and count what it took."""
        served = self._statistics.n_segments
        with self._turnstile.turn(self._options.priority, served) as waited_s:
            started = time.perf_counter()
            yield
        self._statistics.queue_s += waited_s
        self._statistics.recognition_s += time.perf_counter() - started

    def _read(
        self,
        segments: Sequence[Segment],
        encoded: Sequence[EncodedSegment],
        languages: Sequence[str],
        task: Task = Task.TRANSCRIBE,
    ) -> list[_Reading]:
        """Decode together at the shortest context, then again one by one where in doubt."""
        requests = [
            DecodingRequest(
                language,
                token_limit(segment.duration_s, language),
                timestamps=len(segment.utterances) > 1 and segment.duration_s > LONG_SEGMENT_S,
                task=task,
            )
            for segment, language in zip(segments, languages, strict=True)
        ]
        readings = [
            self._retry(segment, request, _Reading(hypothesis, output))
            for segment, request, hypothesis, output in zip(
                segments, requests, self._decode(encoded, requests), encoded, strict=True
            )
        ]
        binds = self._bias and task is Task.TRANSCRIBE
        return self._bind_phrases(readings, requests) if binds else readings

    def _decode(
        self, encoded: Sequence[EncodedSegment], requests: Sequence[DecodingRequest]
    ) -> list[Hypothesis]:
        """Decode by greedy search, and what that is not certain of by beam search too.

        Not where time tokens are written: a beam ends such a text at a change of speaker (word
        error rate of a conversation 18.4, 14.4 without). Nor translations, never certain.
        """
        found = list(self._engine.decode(encoded, requests))
        places = [
            place
            for place, (hypothesis, request) in enumerate(zip(found, requests, strict=True))
            if is_uncertain(hypothesis)
            and not request.timestamps
            and request.task is Task.TRANSCRIBE
        ]
        if places:
            wider = self._engine.decode(
                [encoded[place] for place in places],
                [replace(requests[place], beam_size=BEAM_SIZE) for place in places],
            )
            for place, hypothesis in zip(places, wider, strict=True):
                found[place] = better(found[place], hypothesis)
        return found

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

    def _retry(self, segment: Segment, request: DecodingRequest, reading: _Reading) -> _Reading:
        """Decode at longer and longer context until the text can be believed."""
        for n_positions in context_lengths(segment.duration_s):
            if not is_doubtful(reading.hypothesis, request.task):
                break
            if n_positions <= reading.encoded.n_positions:
                continue
            self._statistics.n_retries += 1
            encoded = self._engine.encode(segment.samples, n_positions)
            (hypothesis,) = self._decode([encoded], [request])
            if better(reading.hypothesis, hypothesis) is hypothesis:
                reading = _Reading(hypothesis, encoded)
        return reading

    def _align(
        self,
        segments: Sequence[Segment],
        readings: Sequence[_Reading],
        languages: Sequence[str],
    ) -> list[list[AlignedToken]]:
        """Token times of each segment; empty where word times were not asked for."""
        aligned: list[list[AlignedToken]] = [[] for _ in segments]
        if not self._options.word_timestamps:
            return aligned
        alike: dict[tuple[str, int], list[int]] = {}
        for place, (reading, language) in enumerate(zip(readings, languages, strict=True)):
            if reading.hypothesis.tokens:
                alike.setdefault((language, reading.encoded.n_positions), []).append(place)
        for (language, _), places in alike.items():
            results = self._engine.align(
                [readings[place].encoded for place in places],
                language,
                [readings[place].hypothesis for place in places],
                [segments[place].duration_s for place in places],
            )
            for place, tokens in zip(places, results, strict=True):
                aligned[place] = tokens
        return aligned

    def _in_english(
        self,
        segments: Sequence[Segment],
        readings: Sequence[_Reading],
        languages: Sequence[str],
    ) -> list[str | None]:
        """What each segment means, where that is asked for; empty where it can not be believed."""
        english: list[str | None] = [None for _ in segments]
        alike: dict[int, list[int]] = {}
        for place, (reading, language) in enumerate(zip(readings, languages, strict=True)):
            if self._options.to_english and language != "en" and reading.hypothesis.tokens:
                alike.setdefault(reading.encoded.n_positions, []).append(place)
        for places in alike.values():
            meant = self._read(
                [segments[place] for place in places],
                [readings[place].encoded for place in places],
                [languages[place] for place in places],
                Task.TRANSLATE,
            )
            for place, one in zip(places, meant, strict=True):
                english[place] = "" if is_loop(one.hypothesis) else one.hypothesis.text
        return english

    def _phrases(
        self,
        entry: ChannelSegment,
        locale: str,
        hypothesis: Hypothesis,
        tokens: Sequence[AlignedToken],
        english: str | None,
    ) -> list[Phrase | Dropped]:
        segment = entry.segment
        if reason := _no_text(hypothesis):
            return [Dropped(entry.channel, segment.offset_s, segment.duration_s, reason)]
        style = PhraseStyle(entry.channel, locale, self._options.profanity)
        groups = group_words(hypothesis.contents, language_of(locale))
        translations = () if english is None else (Translation("en", english),)
        if tokens:
            timed = time_words(groups, tokens, segment.offset_s)
            words = within_utterances(timed, segment.utterances)
            if translations:
                return [replace(timed_phrase(words, style), translations=translations)]
            return [*timed_phrases(words, style)]
        texts = [group.text for group in groups]
        confidence = min(1.0, math.exp(hypothesis.average_log_probability))
        phrase = untimed_phrase(texts, segment.utterances, confidence, style)
        return [replace(phrase, translations=translations)]


def _no_text(hypothesis: Hypothesis) -> DropReason | None:
    if is_loop(hypothesis):
        return DropReason.LOOP
    if is_not_speech(hypothesis):
        return DropReason.NOISE
    return None if any(map(str.isalnum, hypothesis.text)) else DropReason.NO_MATCH


def _results(
    channel: int, results: Iterator[Segment | Pause]
) -> Iterator[ChannelSegment | Dropped]:
    for result in results:
        if isinstance(result, Segment):
            yield ChannelSegment(channel, result)
        elif result.duration_s >= LEAST_PAUSE_S:
            reason = DropReason.NOISE if result.level_db > NOISE_LEVEL_DB else DropReason.SILENCE
            yield Dropped(channel, result.offset_s, result.duration_s, reason)


def _n_segments(waiting: Sequence[ChannelSegment | Dropped]) -> int:
    return sum(isinstance(entry, ChannelSegment) for entry in waiting)
