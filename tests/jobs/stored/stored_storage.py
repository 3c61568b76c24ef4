"""The stored state of a version of Sotto: read from the containers, written to files, put back.

A dump keeps what the storage itself keeps: of a folder every file, the descriptions in `.sotto`
among them, of an Azure container every blob with its headers. Storage gives each blob a new ETag
when it is put back, and records quote ETags of audio and transcripts, so these are replaced.
"""

import base64
import io
import json
import sqlite3
import wave
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azure.storage.blob import BlobServiceClient, ContentSettings

from shared.jobs.batch_services import BatchServices, OpenSource
from shared.jobs.drop_folder import DropFolder
from shared.jobs.store import JobStore
from shared.storage.addresses import StorageAccess, open_container
from shared.storage.container import Container
from shared.storage.folder import FolderContainer
from shared.storage.folder_tree import etag_of
from shared.storage.sqlite_queue import open_sqlite_queue
from shared.transcript import Alternative, Phrase, Word

CONTAINERS = ("audio", "transcripts", "jobs")
"""In the order in which they are put back: records quote ETags of the first two."""

FOLDER = "audio"
CLIENT_CONTAINER = "https://client.example/calls?sv=2026-01-01&sp=rl&sig=made%2Fup"
DESTINATION = "https://client.example/results?sv=2026-01-01&sp=w&sig=made%2Fup"
BROKEN = "broken"
"""Part of every address that leads to no audio."""

SPOKEN = Phrase(
    channel=0,
    locale="en-US",
    offset_s=0.01,
    duration_s=0.08,
    n_best=(Alternative(0.96, "twelve plums", "12 plums", "12 plums", "12 plums."),),
    words=(Word("twelve", 0.01, 0.04, 0.97), Word("plums", 0.05, 0.04, 0.95)),
    display_words=(Word("12", 0.01, 0.04, 0.97), Word("plums.", 0.05, 0.04, 0.95)),
)

_PRIVATE = ".sotto/properties/"
_TEXT, _BYTES = "text", "base64"


def wav(seconds: float = 0.01) -> bytes:
    """Make silence, 16 bit mono at 16 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16_000)
        writer.writeframes(bytes(2 * int(16_000 * seconds)))
    return file.getvalue()


@dataclass(frozen=True)
class StoredBatch(BatchServices):
    """A batch whose addresses on the internet lead to silence, and to folders of a client."""

    client_root: Path = Path("/nonexistent")

    def client_container(self, url: str) -> Container:
        """Open the client's folder for this address."""
        root = self.client_root / url.partition("?")[0].rpartition("/")[2]
        root.mkdir(parents=True, exist_ok=True)
        container = FolderContainer(root)
        if url == CLIENT_CONTAINER:
            container.put("monday.wav", wav())
            container.put("tuesday.wav", wav())
        return container

    @contextmanager
    def open_source(self, job, file):
        """Open what lies in a container, or what stands for an address."""
        if file.source.startswith("https://store.example/"):
            yield OpenSource(io.BytesIO(b"no audio" if BROKEN in file.source else wav()))
        else:
            with super().open_source(job, file) as source:
                yield source


def open_stored(containers: Mapping[str, Container], root: Path, queue: Path) -> StoredBatch:
    """Open a batch on these containers and the queue in this file."""
    folder = DropFolder(FOLDER, containers["audio"], containers["transcripts"])
    return StoredBatch(
        JobStore(containers["jobs"]),
        open_sqlite_queue(queue),
        {FOLDER: folder},
        client_root=root / "client",
    )


def folder_containers(root: Path) -> dict[str, Container]:
    """Open the containers that are folders of `root`, made where they are missing."""
    for name in CONTAINERS:
        (root / name).mkdir(parents=True, exist_ok=True)
    return {name: FolderContainer(root / name) for name in CONTAINERS}


def azure_containers(connection_string: str, mark: str) -> dict[str, Container]:
    """Make and open containers of an account, named with `mark`."""
    with BlobServiceClient.from_connection_string(connection_string) as service:
        for name in CONTAINERS:
            service.create_container(f"{name}-{mark}")
    access = StorageAccess(azure_connection_string=connection_string)
    return {name: open_container(f"azure:{name}-{mark}", access) for name in CONTAINERS}


def dump_folders(root: Path) -> dict[str, Any]:
    """Every file of the containers below `root`, by container and path, and each blob's ETag."""
    return {name: _dump_folder(root / name) for name in CONTAINERS}


def _dump_folder(root: Path) -> list[dict[str, Any]]:
    found = []
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = path.relative_to(root).as_posix()
        if name.startswith(_PRIVATE) or not name.startswith(".sotto/"):
            found.append(
                {"name": name, "etag": etag_of(path.stat()), **_content(path.read_bytes())}
            )
    return found


