"""Section purge: cost of removing the expired tenth of many jobs.

10,000 finished jobs, half of them dropped files, are in a folder, in Azurite and in moto. Calls are
those to a container, as an account is charged for them: one for each page of a listing.
"""

import os
import tempfile
import time
import uuid
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from benchmarks.report import Figure, Section
from shared.jobs.batch_services import BatchServices
from shared.jobs.blob_names import dropped_job_id
from shared.jobs.drop_folder import DropFolder
from shared.jobs.job import DropTarget, Job, JobFile, JobOptions, RestTarget
from shared.jobs.outcome import FileOutcome, FileStatus, WrittenBlob, summarise_job
from shared.jobs.output_placement import write_dropped
from shared.jobs.outputs import Output, OutputContext
from shared.jobs.purge import PurgeReport, purge
from shared.jobs.store import JobStore
from shared.storage.addresses import StorageAccess, open_container
from shared.storage.aws_session import aws_client
from shared.storage.container import Container
from shared.storage.counted import CountedContainer
from shared.storage.sqlite_queue import open_sqlite_queue
from tests.storage.emulators import azurite, moto_server

NOW = datetime(2026, 11, 24, 8, 15, 30, tzinfo=UTC)
TIME_TO_LIVE = timedelta(hours=1)
FOLDER = "calls"

_N_JOBS = 10_000
_WRITING_AT_ONCE = 16
_CONTAINERS = ("jobs", "audio", "transcripts")
_REGION = "eu-west-1"
_RESULT = b'{"recognizedPhrases":[]}'


@dataclass(frozen=True, slots=True)
class CountedPurge:
    """A purge, its calls by operation, and how long it took."""

    done: PurgeReport
    calls: Mapping[str, int]
    took_s: float

    @property
    def n_calls(self) -> int:
        """All calls together."""
        return sum(self.calls.values())


def new_batch(containers: Iterable[Container], root: Path) -> BatchServices:
    """Put a batch with one drop folder together; its queue is a file in `root`."""
    jobs, audio, transcripts = containers
    folders = {FOLDER: DropFolder(FOLDER, audio, transcripts, TIME_TO_LIVE)}
    return BatchServices(JobStore(jobs), open_sqlite_queue(root / "queue.sqlite"), folders)


def folder_batch(root: Path) -> BatchServices:
    """Make a batch in new folders."""
    for name in _CONTAINERS:
        (root / name).mkdir()
    return new_batch((open_container(str(root / name)) for name in _CONTAINERS), root)


def azure_batch(connection_string: str, root: Path) -> BatchServices:
    """Make a batch in new containers of an account."""
    from azure.storage.blob import BlobServiceClient  # noqa: PLC0415 - half a second

    access = StorageAccess(azure_connection_string=connection_string)
    mark = uuid.uuid4().hex[:8]
    with BlobServiceClient.from_connection_string(connection_string) as service:
        for name in _CONTAINERS:
            service.create_container(f"{name}-{mark}")
    return new_batch((open_container(f"azure:{name}-{mark}", access) for name in _CONTAINERS), root)


def s3_batch(endpoint: str, root: Path) -> BatchServices:
    """Make a batch in a new bucket of an endpoint; its folders are the containers."""
    bucket = f"purge-{uuid.uuid4().hex[:8]}"
    client = aws_client("s3", region=_REGION, endpoint_url=endpoint)
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": _REGION})
    access = StorageAccess(s3_endpoint=endpoint, s3_region=_REGION)
    return new_batch(
        (open_container(f"s3://{bucket}/{name}", access) for name in _CONTAINERS), root
    )


def write_finished_jobs(batch: BatchServices, numbers: range, expires_at: datetime) -> list[str]:
    """Write jobs of one file as work leaves them, each expiring a second after the one before.

    Every second one is of a dropped file, whose transcript is in the output container.

    Returns
    -------
    Ids of the jobs.
    """
    times = [expires_at + timedelta(seconds=number) for number in range(len(numbers))]
    with ThreadPoolExecutor(_WRITING_AT_ONCE) as threads:
        return list(threads.map(partial(_write_job, batch), numbers, times))


