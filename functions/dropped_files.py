"""The files that one event announces, accepted into their drop folders; the same on each cloud."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog

from shared.errors import StorageError, Unstorable
from shared.jobs.batch_services import BatchServices
from shared.jobs.drop_folder import DropFolder
from shared.jobs.submission import submit_dropped
from shared.privacy.log_fields import exception_fields


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file in a drop folder.

    names: one, or several where the event does not tell which of them the file has. A name that
        means another file of the folder is harmless: that one has its job already, or gets it now.
    """

    folder: DropFolder
    names: tuple[str, ...] = field(repr=False)


def accept_dropped(files: Iterable[DroppedFile], batch: BatchServices) -> int:
    """Accept all files that can be, then fail if that was not all; the number of new jobs.

    Raises
    ------
    StorageError: a file could not be accepted, and may be when the event comes again.
    """
    n_jobs = n_failed = 0
    for file in files:
        try:
            n_jobs += _accept(file, batch)
        except Exception as error:  # noqa: BLE001 - the others are to be accepted
            structlog.get_logger().error("file_not_accepted", **exception_fields(error))
            n_failed += 1
    if n_failed:
        raise StorageError(f"{n_failed} files of the event could not be accepted.")
    return n_jobs


def _accept(file: DroppedFile, batch: BatchServices) -> bool:
    """Accept the file under the first of its names that is a file without a job."""
    for name in file.names:
        try:
            job_id = submit_dropped(file.folder, name, batch)
        except Unstorable as error:
            # Of a name that no container takes nothing can be written, not even the reason.
            structlog.get_logger().error("file_not_accepted", **exception_fields(error))
            continue
        if job_id is not None:
            structlog.get_logger().info("job_accepted", job_id=job_id)
            return True
    return False
