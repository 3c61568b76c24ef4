"""Checks of the containers and the queue of batch work: one page of each is listed."""

import os
from collections.abc import Iterator
from pathlib import Path

from functions.command_line.doctor.finding import Finding, State
from functions.command_line.doctor.machine import nearest_folder
from functions.command_line.doctor.surroundings import Surroundings
from shared.errors import (
    AccessDenied,
    ConfigurationError,
    ContainerNotFound,
    QueueNotFound,
    StorageError,
)
from shared.jobs.batch_setup import BatchAddresses, planned_addresses, storage_access
from shared.storage.addresses import StorageAccess, open_container, place_of
from shared.storage.queue_addresses import open_queue

_KINDS = {"azure": "Azure Blob Storage", "s3": "S3", "folder": "a folder"}
_MENDS: dict[type[StorageError], str] = {
    AccessDenied: "renew the key or signature, or grant the role: docs/storage.md",
    ContainerNotFound: "create the container, or correct its address",
    QueueNotFound: "create the queue, or correct SOTTO_QUEUE",
}
_UNREACHABLE = "check the address, the network and the service"


def check_storage(surroundings: Surroundings) -> Iterator[Finding]:
    """Check that each container can be listed and that the queue answers."""
    settings = surroundings.settings
    addresses = planned_addresses(settings)
    if addresses is None:
        yield Finding(subject="Batch work", state=State.OK, found="off: SOTTO_BATCH is false")
        return
    access = storage_access(settings)
    if settings.jobs is None or settings.queue is None:
        yield _check_data_folder(settings.data_folder)
    root = settings.data_folder.expanduser().absolute()
    for subject, key, address in _containers(addresses):
        # Its folders are made at the start; `_check_data_folder` says whether they can be.
        if Path(address).is_relative_to(root) and not Path(address).exists():
            continue
        yield _check_container(subject, key, address, access)
    yield from _check_queue(addresses, access)


def _containers(addresses: BatchAddresses) -> Iterator[tuple[str, str, str]]:
    """Subject, setting and address of each container."""
    yield "Jobs", "SOTTO_JOBS", addresses.jobs
    for folder in addresses.drop_folders:
        yield f"Drop folder {folder.name}, input", "SOTTO_DROP_FOLDERS", folder.input
        yield f"Drop folder {folder.name}, output", "SOTTO_DROP_FOLDERS", folder.output


def _check_data_folder(folder: Path) -> Finding:
    there = folder.expanduser().absolute()
    if there.exists() and not there.is_dir():
        return Finding(
            subject="Data folder", state=State.WRONG, found=f"{there} is no folder",
            mend="correct SOTTO_DATA_FOLDER",
        )  # fmt: skip
    present = nearest_folder(there)
    if not os.access(present, os.W_OK | os.X_OK):
        return Finding(
            subject="Data folder", state=State.WRONG, found=f"{present} cannot be written to",
            mend=f"sudo chown $USER {present}, or another SOTTO_DATA_FOLDER",
        )  # fmt: skip
    found = str(there) if present == there else f"{there}, made at the first start"
    return Finding(subject="Data folder", state=State.OK, found=found)


def _check_container(subject: str, key: str, address: str, access: StorageAccess) -> Finding:
    try:
        kind = place_of(address, access)[0]
        container = open_container(address, access)
        next(iter(container.list(page_size=1)), None)
    except ConfigurationError as error:
        return _wrong(subject, str(error), f"correct {key}: docs/storage.md")
    except StorageError as error:
        return _wrong(subject, str(error), _mend(error))
    cost = "" if kind == "folder" else "files are kept in the cloud, which bills space and requests"
    return Finding(
        subject=subject, state=State.OK, found=f"{_KINDS[kind]}: one page listed", cost=cost
    )


def _check_queue(addresses: BatchAddresses, access: StorageAccess) -> Iterator[Finding]:
    if "://" not in addresses.queue and not addresses.queue.startswith("azure:"):
        # A file: opening it would create it.
        yield _check_queue_file(Path(addresses.queue).expanduser().absolute())
        return
    try:
        queue = open_queue(addresses.queue, addresses.dead_letters, access)
        try:
            n_waiting = sum(lane.n_messages for lane in queue.backlog().values())
        finally:
            queue.close()
    except ConfigurationError as error:
        yield _wrong("Queue", str(error), "correct SOTTO_QUEUE: docs/work-queue.md")
    except StorageError as error:
        yield _wrong("Queue", str(error), _mend(error))
    else:
        yield Finding(
            subject="Queue", state=State.OK, found=f"answers; about {n_waiting} messages",
            cost="the cloud bills its requests",
        )  # fmt: skip


def _check_queue_file(file: Path) -> Finding:
    present = file if file.is_file() else nearest_folder(file.parent)
    if os.access(present, os.W_OK):
        return Finding(subject="Queue", state=State.OK, found=f"a file: {file}")
    return _wrong("Queue", f"{present} cannot be written to", "another SOTTO_QUEUE")


def _wrong(subject: str, message: str, mend: str) -> Finding:
    return Finding(subject=subject, state=State.WRONG, found=message.rstrip("."), mend=mend)


def _mend(error: StorageError) -> str:
    return next((mend for kind, mend in _MENDS.items() if isinstance(error, kind)), _UNREACHABLE)
