"""Jobs that an earlier version stored are listed, finished, deleted and purged.

`stored/<version>` has what that version wrote into a folder, into Azurite and into queues.
"""

import json
import os
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from queues import REGION, azure_queue, closing, sqs_queue
from stored_answers import answers_of, client_of
from stored_storage import (
    SPOKEN,
    StoredBatch,
    open_stored,
    restore_azure,
    restore_folders,
    restore_queue,
)

from shared.errors import JobNotFound
from shared.jobs.attempt import Attempt
from shared.jobs.outcome import JobStatus
from shared.jobs.purge import purge
from shared.jobs.queries import delete_job
from shared.jobs.worker import JobWorker
from shared.post import Answer
from shared.storage.work_message import HookEvent
from shared.storage.work_queue import Lane
from shared.transcription.scripted_transcriber import ScriptedTranscriber
from shared.web_hooks.delivery import Delivery, WebHookDelivery

STORED = Path(__file__).parent / "stored"
VERSIONS = sorted(path.name for path in STORED.iterdir() if (path / "made.json").exists())
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
YEAR_2100 = datetime(2100, 1, 1, tzinfo=UTC)

ENDED = {
    "crashing": JobStatus.FAILED,
    "failed": JobStatus.FAILED,
    "without files": JobStatus.FAILED,
    "container waiting": JobStatus.SUCCEEDED,
    "half closed": JobStatus.SUCCEEDED,
    "many waiting": JobStatus.SUCCEEDED,
    "own container waiting": JobStatus.SUCCEEDED,
    "partly succeeded": JobStatus.SUCCEEDED,
    "renamed": JobStatus.SUCCEEDED,
    "running": JobStatus.SUCCEEDED,
    "waiting": JobStatus.SUCCEEDED,
}
DROPPED_ENDED = {
    "dropped broken": JobStatus.FAILED,
    "dropped refused": JobStatus.FAILED,
    "dropped done": JobStatus.SUCCEEDED,
    "dropped half written": JobStatus.SUCCEEDED,
    "dropped kept": JobStatus.SUCCEEDED,
    "dropped replacing": JobStatus.SUCCEEDED,
    "dropped waiting": JobStatus.SUCCEEDED,
}
OVER = {
    "expired",
    "half deleted",
    "half purged",
    "dropped expired",
    "dropped half purged",
    "dropped replaced",
}
FOREIGN = "minutes.txt"


@dataclass
class Stored:
    """The restored storage: its batch, and the ids of its jobs by name."""

    batch: StoredBatch
    jobs: dict[str, str]
    answers: dict

    def ids(self, names):
        """Ids of the jobs of these names."""
        return {self.jobs[name] for name in names}

    def listed(self, prefix=""):
        """Names in the container of jobs."""
        return [entry.name for entry in self.batch.store.container.list(prefix)]

    def ids_of_records(self):
        """Jobs of which anything is stored."""
        return {name.split("/")[1] for name in self.listed("jobs/")}

    def outputs(self):
        """Names in the output container."""
        return {e.name for e in self.batch.drop_folder("audio").output.list()}

    def audio(self):
        """Files of the drop folder, with their ETags."""
        return {e.name: e.etag for e in self.batch.drop_folder("audio").input.list()}

    def work(self):
        """Do all messages there are, and put the dead letters into their reports."""
        work = JobWorker(self.batch, ScriptedTranscriber([SPOKEN]))
        while (lease := self.batch.queue.lease(60)) is not None:
            try:
                # The last try: the messages of a job that never came are dropped by it.
                work.handle(lease.message, Attempt(5))
            except JobNotFound:
                self.batch.queue.release(lease, 60)
            else:
                self.batch.queue.acknowledge(lease)
        for letter in self.batch.queue.dead_letters():
            work.fail_dead_letter(letter)


@pytest.fixture(autouse=True)
def lasting_power(monkeypatch):
    """The power does not fail here: nothing has to reach the disk."""
    monkeypatch.setattr(os, "fsync", lambda _file: None)


