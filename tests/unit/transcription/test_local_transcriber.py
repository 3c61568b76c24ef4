"""One process's transcriber: loaded once and late, and a bound on what is under way."""

import threading

import numpy as np
import pytest

from shared.audio.stream import RawPcm, open_audio
from shared.errors import ModelMissing, UnsupportedLocale
from shared.recognition.engines.scripted_engine import ScriptedEngine, hypothesis_of
from shared.recognition.options import RecognitionOptions
from shared.settings import Settings
from shared.transcript import Phrase
from shared.transcription.local_transcriber import LocalTranscriber, file_slots

ENGLISH = RecognitionOptions(locales=("en-US",))


def script(_segment, _request):
    return hypothesis_of("I am one.")


class Loads(list):
    """Models that load in no time; the list records which were loaded."""

    def __init__(self, detector):
        super().__init__()
        self._detector = detector

    def __call__(self, settings):
        """Load a scripted engine."""
        self.append(settings.model)
        return ScriptedEngine(script), self._detector


@pytest.fixture
def loads(level_detector):
    return Loads(level_detector)


def stream_of(samples):
    return open_audio(samples.tobytes(), raw=RawPcm())


def test_nothing_is_loaded_before_it_is_needed(loads):
    transcriber = LocalTranscriber(Settings(), loads)
    assert not transcriber.loaded
    assert transcriber.supported_locales()
    assert loads == []


def test_the_first_recognition_loads_and_the_next_does_not(loads, utterances):
    transcriber = LocalTranscriber(Settings(), loads)
    for _ in range(2):
        results = list(transcriber.recognise(stream_of(utterances((1, 1))), ENGLISH))
        assert [r.best.display for r in results if isinstance(r, Phrase)] == ["I am one."]
        assert transcriber.loaded
    assert loads == ["base"]


def test_threads_that_come_together_load_once(level_detector):
    """All are inside `load` before the first load ends."""
    started = threading.Semaphore(0)
    n_threads, n_loads = 8, []

    def load(_settings):
        n_loads.append(1)
        for _ in range(n_threads):
            assert started.acquire(timeout=10)
        return ScriptedEngine(script), level_detector

    transcriber = LocalTranscriber(Settings(), load)

    def use():
        started.release()
        transcriber.load()

    threads = [threading.Thread(target=use) for _ in range(n_threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert transcriber.loaded
    assert len(n_loads) == 1


def test_a_load_that_failed_is_tried_again(loads):
    """The model may have been fetched in the meantime."""
    missing = [True]

    def load(settings):
        if missing:
            raise ModelMissing("Model base is not there.")
        return loads(settings)

    transcriber = LocalTranscriber(Settings(), load)
    with pytest.raises(ModelMissing):
        transcriber.load()
    assert not transcriber.loaded
    missing.clear()
    transcriber.load()
    assert transcriber.loaded
    assert loads == ["base"]


def test_a_missing_model_is_named_with_the_command_that_fetches_it(tmp_path):
    transcriber = LocalTranscriber(Settings(model_folder=tmp_path))
    with pytest.raises(ModelMissing, match="models fetch base"):
        transcriber.load()


def test_a_candidate_beyond_the_model_is_refused_on_request(loads, utterances):
    transcriber = LocalTranscriber(Settings(), loads)
    with pytest.raises(UnsupportedLocale):
        transcriber.recognise(stream_of(utterances((1, 1))), RecognitionOptions(locales=("sv-SE",)))
    assert loads == ["base"]


def test_an_english_model_offers_english_only():
    locales = LocalTranscriber(Settings(model="tiny.en")).supported_locales()
    assert "en-GB" in locales
    assert {locale[:3] for locale in locales} == {"en-"}


def test_recognitions_in_many_threads_keep_their_own_results(loads, utterances):
    """Each thread's audio has its own number of utterances."""
    transcriber = LocalTranscriber(Settings(), loads)
    counts = {}

    def recognise(n_utterances):
        said = utterances(*[(1, 1), (0, 3)] * n_utterances)
        *results, cost = transcriber.recognise(stream_of(said), ENGLISH)
        phrases = [result for result in results if isinstance(result, Phrase)]
        counts[n_utterances] = (len(phrases), cost.n_segments)

    threads = [threading.Thread(target=recognise, args=(n,)) for n in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert counts == {n: (n, n) for n in range(1, 6)}
    assert loads == ["base"]


def test_audio_as_short_as_one_sample_is_recognised(loads):
    audio = stream_of(np.zeros(1, np.int16))
    (cost,) = LocalTranscriber(Settings(), loads).recognise(audio, ENGLISH)
    assert cost.n_segments == 0
    assert cost.audio_s == pytest.approx(1 / 16_000)
    assert loads == ["base"]


def test_the_engine_of_files_is_loaded_by_the_first_long_audio(loads, utterances):
    n_loads = []

    def load_files(_settings):
        n_loads.append(1)
        return ScriptedEngine(lambda *_: hypothesis_of("I am a file.")), 2

    transcriber = LocalTranscriber(Settings(), loads, load_files)
    for n_utterances, text, n_loaded in ((12, "I am one.", 0), (20, "I am a file.", 1)) * 2:
        said = utterances(*[(1, 1), (0, 3)] * n_utterances)
        results = list(transcriber.recognise(stream_of(said), ENGLISH))
        assert {r.best.display for r in results if isinstance(r, Phrase)} == {text}
        assert len(n_loads) >= n_loaded
    assert len(n_loads) == 1


def test_files_share_the_engine_where_a_second_one_does_not_pay(loads, utterances):
    transcriber = LocalTranscriber(Settings(), loads, lambda _settings: None)
    said = utterances(*[(1, 1), (0, 3)] * 20)
    results = list(transcriber.recognise(stream_of(said), ENGLISH))
    assert {r.best.display for r in results if isinstance(r, Phrase)} == {"I am one."}


@pytest.mark.parametrize(
    ("settings", "n_slots"),
    [
        (Settings(), 4),
        (Settings(threads=2), 2),
        (Settings(threads=2, concurrency=2), 4),
        (Settings(threads=8, concurrency=8), 4),
        (Settings(threads=1), 0),
        (Settings(file_instance=False), 0),
        (Settings(device="cuda"), 0),
        (Settings(engine="openai-whisper"), 0),
    ],
)
def test_files_have_a_slot_for_each_thread_of_recognition(monkeypatch, settings, n_slots):
    monkeypatch.setattr("shared.transcription.local_transcriber.available_cores", lambda: 4)
    assert file_slots(settings) == n_slots
