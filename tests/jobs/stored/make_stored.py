"""Write what this version of Sotto stores: `python tests/jobs/stored/make_stored.py <folder>`.

Run it before a change of what is stored, with the code as it is, and keep the files: later code
has to list, finish, delete and purge all of it (`tests/jobs/test_stored.py`). The jobs run,
wait, have ended, expired, or were left half done by a process that was killed, and came in by
both generations of the API or by a drop folder. All of them lie in the year 2096 or are over.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "unit" / "jobs"), str(Path(__file__).parent)]

from crashing import WRITES, Killed  # noqa: E402
from fastapi.testclient import TestClient  # noqa: E402
from stored_answers import answers_of  # noqa: E402
from stored_storage import (  # noqa: E402
    BROKEN,
    CLIENT_CONTAINER,
    DESTINATION,
    FOLDER,
    SPOKEN,
    azure_containers,
    dump_azure,
    dump_folders,
    folder_containers,
    merge_queues,
    messages_in,
    open_stored,
    restore_azure,
    restore_folders,
    restore_queue,
    wav,
    write_json,
)

import shared.fetch  # noqa: E402
from functions.api.app import create_app  # noqa: E402
from shared.errors import JobNotFound  # noqa: E402
from shared.jobs.attempt import Attempt  # noqa: E402
from shared.jobs.batch_services import BatchServices  # noqa: E402
from shared.jobs.blob_names import expiry_name, new_job_id  # noqa: E402
from shared.jobs.job import Job, JobOptions  # noqa: E402
from shared.jobs.purge import _Entry, _Purger, remove_job  # noqa: E402
from shared.jobs.queries import delete_job  # noqa: E402
from shared.jobs.submission import submit, submit_dropped  # noqa: E402
from shared.jobs.worker import JobWorker  # noqa: E402
from shared.post import Answer  # noqa: E402
from shared.settings import Settings  # noqa: E402
from shared.storage.container import Container  # noqa: E402
from shared.storage.work_message import HookEvent, WorkKind, WorkMessage  # noqa: E402
from shared.storage.work_queue import MAX_DELIVERIES, Lane  # noqa: E402
from shared.transcription.scripted_transcriber import ScriptedTranscriber  # noqa: E402
from shared.web_hooks.delivery import WebHookDelivery  # noqa: E402

KEY = "k"
AHEAD = datetime(2096, 3, 1, 8, tzinfo=UTC)
OVER = datetime(2026, 1, 5, 8, tzinfo=UTC)
DATED = ("/speechtotext/transcriptions:submit", {"api-version": "2024-11-15"})
FIRST = ("/speechtotext/v3.2/transcriptions", {})
LEASE_S = 3600


class Clock:
    """The clock of all modules that make or end jobs; a second passes at each look."""

    def __init__(self) -> None:
        self.now = AHEAD

    def start(self) -> None:
        """Let the modules that are loaded look here."""
        clock = self

        class Clocked(datetime):
            @classmethod
            def now(cls, _zone=None):
                clock.now += timedelta(seconds=1)
                return clock.now

        for name, module in list(sys.modules.items()):
            if name.startswith(("shared.jobs", "functions.api")) and hasattr(module, "datetime"):
                module.datetime = Clocked


class DyingContainer:
    """A container whose process is killed before it writes a name that fits a pattern."""

    def __init__(self, inner: Container, before: str) -> None:
        self._inner = inner
        self._before = re.compile(before)

    def __getattr__(self, operation):
        method = getattr(self._inner, operation)
        if operation not in WRITES:
            return method

        def write(*arguments, **options):
            if arguments and self._before.search(f"{operation} {arguments[0]}"):
                raise Killed
            return method(*arguments, **options)

        return write


class Maker:
    """Makes jobs on given containers, each with a queue of its own. `made`: ids by name."""

    def __init__(self, containers: dict[str, Container], root: Path, clock: Clock) -> None:
        self._containers = containers
        self._root = root
        self._clock = clock
        self.made: dict[str, str] = {}
        self.queues: list[Path] = []

    def batch(self, dies_before: str | None = None) -> BatchServices:
        """Open the containers and the latest queue, as a process that may be killed has them."""
        containers = self._containers
        if dies_before is not None:
            containers = {n: DyingContainer(c, dies_before) for n, c in containers.items()}
        return open_stored(containers, self._root, self.queues[-1])

    def begin(self, moment: datetime = AHEAD) -> None:
        """Begin a new case at a time."""
        day = timedelta(hours=len(self.queues))
        self._clock.now = moment + day
        self.queues.append(self._root / f"queue-{len(self.queues)}.sqlite")

    def client(self) -> TestClient:
        """Make a client of the API."""
        transcriber = ScriptedTranscriber([SPOKEN], locales=("de-DE", "en-US", "fr-FR"))
        client = TestClient(create_app(Settings(keys=(KEY,)), transcriber, self.batch()))
        client.headers["Ocp-Apim-Subscription-Key"] = KEY
        return client

    def submit(self, name: str, to: tuple[str, dict[str, str]], body: dict[str, Any]) -> str:
        """Submit a job over HTTP; its id."""
        path, query = to
        answer = self.client().post(path, params=query, json=body)
        assert answer.status_code == 201, answer.text
        job_id = answer.json()["self"].partition("?")[0].rpartition("/")[2]
        self.made[name] = job_id
        return job_id

    def drop(self, name: str, file: str, data: bytes | None = None, **metadata: str) -> str:
        """Drop a file; the id of its job."""
        batch = self.batch()
        folder = batch.drop_folder(FOLDER)
        folder.input.put(file, wav() if data is None else data, metadata)
        job_id = submit_dropped(folder, file, batch)
        assert job_id is not None
        self.made[name] = job_id
        return job_id

    def work(self, n_messages: int = 1000, dies_before: str | None = None) -> None:
        """Do so many messages; a worker that is killed keeps its lease."""
        batch = self.batch(dies_before)
        work = JobWorker(batch, ScriptedTranscriber([SPOKEN]))
        with suppress(Killed):
            for _ in range(n_messages):
                lease = batch.queue.lease(LEASE_S)
                if lease is None:
                    break
                try:
                    work.handle(lease.message, Attempt(lease.delivery_count))
                except JobNotFound:
                    batch.queue.release(lease, 60)
                else:
                    batch.queue.acknowledge(lease)

    def dying(self, dies_before: str, step: Callable[[BatchServices], object]) -> None:
        """Do a step in a process that is killed."""
        try:
            step(self.batch(dies_before))
        except Killed:
            return
        raise AssertionError("the process lived")


def body(*files: str, **more: Any) -> dict[str, Any]:
    """Body of a new job over made-up addresses."""
    urls = [f"https://store.example/{file}?sig=made-up" for file in files]
    return {"displayName": "calls of monday", "locale": "en-US", "contentUrls": urls, **more}


def hours(n: int, **more: Any) -> dict[str, Any]:
    """Properties with a time to live of the dated generation."""
    return {"properties": {"timeToLiveHours": n, **more}}


def purge_one(batch: BatchServices, job_id: str) -> None:
    """Purge one of the jobs that are over."""
    summary = batch.store.summary(job_id)
    assert summary is not None
    assert summary.expires_at is not None
    entry = _Entry(expiry_name(summary.expires_at, job_id), summary.expires_at, job_id)
    _Purger(batch, OVER + timedelta(days=30)).process_entry(entry)


def make_hooks(maker: Maker) -> None:
    """Make one web hook that has succeeded, one that waits for its challenge, one that failed."""

    def token_of(url: str, _body: bytes, _headers: dict[str, str]) -> Answer:
        is_good = "good" in url
        return Answer(200 if is_good else 404, url.rpartition("=")[2].encode() if is_good else b"")

    for kind in ("good", "bad", "new"):
        maker.begin()
        answer = maker.client().post(
            "/speechtotext/v3.2/webhooks" if kind == "bad" else "/speechtotext/webhooks",
            params={} if kind == "bad" else DATED[1],
            json={
                "displayName": f"{kind} hook",
                "description": "made up",
                "webUrl": f"https://93.184.216.34/{kind}",
                "events": dict.fromkeys(HookEvent if kind == "good" else ["ping"], True),
                "properties": {"secret": "made-up"},
                "customProperties": {"team": "fruit"},
            },
        )
        assert answer.status_code == 201, answer.text
        maker.made[f"{kind} hook"] = answer.json()["self"].partition("?")[0].rpartition("/")[2]
        if kind == "new":
            continue
        batch = maker.batch()
        lease = batch.queue.lease(LEASE_S, 5, Lane.NOTICES)
        assert lease is not None
        assert lease.message.notice is not None
        delivery = WebHookDelivery(batch.web_hooks, batch.store, batch.queue, send=token_of)
        delivery.deliver(lease.message, lease.message.notice)
        batch.queue.acknowledge(lease)
        if kind == "good":
            ping = maker.client().post(
                f"/speechtotext/webhooks/{maker.made['good hook']}:ping", params=DATED[1]
            )
            assert ping.status_code == 202


def make_rest_jobs(maker: Maker) -> None:
    """Make jobs of the API that wait, run, or have ended."""
    candidates = {"candidateLocales": ["en-US", "de-DE"], "mode": "Single"}

    maker.begin()
    maker.submit(
        "waiting",
        DATED,
        body(
            "a.wav",
            **hours(
                48,
                languageIdentification=candidates,
                diarization={"enabled": True, "maxSpeakers": 35},
                punctuationMode="Dictated",
            ),
        ),
    )
    maker.begin()
    maker.submit("many waiting", DATED, body(*(f"{n}.wav" for n in range(12)), **hours(6)))
    maker.begin()
    container = {"contentContainerUrl": CLIENT_CONTAINER, "contentUrls": None}
    maker.submit("container waiting", FIRST, body(**container))
    maker.begin()
    maker.batch().drop_folder(FOLDER).input.put("shared/own call.wav", wav())
    own = {"contentUrls": ["http://testserver/containers/audio/shared/own%20call.wav"]}
    maker.submit("own container waiting", DATED, body(**own, **hours(48)))

    maker.begin()
    maker.submit("running", FIRST, body("a.wav", f"{BROKEN}.wav", "c.wav"))
    maker.work(1)
    maker.work(1, dies_before="put .*/results/")

    maker.begin()
    diarization = {
        "diarizationEnabled": True,
        "diarization": {"speakers": {"minCount": 2, "maxCount": 4}},
        "wordLevelTimestampsEnabled": True,
        "displayFormWordLevelTimestampsEnabled": True,
        "destinationContainerUrl": DESTINATION,
        "timeToLive": "P7DT30M",
        "profanityFilterMode": "Removed",
        "channels": [1],
    }
    maker.submit(
        "partly succeeded",
        FIRST,
        body(
            "a.wav",
            f"{BROKEN}.wav",
            description="of a week",
            customProperties={"team": "fruit", "week": "9"},
            properties=diarization,
        ),
    )
    maker.work()
    maker.begin()
    job_id = maker.submit("renamed", DATED, body("a.wav", "b.wav", **hours(744)))
    maker.work()
    renamed = maker.client().patch(
        f"/speechtotext/transcriptions/{job_id}",
        params=DATED[1],
        headers={"Content-Type": "application/merge-patch+json"},
        json={
            "displayName": "another name",
            "description": "named later",
            "customProperties": {"team": "plums"},
        },
    )
    assert renamed.status_code == 200, renamed.text
    maker.begin()
    maker.submit("failed", FIRST, body(f"{BROKEN}.wav"))
    maker.work()
    maker.begin()
    created_at = maker._clock.now
    empty = Job(
        id=new_job_id(created_at),
        created_at=created_at,
        files=(),
        options=JobOptions(locales=("en-US",)),
    )
    maker.made["without files"] = empty.id
    submit(empty, maker.batch())

    maker.begin()
    maker.submit("half closed", DATED, body("a.wav", "b.wav", **hours(48)))
    maker.work(dies_before="create .*/closed")
    maker.begin()
    maker.dying(
        "create created/",
        lambda batch: submit(
            Job(
                id=maker.made.setdefault("half accepted", new_job_id(AHEAD)),
                created_at=AHEAD,
                files=empty.files,
            ),
            batch,
        ),
    )
    maker.begin()
    crashing = maker.submit("crashing", DATED, body("crash.wav", **hours(48)))
    queue = maker.batch().queue
    lease = queue.lease(LEASE_S)
    assert lease is not None
    queue._dead_letter(WorkMessage(WorkKind.TRANSCRIBE, crashing, 0).to_json())
    queue.acknowledge(lease)
    maker.batch().store.start(crashing)
    queue._dead_letter(b"a message of another program")


def make_ends_of_rest_jobs(maker: Maker) -> None:
    """Make jobs of the API that are over, deleted, or half removed."""
    maker.begin(OVER)
    maker.submit("expired", DATED, body("a.wav", f"{BROKEN}.wav", **hours(6)))
    maker.work()
    maker.begin(OVER)
    maker.submit("half purged", DATED, body("a.wav", "b.wav", **hours(6)))
    maker.work()
    half = maker.made["half purged"]
    maker.dying(f"delete jobs/{half}/finished", lambda batch: purge_one(batch, half))
    maker.begin(OVER)
    deleted = maker.submit("deleted", FIRST, body("a.wav"))
    maker.work()
    delete_job(maker.batch(), deleted)
    maker.begin()
    lately = maker.submit("deleted lately", FIRST, body("a.wav"))
    maker.work()
    delete_job(maker.batch(), lately)
    maker.begin(OVER)
    half = maker.submit("half deleted", FIRST, body("a.wav", "b.wav"))
    maker.work()
    maker.dying(f"delete jobs/{half}/", lambda batch: delete_job(batch, half))
    maker.begin()
    late = maker.submit("deleted at work", DATED, body("a.wav", "b.wav", **hours(48)))
    batch = maker.batch()
    job = batch.store.job(late)
    leased = batch.queue.lease(LEASE_S)
    assert leased is not None
    delete_job(maker.batch(), late)
    # The worker has read the job before; it is killed before it looks for a deletion.
    with suppress(Killed):
        work = JobWorker(maker.batch("create .*/closed"), ScriptedTranscriber([SPOKEN]))
        outcome = work._files.transcribe(job, 0, Attempt(1)).outcome
        batch.store.finish(late, outcome)


def make_dropped_jobs(maker: Maker) -> None:
    """Make jobs of a drop folder of every kind."""
    everything = {"formats": "json,srt,vtt,txt,rttm", "locales": "en-US"}

    maker.begin(OVER)
    maker.drop("dropped expired", "week 1/plums é.wav", formats="json,srt", timetolive="PT1H")
    maker.work()
    maker.begin(OVER)
    half = maker.drop("dropped half purged", "half.wav", timetolive="PT1H", formats="json,txt")
    maker.work()
    maker.dying(r"delete half\.wav\.txt", lambda batch: purge_one(batch, half))
    maker.begin(OVER)
    maker.drop("dropped replaced", "again.wav", timetolive="PT1H")
    maker.work()
    maker.begin()
    maker.drop("dropped replacing", "again.wav", wav(0.02), timetolive="P7D")
    maker.work()

    maker.begin()
    maker.drop("dropped done", "week 2/done.wav", timetolive="P31D", maxspeakers="35", **everything)
    maker.work()
    maker.begin()
    maker.drop("dropped kept", "kept.wav")
    maker.work()
    maker.begin()
    maker.drop("dropped broken", "broken.wav", b"buy milk", timetolive="P7D")
    maker.work()
    maker.begin()
    maker.drop("dropped refused", "refused.wav", maxspeakers="99")
    maker.work()
    maker.begin()
    maker.drop("dropped waiting", "waiting.wav", timetolive="P7D", **everything)
    maker.begin()
    maker.drop("dropped half written", "part.wav", timetolive="P7D", formats="json,srt")
    maker.work(dies_before=r"create part\.wav\.srt")
    maker.begin()
    late = maker.drop("dropped deleted at work", "late.wav", timetolive="P7D")
    batch = maker.batch()
    job = batch.store.job(late)
    leased = batch.queue.lease(LEASE_S)
    assert leased is not None
    remove_job(maker.batch(), job, None)
    outcome = JobWorker(batch, ScriptedTranscriber([SPOKEN]))._files.transcribe(job, 0, Attempt(1))
    batch.store.finish(late, outcome.outcome)
    # A file of another owner lies beside it.
    batch.drop_folder(FOLDER).output.put("minutes.txt", b"not by Sotto")


def make(containers: dict[str, Container], root: Path) -> Maker:
    """Make every case; the queue of all of them is `queue.sqlite` in `root`."""
    clock = Clock()
    clock.start()
    maker = Maker(containers, root, clock)
    make_hooks(maker)
    make_ends_of_rest_jobs(maker)
    make_dropped_jobs(maker)
    make_rest_jobs(maker)
    merge_queues(maker.queues, root / "queue.sqlite")
    return maker


def opened(containers: dict[str, Container], root: Path, queue: Path) -> BatchServices:
    """Open what was put back, on a copy of the queue."""
    restore_queue(queue, root / "restored.sqlite")
    return open_stored(containers, root, root / "restored.sqlite")


def main(target: Path) -> None:
    """Write the files."""
    from emulators import azurite  # noqa: PLC0415

    target.mkdir(parents=True, exist_ok=True)
    shared.fetch.require_plausible = lambda _url, _networks: None  # names of hosts are made up
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        maker = make(folder_containers(root), root)
        dump = dump_folders(root)
        write_json(target / "folder.json", dump)
        (target / "queue.sqlite").write_bytes((root / "queue.sqlite").read_bytes())
        write_json(target / "messages.json", messages_in(root / "queue.sqlite"))
        made = {"folder": maker.made}
        restored = restore_folders(dump, root / "restored")
        answers = {"folder": answers_of(opened(restored, root, target / "queue.sqlite"))}
    with tempfile.TemporaryDirectory() as folder, azurite() as account:
        root = Path(folder)
        maker = make(azure_containers(account.connection_string, "made"), root)
        dump = dump_azure(account.connection_string, "made")
        write_json(target / "azure.json", dump)
        (target / "queue-of-azure.sqlite").write_bytes((root / "queue.sqlite").read_bytes())
        made["azure"] = maker.made
        restored = restore_azure(dump, account.connection_string, "restored")
        queue = target / "queue-of-azure.sqlite"
        answers["azure"] = answers_of(opened(restored, root, queue))
    write_json(target / "answers.json", answers)
    write_json(target / "made.json", {"version": "0.1.0", "commit": commit, "jobs": made})


if __name__ == "__main__":
    sys.path.append(str(PROJECT / "tests" / "storage"))
    assert MAX_DELIVERIES == 5
    main(Path(sys.argv[1]))
