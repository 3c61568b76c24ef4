"""A stored record in a blob of its own, and records that are skipped because none can read them."""

import threading
from collections.abc import Callable
from typing import TypeVar

from shared.errors import BlobTooLarge, JobError, MalformedJob, StorageError
from shared.privacy.incidents import report_failure
from shared.privacy.log_fields import exception_fields
from shared.storage.container import Container

Record = TypeVar("Record")

_MOST_REMEMBERED = 1000


def read_json_blob(
    container: Container, name: str, max_bytes: int, read: Callable[[bytes], Record]
) -> tuple[Record, str]:
    """Read a record, and the ETag of its blob.

    Raises
    ------
    BlobNotFound: there is none.
    MalformedJob: it has more bytes than `max_bytes`, is damaged, or `read` refuses it.
    """
    try:
        blob = container.read(name, max_bytes)
        return read(blob.data), blob.properties.etag
    except BlobTooLarge:
        reason = f"has more than {max_bytes} bytes"
    except (StorageError, JobError):
        raise
    # Damaged bytes and properties raise these. Anything else, such as a lack of memory, says
    # nothing of the record, which another attempt may read.
    except (ValueError, LookupError, TypeError, ArithmeticError, RecursionError) as error:
        reason = f"raised {type(error).__name__}"
    raise MalformedJob(f"The record of a job {reason}.")


class UnreadableRecords:
    """Records that were skipped: one log line for each, not one at every listing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reported: dict[str, None] = {}

    def report(self, event: str, error: Exception, **identifier: str) -> None:
        """Log that the record of this identifier was skipped, unless that was logged before."""
        key = f"{event} {identifier}"
        with self._lock:
            if key in self._reported:
                return
            if len(self._reported) >= _MOST_REMEMBERED:
                self._reported.pop(next(iter(self._reported)))
            self._reported[key] = None
        report_failure(event, **identifier, **exception_fields(error))
