"""The probes of the port of metrics, and the threads of batch work that one of them looks at."""

from types import SimpleNamespace

import pytest
from starlette.testclient import TestClient

from functions.container.background import Background
from functions.container.metrics.port import _app
from shared.settings import Settings


@pytest.mark.parametrize(("is_alive", "healthz"), [(True, 200), (False, 503)])
@pytest.mark.parametrize(("is_ready", "ready"), [(True, 200), (False, 503)])
def test_a_probe_answers_503_where_its_condition_does_not_hold(is_alive, healthz, is_ready, ready):
    client = TestClient(_app(lambda: (b"", "text/plain"), lambda: is_alive, lambda: is_ready))
    assert client.get("/healthz").status_code == healthz
    assert client.get("/ready").status_code == ready
    assert client.head("/healthz").status_code == healthz


def test_no_other_path_or_method_is_served():
    client = TestClient(_app(lambda: (b"", "text/plain"), lambda: True, lambda: True))
    assert client.get("/").status_code == 404
    assert client.post("/metrics").status_code == 405


def test_batch_work_is_alive_while_none_of_its_threads_has_ended():
    background = Background(Settings(), SimpleNamespace(), SimpleNamespace())
    assert background.is_alive  # before its start: the model is loading
    background._threads = [SimpleNamespace(is_alive=lambda: True)]
    assert background.is_alive
    background._threads.append(SimpleNamespace(is_alive=lambda: False))
    assert not background.is_alive
