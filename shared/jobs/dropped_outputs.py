"""Outputs of a dropped file, in the output container of its drop folder.

Each carries the id of its job in its metadata. Foreign files are never replaced or deleted, and
a newer transcript is never replaced by an older one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from shared.errors import (
    AlreadyExists,
    BlobNotFound,
    Changed,
    OutputTaken,
    StorageUnavailable,
    Unstorable,
)
from shared.jobs.blob_names import JOB_KEY
from shared.jobs.drop_folder import ERROR_SUFFIX, DropFolder
from shared.jobs.failure import SOURCE_CHANGED, Failure
from shared.jobs.job import Job, JobFile, JobOptions
from shared.jobs.outcome import FileOutcome, WrittenBlob
from shared.jobs.outputs import (
    MODIFIED_KEY,
    Output,
    OutputContext,
    failure_output,
    ordered_text,
    transcript_outputs,
)
from shared.jobs.store import JobStore
from shared.storage.blob import BlobProperties
from shared.storage.container import Container
from shared.transcript import Transcript

_ATTEMPTS = 4


class DroppedOutputs:
    """Outputs of one job of a drop folder: a `JobOutputs`.

    Parameters
    ----------
    open_folder: finds the drop folder by its name; raises `ConfigurationError`.
    open_output: finds the container that outputs were written to, which need not be configured
        any more; raises `ConfigurationError`.
    """

    def __init__(
        self,
        job: Job,
        folder_name: str,
        store: JobStore,
        open_folder: Callable[[str], DropFolder],
        open_output: Callable[[], Container],
    ) -> None:
        self._job = job
        self._store = store
        self._open_folder = open_folder
        self._open_output = open_output
        self.drop_folder = folder_name

    def names(self) -> tuple[str, ...]:
        """Every name that an output may have."""
        return tuple(name for index in range(len(self._job.files)) for name in self._names(index))

    def write(
        self,
        transcript: Transcript,
        context: OutputContext,
        file_index: int,  # noqa: ARG002 - names follow from the source
    ) -> tuple[WrittenBlob, ...]:
        """Write the transcript of a file in the formats of its job."""
        outputs = transcript_outputs(transcript, context, context.file.source)
        written = self._write_each(outputs, context)
        remove_older_failure(self._folder.output, context)
        return written

    def write_failure(self, failure: Failure, context: OutputContext) -> tuple[WrittenBlob, ...]:
        """Write why a file has no transcript; a newer version of it has a job of its own."""
        if failure.kind == SOURCE_CHANGED:
            return ()
        return self._write_each([failure_output(failure, context)], context)

    def remove_stale(self, outcome: FileOutcome) -> None:
        """Delete outputs that another attempt wrote and this outcome does not list."""
        self._remove(outcome.file_index, [blob.name for blob in outcome.written])

    def remove_file(self, file_index: int) -> None:
        """Delete all outputs of a file."""
        self._remove(file_index, ())

    def remove_all(self) -> int:
        """Delete the outputs of all files while they still are what the job wrote."""
        output = self._open_output()
        # Each outcome is read by its name: a listing would cost a call more. One that cannot be
        # read is absent, so that every name which its file may have is looked at.
        outcomes = (self._store.outcome(self._job.id, i) for i in range(len(self._job.files)))
        written: dict[str, str | None] = {
            blob.name: blob.etag for outcome in outcomes if outcome for blob in outcome.written
        }
        if not written:  # a worker may have written and died before its outcome
            written = dict.fromkeys(self.names())
        return sum(delete_if_ours(output, n, self._job.id, etag) for n, etag in written.items())

    def write_report(self, outcomes: Sequence[FileOutcome]) -> bool:  # noqa: ARG002 - the port's
        """Write nothing: failures have blobs of their own."""
        return False

    @property
    def _folder(self) -> DropFolder:
        return self._open_folder(self.drop_folder)

    def _names(self, file_index: int) -> Iterator[str]:
        return dropped_output_names(self._job.files[file_index], self._job.options)

    def _remove(self, file_index: int, kept: Sequence[str]) -> None:
        output = self._open_output()
        for name in self._names(file_index):
            if name not in kept:
                delete_if_ours(output, name, self._job.id)

    def _write_each(
        self, outputs: Iterable[Output], context: OutputContext
    ) -> tuple[WrittenBlob, ...]:
        folder = self._folder
        written = (write_dropped(folder.output, folder.name, o, context) for o in outputs)
        return tuple(blob for blob in written if blob is not None)


def write_dropped(
    container: Container, folder_name: str, output: Output, context: OutputContext
) -> WrittenBlob | None:
    """Write an output of a dropped file; None where a newer version has its own there.

    An output of the same job stays as it is: another attempt wrote it completely.

    Raises
    ------
    OutputTaken: a file of that name is not Sotto's.
    StorageUnavailable: other writers keep changing the name.
    """
    metadata = context.metadata()
    for _ in range(_ATTEMPTS):
        with suppress(AlreadyExists):
            etag = container.create(output.name, output.data, metadata, output.content_type)
            return WrittenBlob(output.name, etag, folder_name)
        with suppress(BlobNotFound, Changed):
            there = container.properties(output.name)
            if there.metadata.get(JOB_KEY) == context.job.id:
                return WrittenBlob(output.name, there.etag, folder_name)
            if not _may_replace(there, context):
                return None
            etag = container.replace(
                output.name, output.data, there.etag, metadata, output.content_type
            )
            return WrittenBlob(output.name, etag, folder_name)
    raise StorageUnavailable("Other writers keep changing the output.")


def delete_if_ours(container: Container, name: str, job_id: str, etag: str | None = None) -> bool:
    """Delete an output while it still is what this job wrote; whether it was there.

    Parameters
    ----------
    etag: of what was written; None compares the job's id only.
    """
    # Unstorable: the container cannot hold a blob of this name.
    with suppress(BlobNotFound, Changed, Unstorable):
        there = container.properties(name)
        if there.metadata.get(JOB_KEY) == job_id and etag in {None, there.etag}:
            container.delete(name, there.etag)
            return True
    return False


def remove_older_failure(container: Container, context: OutputContext) -> None:
    """Delete the failure of an older version of a file."""
    name = f"{context.file.source}{ERROR_SUFFIX}"
    with suppress(BlobNotFound, Changed, OutputTaken, Unstorable):
        there = container.properties(name)
        if _may_replace(there, context):
            container.delete(name, there.etag)


def dropped_output_names(file: JobFile, options: JobOptions) -> Iterator[str]:
    """Every name that an output of a dropped file may have."""
    for result_format in options.formats:
        yield f"{file.source}.{result_format}"
    yield f"{file.source}{ERROR_SUFFIX}"


def _may_replace(there: BlobProperties, context: OutputContext) -> bool:
    if JOB_KEY not in there.metadata:
        raise OutputTaken("A file that Sotto did not write has the name of the output.")
    return there.metadata.get(MODIFIED_KEY, "") <= ordered_text(context.source_modified_at)