def restore_folders(dump: Mapping[str, Any], root: Path) -> dict[str, Container]:
    """Write the files again; descriptions are named by the ETags that the files have now."""
    etags: dict[str, str] = {}
    for name in CONTAINERS:
        files = [file for file in dump[name] if not file["name"].startswith(_PRIVATE)]
        for file in files:
            path = root / name / file["name"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_with_etags(_data(file), etags))
            etags[file["etag"]] = etag_of(path.stat())
        for file in dump[name]:
            if file["name"].startswith(_PRIVATE):
                path = root / name / _replaced(file["name"], etags)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(_data(file))
    return folder_containers(root)


def dump_azure(connection_string: str, mark: str) -> dict[str, Any]:
    """Every blob of the containers named with `mark`, with its headers."""
    found: dict[str, Any] = {}
    with BlobServiceClient.from_connection_string(connection_string) as service:
        for name in CONTAINERS:
            with service.get_container_client(f"{name}-{mark}") as container:
                found[name] = [
                    {
                        "name": blob.name,
                        "etag": blob.etag.strip('"'),
                        "content_type": blob.content_settings.content_type,
                        "metadata": dict(blob.metadata or {}),
                        **_content(container.download_blob(blob.name).readall()),
                    }
                    for blob in container.list_blobs(include=["metadata"])
                ]
    return found


def restore_azure(
    dump: Mapping[str, Any], connection_string: str, mark: str
) -> dict[str, Container]:
    """Put the blobs into new containers, named with `mark`."""
    opened = azure_containers(connection_string, mark)
    etags: dict[str, str] = {}
    with BlobServiceClient.from_connection_string(connection_string) as service:
        for name in CONTAINERS:
            with service.get_container_client(f"{name}-{mark}") as container:
                for blob in dump[name]:
                    written = container.get_blob_client(blob["name"]).upload_blob(
                        _with_etags(_data(blob), etags),
                        metadata=blob["metadata"],
                        content_settings=ContentSettings(content_type=blob["content_type"]),
                    )
                    if name != "jobs":
                        etags[blob["etag"]] = written["etag"].strip('"')
    return opened


def merge_queues(files: Iterable[Path], merged: Path) -> None:
    """Write the messages of several queues into a new one, in that order."""
    open_sqlite_queue(merged).close()
    with sqlite3.connect(merged, isolation_level=None) as connection:
        for file in files:
            connection.execute("ATTACH ? AS other", (str(file),))
            connection.execute(
                "INSERT INTO messages (place, body, visible_at_s, delivery_count, token)"
                " SELECT place, body, visible_at_s, delivery_count, token"
                " FROM other.messages ORDER BY id"
            )
            connection.execute("DETACH other")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("VACUUM")
    connection.close()


def restore_queue(stored: Path, copy: Path) -> None:
    """Copy the file of a queue, as it is when all leases and delays in it are over."""
    copy.write_bytes(stored.read_bytes())
    with sqlite3.connect(copy, isolation_level=None) as connection:
        connection.execute("UPDATE messages SET visible_at_s = 0")
    connection.close()


def messages_in(queue: Path) -> list[dict[str, str]]:
    """Place and body of a message of each kind, as a queue of a service would carry it."""
    with sqlite3.connect(queue) as connection:
        rows = connection.execute("SELECT place, body FROM messages ORDER BY id").fetchall()
    connection.close()
    found = {}
    for place, body in rows:
        fields = json.loads(body) if body.startswith(b"{") else {}
        key = (place, fields.get("kind"), fields.get("event"))
        found.setdefault(key, {"place": place, "body": body.decode()})
    return list(found.values())


def write_json(path: Path, value: object) -> None:
    """Write a file that a person can compare."""
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _content(data: bytes) -> dict[str, str]:
    try:
        return {_TEXT: data.decode()}
    except UnicodeDecodeError:
        return {_BYTES: base64.b64encode(data).decode()}


def _data(entry: Mapping[str, str]) -> bytes:
    return entry[_TEXT].encode() if _TEXT in entry else base64.b64decode(entry[_BYTES])


def _with_etags(data: bytes, etags: Mapping[str, str]) -> bytes:
    """Replace the ETags that a record quotes."""
    if not data.startswith(b'{"v":'):
        return data
    text = data.decode()
    for old, new in etags.items():
        text = text.replace(json.dumps(old), json.dumps(new))
    return text.encode()


def _replaced(name: str, etags: Mapping[str, str]) -> str:
    key, _, etag = name.partition("-")
    return f"{key}-{etags.get(etag, etag)}"
