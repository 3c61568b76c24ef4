"""The pipeline of recognition: audio stream in, phrases out as soon as they are ready.

    1. segment     samples -> segments of speech (`audio/segmenter.py`, `speech_batches.py`)
    2. languages   segments -> encoder output, each with its locale (`languages/stage.py`)
    3. decode      -> hypotheses (`decoding.py`), translated to English if requested
    4. align       -> word times (`alignment.py`)
    5. phrases     -> phrases in their text forms (`phrases.py`)

Stages 2 to 4 hold a slot of a scheduler, for one group of segments of similar length at a time;
between two groups other work is served. With a phrase list the slot is given back between stages 3
and 4, while phrases are searched in the texts. A segment is one frozen `SegmentWork` from stage 2
on. Only the segments in progress are in memory.

A long audio is a file. Its groups are recognised in slots of a separate scheduler, in as many
threads, while it is read on.
"""

import math
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, groupby

from shared.audio.channels import MonoMixer, float32_from_int16
from shared.audio.segmenter import Segment, SegmentationOptions, Segmenter
from shared.audio.speech_detector import SpeechDetector
from shared.audio.stream import AudioStream
from shared.language.candidates import IdentifiedLanguage, LanguageCandidates
from shared.language.locales import language_in_model, language_of
from shared.recognition.alignment import group_words, in_script, time_words, within_utterances
from shared.recognition.batching import group_by_length
from shared.recognition.decoding import decode_segments, decode_with_hint, read_once
from shared.recognition.engines.engine import Hypothesis, RecognitionEngine, Task
from shared.recognition.engines.plausibility import is_loop
from shared.recognition.engines.segment_work import ChannelSegment, SegmentWork
from shared.recognition.languages.stage import LanguageStage
from shared.recognition.options import RecognitionOptions
from shared.recognition.ordered_work import OrderedWork
from shared.recognition.partial import PartialReading
from shared.recognition.phrase_list import PhraseBias
from shared.recognition.phrases import PhraseStyle, timed_phrase, timed_phrases, untimed_phrase
from shared.recognition.slots import RecognitionSlots
from shared.recognition.speech_batches import Batch, is_file, read_batches, segments_of
from shared.recognition.stability import PartialWord
from shared.scheduling import CheckCancelled, Priority, Scheduler, never_cancelled
from shared.text_forms import masked_lexical
from shared.text_forms.joining import join_words
from shared.thread_priority import lower_thread_priority
from shared.transcript import Dropped, DropReason, Phrase, RecognitionCost, Translation

IDENTIFIED_SPEECH_S = 60.0  # more speech does not improve the identification

Results = dict[int, list[Phrase | Dropped]]
"""Results of segments, by their index in the batch."""


