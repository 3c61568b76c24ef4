"""Recognition while audio arrives, with a scripted engine and audio of levels."""

from dataclasses import replace

import numpy as np
import pytest
from scripted_speech import APART, ENGLISH, SENTENCES, sentences, texts

from shared.audio.format import RawPcm
from shared.audio.segmenter import SegmentationOptions
from shared.audio.stream import open_audio
from shared.recognition.engines.scripted_engine import hypothesis_of
from shared.recognition.streaming import StreamingRecognition
from shared.scheduling import Scheduler
from shared.streaming_events import (
    PartialPhrase,
    SilenceTimeout,
    SpeechEnded,
    SpeechStarted,
    StreamingOptions,
)
from shared.transcript import DropReason, RecognitionCost

LIVE = replace(ENGLISH, batch_segments=1, segmentation=SegmentationOptions(join_gap_s=0.7))
BLOCK_S = 0.1
COUNTING = "one two three four five six seven eight nine ten".split()


class Stream:
    """A scripted stream: its clock is the audio that has arrived."""

    def __init__(self, scripted, script=sentences, options=LIVE, identify=None, assess=None):
        self.assess = assess
        self.made = scripted(script, options, identify)
        self.is_live = True
        self.now_s = 0.0

    def events(self, samples, **options):
        """Events of one channel of scripted audio."""

        def pieces():
            for first in range(0, len(samples), 1600):
                self.now_s += BLOCK_S
                yield samples[first : first + 1600].tobytes()

        recognition = self.made.recognition
        streaming = StreamingRecognition(
            recognition,
            self.made.detector,
            StreamingOptions(**options),
            lambda: self.is_live,
            lambda: self.now_s,
            assess=self.assess,
        )
        return streaming.run(open_audio(pieces(), raw=RawPcm()))


def of_kind(events, kind):
    return [event for event in events if isinstance(event, kind)]


def test_speech_starts_grows_and_ends(scripted, utterances):
    said = utterances((0, 1), (1, 3), APART)
    events = list(Stream(scripted).events(said))
    kinds = [type(event) for event in events]
    assert kinds[0] is SpeechStarted
    assert PartialPhrase in kinds
    assert kinds.index(SpeechEnded) > kinds.index(PartialPhrase)
    assert kinds[-1] is RecognitionCost
    assert events[0].offset_s == pytest.approx(1, abs=0.05)
    (ended,) = of_kind(events, SpeechEnded)
    assert texts(ended.results) == ["I am one."]
    assert (ended.offset_s, ended.duration_s) == pytest.approx((1, 3), abs=0.05)
    assert events[-1].audio_s == pytest.approx(len(said) / 16_000)


def test_partial_phrases_are_lower_case_without_punctuation(scripted, utterances):
    events = list(Stream(scripted).events(utterances((0, 1), (1, 3), APART)))
    assert {partial.text for partial in of_kind(events, PartialPhrase)} == {"i am one"}


def test_a_partial_phrase_is_not_repeated_and_no_sooner_than_every_300_ms(scripted, utterances):
    n_readings = 0

    def growing(_level, _n_positions, _request):
        nonlocal n_readings
        n_readings += 1
        return hypothesis_of(" ".join(COUNTING[:n_readings]))

    stream = Stream(scripted, growing)
    times_s = [
        stream.now_s
        for event in stream.events(utterances((0, 1), (1, 4), APART))
        if isinstance(event, PartialPhrase)
    ]
    assert len(times_s) > 2
    assert np.diff(times_s).min() >= 0.3 - 1e-6


def test_results_are_those_of_the_whole_audio_at_the_same_pauses(scripted, utterances):
    said = utterances(*[part for level in (1, 2, 3, 4, 5) for part in ((level, level), APART)])
    events = list(Stream(scripted).events(said))
    streamed = [text for ended in of_kind(events, SpeechEnded) for text in texts(ended.results)]
    assert streamed == texts(scripted(sentences, LIVE).of(said)) == SENTENCES[1:]


def test_a_phrase_is_recognised_while_its_trailing_silence_lasts(scripted, utterances):
    """Nothing is left to do at the end of the silence, and nothing is done twice."""
    stream = Stream(scripted)
    said = utterances((0, 1), (1, 3), (0, 3))
    n_batches_before = None
    for event in stream.events(said, partials=False):
        if isinstance(event, SpeechEnded):
            assert stream.now_s == pytest.approx(1 + 3 + 0.7, abs=0.15)
            n_batches_before = len(stream.made.engine.batches)
    assert n_batches_before == len(stream.made.engine.batches) == 1


def test_speech_that_goes_on_is_recognised_as_a_whole(scripted, utterances):
    """The pause is longer than the padding, so its first part was read already."""
    stream = Stream(scripted)
    events = list(stream.events(utterances((0, 1), (1, 2), (0, 0.6), (1, 2), APART)))
    (ended,) = of_kind(events, SpeechEnded)
    assert ended.duration_s == pytest.approx(4.6, abs=0.05)


def test_there_are_no_partial_phrases_while_audio_waits(scripted, utterances):
    stream = Stream(scripted)
    stream.is_live = False
    events = list(stream.events(utterances((0, 1), (1, 3), APART)))
    assert not of_kind(events, PartialPhrase)
    assert of_kind(events, SpeechEnded)


