"""Placement of an output of a dropped file: under the first of its names that it may have."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from shared.errors import (
    AlreadyExists,
    BlobNotFound,
    Changed,
    OutputTaken,
    StorageUnavailable,
    Unstorable,
)
from shared.jobs.blob_names import JOB_KEY
from shared.jobs.drop_folder import ERROR_SUFFIX
from shared.jobs.outcome import WrittenBlob
from shared.jobs.output_names import SOURCE_HASH_KEY, SOURCE_KEY, output_names, source_hash
from shared.jobs.outputs import MODIFIED_KEY, Output, OutputContext, ordered_text
from shared.storage.blob import BlobProperties
from shared.storage.container import Container

_ATTEMPTS = 6
# Of one name: it seems free and is taken again and again where a folder has it, which is no blob.
_REFUSALS = 2


def check_name(container: Container, source: str, suffix: str) -> None:
    """Check the first name of an output, before there is one.

    Raises
    ------
    Unstorable: the container cannot have such a name; it may be too long for the suffix.
    OutputTaken: a file of that name is not Sotto's.
    """
    with suppress(BlobNotFound):
        if JOB_KEY not in container.properties(output_names(source, suffix)[0]).metadata:
            raise _taken_by_a_foreign_file()


def _never() -> bool:
    return False


def write_dropped(
    container: Container,
    folder_name: str,
    output: Output,
    context: OutputContext,
    is_current: Callable[[], bool] = _never,
) -> WrittenBlob | None:
    """Write an output of a dropped file; None where a newer version has its own there.

    It takes the name of the output of an older version of the file, else the first one that is
    free. An output of the same job stays as it is: another attempt wrote it completely.

    Parameters
    ----------
    is_current: whether the file still is this version. Then an output of a later time is of a
        version that was replaced: the clock was set back, or the file was copied with its time.

    Raises
    ------
    OutputTaken: a foreign file has the first name of a transcript, or other files have all names.
    StorageUnavailable: other writers keep changing the names.
    """
    names, refusals = output_names(context.file.source, output.suffix), Counter[str]()
    for _ in range(_ATTEMPTS):
        found = _look(container, (n for n in names if refusals[n] < _REFUSALS), context)
        if found.ours is not None:
            if found.ours.metadata[JOB_KEY] == context.job.id:
                return WrittenBlob(found.ours.name, found.ours.etag, folder_name)
            if not (_is_older(found.ours, context) or is_current()):
                return None
        name = _name_to_write(found, names[0], output)
        try:
            etag = _write(container, name, found.ours, output, context)
        except AlreadyExists:
            refusals[name] += 1
        except (BlobNotFound, Changed):  # its owner replaced or deleted it meanwhile
            continue
        except Unstorable:
            refusals[name] = _REFUSALS
        else:
            return WrittenBlob(name, etag, folder_name)
    raise StorageUnavailable("Other writers keep changing the output.")


def remove_older_failure(
    container: Container, context: OutputContext, is_current: Callable[[], bool] = _never
) -> None:
    """Delete the failure of an older version of a file."""
    for name in output_names(context.file.source, ERROR_SUFFIX):
        with suppress(BlobNotFound, Changed, Unstorable):
            there = container.properties(name)
            is_of_another_job = there.metadata.get(JOB_KEY) != context.job.id
            if _is_of_source(there, context) and (
                _is_older(there, context) or (is_of_another_job and is_current())
            ):
                container.delete(name, there.etag)


@dataclass(slots=True)
class _Found:
    """Output of the same source, or else the names that are free and those of foreign files."""

    ours: BlobProperties | None = None
    free: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


def _look(container: Container, names: Iterable[str], context: OutputContext) -> _Found:
    found = _Found()
    for name in names:
        try:
            there = container.properties(name)
        except BlobNotFound:
            found.free.append(name)
        except Unstorable:
            continue
        else:
            if _is_of_source(there, context):
                return _Found(ours=there)
            if JOB_KEY not in there.metadata:
                found.foreign.append(name)
    return found


def _name_to_write(found: _Found, first: str, output: Output) -> str:
    if found.ours is not None:
        return found.ours.name
    # A failure has no name that clients rely on.
    if first in found.foreign and output.suffix != ERROR_SUFFIX:
        raise _taken_by_a_foreign_file()
    if not found.free:
        raise OutputTaken("Other files have all names that the output could have.")
    return found.free[0]


def _write(
    container: Container,
    name: str,
    older: BlobProperties | None,
    output: Output,
    context: OutputContext,
) -> str:
    metadata = context.metadata()
    if older is None:
        return container.create(name, output.data, metadata, output.content_type)
    return container.replace(name, output.data, older.etag, metadata, output.content_type)


def _is_of_source(there: BlobProperties, context: OutputContext) -> bool:
    """Whether an output is of the same file, in this version or another one."""
    metadata, source = there.metadata, context.file.source
    if JOB_KEY not in metadata:
        return False
    return (
        metadata[JOB_KEY] == context.job.id
        or metadata.get(SOURCE_KEY) == source
        or metadata.get(SOURCE_HASH_KEY) == source_hash(source)
    )


def _is_older(there: BlobProperties, context: OutputContext) -> bool:
    """Whether an output is of the same version, or an older one."""
    return there.metadata.get(MODIFIED_KEY, "") <= ordered_text(context.source_modified_at)


def _taken_by_a_foreign_file() -> OutputTaken:
    return OutputTaken("A file that Sotto did not write has the name of the output.")
