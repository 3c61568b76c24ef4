"""Files: audio of more than a minute, in slots of its own scheduler, in several threads."""

import threading

import numpy as np
import pytest
from scripted_speech import APART, ENGLISH, SENTENCES, sentences, texts

from shared.audio.stream import RawPcm, open_audio
from shared.recognition.engines.scripted_engine import ScriptedEngine, hypothesis_of
from shared.recognition.options import RecognitionOptions
from shared.recognition.pipeline import Recognition
from shared.scheduling import Job, Priority, Scheduler
from shared.transcript import Dropped, Phrase, RecognitionCost

STEP = 1_000  # of the levels of scripted audio
LEVELS = [1, 2, 3, 4, 5] * 8
LONG = [part for level in LEVELS for part in ((level, 1 + level % 3), APART)]
GERMAN_AND_ENGLISH = RecognitionOptions(locales=("en-US", "de-DE"))


class Left(Exception):
    """The client has left."""


class Files:
    """Two schedulers with an engine each, and recognition with them."""

    def __init__(self, detector, script=sentences, n_slots=2):
        def read(segment, request):
            level = round(float(np.abs(segment.features).max()) * 32_768 / STEP)
            return script(level, segment.n_positions, request)

        self._detector = detector
        self.short, self.long = ScriptedEngine(read), ScriptedEngine(read)
        self.scheduler = Scheduler([self.short])
        self.file_scheduler = Scheduler([self.long] * n_slots)

    def of(self, samples, options=ENGLISH, check_cancelled=lambda: None):
        """Recognise one channel."""
        recognition = Recognition(
            self.scheduler,
            self.short.languages,
            self._detector,
            options,
            check_cancelled,
            file_scheduler=lambda: self.file_scheduler,
        )
        return recognition.run(open_audio(samples.tobytes(), raw=RawPcm()))


@pytest.fixture
def files(level_detector):
    return Files(level_detector)


def threads_of_files():
    return [thread for thread in threading.enumerate() if thread.name.startswith("file_")]


@pytest.mark.parametrize("batch_segments", [1, 2, 8])
@pytest.mark.parametrize(
    "options", [ENGLISH, GERMAN_AND_ENGLISH], ids=["one locale", "several locales"]
)
def test_a_file_has_the_results_of_its_audio_in_order(files, utterances, options, batch_segments):
    options = RecognitionOptions(locales=options.locales, batch_segments=batch_segments)
    *results, cost = files.of(utterances(*LONG), options)
    assert texts(results) == [SENTENCES[level] for level in LEVELS]
    offsets_s = [result.offset_s for result in results]
    assert offsets_s == sorted(offsets_s)
    assert cost.n_segments == len(LEVELS)
    assert cost.audio_s == pytest.approx(sum(seconds for _, seconds in LONG))


def test_phrases_of_several_languages_stay_in_order(files, utterances):
    options = RecognitionOptions(locales=("en-US", "de-DE"), language_per_phrase=True)
    results = files.of(utterances(*LONG), options)
    assert texts(results) == [SENTENCES[level] for level in LEVELS]


def test_a_file_takes_no_slot_of_short_requests(files, utterances):
    """A request holds the only slot of these meanwhile."""
    with files.scheduler.slot(Job(Priority.INTERACTIVE)):
        assert len(texts(files.of(utterances(*LONG)))) == len(LEVELS)
    assert files.short.contexts == []


def test_short_audio_takes_no_slot_of_files(files, utterances):
    assert texts(files.of(utterances((1, 2), APART))) == ["I am one."]
    assert files.long.contexts == []


def test_a_few_words_in_minutes_of_silence_take_no_slot_of_files(files, utterances):
    assert texts(files.of(utterances((1, 2), (0, 120)))) == ["I am one."]
    assert files.long.contexts == []


def test_groups_of_a_file_are_read_at_the_same_time(level_detector, utterances):
    """Each waits for the other: one alone would wait for ever."""
    meeting = threading.Barrier(2, timeout=10)

    def script(level, n_positions, request):
        if level in (1, 5):  # two groups of the first batch, since their lengths differ
            meeting.wait()
        return sentences(level, n_positions, request)

    files = Files(level_detector, script)
    said = utterances(*[part for _ in range(4) for part in ((1, 1), APART, (5, 9), APART)], (0, 30))
    options = RecognitionOptions(locales=("en-US",), batch_segments=1)
    head = utterances((0, 61), (2, 1), APART)
    assert len(texts(files.of(np.concatenate([head, said]), options))) == 9


def test_no_more_is_read_ahead_than_is_under_way(level_detector, utterances):
    """The reader waits while both threads are stuck in their first group."""
    may_go_on = threading.Event()

    def script(level, _n_positions, _request):
        assert may_go_on.wait(10)
        return hypothesis_of(SENTENCES[level])

    files = Files(level_detector, script)
    n_blocks = []
    results = files.of(
        utterances(*LONG * 4), RecognitionOptions(locales=("en-US",)), lambda: n_blocks.append(1)
    )
    threading.Timer(0.2, may_go_on.set).start()
    next(results)
    results.close()
    assert len(n_blocks) < 4 * sum(seconds for _, seconds in LONG) / 2


def test_closing_leaves_no_thread(files, utterances):
    results = files.of(utterances(*LONG))
    next(results)
    results.close()
    assert threads_of_files() == []
    with files.file_scheduler.slot(Job(Priority.FILE)) as slot:
        assert slot.waited_s < 1


def test_closing_ends_the_waiting_for_slots(files, utterances):
    """Other files hold the slots."""
    results = files.of(utterances(*LONG))
    next(results)
    with files.file_scheduler.slot(Job(Priority.FILE)), files.file_scheduler.slot(Job(1)):
        results.close()
    assert threads_of_files() == []


def test_an_engine_that_fails_ends_the_file(level_detector, utterances):
    def broken(*_):
        raise ZeroDivisionError

    files = Files(level_detector, broken)
    with pytest.raises(ZeroDivisionError):
        list(files.of(utterances(*LONG)))
    assert threads_of_files() == []


def test_a_client_that_leaves_ends_the_file(files, utterances):
    has_left = threading.Event()

    def check():
        if has_left.is_set():
            raise Left

    results = files.of(utterances(*LONG), check_cancelled=check)
    next(results)
    has_left.set()
    with pytest.raises(Left):
        list(results)
    assert threads_of_files() == []


def test_a_file_in_the_scheduler_of_all_is_recognised_as_well(level_detector, utterances):
    """So it is on one core."""
    files = Files(level_detector)
    recognition = Recognition(files.scheduler, files.short.languages, level_detector, ENGLISH)
    stream = open_audio(utterances(*LONG).tobytes(), raw=RawPcm())
    assert texts(recognition.run(stream)) == [SENTENCES[level] for level in LEVELS]


def test_the_cost_of_a_file_is_that_of_all_its_threads(files, utterances):
    *results, cost = files.of(utterances(*LONG))
    assert isinstance(cost, RecognitionCost)
    assert cost.recognition_s > 0
    assert {type(result) for result in results} == {Dropped, Phrase}