def test_there_are_no_partial_phrases_while_no_slot_is_free(scripted, utterances, monkeypatch):
    monkeypatch.setattr(Scheduler, "is_free", False)
    events = list(Stream(scripted).events(utterances((0, 1), (1, 3), APART)))
    assert not of_kind(events, PartialPhrase)
    assert of_kind(events, SpeechEnded)


def test_a_loop_is_no_partial_phrase(scripted, utterances):
    def looping(_level, _n_positions, _request):
        return replace(hypothesis_of("round and round"), hit_token_limit=True)

    events = list(Stream(scripted, looping).events(utterances((0, 1), (1, 3), APART)))
    assert not of_kind(events, PartialPhrase)


def test_silence_is_reported_again_and_again(scripted, utterances):
    events = list(Stream(scripted).events(utterances((0, 7)), silence_timeout_s=3))
    timeouts = of_kind(events, SilenceTimeout)
    assert [round(one.offset_s) for one in timeouts] == [0, 3]
    assert all(one.duration_s == pytest.approx(3, abs=0.15) for one in timeouts)
    assert not any(one.is_noise for one in timeouts)


def test_silence_counts_from_the_end_of_speech(scripted, utterances):
    said = utterances((0, 1), (1, 2), (0, 4))
    events = list(Stream(scripted).events(said, silence_timeout_s=3))
    (timeout,) = of_kind(events, SilenceTimeout)
    assert timeout.offset_s == pytest.approx(3, abs=0.1)


def test_silence_without_a_bound_is_not_reported(scripted, utterances):
    assert not of_kind(Stream(scripted).events(utterances((0, 20))), SilenceTimeout)


def test_speech_in_no_candidate_language_has_no_text_and_the_turn_goes_on(scripted, utterances):
    options = replace(LIVE, locales=("de-DE", "es-ES"))
    stream = Stream(
        scripted,
        options=options,
        identify=lambda level: {"en": 1.0} if level == 1 else {"de": 1.0},
    )
    events = list(stream.events(utterances((0, 1), (1, 3), APART, (2, 3), APART), partials=False))
    first, second = of_kind(events, SpeechEnded)
    assert [one.reason for one in first.dropped] == [DropReason.NO_MATCH]
    assert [one.locale for one in second.phrases] == ["de-DE"]


def test_no_audio_is_left_behind_when_a_stream_is_closed(scripted, utterances):
    events = Stream(scripted).events(utterances((0, 1), (1, 3), APART))
    assert isinstance(next(events), SpeechStarted)
    events.close()
    assert list(events) == []


class Assessor:
    """Keeps what it gets, and numbers its assessments."""

    def __init__(self):
        self.segments = []

    def __call__(self, samples, offset_s, phrases):
        """Return the number of the segment."""
        self.segments.append((len(samples) / 16_000, offset_s, texts(phrases)))
        return len(self.segments)


TIMED = replace(LIVE, word_timestamps=True)


def test_a_segment_is_assessed_with_its_audio_its_place_and_its_phrases(scripted, utterances):
    assess = Assessor()
    said = utterances((0, 1), (1, 2), APART, (2, 3), APART)
    stream = Stream(scripted, options=TIMED, assess=assess)
    events = list(stream.events(said, partials=False))
    assert [ended.assessment for ended in of_kind(events, SpeechEnded)] == [1, 2]
    lengths_s, offsets_s, said_texts = zip(*assess.segments, strict=True)
    padding_s = SegmentationOptions().padding_s
    assert lengths_s == pytest.approx((2 + 2 * padding_s, 3 + 2 * padding_s), abs=0.1)
    assert offsets_s == pytest.approx((1 - padding_s, 3 + APART[1] - padding_s), abs=0.1)
    assert said_texts == (["I am one."], ["We are two."])


def test_a_phrase_is_assessed_while_its_trailing_silence_lasts(scripted, utterances):
    """Nothing is left to do at the end of the silence, and nothing is done twice."""
    assess = Assessor()
    stream = Stream(scripted, options=TIMED, assess=assess)
    for event in stream.events(utterances((0, 1), (1, 3), (0, 3)), partials=False):
        if isinstance(event, SpeechEnded):
            assert stream.now_s == pytest.approx(1 + 3 + 0.7, abs=0.15)
            assert len(assess.segments) == event.assessment == 1
    assert len(assess.segments) == 1


def test_speech_that_goes_on_is_assessed_as_a_whole(scripted, utterances):
    """The pause is longer than the padding, so its first part was assessed already."""
    assess = Assessor()
    said = utterances((0, 1), (1, 2), (0, 0.6), (1, 2), APART)
    stream = Stream(scripted, options=TIMED, assess=assess)
    (ended,) = of_kind(stream.events(said, partials=False), SpeechEnded)
    assert ended.assessment == len(assess.segments) == 2
    assert assess.segments[1][0] > assess.segments[0][0] + 2


def test_speech_without_a_text_is_not_assessed(scripted, utterances):
    assess = Assessor()
    stream = Stream(scripted, lambda *_: hypothesis_of(""), options=TIMED, assess=assess)
    for ended in of_kind(stream.events(utterances((0, 1), (1, 2), APART)), SpeechEnded):
        assert ended.assessment is None
    assert assess.segments == []
