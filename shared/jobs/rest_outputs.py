"""Results of a job of the batch API: below the job, and in the client's destination as well.

Blobs in the destination belong to the client and are never deleted. Their names begin with the
job's id, `<id>/contenturl_0.json`, so that no two jobs write one name.
"""

from collections.abc import Callable, Sequence
from urllib.parse import quote

from shared.errors import AddressRefused, StorageError
from shared.formats.batch_report import ReportEntry, batch_report
from shared.jobs.blob_names import JOB_KEY, REPORT_NAME, transcript_name
from shared.jobs.failure import Failure
from shared.jobs.job import Job, RestTarget
from shared.jobs.outcome import FileOutcome, FileStatus, WrittenBlob
from shared.jobs.outputs import OutputContext, json_bytes, transcript_outputs
from shared.jobs.store import JSON, JobStore
from shared.storage.container import Container
from shared.transcript import Transcript


class RestOutputs:
    """Results of one job of the batch API: a `JobOutputs`.

    Parameters
    ----------
    open_container: opens a client's container; raises `AddressRefused`.
    """

    drop_folder = None

    def __init__(
        self,
        job: Job,
        target: RestTarget,
        store: JobStore,
        open_container: Callable[[str], Container],
    ) -> None:
        self._job = job
        self._target = target
        self._store = store
        self._open_container = open_container

    def names(self) -> tuple[str, ...]:
        """Nothing lies in a drop folder."""
        return ()

    def check(self, file_index: int) -> None:
        """Check nothing: names of results are Sotto's own."""

    def write(
        self, transcript: Transcript, context: OutputContext, file_index: int
    ) -> tuple[WrittenBlob, ...]:
        """Write the transcript of a file; its destination first, so that a failure leaves none."""
        (output,) = transcript_outputs(transcript, context)
        self._deliver(context.file.result_name, output.data)
        name = transcript_name(file_index)
        self._store.write_result(self._job.id, name, output.data, output.content_type)
        return ()

    def write_failure(
        self,
        failure: Failure,  # noqa: ARG002 - the port's
        context: OutputContext,  # noqa: ARG002
    ) -> tuple[WrittenBlob, ...]:
        """Write nothing: the report names failures."""
        return ()

    def remove_stale(self, outcome: FileOutcome) -> None:
        """Delete the transcript that another attempt wrote of a file that has failed."""
        if outcome.status is FileStatus.FAILED:
            self._store.remove_result(self._job.id, transcript_name(outcome.file_index))

    def remove_file(self, file_index: int) -> None:
        """Delete nothing: results are deleted with the job."""

    def remove_all(self) -> int:
        """Delete nothing: results are deleted with the job."""
        return 0

    def write_report(self, outcomes: Sequence[FileOutcome]) -> bool:
        """Write the report; a destination that cannot take it does not fail the job."""
        report = _report(self._job, outcomes)
        self._store.write_result(self._job.id, REPORT_NAME, report)
        try:
            self._deliver(REPORT_NAME, report)
        except (StorageError, AddressRefused):
            return False
        return self._target.destination is not None

    def _deliver(self, name: str, data: bytes) -> None:
        """Write a result to the destination, if the job has one."""
        if self._target.destination is not None:
            container = self._open_container(self._target.destination)
            container.put(_blob_name(self._job, name), data, {JOB_KEY: self._job.id}, JSON)


def destination_address(job: Job, name: str) -> str | None:
    """Address of a result in the destination, without its signature; None without one."""
    if not isinstance(job.target, RestTarget) or job.target.destination is None:
        return None
    address = job.target.destination.partition("?")[0].rstrip("/")
    return f"{address}/{quote(_blob_name(job, name))}"


def _blob_name(job: Job, name: str) -> str:
    return f"{job.id}/{name}"


def _report(job: Job, outcomes: Sequence[FileOutcome]) -> bytes:
    entries = [
        ReportEntry(
            job.address_of(job.files[outcome.file_index]),
            outcome.status is FileStatus.SUCCEEDED,
            outcome.error_message,
            outcome.error_kind,
        )
        for outcome in outcomes
    ]
    return json_bytes(batch_report(entries))
