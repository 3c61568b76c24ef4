"""The container that a caller wants results in as well: they are its own from then on.

Nothing of it is ever deleted. What lies there is called by the job's id and by the name that
the caller sees, `<id>/contenturl_0.json`, so that no two jobs write one name.
"""

from urllib.parse import quote

from shared.jobs.batch import Batch
from shared.jobs.job import Job

_JSON = "application/json"


def write_to_destination(batch: Batch, job: Job, name: str, data: bytes) -> None:
    """Write a result of a job to its destination, where it has one.

    Parameters
    ----------
    name: of the result, as the client sees it.

    Raises
    ------
    StorageError: the container can not be used, or takes no such name.
    AddressRefused: it is no address of a container.
    """
    if job.destination is not None:
        container = batch.client_container(job.destination)
        container.put(_blob_name(job, name), data, {"sottojob": job.id}, _JSON)


def destination_address(job: Job, name: str) -> str | None:
    """Address of a result in the destination, without what gives access; None without one."""
    if job.destination is None:
        return None
    return f"{job.destination.partition('?')[0].rstrip('/')}/{quote(_blob_name(job, name))}"


def _blob_name(job: Job, name: str) -> str:
    return f"{job.id}/{name}"
