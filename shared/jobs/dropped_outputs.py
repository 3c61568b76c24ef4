"""Outputs of a dropped file, in the output container of its drop folder.

Each carries the id of its job and the name of its source in its metadata. Foreign files and outputs
of other sources are never replaced or deleted, and a newer transcript is never replaced by an older
one of the same source.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial

from shared.errors import BlobNotFound, Changed, StorageError, Unstorable
from shared.jobs.blob_names import JOB_KEY
from shared.jobs.drop_folder import ERROR_SUFFIX, DropFolder
from shared.jobs.failure import SOURCE_CHANGED, Failure
from shared.jobs.job import Job, JobFile, JobOptions
from shared.jobs.outcome import FileOutcome, WrittenBlob
from shared.jobs.output_names import output_names
from shared.jobs.output_placement import check_name, remove_older_failure, write_dropped
from shared.jobs.outputs import Output, OutputContext, failure_output, transcript_outputs
from shared.jobs.store import JobStore
from shared.storage.container import Container
from shared.transcript import Transcript


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

    def check(self, file_index: int) -> None:
        """Check the names that the transcript is to have.

        Raises
        ------
        Unstorable: the container cannot have such a name; it is too long for an ending.
        OutputTaken: a file of that name is not Sotto's.
        """
        for result_format in self._job.options.formats:
            source = self._job.files[file_index].source
            check_name(self._folder.output, source, f".{result_format}")

    def write(
        self,
        transcript: Transcript,
        context: OutputContext,
        file_index: int,  # noqa: ARG002 - names follow from the source
    ) -> tuple[WrittenBlob, ...]:
        """Write the transcript of a file in the formats of its job."""
        outputs = transcript_outputs(transcript, context)
        written = self._write_each(outputs, context)
        remove_older_failure(self._folder.output, context, partial(self._is_current, context))
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
        """Delete the outputs of all files while they still are what the job wrote.

        Raises
        ------
        StorageError: one of them could not be deleted; all others were tried.
        """
        output, n_removed, failure = self._open_output(), 0, None
        for name, etag in self._written().items():
            try:
                n_removed += delete_if_ours(output, name, self._job.id, etag)
            except StorageError as error:
                failure = error
        if failure is not None:
            raise failure
        return n_removed

    def _written(self) -> dict[str, str | None]:
        """Outputs by their names: ETags where the outcomes have them, else all possible names."""
        # Each outcome is read by its name: a listing would cost a call more.
        outcomes = [self._store.outcome(self._job.id, i) for i in range(len(self._job.files))]
        written: dict[str, str | None] = {
            blob.name: blob.etag for outcome in outcomes if outcome for blob in outcome.written
        }
        # An outcome that cannot be read is absent; or a worker has written and died before it.
        return written if written and all(outcomes) else dict.fromkeys(self.names()) | written

    def write_report(self, outcomes: Sequence[FileOutcome]) -> bool:  # noqa: ARG002 - the port's
        """Write nothing: failures have blobs of their own."""
        return False

    @property
    def _folder(self) -> DropFolder:
        return self._open_folder(self.drop_folder)

    def _is_current(self, context: OutputContext) -> bool:
        """Whether a file still is the version of its job."""
        with suppress(BlobNotFound):
            return self._folder.input.properties(context.file.source).etag == context.file.etag
        return False

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
        folder, is_current = self._folder, partial(self._is_current, context)
        written = (
            write_dropped(folder.output, folder.name, output, context, is_current)
            for output in outputs
        )
        return tuple(blob for blob in written if blob is not None)


def delete_if_ours(container: Container, name: str, job_id: str, etag: str | None = None) -> bool:
    """Delete an output while it still is what this job wrote; whether it was there.

    Parameters
    ----------
    etag: of what was written, which identifies it also where a damaged folder has lost its
        metadata; None compares the job's id only.
    """
    # Unstorable: the container cannot hold a blob of this name.
    with suppress(BlobNotFound, Changed, Unstorable):
        there = container.properties(name)
        writer = there.metadata.get(JOB_KEY, job_id if etag == there.etag else None)
        if writer == job_id and etag in {None, there.etag}:
            container.delete(name, there.etag)
            return True
    return False


def dropped_output_names(file: JobFile, options: JobOptions) -> Iterator[str]:
    """Every name that an output of a dropped file may have."""
    for suffix in (*(f".{each}" for each in options.formats), ERROR_SUFFIX):
        yield from output_names(file.source, suffix)
