"""Recognition while audio arrives: partial phrases, and each phrase once its speaker pauses.

    samples -> segmenter -> speech under way  -> partial phrases, one cheap reading each
                         -> settled segment   -> recognised while its trailing silence lasts
                                                 (and assessed)
                         -> complete segment  -> results, those of `Recognition` for it

A final phrase is not delayed by its recognition, as a rule: the segment has all of its samples
before the trailing silence is long enough to end it (`Segmenter.settled`). If speech goes on, that
reading was in vain.

Partial phrases are read at the live end of the audio only, and take at most a share of the time:
where slots are busy they become rarer, and final phrases go first.
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from shared.assessment import Assessment
from shared.audio.channels import MonoMixer, float32_from_int16
from shared.audio.segmenter import Pause, Segment, Segmenter
from shared.audio.speech_detector import SAMPLE_RATE, Samples, SpeechDetector
from shared.audio.stream import AudioStream
from shared.errors import LanguageNotIdentified
from shared.recognition.partial import PhraseUnderWay
from shared.recognition.pipeline import Recognition
from shared.recognition.speech_batches import NOISE_LEVEL_DB
from shared.streaming_events import (
    PartialPhrase,
    SilenceTimeout,
    SpeechEnded,
    SpeechStarted,
    StreamingEvent,
    StreamingOptions,
)
from shared.transcript import Dropped, DropReason, Phrase, Translation

PARTIAL_INTERVAL_S = 0.3  # a partial phrase at most so often
LEAST_PARTIAL_SPEECH_S = 0.25  # shorter speech has no whole word
PARTIAL_SHARE = 0.5  # of the time that readings of partial phrases may take, waiting included
# In a longer pause the words do not change.
MOST_PARTIAL_SILENCE_S = 0.2

FindSpeaker = Callable[[Samples], int | None]
"""Speaker of a phrase by its samples, counted from 1; the phrases are those of one conversation."""

Assess = Callable[[Samples, float, Sequence[Phrase]], Assessment]
"""Assessment of a segment by its samples, their offset in seconds, and its phrases in order."""


@dataclass(frozen=True, slots=True)
class _Settled:
    """Results of a segment that may be complete."""

    segment: Segment
    results: tuple[Phrase | Dropped, ...]
    assessment: Assessment | None


class StreamingRecognition:
    """Recognition of one audio while it arrives.

    Parameters
    ----------
    recognition: of the same audio; its `recognise_segment` and `read_partial` are used.
    is_live: whether the reader has all audio that has arrived; else there is no time for partial
        phrases.
    clock: seconds, monotonic.
    find_speaker: see `FindSpeaker`; None labels no phrase.
    assess: see `Assess`; None assesses no speech. Needs word times.
    """

    def __init__(
        self,
        recognition: Recognition,
        detector: SpeechDetector,
        options: StreamingOptions,
        is_live: Callable[[], bool],
        clock: Callable[[], float] = time.perf_counter,
        *,
        find_speaker: FindSpeaker | None = None,
        assess: Assess | None = None,
    ) -> None:
        self._recognition = recognition
        self._options = options
        self._is_live = is_live
        self._clock = clock
        self._find_speaker = find_speaker
        self._assess = assess
        self._segmenter = Segmenter(detector, recognition.segmentation)
        self._settled: _Settled | None = None
        self._has_started = False
        self._phrase = PhraseUnderWay(recognition, options.stability)
        self._shown = ""
        self._next_partial_s = 0.0
        self._quiet_since_s = 0.0

    def run(self, stream: AudioStream) -> Generator[StreamingEvent]:
        """Yield events until the audio ends, and last the cost."""
        mixer = MonoMixer()
        for block in stream:
            self._recognition.check()
            samples = float32_from_int16(mixer.mix(block))
            for result in self._segmenter.push(samples):
                yield from self._complete(result)
            yield from self._silence(stream.duration_s)
            if self._is_live():
                yield from self._under_way()
        for result in self._segmenter.finish():
            yield from self._complete(result)
        yield self._recognition.cost(stream.duration_s)

    def _complete(self, result: Segment | Pause) -> Iterator[StreamingEvent]:
        if isinstance(result, Pause):
            return  # reported by `_silence`, while it lasts
        yield from self._start(result.utterances[0].start_s)
        settled, self._settled = self._settled, None
        if settled is None or not _is_same(settled.segment, result):
            settled = self._settle(result)
        results = settled.results
        if self._find_speaker is not None:
            results = tuple(self._with_speaker(one, result) for one in results)
        self._has_started, self._shown = False, ""
        self._phrase = PhraseUnderWay(self._recognition, self._options.stability)
        start_s, end_s = result.utterances[0].start_s, result.utterances[-1].end_s
        self._quiet_since_s = end_s
        yield SpeechEnded(start_s, end_s - start_s, results, settled.assessment)

    def _under_way(self) -> Iterator[StreamingEvent]:
        """Work on speech that has not ended, while no audio waits."""
        onset_s = self._segmenter.onset_s
        if onset_s is None:
            return
        yield from self._start(onset_s)
        if (segment := self._segmenter.settled()) is not None:
            if self._settled is None or not _is_same(self._settled.segment, segment):
                self._settled = self._settle(segment)
        elif self._options.partials and self._clock() >= self._next_partial_s:
            yield from self._partial()

    def _start(self, offset_s: float) -> Iterator[StreamingEvent]:
        if not self._has_started:
            self._has_started = True
            yield SpeechStarted(offset_s)

    def _settle(self, segment: Segment) -> _Settled:
        """Recognise and assess a segment.

        Both are in vain if speech goes on; else neither delays the phrase. Speakers are found once
        a segment is complete, because each changes those that come after it.
        """
        results = self._recognise(segment)
        phrases = [one for one in results if isinstance(one, Phrase) and one.words]
        assessment = None
        if self._assess is not None and phrases:
            assessment = self._assess(segment.samples, segment.offset_s, phrases)
        return _Settled(segment, results, assessment)

    def _recognise(self, segment: Segment) -> tuple[Phrase | Dropped, ...]:
        """Recognise a segment; speech in none of the candidate languages has no text."""
        try:
            return tuple(self._recognition.recognise_segment(segment))
        except LanguageNotIdentified:
            return (Dropped(0, segment.offset_s, segment.duration_s, DropReason.NO_MATCH),)

    def _with_speaker(self, found: Phrase | Dropped, segment: Segment) -> Phrase | Dropped:
        if self._find_speaker is None or isinstance(found, Dropped):
            return found
        first = round((found.offset_s - segment.offset_s) * SAMPLE_RATE)
        last = first + round(found.duration_s * SAMPLE_RATE)
        return replace(found, speaker=self._find_speaker(segment.samples[max(0, first) : last]))

    def _partial(self) -> Iterator[StreamingEvent]:
        segment = self._segmenter.pending()
        if segment is None or segment.speech_s < LEAST_PARTIAL_SPEECH_S:
            return
        if self._segmenter.silence_s > MOST_PARTIAL_SILENCE_S:
            return
        began_s = self._clock()
        reading = self._phrase.read(segment)
        took_s = self._clock() - began_s
        if self._phrase.words:  # before, each block of audio is read: the first words come soon
            self._next_partial_s = began_s + max(PARTIAL_INTERVAL_S, took_s / PARTIAL_SHARE)
        if reading is None:
            return
        text = self._recognition.partial_text(self._phrase.words, reading.locale)
        if text and text != self._shown:
            self._shown = text
            start_s, end_s = segment.utterances[0].start_s, segment.utterances[-1].end_s
            translations = () if reading.english is None else (Translation("en", reading.english),)
            yield PartialPhrase(
                start_s,
                end_s - start_s,
                text,
                reading.locale,
                translations,
                reading.language_probability,
            )

    def _silence(self, now_s: float) -> Iterator[StreamingEvent]:
        if self._segmenter.onset_s is not None or self._options.silence_timeout_s is None:
            return
        quiet_s = now_s - self._quiet_since_s
        if quiet_s >= self._options.silence_timeout_s:
            offset_s, self._quiet_since_s = self._quiet_since_s, now_s
            is_noise = self._segmenter.quiet_level_db() > NOISE_LEVEL_DB
            yield SilenceTimeout(offset_s, quiet_s, is_noise)


def _is_same(one: Segment, other: Segment) -> bool:
    return one.offset_s == other.offset_s and len(one.samples) == len(other.samples)
