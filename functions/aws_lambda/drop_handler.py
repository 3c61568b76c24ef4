"""Files dropped into S3: which drop folder each lies in, and the job that is made of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from functions.aws_lambda.events import EventSource, source_of
from functions.aws_lambda.s3_events import CreatedObject, created_objects
from functions.aws_lambda.sqs_events import failed_items, received_messages
from functions.aws_lambda.start import InvocationContext
from shared.errors import ConfigurationError, SpeechError, StorageError, Unstorable
from shared.jobs.batch_services import BatchServices
from shared.jobs.batch_setup import storage_access
from shared.jobs.drop_folder import DropFolder
from shared.jobs.submission import submit_dropped
from shared.privacy.log_fields import exception_fields
from shared.settings import Settings
from shared.storage.addresses import place_of


@dataclass(frozen=True, slots=True)
class BucketFolder:
    """A drop folder whose input is a bucket, or a part of it under `prefix`."""

    bucket: str
    prefix: str
    folder: DropFolder

    def name_of(self, created: CreatedObject) -> str | None:
        """Name of an object in this folder; None where it is none of its files.

        The console of S3 makes a key that ends in a slash for a folder.
        """
        is_inside = created.bucket == self.bucket and created.key.startswith(self.prefix)
        if not is_inside or created.key.endswith("/"):
            return None
        return created.key.removeprefix(self.prefix)


def bucket_folders(settings: Settings, batch: BatchServices) -> tuple[BucketFolder, ...]:
    """Drop folders that S3 can send events about.

    Raises
    ------
    ConfigurationError: there is none.
    """
    found = []
    for addresses in settings.drop_folders:
        kind, *parts = place_of(addresses.input, storage_access(settings))
        if kind == "s3":
            prefix = "".join(f"{part}/" for part in parts[1:])
            found.append(BucketFolder(parts[0], prefix, batch.drop_folder(addresses.name)))
    if not found:
        raise ConfigurationError("SOTTO_DROP_FOLDERS must name a drop folder with an s3:// input.")
    return tuple(found)


class DropHandler:
    """Accepts dropped files: events of S3, direct, through EventBridge, or in messages of SQS."""

    def __init__(self, batch: BatchServices, folders: Sequence[BucketFolder]) -> None:
        self._batch = batch
        self._folders = folders

    def __call__(self, event: Any, _context: InvocationContext) -> dict[str, Any]:
        """Accept the files of one event; the number of jobs, or messages to return to the queue.

        Raises
        ------
        FeatureUnavailable: an event of another kind.
        StorageError: a file could not be accepted, and may be when the event comes again.
        """
        if source_of(event) is not EventSource.SQS:
            return {"n_jobs": self._accept_all(event)}
        failed = []
        for message in received_messages(event):
            try:
                self._accept_all(_event_in(message.body))
            except SpeechError as error:
                structlog.get_logger().error("event_not_accepted", **exception_fields(error))
                failed.append(message)
        return failed_items(failed)

    def _accept_all(self, event: Any) -> int:
        """Accept all that can be, then fail if that was not all."""
        n_jobs = n_failed = 0
        for created in created_objects(event):
            try:
                n_jobs += self._accept(created)
            except Exception as error:  # noqa: BLE001 - the others are to be accepted
                structlog.get_logger().error("file_not_accepted", **exception_fields(error))
                # Of a name that no container takes nothing can be written, not even the reason.
                n_failed += not isinstance(error, Unstorable)
        if n_failed:
            raise StorageError(f"{n_failed} files of the event could not be accepted.")
        return n_jobs

    def _accept(self, created: CreatedObject) -> bool:
        for place in self._folders:
            name = place.name_of(created)
            if name is not None:
                job_id = submit_dropped(place.folder, name, self._batch)
                if job_id is not None:
                    structlog.get_logger().info("job_accepted", job_id=job_id)
                return job_id is not None
        return False


def _event_in(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
