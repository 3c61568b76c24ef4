"""How work comes in: messages first, then the job that they speak of.

In that order a crash in between leaves messages that find no job, which is harmless, and never
a job that no message speaks of.
"""

from datetime import UTC, datetime

from shared.errors import BlobNotFound, InvalidDropOptions
from shared.jobs.batch import Batch
from shared.jobs.drop_folder import DropFolder, DropOptions, drop_options, is_dropped_audio
from shared.jobs.job import Job, JobFile, JobOrigin
from shared.jobs.names import dropped_job_id
from shared.jobs.outcome import close_job
from shared.jobs.store import JobStore
from shared.jobs.web_hook_notices import announce
from shared.storage.blob import BlobEntry
from shared.storage.work_message import HookEvent, WorkKind, WorkMessage
from shared.storage.work_queue import WorkQueue

FAN_OUT_FILES = 100
"""Files that one message stands for, until a worker sends one for each."""

_SENT_AT_ONCE = 10  # so few are sent without that detour


def submit(job: Job, store: JobStore, queue: WorkQueue) -> bool:
    """Accept a job; False where it is there already. Without files it is closed at once."""
    # One without files has a message as well, which closes it if this process dies.
    n_files = max(1, len(job.files))
    if n_files <= _SENT_AT_ONCE:
        kind, step = WorkKind.TRANSCRIBE, 1
    else:
        kind, step = WorkKind.FAN_OUT, FAN_OUT_FILES
    for first in range(0, n_files, step):
        queue.send(WorkMessage(kind, job.id, first))
    announce(HookEvent.TRANSCRIPTION_CREATION, job, store, queue)
    is_new = store.create(job)
    if not job.files:
        store.close(job.id, close_job(job, []))
    return is_new


def submit_dropped(folder: DropFolder, name: str, batch: Batch) -> str | None:
    """Accept a file of a drop folder, in the version that is there now; the id of its job.

    None where there is nothing to do: it is no audio, is gone again, or has its job already.
    """
    if not is_dropped_audio(name):
        return None
    try:
        blob = folder.input.properties(name)
    except BlobNotFound:
        return None
    job_id = id_of_dropped(folder, blob)
    # In this order: who deletes a job says that it is gone before it is.
    if batch.store.has_job(job_id) or batch.store.is_gone(job_id):
        return None
    options, refusal = DropOptions(time_to_live=folder.time_to_live), None
    try:
        options = drop_options(folder, blob)
    except InvalidDropOptions as error:
        refusal = str(error)
    job = Job(
        id=job_id,
        origin=JobOrigin.DROP,
        created_at=datetime.now(UTC),
        files=(JobFile(name, f"{name}.json", blob.etag),),
        options=options.job,
        container=folder.name,
        time_to_live=options.time_to_live,
        refusal=refusal,
    )
    return job_id if submit(job, batch.store, batch.queue) else None


def id_of_dropped(folder: DropFolder, blob: BlobEntry) -> str:
    """Id of the job for this version of a file.

    The time is part of it because S3 gives two versions with the same bytes one ETag.
    """
    version = f"{blob.etag} {blob.last_modified.astimezone(UTC).isoformat()}"
    return dropped_job_id(folder.name, blob.name, version)
