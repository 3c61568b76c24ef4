"""The loading of the model beside the start of a host."""

import threading

import pytest
from structlog.testing import capture_logs

from functions.model_loading import ModelLoading
from shared.errors import ModelMissing
from shared.settings import Settings
from shared.transcription import local_transcriber


class SlowTranscriber:
    """Has no model; `load` does what the test says."""

    load_model = staticmethod(lambda: None)

    def __init__(self, settings):
        self.settings = settings

    def load(self):
        """Call the function of the test."""
        self.load_model()


@pytest.fixture
def loads(monkeypatch):
    """Return a function that replaces the loading of the model."""

    def install(load_model):
        monkeypatch.setattr(SlowTranscriber, "load_model", staticmethod(load_model))
        monkeypatch.setattr(local_transcriber, "LocalTranscriber", SlowTranscriber)

    return install


def fail():
    raise ModelMissing("There is no model. Fetch it.")


def test_the_transcriber_is_there_before_its_model(loads):
    loaded = threading.Event()
    loads(lambda: loaded.wait(20))
    loading = ModelLoading(Settings())
    assert isinstance(loading.transcriber(), SlowTranscriber)
    loading.wait(within_s=0.0)
    assert not loaded.is_set()
    loaded.set()
    loading.wait()
    assert loading.failure is None


def test_every_host_logs_the_same_line(loads):
    loads(lambda: None)
    with capture_logs() as lines:
        ModelLoading(Settings(model="tiny", threads=2)).wait()
    (line,) = lines
    assert line.pop("load_ms") >= 0
    assert line == {
        "event": "model_loaded",
        "log_level": "info",
        "model": "tiny",
        "compute_type": "int8",
        "threads": 2,
    }


def test_a_failure_is_logged_by_its_kind_and_shown_to_the_operator(loads, capsys):
    loads(fail)
    with capture_logs() as lines:
        loading = ModelLoading(Settings())
        loading.wait()
    assert [line["event"] for line in lines] == ["model_not_loaded"]
    assert "There is no model" not in str(lines)
    assert capsys.readouterr().err == "sotto: There is no model. Fetch it.\n"
    assert isinstance(loading.failure, ModelMissing)
    assert isinstance(loading.transcriber(), SlowTranscriber)


def test_a_host_may_do_something_else_with_a_failure(loads, capsys):
    loads(fail)
    seen = []
    loading = ModelLoading(Settings(), on_failure=seen.append)
    loading.wait()
    assert seen == [loading.failure]
    assert capsys.readouterr().err == ""
