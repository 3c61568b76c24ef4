"""Files of a job from the sources of a request: addresses, or all blobs of a container.

An address of this service's own containers, `http://127.0.0.1:5000/containers/audio/a.wav`, means
the drop folder of that name: its blob is opened in the process and nothing is fetched.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlsplit

from functions.api.problems import Problem
from functions.api.transcription_definition import invalid_argument
from shared.errors import AddressRefused, StorageError, Unstorable
from shared.jobs.batch_services import BatchServices
from shared.jobs.drop_folder import DropFolder, is_dropped_audio
from shared.jobs.job import JobFile
from shared.storage.blob import BlobEntry, check_name
from shared.storage.work_message import MAX_FILES

MAX_CONTAINER_BYTES = 5_000_000_000
MAX_BLOB_BYTES = 2_500_000_000

_OWN_PATH = "/containers/"


@dataclass(frozen=True, slots=True)
class OwnContainers:
    """Which addresses are this service's own.

    bases: scheme, host and path that they may begin with.
    """

    bases: tuple[str, ...]
    batch: BatchServices

    def find(self, url: str) -> tuple[DropFolder, str] | None:
        """Drop folder and name that an own address leads to; None for any other.

        Raises
        ------
        Problem: 400, it is one but leads to no drop folder.
        """
        parts = _split(url)
        if parts is None:
            return None
        for base in map(urlsplit, self.bases):
            prefix = base.path.rstrip("/") + _OWN_PATH
            if parts.netloc.lower() == base.netloc.lower() and parts.path.startswith(prefix):
                name, _, rest = parts.path.removeprefix(prefix).partition("/")
                folder = self.batch.drop_folders.get(unquote(name))
                if folder is None:
                    raise _refused("There is no container of this name here.")
                return folder, unquote(rest)
        return None


def files_of_urls(urls: tuple[str, ...], own: OwnContainers) -> tuple[JobFile, ...]:
    """Make the files of `contentUrls`: `contenturl_<n>.json` is the transcript of the nth.

    A worker fetches the addresses later. Here they are checked without any request.

    Raises
    ------
    Problem: 400 `InvalidRecordingsUri`, for the first one that is none.
    """
    return tuple(_file_of_url(url, index, own) for index, url in enumerate(urls))


def files_of_container(url: str, own: OwnContainers) -> tuple[JobFile, ...]:
    """Make the files of `contentContainerUrl`. Blocks while the container is listed.

    Raises
    ------
    Problem: 400, no container, or too much in it.
    """
    found = own.find(url)
    try:
        if found is not None:
            folder, rest = found
            if rest:
                raise _refused("contentContainerUrl must be that of a whole container.")
            address = url.partition("?")[0].rstrip("/")
            audio = (blob for blob in folder.input.list() if is_dropped_audio(blob.name))
            return tuple(_file_of_own_blob(blob.name, folder, address) for blob in _counted(audio))
        container = own.batch.client_container(url)
        return tuple(JobFile(blob.name, f"{blob.name}.json") for blob in _counted(container.list()))
    except AddressRefused as error:
        message, inner_code = str(error), "InvalidRecordingsUri"
    except StorageError:
        message = "contentContainerUrl cannot be listed: it needs a signature with rl."
        inner_code = "InaccessibleCustomerStorage"
    raise invalid_argument(message, inner_code)


def check_destination(url: str, batch: BatchServices) -> None:
    """Refuse a `destinationContainerUrl` that is no container. Whether it takes files shows later.

    Raises
    ------
    Problem: 400.
    """
    try:
        batch.client_container(url)
    except AddressRefused as error:
        message = f"properties.destinationContainerUrl: {error}"
    else:
        return
    raise invalid_argument(message, "InaccessibleCustomerStorage")


def _file_of_url(url: str, index: int, own: OwnContainers) -> JobFile:
    result_name = f"contenturl_{index}.json"
    found = own.find(url)
    if found is not None:
        folder, name = found
        try:
            check_name(name)
        except Unstorable as error:
            message = str(error)
        else:
            return JobFile(url, result_name, drop_folder=folder.name, blob=name)
    else:
        from shared.fetch import require_public_host  # noqa: PLC0415 - 75 ms of import

        try:
            require_public_host(url, own.batch.allowed_networks)
        except AddressRefused as error:
            message = str(error)
        else:
            return JobFile(url, result_name)
    raise _refused(f"contentUrls[{index}]: {message}")


def _file_of_own_blob(name: str, folder: DropFolder, address: str) -> JobFile:
    return JobFile(f"{address}/{quote(name)}", f"{name}.json", drop_folder=folder.name, blob=name)


def _counted(entries: Iterator[BlobEntry]) -> Iterator[BlobEntry]:
    """Let entries pass while they are not too many and not too large."""
    n_blobs = n_bytes = 0
    for entry in entries:
        n_blobs += 1
        n_bytes += entry.size_bytes
        if n_blobs > MAX_FILES:
            raise invalid_argument(
                f"contentContainerUrl has more than {MAX_FILES} blobs.",
                "ExceededNumberOfRecordingsUris",
            )
        if entry.size_bytes > MAX_BLOB_BYTES or n_bytes > MAX_CONTAINER_BYTES:
            raise invalid_argument(
                "contentContainerUrl has more than 5 GB in it, or a blob of more than 2.5 GB.",
                "QuotaViolation",
            )
        yield entry
    if n_blobs == 0:
        raise _refused("contentContainerUrl has no blobs in it.")


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _refused(message: str) -> Problem:
    return invalid_argument(message, "InvalidRecordingsUri")