@pytest.fixture(params=[(v, kind) for v in VERSIONS for kind in ("folder", "azure")], ids="-".join)
def stored(request, tmp_path):
    version, kind = request.param
    read = {
        name: json.loads((STORED / version / f"{name}.json").read_text("utf-8"))
        for name in (kind, "made", "answers")
    }
    if kind == "folder":
        containers = restore_folders(read[kind], tmp_path)
        restore_queue(STORED / version / "queue.sqlite", tmp_path / "queue.sqlite")
    else:
        account = request.getfixturevalue("azure_storage")
        mark = uuid.uuid4().hex[:8]
        containers = restore_azure(read[kind], account.connection_string, mark)
        restore_queue(STORED / version / "queue-of-azure.sqlite", tmp_path / "queue.sqlite")
    batch = open_stored(containers, tmp_path, tmp_path / "queue.sqlite")
    yield Stored(batch, read["made"]["jobs"][kind], read["answers"][kind])
    batch.queue.close()


def statuses(stored, names):
    closings = {name: stored.batch.store.summary(stored.jobs[name]) for name in names}
    return {name: closing and closing.status for name, closing in closings.items()}


def test_the_api_says_of_stored_jobs_and_web_hooks_what_it_said_then(stored):
    """Lists, objects, files and their contents in both generations, compared as JSON."""
    answers = answers_of(stored.batch)
    shown = {value["displayName"] for value in answers["/speechtotext/webhooks"]}
    assert shown == {"good hook", "bad hook", "new hook"}
    assert len(answers["/speechtotext/transcriptions"]) == len(ENDED)
    assert answers == stored.answers


def test_stored_jobs_that_wait_or_run_are_finished(stored):
    audio = stored.audio()
    stored.work()
    assert statuses(stored, ENDED) == ENDED
    assert statuses(stored, DROPPED_ENDED) == DROPPED_ENDED
    assert stored.audio() == audio
    running = stored.batch.store.outcomes(stored.jobs["running"])
    assert [outcome.status for outcome in running] == ["Succeeded", "Failed", "Succeeded"]
    assert {"waiting.wav.rttm", "part.wav.srt", FOREIGN} <= stored.outputs()
    # Outcomes written into a job that was deleted meanwhile are gone, and no job came back.
    gone = stored.ids(name for name in stored.jobs if "deleted at work" in name)
    assert gone.isdisjoint(stored.ids_of_records())
    assert "late.wav.json" not in stored.outputs()
    assert stored.jobs["half accepted"] not in stored.ids_of_records()


def test_expired_and_half_removed_jobs_go_with_the_next_purge(stored):
    before = stored.ids_of_records()
    done = purge(stored.batch, NOW)
    assert done.failures == []
    assert before - stored.ids_of_records() == stored.ids(OVER)
    assert not any(name.startswith(("week 1/", "half.wav")) for name in stored.outputs())
    # A newer version of the file has written its transcript over the expired one.
    assert {"again.wav.json", FOREIGN} <= stored.outputs()
    due = [name for name in stored.listed("expires/") if name < f"expires/{NOW:%Y%m%dT%H%M}Z"]
    assert due == []
    assert f"gone/{stored.jobs['deleted']}" not in stored.listed("gone/")
    assert f"gone/{stored.jobs['deleted lately']}" in stored.listed("gone/")


def test_stored_jobs_are_deleted_by_their_caller_running_or_not(stored):
    for name in ENDED:
        delete_job(stored.batch, stored.jobs[name])
    stored.work()
    assert stored.ids(ENDED).isdisjoint(stored.ids_of_records())
    assert answers_of(stored.batch)["/speechtotext/transcriptions"] == []
    purge(stored.batch, YEAR_2100)
    purge(stored.batch, YEAR_2100 + timedelta(days=16))
    # `dropped refused` and `dropped kept` have no time to live.
    kept = stored.ids(["dropped kept", "dropped refused"])
    assert stored.ids_of_records() == kept
    assert stored.listed("created/") == stored.listed("expires/") == []


