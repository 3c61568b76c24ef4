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
from functions.dropped_files import DroppedFile, accept_dropped
from shared.errors import ConfigurationError, SpeechError
from shared.jobs.batch_services import BatchServices
from shared.jobs.batch_setup import storage_access
from shared.jobs.drop_folder import DropFolder
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
        """Accept the files that an event of S3 names; the number of jobs."""
        found = (self._dropped(created) for created in created_objects(event))
        return accept_dropped([file for file in found if file is not None], self._batch)

    def _dropped(self, created: CreatedObject) -> DroppedFile | None:
        for place in self._folders:
            name = place.name_of(created)
            if name is not None:
                return DroppedFile(place.folder, (name,))
        return None


def _event_in(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
