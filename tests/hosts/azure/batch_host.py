"""A function app with drop folders on Azurite: what Azure's host does for its triggers."""

import base64
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from azure.storage.blob import BlobServiceClient, ContainerClient
from azure.storage.queue import QueueClient

from tests.hosts.azure.functions_host import FunctionsHost

MAX_DELIVERIES = 5  # maxDequeueCount of host.json
EVENTS = Path(__file__).resolve().parent / "events"


@dataclass(frozen=True, slots=True)
class BatchAccount:
    """Containers and queues of one function app in the emulator; the queues are not made."""

    connection_string: str
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    def name(self, part: str) -> str:
        """Name of a container or queue of this app."""
        return f"{part}-{self.id}"

    def settings(self) -> dict[str, str]:
        """Settings of the function app, with the account of the host."""
        name = self.name
        return {
            "AzureWebJobsStorage": self.connection_string,
            "SOTTO_JOBS": f"azure:{name('jobs')}",
            "SOTTO_QUEUE": f"azure:{name('work')}",
            "SOTTO_DROP_FOLDERS": f"calls=azure:{name('audio')}>azure:{name('transcripts')},"
            f"lost=azure:{name('lost')}>azure:{name('nowhere')}",
            "SOTTO_PURGE_EVERY_S": "300",
        }

    def make_containers(self) -> None:
        """Make all but `nowhere`."""
        with BlobServiceClient.from_connection_string(self.connection_string) as service:
            for part in ("jobs", "audio", "transcripts", "lost"):
                service.create_container(self.name(part))

    def make_dropped_queue(self) -> None:
        """Make the queue of events, which must be there before its subscriptions."""
        with self.queue("work", "-dropped") as queue:
            queue.create_queue()

    def container(self, part: str) -> ContainerClient:
        """Open a container."""
        return ContainerClient.from_connection_string(self.connection_string, self.name(part))

    def queue(self, part: str = "work", ending: str = "") -> QueueClient:
        """Open a queue; bodies are as they are on the wire."""
        name = f"{self.name(part)}{ending}"
        return QueueClient.from_connection_string(self.connection_string, name)


class BatchHost:
    """The host's part in batch work: events of blobs, deliveries of messages, the timer."""

    def __init__(self, host: FunctionsHost, account: BatchAccount) -> None:
        self.host = host
        self.account = account

    def drop(self, name, audio, metadata=None, container="audio"):
        """Put a file into a drop folder."""
        with self.account.container(container) as client:
            client.upload_blob(name, audio, metadata=metadata, overwrite=True)

    def fire_blob_trigger(self, name, function="drop_calls", container="audio") -> bool:
        """Fire the blob trigger as for an event; whether it succeeded."""
        container = self.account.name(container)
        reference = {
            "Connection": "AzureWebJobsStorage",
            "ContainerName": container,
            "BlobName": name,
        }
        with self.account.container("audio") as client:
            uri = f"{client.url.rpartition('/')[0]}/{container}/{name}"
        metadata = {
            "BlobTrigger": f"{container}/{name}",
            "Uri": uri,
            "Properties": {"ContentLength": 1},
            "Metadata": {},
            "name": name,
        }
        return self.fire(function, blob=reference, metadata=metadata)

    def event(self, form, name, container="audio") -> Any:
        """Return the event of a dropped file, in the form of one of the fixtures."""
        event = json.loads((EVENTS / f"{form}.json").read_text("utf-8"))
        (one,) = event if isinstance(event, list) else [event]
        container = self.account.name(container)
        one["subject"] = f"/blobServices/default/containers/{container}/blobs/{name}"
        one["data"]["url"] = f"https://stsottodata.blob.core.windows.net/{container}/{quote(name)}"
        return event

    def announce(self, event) -> bool:
        """Send an event as Event Grid does, and deliver it; whether the function succeeded."""
        with self.account.queue("work", "-dropped") as queue:
            queue.send_message(base64.b64encode(json.dumps(event).encode()).decode())
        (body,) = self.take("work", "-dropped")
        return self.deliver(body, function="dropped")

    def deliver(self, body, delivery_count=1, function="work") -> bool:
        """Fire a queue trigger with a message; whether it succeeded."""
        now = datetime.now(UTC)
        metadata = {
            "Id": str(uuid.uuid4()),
            "DequeueCount": delivery_count,
            "PopReceipt": "receipt",
            "InsertionTime": now.isoformat(),
            "ExpirationTime": (now + timedelta(days=7)).isoformat(),
            "NextVisibleTime": now.isoformat(),
        }
        return self.fire(function, data=body, metadata=metadata)

    def take(self, part: str = "work", ending: str = "") -> list[str]:
        """Take all messages out of a queue; their bodies, decoded as host.json says."""
        bodies = []
        with self.account.queue(part, ending) as queue:
            while (message := queue.receive_message()) is not None:
                bodies.append(base64.b64decode(message.content, validate=True).decode())
                queue.delete_message(message)
        return bodies

    def deliver_all(self) -> int:
        """Take out what is in the queue and deliver each; how many it were."""
        bodies = self.take()
        assert [self.deliver(body) for body in bodies] == [True] * len(bodies)
        return len(bodies)

    def purge(self) -> bool:
        """Fire the timer."""
        now = datetime.now(UTC).isoformat()
        status = {"Last": now, "Next": now, "LastUpdated": now}
        schedule = {"AdjustForDST": True}
        timer = {"Schedule": schedule, "ScheduleStatus": status, "IsPastDue": False}
        return self.fire("purge", data=timer)

    def fire(self, function, **given) -> bool:
        """Invoke a function; whether the worker calls it a success."""
        return self.host.end_invocation(self.host.start_invocation(function, **given))

    def names(self, part) -> list[str]:
        """List a container."""
        with self.account.container(part) as client:
            return [blob.name for blob in client.list_blobs()]

    def read(self, part, name) -> Any:
        """Read a blob as JSON."""
        with self.account.container(part) as client:
            return json.loads(client.download_blob(name).readall())
