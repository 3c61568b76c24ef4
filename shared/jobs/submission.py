"""Acceptance of jobs: messages first, then the job that they point to.

In that order a crash in between leaves messages that find no job, which is harmless, and never
a job without a message.

Two hosts that notice a dropped file at once both send a message, and one of them creates the job:
its record names the submission whose message counts, and workers drop the other one.
"""

import uuid
from datetime import UTC, datetime

from shared.errors import BlobNotFound, InvalidDropOptions
from shared.jobs.batch_services import BatchServices
from shared.jobs.blob_names import dropped_job_id
from shared.jobs.drop_folder import DropFolder, DropOptions, drop_options, is_dropped_audio
from shared.jobs.job import DropTarget, Job, JobFile
from shared.jobs.outcome import summarise_job
from shared.storage.blob import BlobEntry
from shared.storage.work_message import HookEvent, WorkKind, WorkMessage

FAN_OUT_FILES = 100
"""Files of one fan-out message, which a worker replaces by one message for each."""

_SENT_AT_ONCE = 10  # a job of no more files needs no fan-out


def submit(job: Job, batch: BatchServices) -> bool:
    """Accept a job; False where it exists already. Without files it is closed at once.

    Raises
    ------
    UnstorableRecord: it is too large; nothing was sent or written.
    """
    record = job.to_json()
    # A job without files has a message as well, which closes it if this process dies.
    n_files = max(1, len(job.files))
    if n_files <= _SENT_AT_ONCE:
        kind, step = WorkKind.TRANSCRIBE, 1
    else:
        kind, step = WorkKind.FAN_OUT, FAN_OUT_FILES
    for first in range(0, n_files, step):
        message = WorkMessage(kind, job.id, first, submission_id=job.submission_id)
        batch.queue.send(message)
    batch.announce_if_possible(HookEvent.TRANSCRIPTION_CREATION, job.id, is_listed=job.is_listed)
    is_new = batch.store.create(job, record)
    if not job.files:
        batch.store.close(job.id, summarise_job(job, []))
    return is_new


def submit_dropped(folder: DropFolder, name: str, batch: BatchServices) -> str | None:
    """Accept the current version of a file in a drop folder; the id of its job.

    None where there is nothing to do: it is no audio, was removed, or has its job already.
    """
    if not is_dropped_audio(name):
        return None
    try:
        blob = folder.input.properties(name)
    except BlobNotFound:
        return None
    job_id = id_of_dropped(folder, blob)
    # Record first, then tombstone: deletion writes the tombstone before it removes the record.
    if batch.store.has_job(job_id) or batch.store.is_deleted(job_id):
        return None
    options, refusal = DropOptions(time_to_live=folder.time_to_live), None
    try:
        options = drop_options(folder, blob)
    except InvalidDropOptions as error:
        refusal = str(error)
    job = Job(
        id=job_id,
        created_at=datetime.now(UTC),
        files=(JobFile(name, f"{name}.json", blob.etag),),
        options=options.job,
        target=DropTarget(folder.name, refusal, folder.output_address, str(uuid.uuid4())),
        time_to_live=options.time_to_live,
    )
    return job_id if submit(job, batch) else None


def id_of_dropped(folder: DropFolder, blob: BlobEntry) -> str:
    """Id of the job for this version of a file.

    The time is part of it because S3 gives two versions with the same bytes one ETag.
    """
    version = f"{blob.etag} {blob.last_modified.astimezone(UTC).isoformat()}"
    return dropped_job_id(folder.name, blob.name, version)
