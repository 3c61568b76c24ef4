"""Metrics that are read from the process: admission, sessions, slots, the queue."""

import threading

import pytest
from structlog.testing import capture_logs

from functions.api.admission import Admission
from functions.api.realtime.sessions import Sessions
from functions.container.metrics.backlog import CACHED_S, BacklogCollector
from functions.container.metrics.process_state import ProcessState, StateCollector
from functions.container.metrics.table import STATE_METRICS
from shared.errors import AccessDenied, QueueFull
from shared.scheduling import Job, Priority, Scheduler
from shared.storage.sqlite_queue import open_sqlite_queue
from shared.storage.work_message import WorkKind, WorkMessage
from shared.storage.work_queue import Backlog, Lane

JOB_ID = "00000000-0000-4000-8000-000000000000"


def samples(collector):
    """Values of a collector by name and values of labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in collector.collect()
        for sample in family.samples
    }


def test_admission_shows_its_limits_and_the_requests_it_refuses():
    admission = Admission(1, memory_bytes=1_000)
    state = ProcessState(lambda: True, dict, admission)
    with admission.admit() as request:
        request.hold_bytes(600)
        with pytest.raises(QueueFull), admission.admit():
            pass
        with admission.receive() as another, pytest.raises(QueueFull):
            another.hold_bytes(600)
        seen = samples(StateCollector(STATE_METRICS, state))
    assert seen["sotto_admission_limit", "work"] == 1
    assert seen["sotto_admission_in_use", "work"] == 1
    assert seen["sotto_admission_in_use", "memory"] == 600
    assert seen["sotto_admission_refused_total", "work"] == 1
    assert seen["sotto_admission_refused_total", "memory"] == 1
    afterwards = samples(StateCollector(STATE_METRICS, state))
    assert afterwards["sotto_admission_in_use", "work"] == 0
    assert afterwards["sotto_admission_admitted_total", "work"] == 1


def test_a_request_that_waits_for_its_client_is_admitted_once():
    admission = Admission(1)
    with admission.admit() as request:
        for _ in range(3):
            with request.waiting_for_client():
                assert admission.use()["work"].n_taken == 0
    use = admission.use()
    assert (use["work"].n_admitted, use["transfer"].n_admitted) == (1, 1)


def test_sessions_show_how_many_are_open_and_refused():
    sessions = Sessions(1)
    with sessions.opened(object()), pytest.raises(QueueFull):
        sessions.require_room()
    state = ProcessState(lambda: False, dict, sessions=sessions)
    seen = samples(StateCollector(STATE_METRICS, state))
    assert seen["sotto_sessions_open",] == 0
    assert seen["sotto_sessions_limit",] == 1
    assert seen["sotto_sessions_refused_total",] == 1
    assert seen["sotto_model_loaded",] == 0
    assert not any(name.startswith("sotto_admission") for name, *_ in seen)


def test_slots_show_their_use():
    scheduler = Scheduler(["engine", "engine"])
    state = ProcessState(lambda: True, lambda: {"short": scheduler.use()})
    with scheduler.slot(Job(Priority.INTERACTIVE)):
        seen = samples(StateCollector(STATE_METRICS, state))
    assert (seen["sotto_slots", "short"], seen["sotto_slots_in_use", "short"]) == (2, 1)
    assert seen["sotto_slots_waiting", "short"] == 0


def test_the_queue_shows_its_messages_and_the_age_of_the_oldest(tmp_path):
    queue = open_sqlite_queue(tmp_path / "queue.sqlite")
    for index in range(3):
        queue.send(WorkMessage(WorkKind.TRANSCRIBE, JOB_ID, index))
    queue._dead.put(b"foreign", 0)
    assert queue.lease(60) is not None
    store = queue._lanes[Lane.FILES]
    store._now_s = lambda now_s=store._now_s: now_s() + 40
    seen = samples(BacklogCollector(queue.backlog))
    queue.close()
    assert seen["sotto_queue_reachable",] == 1
    assert seen["sotto_queue_messages", "files"] == 3
    assert seen["sotto_queue_messages", "notices"] == 0
    assert seen["sotto_queue_messages", "dead_letters"] == 1
    assert 40 <= seen["sotto_queue_oldest_message_age_seconds", "files"] < 60
    assert seen["sotto_queue_oldest_message_age_seconds", "notices"] == 0


def test_the_queue_is_counted_no_more_often_than_every_15_seconds():
    now_s, calls = [100.0], []

    def count():
        calls.append(now_s[0])
        return {"files": Backlog(len(calls), None)}

    collector = BacklogCollector(count, clock=lambda: now_s[0])
    for step_s in (0, 5, CACHED_S - 5.5, 1):
        now_s[0] += step_s
        seen = samples(collector)
    assert calls == [100.0, 115.5]
    assert seen["sotto_queue_messages", "files"] == 2


def test_an_age_that_the_service_does_not_tell_is_not_shown():
    collector = BacklogCollector(lambda: {"files": Backlog(7, None)})
    assert set(samples(collector)) == {
        ("sotto_queue_reachable",),
        ("sotto_queue_messages", "files"),
    }


def test_a_queue_that_cannot_be_counted_is_shown_as_out_of_reach_and_logged_once():
    now_s = [0.0]

    def refuse():
        raise AccessDenied("canary of the account")

    collector = BacklogCollector(refuse, clock=lambda: now_s[0])
    with capture_logs() as lines:
        for _ in range(3):
            now_s[0] += CACHED_S
            assert samples(collector) == {("sotto_queue_reachable",): 0}
    assert [line["event"] for line in lines] == ["queue_not_counted"]
    assert "canary" not in str(lines)


def test_a_queue_that_does_not_answer_holds_no_scrape(monkeypatch):
    monkeypatch.setattr("functions.container.metrics.backlog._WAIT_S", 0.05)
    answered = threading.Event()

    def hang():
        answered.wait(10)
        return {"files": Backlog(1, 0.0)}

    collector = BacklogCollector(hang)
    assert samples(collector) == {("sotto_queue_reachable",): 0}
    answered.set()
    collector._counting.join(10)
    assert samples(collector)["sotto_queue_messages", "files"] == 1