class Recognition:
    """Recognition of one audio: its options, languages and cost so far.

    Parameters
    ----------
    languages: those of the schedulers' engines.
    check_cancelled: called for each block of audio, and while waiting for a slot, from several
        threads; an exception of it ends the work.
    file_scheduler: gives the scheduler of files when the first long audio needs it; None
        recognises files in `scheduler`.

    Raises
    ------
    UnsupportedLocale: a candidate locale that the engine cannot recognise.
    """

    def __init__(
        self,
        scheduler: Scheduler[RecognitionEngine],
        languages: frozenset[str],
        detector: SpeechDetector,
        options: RecognitionOptions,
        check_cancelled: CheckCancelled = never_cancelled,
        *,
        file_scheduler: Callable[[], Scheduler[RecognitionEngine]] | None = None,
    ) -> None:
        self._file_scheduler = file_scheduler or (lambda: scheduler)
        self._detector = detector
        self._options = options
        self._slots = RecognitionSlots(scheduler, options.priority, check_cancelled)
        self._slot = self._slots.slot
        self._languages = LanguageStage(
            self._slot,
            LanguageCandidates(options.locales, languages),
            per_phrase=options.language_per_phrase,
            fallback_locale=options.fallback_locale,
        )
        self._bias = PhraseBias(options.phrases, options.phrase_weight)

    def run(self, stream: AudioStream) -> Generator[Phrase | Dropped | RecognitionCost]:
        """Yield phrases and dropped stretches, by channel in order of time, and last the cost."""
        batches = read_batches(stream, self._detector, self._options, self._slots.check)
        for batch in batches:
            if is_file(stream, batch, self._options):
                yield from self._recognise_file(batch, batches)
            else:
                groups = self._groups(batch)
                yield from _in_order(batch, [work() for work in groups])
        yield replace(self._slots.cost, audio_s=stream.duration_s)

    def _recognise_file(self, batch: Batch, others: Iterator[Batch]) -> Iterator[Phrase | Dropped]:
        """Recognise this and all other batches, several groups at the same time.

        Languages of a batch depend on those of the one before, so they are assigned here.
        """
        scheduler = self._file_scheduler()
        self._slots.use(scheduler)
        work = OrderedWork[Results](scheduler.n_slots, lower_thread_priority, self._slots.check)
        submitted: deque[Batch] = deque()
        try:
            for one in chain([batch], others):
                # Long groups first: then all threads end at about the same time.
                work.submit([*reversed(self._groups(one))])
                submitted.append(one)
                for results in work.finished():
                    yield from _in_order(submitted.popleft(), results)
            for results in work.rest():
                yield from _in_order(submitted.popleft(), results)
        finally:
            self._slots.close()
            work.close()

    def identify_language(self, stream: AudioStream) -> IdentifiedLanguage | None:
        """Identify the main language of the first minute of speech; None without speech."""
        segmenter = Segmenter(self._detector, self._options.segmentation)
        mixer = MonoMixer()
        segments: list[Segment] = []
        for block in stream:
            samples = float32_from_int16(mixer.mix(block))
            segments += [one for one in segmenter.push(samples) if isinstance(one, Segment)]
            if sum(segment.speech_s for segment in segments) >= IDENTIFIED_SPEECH_S:
                break
        else:
            segments += [one for one in segmenter.finish() if isinstance(one, Segment)]
        return self._languages.identify(segments) if segments else None

    @property
    def segmentation(self) -> SegmentationOptions:
        """Parameters of endpointing."""
        return self._options.segmentation

    def check(self) -> None:
        """Raise where the work is cancelled."""
        self._slots.check()

    def cost(self, audio_s: float) -> RecognitionCost:
        """Cost so far of an audio of this length."""
        return replace(self._slots.cost, audio_s=audio_s)

    def recognise_segment(self, segment: Segment) -> list[Phrase | Dropped]:
        """Recognise one segment of a stream, as `run` does; it is a job of its own."""
        self._slots.begin_job(self._options.priority)
        batch: Batch = [ChannelSegment(0, 0, segment)]
        return list(_in_order(batch, [work() for work in self._groups(batch)]))

    @property
    def translates(self) -> bool:
        """Whether phrases are translated to English."""
        return self._options.to_english

    def read_partial(
        self, segment: Segment, prefix: tuple[int, ...] = (), *, locates_prefix: bool = False
    ) -> PartialReading | None:
        """Read speech under way once; None where that is a loop, or no slot is free.

        prefix: tokens that the text begins with.
        locates_prefix: align them, and return where they end.
        """
        if not self._slots.is_free:
            return None
        self._slots.begin_job(Priority.PARTIAL)
        with self._slot() as engine:
            entry = ChannelSegment(0, 0, segment)
            encoded = self._languages.preview(engine, entry)
            (work,) = read_once(engine, [encoded], prefix=prefix)
            english = self._partial_translation(engine, work)
            end_s = _end_of(engine, work, prefix) if locates_prefix else None
        if is_loop(work.hypothesis):
            return None
        groups = group_words(work.hypothesis.contents, language_of(work.locale))
        tokens = work.hypothesis.tokens
        words = tuple(
            PartialWord(group.text, tokens[group.first : group.last_sounded])
            for group in in_script(groups, work.locale)
        )
        average = work.hypothesis.average_log_probability
        return PartialReading(
            words, average, work.locale, work.language_probability, english, end_s
        )

    def partial_text(self, words: Sequence[PartialWord], locale: str) -> str:
        """Words of partial readings in lower case, without punctuation, with the profanity mode."""
        texts = [word.text for word in words]
        shown = masked_lexical(texts, locale, self._options.profanity)
        return join_words(shown, language_of(locale))

    def _partial_translation(self, engine: RecognitionEngine, work: SegmentWork) -> str | None:
        if not self._options.to_english or language_of(work.locale) == "en":
            return None
        (translated,) = read_once(engine, [work], Task.TRANSLATE)
        return "" if is_loop(translated.hypothesis) else translated.hypothesis.text

    def _groups(self, batch: Batch) -> list[Callable[[], Results]]:
        """Work on each group of segments of similar length, short ones first.

        Languages are assigned when this returns, if they have to be identified.
        """
        segments = segments_of(batch)
        groups = [
            [segments[index] for index in indices]
            for indices in group_by_length(
                [entry.segment.duration_s for entry in segments], self._options.batch_segments
            )
        ]
        assigned = self._languages.assign(groups) or [[] for _ in groups]
        return [
            partial(self._recognise_group, group, encoded)
            for group, encoded in zip(groups, assigned, strict=True)
        ]

    def _recognise_group(
        self, group: Sequence[ChannelSegment], encoded: Sequence[SegmentWork]
    ) -> Results:
        """Recognise one group; encode it first if needed."""
        works = self._decode_group(group, encoded)
        found = {
            index: [result for part in parts for result in self._results(part)]
            for index, parts in groupby(works, key=lambda work: work.index)
        }
        dropped = [one.reason for one in chain(*found.values()) if isinstance(one, Dropped)]
        self._slots.count(len(group), sum(work.n_retries for work in works), dropped)
        return found

    def _decode_group(
        self, group: Sequence[ChannelSegment], encoded: Sequence[SegmentWork]
    ) -> list[SegmentWork]:
        """Decode, align and translate one group.

        That is one slot, without a phrase list. With one, phrases are searched between two slots.
        """
        with self._slot() as engine:
            works = encoded or self._languages.encode_monolingual(engine, group)
            decoded = decode_segments(engine, works)
            if self._bias:
                hinted = decode_with_hint(engine, decoded, self._bias.hint)
            else:
                decoded = self._complete(engine, decoded)
        if self._bias:
            decoded = [
                self._bind_phrases(work, hypothesis)
                for work, hypothesis in zip(decoded, hinted, strict=True)
            ]
            with self._slot() as engine:
                decoded = self._complete(engine, decoded)
        return decoded

    def _bind_phrases(self, work: SegmentWork, hinted: Hypothesis) -> SegmentWork:
        """Keep the best text of a segment, without the phrase list and with it."""

        def score(texts: Sequence[str]) -> Sequence[Hypothesis]:
            with self._slot() as engine:
                return engine.score(
                    work.encoded, language_in_model(work.locale, engine.languages), texts
                )

        return replace(work, hypothesis=self._bias.choose(score, work.hypothesis, hinted))

    def _complete(
        self, engine: RecognitionEngine, decoded: Sequence[SegmentWork]
    ) -> list[SegmentWork]:
        """Align and translate segments, as far as the options ask for it."""
        completed = list(decoded)
        if self._options.needs_word_times:
            completed = _align(engine, completed)
        if self._options.to_english:
            completed = self._translate(engine, completed)
        return completed

    def _translate(
        self, engine: RecognitionEngine, works: Sequence[SegmentWork]
    ) -> list[SegmentWork]:
        """English translation per segment; "" where decoding loops."""

        def english_of(same_context: Sequence[SegmentWork]) -> list[SegmentWork]:
            meant = decode_segments(engine, same_context, Task.TRANSLATE)
            return [
                replace(
                    work,
                    english="" if _is_only_a_loop(one, work) else one.hypothesis.text,
                    n_retries=one.n_retries,
                )
                for work, one in zip(same_context, meant, strict=True)
            ]

        return _apply_by_context(
            works,
            lambda work: bool(work.hypothesis.tokens) and language_of(work.locale) != "en",
            lambda work: work.encoded.n_positions,
            english_of,
        )

    def _results(self, work: SegmentWork) -> list[Phrase | Dropped]:
        """Return the phrases of one segment, or the reason why it has none."""
        segment, hypothesis = work.segment, work.hypothesis
        if reason := _reason_without_text(work):
            return [Dropped(work.channel, segment.offset_s, segment.duration_s, reason)]
        style = PhraseStyle(work.channel, work.locale, self._options.profanity)
        groups = in_script(group_words(hypothesis.contents, language_of(work.locale)), work.locale)
        translations = () if work.english is None else (Translation("en", work.english),)
        if work.tokens:
            timed = time_words(groups, work.tokens, segment.offset_s)
            words = within_utterances(timed, segment.utterances)
            phrases = (
                [timed_phrase(words, style)] if translations else [*timed_phrases(words, style)]
            )
        else:
            texts = [group.text for group in groups]
            confidence = min(1.0, math.exp(hypothesis.average_log_probability))
            phrases = [untimed_phrase(texts, segment.utterances, confidence, style)]
        probability = work.language_probability
        return [
            replace(phrase, translations=translations, language_probability=probability)
            for phrase in phrases
        ]


