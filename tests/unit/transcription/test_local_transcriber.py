"""One process's recogniser: loaded once and late, and a bound on what is under way."""

import threading

import numpy as np
import pytest

from shared.audio.stream import RawPcm, open_audio
from shared.errors import ModelMissing, UnsupportedLocale
from shared.recognition.engines.scripted_engine import ScriptedEngine, hypothesis_of
from shared.recognition.options import RecognitionOptions
from shared.settings import Settings
from shared.transcript import Phrase
from shared.transcription import local_transcriber as recogniser_module
from shared.transcription.local_transcriber import Recogniser, RecognitionStatistics

ENGLISH = RecognitionOptions(locales=("en-US",))


def script(_segment, _request):
    return hypothesis_of("I am one.")


@pytest.fixture
def loads(monkeypatch, level_detector):
    """Models that load in no time; the list says how often they did."""
    happened = []

    def load(settings):
        happened.append(settings.model)
        return ScriptedEngine(script), level_detector

    monkeypatch.setattr(recogniser_module, "_load_models", load)
    return happened


def stream_of(samples):
    return open_audio(samples.tobytes(), raw=RawPcm())


def test_nothing_is_loaded_before_it_is_needed(loads):
    recogniser = Recogniser(Settings())
    assert not recogniser.loaded
    assert recogniser.supported_locales()
    assert loads == []


def test_the_first_recognition_loads_and_the_next_does_not(loads, utterances):
    recogniser = Recogniser(Settings())
    for _ in range(2):
        results = list(recogniser.recognise(stream_of(utterances((1, 1))), ENGLISH))
        assert [r.best.display for r in results if isinstance(r, Phrase)] == ["I am one."]
        assert recogniser.loaded
    assert loads == ["base"]


def test_threads_that_come_together_load_once(monkeypatch, level_detector):
    """All are inside `load` before the first load ends."""
    started = threading.Semaphore(0)
    n_threads, n_loads = 8, []

    def load(_settings):
        n_loads.append(1)
        for _ in range(n_threads):
            assert started.acquire(timeout=10)
        return ScriptedEngine(script), level_detector

    monkeypatch.setattr(recogniser_module, "_load_models", load)
    recogniser = Recogniser(Settings())

    def use():
        started.release()
        recogniser.load()

    threads = [threading.Thread(target=use) for _ in range(n_threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert recogniser.loaded
    assert len(n_loads) == 1


def test_a_load_that_failed_is_tried_again(monkeypatch, loads):
    """The model may have been fetched in the meantime."""
    recogniser = Recogniser(Settings())
    with monkeypatch.context() as patch:

        def fail(_settings):
            raise ModelMissing("Model base is not there.")

        patch.setattr(recogniser_module, "_load_models", fail)
        with pytest.raises(ModelMissing):
            recogniser.load()
        assert not recogniser.loaded
    recogniser.load()
    assert recogniser.loaded
    assert loads == ["base"]


def test_a_missing_model_is_named_with_the_command_that_fetches_it(tmp_path):
    recogniser = Recogniser(Settings(model_folder=tmp_path))
    with pytest.raises(ModelMissing, match="models fetch base"):
        recogniser.load()


def test_a_candidate_beyond_the_model_is_refused_when_it_is_asked_for(loads, utterances):
    recogniser = Recogniser(Settings())
    with pytest.raises(UnsupportedLocale):
        recogniser.recognise(stream_of(utterances((1, 1))), RecognitionOptions(locales=("sv-SE",)))
    assert loads == ["base"]


def test_an_english_model_offers_english_only():
    locales = Recogniser(Settings(model="tiny.en")).supported_locales()
    assert "en-GB" in locales
    assert {locale[:3] for locale in locales} == {"en-"}


def test_recognitions_in_many_threads_keep_their_own_results(loads, utterances):
    """Each thread's audio has its own number of utterances."""
    recogniser = Recogniser(Settings())
    counts = {}

    def recognise(n_utterances):
        said = utterances(*[(1, 1), (0, 3)] * n_utterances)
        statistics = RecognitionStatistics()
        phrases = [
            result
            for result in recogniser.recognise(stream_of(said), ENGLISH, statistics)
            if isinstance(result, Phrase)
        ]
        counts[n_utterances] = (len(phrases), statistics.n_segments)

    threads = [threading.Thread(target=recognise, args=(n,)) for n in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert counts == {n: (n, n) for n in range(1, 6)}
    assert loads == ["base"]


def test_audio_as_short_as_one_sample_is_recognised(loads):
    results = list(Recogniser(Settings()).recognise(stream_of(np.zeros(1, np.int16)), ENGLISH))
    assert results == []
    assert loads == ["base"]