def _write_job(batch: BatchServices, number: int, expires_at: datetime) -> str:
    closed_at = expires_at - TIME_TO_LIVE
    name = f"{number:05}.wav"
    is_dropped = number % 2 == 0
    job = Job(
        id=dropped_job_id(FOLDER, name, "1") if is_dropped else str(uuid.UUID(int=number)),
        created_at=closed_at,
        files=(JobFile(name if is_dropped else f"https://store.example/{name}", f"{name}.json"),),
        options=JobOptions(locales=("en-US",)),
        target=DropTarget(FOLDER) if is_dropped else RestTarget(),
        time_to_live=TIME_TO_LIVE,
    )
    batch.store.create(job)
    written: WrittenBlob | None = None
    if is_dropped:
        context = OutputContext(job, job.files[0], closed_at, closed_at)
        output = Output(".json", _RESULT, "application/json")
        written = write_dropped(batch.drop_folder(FOLDER).output, FOLDER, output, context)
    else:
        batch.store.write_result(job.id, "00000.json", _RESULT)
        batch.store.write_result(job.id, "report.json", _RESULT)
    outcome = FileOutcome(
        file_index=0,
        status=FileStatus.SUCCEEDED,
        finished_at=closed_at,
        audio_s=1.0,
        written=() if written is None else (written,),
    )
    batch.store.finish(job.id, outcome)
    batch.store.close(job.id, summarise_job(job, [outcome]))
    return job.id


def purge_counted(batch: BatchServices, now: datetime) -> CountedPurge:
    """Purge, and count the calls to the containers of jobs and of transcripts."""
    jobs = CountedContainer(batch.store.container)
    folder = batch.drop_folder(FOLDER)
    output = CountedContainer(folder.output)
    counted = BatchServices(
        JobStore(jobs),
        batch.queue,
        {FOLDER: DropFolder(FOLDER, folder.input, output, folder.time_to_live)},
    )
    began_s = time.perf_counter()
    done = purge(counted, now)
    took_s = time.perf_counter() - began_s
    return CountedPurge(done, jobs.calls + output.calls, took_s)


def measure_purge(n_jobs: int = _N_JOBS) -> Section:
    """Purge a tenth of many jobs in storage of each kind."""
    measured = {}
    with tempfile.TemporaryDirectory() as root:
        measured["a folder"] = _measure(folder_batch(Path(root)), n_jobs)
    with tempfile.TemporaryDirectory() as root, azurite() as account:
        measured["Azurite"] = _measure(azure_batch(account.connection_string, Path(root)), n_jobs)
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        os.environ.setdefault(key, "test")  # moto takes any
    with tempfile.TemporaryDirectory() as root, moto_server() as endpoint:
        measured["moto"] = _measure(s3_batch(endpoint, Path(root)), n_jobs)
    return Section(
        title=f"Time to live: a tenth of {n_jobs} jobs is expired",
        figures=tuple(_figure(kind, counted, n_jobs) for kind, counted in measured.items()),
        numbers={
            kind: {
                "jobs": n_jobs,
                "removed": counted.done.n_jobs,
                "seconds": counted.took_s,
                "calls": dict(counted.calls),
            }
            for kind, counted in measured.items()
        },
        note="One process. Azurite and moto run on the same cores, and their own time is in it.",
        systems=("Sotto",),
    )


def _measure(batch: BatchServices, n_jobs: int) -> CountedPurge:
    n_expired = n_jobs // 10
    write_finished_jobs(batch, range(n_expired), NOW - timedelta(seconds=n_expired))
    write_finished_jobs(batch, range(n_expired, n_jobs), NOW + timedelta(seconds=1))
    counted = purge_counted(batch, NOW)
    batch.queue.close()
    return counted


def _figure(kind: str, counted: CountedPurge, n_jobs: int) -> Figure:
    n_removed = counted.done.n_jobs
    return Figure(
        f"{kind}: {n_removed} jobs removed",
        f"{counted.took_s:.1f} s, {counted.n_calls / max(1, n_removed):.1f} calls per job",
        target=f"{n_jobs // 10} jobs",
        met=n_removed == n_jobs // 10 and not counted.done.failures,
    )