def _is_only_a_loop(translated: SegmentWork, work: SegmentWork) -> bool:
    """Whether a translation repeats itself and the words that are said do not."""
    return is_loop(translated.hypothesis) and not is_loop(work.hypothesis)


def _end_of(engine: RecognitionEngine, work: SegmentWork, prefix: tuple[int, ...]) -> float:
    """End of the first tokens of a text in the audio; `work` has those behind them."""
    whole = replace(work.hypothesis, tokens=prefix + work.hypothesis.tokens)
    ((*times,),) = engine.align(
        [work.encoded],
        language_in_model(work.locale, engine.languages),
        [whole],
        [work.segment.duration_s],
    )
    return work.segment.offset_s + times[len(prefix) - 1].end_s


def _align(engine: RecognitionEngine, works: Sequence[SegmentWork]) -> list[SegmentWork]:
    """Set the token times of all segments with a text."""

    def aligned(same_context: Sequence[SegmentWork]) -> list[SegmentWork]:
        times = engine.align(
            [work.encoded for work in same_context],
            language_in_model(same_context[0].locale, engine.languages),
            [work.hypothesis for work in same_context],
            [work.segment.duration_s for work in same_context],
        )
        return [
            replace(work, tokens=tuple(tokens))
            for work, tokens in zip(same_context, times, strict=True)
        ]

    return _apply_by_context(
        works,
        lambda work: bool(work.hypothesis.tokens),
        lambda work: (work.locale, work.encoded.n_positions),
        aligned,
    )


