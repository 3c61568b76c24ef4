"""Removal of one job: its tombstone, its outputs, its records.

A deletion is a promise, so nothing but the storage itself stops it. Notifications that cannot be
sent, a record that cannot be read and a tombstone for which there is no room are logged. Outputs
in a container that the settings have no more, and that cannot be opened, are left to the
tombstone, which has their names until a later purge reaches them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shared.errors import (
    AccessDenied,
    AddressRefused,
    ConfigurationError,
    ContainerNotFound,
    StorageFull,
    StorageUnavailable,
)
from shared.jobs.batch_services import BatchServices
from shared.jobs.dropped_outputs import delete_if_ours
from shared.jobs.job import DropTarget, Job
from shared.jobs.outcome import JobSummary
from shared.jobs.tombstone import Tombstone, end_of_tombstone
from shared.privacy.incidents import report_failure
from shared.privacy.log_fields import exception_fields
from shared.storage.work_message import HookEvent

_DELETION = HookEvent.TRANSCRIPTION_DELETION
_NEVER = datetime.max.replace(tzinfo=UTC)
_NOT_REACHED = (AccessDenied, AddressRefused, ConfigurationError, ContainerNotFound)


@dataclass(frozen=True, slots=True)
class Removal:
    """Numbers of what was removed of a job.

    unreachable: drop folder whose outputs could not be reached; its tombstone has their names.
    """

    n_outputs: int
    n_records: int
    unreachable: str | None = None


@dataclass(frozen=True, slots=True)
class BegunRemoval:
    """Begin of a removal, and what there was no room for.

    unwritten: the tombstone. must_notify: the notifications.
    """

    unwritten: Tombstone | None = None
    must_notify: bool = False


def begin_removal(
    batch: BatchServices, job_id: str, job: Job | None, summary: JobSummary | None, now: datetime
) -> BegunRemoval:
    """Notify web hooks, then write the tombstone.

    Parameters
    ----------
    job, summary: None where their record cannot be read, or the job has not ended.

    Raises
    ------
    StorageUnavailable: nothing of the job can be deleted now either.
    """
    is_listed = batch.store.is_listed(job_id) if job is None else job.is_listed
    is_notified = batch.announce_if_possible(_DELETION, job_id, is_listed=is_listed)
    tombstone = _tombstone(job, summary, batch, now)
    is_written = _write_tombstone(batch, job_id, tombstone)
    return BegunRemoval(None if is_written else tombstone, must_notify=not is_notified)


def end_removal(
    batch: BatchServices,
    job_id: str,
    job: Job | None,
    now: datetime,
    begun: BegunRemoval,
) -> Removal:
    """Delete the outputs and the records of a job, and write what there was no room for before.

    Without a tombstone what takes the room goes first. If there is none even so, the record of
    the job goes before the others: a worker that finds no record deletes what it has written.

    Raises
    ------
    StorageError: the job is found again by its expiry entry.
    """
    store = batch.store
    n_outputs, unreachable = _remove_outputs(batch, job_id, job)
    n_records = 0
    unwritten = begun.unwritten
    if unwritten is not None:
        n_records += store.remove_results(job_id)
        if _write_tombstone(batch, job_id, unwritten):
            unwritten = None
        else:
            store.remove_record(job_id)
    if unreachable is not None:
        unwritten = None
        store.write_tombstone(job_id, replace(unreachable, until=end_of_tombstone(now)))
    n_records += store.remove(job_id, is_listed=job is None or job.is_listed)
    if unwritten is not None:  # with the room of the records
        _write_tombstone(batch, job_id, unwritten)
    if begun.must_notify:
        batch.announce_if_possible(_DELETION, job_id, is_listed=True)
    return Removal(n_outputs, n_records, None if unreachable is None else unreachable.container)


def write_mark(job_id: str, write: Callable[[], None]) -> bool:
    """Write what a deletion writes before it deletes; False where there is no room for it.

    A deletion that dies without it costs a second transcription. One that waits for room keeps
    the storage full, and the transcript past its time.

    Raises
    ------
    StorageUnavailable: nothing can be deleted now either.
    """
    try:
        write()
    except Exception as error:
        if isinstance(error, StorageUnavailable) and not isinstance(error, StorageFull):
            raise
        report_failure("tombstone_not_written", job_id=job_id, **exception_fields(error))
        return False
    return True


def remove_late_outputs(batch: BatchServices, job_id: str, tombstone: Tombstone) -> bool:
    """Delete what a worker wrote after the job was deleted, and outputs out of reach until now.

    Returns
    -------
    Whether the container of the outputs could be reached.
    """
    is_reached = True
    if tombstone.container is not None and tombstone.outputs:
        try:
            output = batch.output_container(tombstone.container, tombstone.address)
            for name in tombstone.outputs:
                delete_if_ours(output, name, job_id)
        except _NOT_REACHED:
            if batch.configured_output(tombstone.container, tombstone.address) is not None:
                raise
            is_reached = False
    return is_reached


def _write_tombstone(batch: BatchServices, job_id: str, tombstone: Tombstone) -> bool:
    return write_mark(job_id, lambda: batch.store.write_tombstone(job_id, tombstone))


def _tombstone(
    job: Job | None, summary: JobSummary | None, batch: BatchServices, now: datetime
) -> Tombstone:
    """Tombstone of a job. It holds names, which are private, only while a worker may be active."""
    tombstone = Tombstone(until=end_of_tombstone(now))
    if summary is not None or job is None or not isinstance(job.target, DropTarget):
        return tombstone
    names = batch.outputs_of(job).names()
    return replace(tombstone, container=job.target.folder, address=job.target.output, outputs=names)


def _remove_outputs(
    batch: BatchServices, job_id: str, job: Job | None
) -> tuple[int, Tombstone | None]:
    """Delete outputs outside of the job; their number, and those that could not be reached."""
    if job is None:
        return _remove_recorded_outputs(batch, job_id)
    try:
        return batch.outputs_of(job).remove_all(), None
    except _NOT_REACHED:
        target = job.target
        if not isinstance(target, DropTarget):
            raise
        if batch.configured_output(target.folder, target.output) is not None:
            raise
        names = batch.outputs_of(job).names()
        return 0, _naming(target.folder, target.output, names)


def _remove_recorded_outputs(batch: BatchServices, job_id: str) -> tuple[int, Tombstone | None]:
    """Delete the outputs of a job whose record cannot be read: its outcomes name them."""
    n_outputs, unreached = 0, None
    for outcome in batch.store.outcomes(job_id):
        for blob in outcome.written:
            if blob.container is None:
                continue
            output = batch.configured_output(blob.container, None)
            if output is None:
                names = () if unreached is None else unreached.outputs
                unreached = _naming(blob.container, None, (*names, blob.name))
            else:
                n_outputs += delete_if_ours(output, blob.name, job_id, blob.etag)
    return n_outputs, unreached


def _naming(folder: str, address: str | None, names: tuple[str, ...]) -> Tombstone:
    """Tombstone with the names of outputs; its end is set when it is written."""
    return Tombstone(until=_NEVER, container=folder, address=address, outputs=names)