def test_a_stored_job_is_given_another_name(stored):
    client = client_of(stored.batch)
    for name in ("renamed", "waiting"):
        path = f"/speechtotext/v3.2/transcriptions/{stored.jobs[name]}"
        before = client.get(path).json()
        changed = client.patch(path, json={"displayName": "of today"})
        assert changed.status_code == 200
        assert client.get(path).json() == before | {"displayName": "of today"}
        assert client.get(path).json().get("description") == before.get("description")
    stored.work()
    assert client.get(path).json()["status"] == "Succeeded"
    delete_job(stored.batch, stored.jobs["waiting"])
    assert stored.listed(f"jobs/{stored.jobs['waiting']}/") == []


def test_after_the_work_and_the_last_purge_only_what_is_to_be_kept_is_left(stored):
    stored.work()
    assert purge(stored.batch, YEAR_2100).failures == []
    assert purge(stored.batch, YEAR_2100 + timedelta(days=16)).failures == []
    never = {"failed", "running", "container waiting", "without files"}
    kept = stored.ids(never | {"dropped kept", "dropped refused"})
    assert stored.ids_of_records() == kept
    assert {name.split("/")[1] for name in stored.listed("created/")} == stored.ids(never)
    assert stored.listed("gone/") == stored.listed("expires/") == []
    assert stored.outputs() == {FOREIGN, "kept.wav.json", "refused.wav.error.json"}
    assert len(stored.listed("hooks/")) == 3


def test_stored_notices_are_sent_to_the_web_hooks_they_are_for(stored):
    sent = []

    def answer(url, body, headers):
        sent.append(headers["X-MicrosoftSpeechServices-Event"])
        assert body == b"" or json.loads(body)
        return Answer(200, url.rpartition("=")[2].encode())

    batch = stored.batch
    delivery = WebHookDelivery(batch.web_hooks, batch.store, batch.queue, send=answer)
    done = []
    while (lease := batch.queue.lease(60, lane=Lane.NOTICES)) is not None:
        done.append(delivery.deliver(lease.message, lease.message.notice).delivery)
        batch.queue.acknowledge(lease)
    # Of a job that was never accepted none is sent; its notice is tried again later.
    assert Counter(done)[Delivery.POSTPONED] == 1
    assert Counter(done)[Delivery.DELIVERED] == len(done) - 1
    assert {event[0].lower() + event[1:] for event in sent} == set(HookEvent)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["azure", "sqs"])
def test_stored_messages_are_read_from_the_queues_of_both_clouds(
    request, monkeypatch, version, kind
):
    """Bodies as they lay in the queue then; one that is no message stays a dead letter."""
    messages = json.loads((STORED / version / "messages.json").read_text("utf-8"))
    if kind == "azure":
        queue = azure_queue(request.getfixturevalue("azure_storage").connection_string, 5)
    else:
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
        queue = sqs_queue(request.getfixturevalue("aws_url"), 5)
    with closing(queue):
        stores = {
            "waiting": queue._lanes[Lane.FILES],
            "notices": queue._lanes[Lane.NOTICES],
            "dead": queue._dead,
        }
        for message in messages:
            stores[message["place"]].put(message["body"].encode(), 0)
        bodies = {lane: [] for lane in Lane}
        for lane in Lane:
            while (lease := queue.lease(60, 1, lane)) is not None:
                bodies[lane].append(lease.message.to_json().decode())
                queue.acknowledge(lease)
        letters = list(queue.dead_letters())
    of_place = {
        place: sorted(m["body"] for m in messages if m["place"] == place) for place in stores
    }
    assert sorted(bodies[Lane.FILES]) == of_place["waiting"]
    assert sorted(bodies[Lane.NOTICES]) == of_place["notices"]
    assert sum(letter.message is None for letter in letters) == 1
    assert len(letters) == len(of_place["dead"])