def _apply_by_context(
    works: Sequence[SegmentWork],
    wanted: Callable[[SegmentWork], bool],
    context_of: Callable[[SegmentWork], object],
    step: Callable[[Sequence[SegmentWork]], list[SegmentWork]],
) -> list[SegmentWork]:
    """Apply a step to the wanted works, one call for each context; keep the order."""
    indices_of: dict[object, list[int]] = {}
    for index, work in enumerate(works):
        if wanted(work):
            indices_of.setdefault(context_of(work), []).append(index)
    results = list(works)
    for indices in indices_of.values():
        for index, result in zip(indices, step([works[i] for i in indices]), strict=True):
            results[index] = result
    return results


def _reason_without_text(work: SegmentWork) -> DropReason | None:
    if work.is_noise:
        return DropReason.NOISE
    if work.hypothesis.hit_token_limit:
        return DropReason.LOOP
    return None if any(map(str.isalnum, work.hypothesis.text)) else DropReason.NO_MATCH


def _in_order(batch: Batch, groups: Sequence[Results]) -> Iterator[Phrase | Dropped]:
    """Yield the results of a batch in the order of its segments and pauses."""
    found = {index: results for group in groups for index, results in group.items()}
    for index, entry in enumerate(batch):
        if isinstance(entry, Dropped):
            yield entry
        else:
            yield from found[index]
