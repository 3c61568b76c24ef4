"""Containers of every kind, what lies in them, and a proxy that loses what storage answers."""

import http.client
import itertools
import uuid
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from azure.storage.blob import (
    BlobServiceClient,
    ContainerSasPermissions,
    generate_container_sas,
)

from shared.storage.addresses import StorageAccess, open_container
from shared.storage.aws_session import aws_client
from shared.storage.container import Container

REGION = "eu-west-1"


def azure_address(azurite, permissions: str = "racwdl", name: str | None = None) -> str:
    """Make a container, unless one is named; its URL with a shared access signature."""
    with BlobServiceClient.from_connection_string(azurite.connection_string) as service:
        if name is None:
            name = f"calls-{uuid.uuid4().hex[:12]}"
            service.create_container(name)
        signature = generate_container_sas(
            str(service.account_name),
            name,
            account_key=service.credential.account_key,
            permission=ContainerSasPermissions.from_string(permissions),
            expiry=datetime.now(UTC) + timedelta(hours=1),
        )
    return f"{azurite.blob_url}/{name}?{signature}"


def azure_container(address: str) -> Container:
    """Open a container of the emulator by its address."""
    return open_container(address, StorageAccess(emulator_hosts=(urlsplit(address).netloc,)))


@cache
def s3_client(endpoint_url: str):
    """Make a client as the adapter has it; half a second, so once for an address."""
    return aws_client("s3", region=REGION, endpoint_url=endpoint_url)


def s3_bucket(client) -> str:
    """Make a bucket; its name."""
    name = f"calls-{uuid.uuid4().hex[:12]}"
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return name


def s3_container(endpoint_url: str, address: str) -> Container:
    """Open a bucket of the emulator, or a part of it."""
    return open_container(address, StorageAccess(s3_endpoint=endpoint_url, s3_region=REGION))


def names(container: Container, **options) -> list[str]:
    """Names that a container lists."""
    return [entry.name for entry in container.list(**options)]


def fill(container: Container, listed: Iterable[str]) -> None:
    """Put blobs of these names, eight at a time."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: container.put(name, name.encode()), listed))


class FaultyProxy:
    """Passes requests on to a server, with the faults that it is given.

    faults: for each method what becomes of its next requests, in order. A request whose turn has
    no fault left is served. `lose`: it is carried out, and the connection closed without an
    answer. `cut`: half of the answer's body arrives. A number: that status, not carried out.
    """

    def __init__(self, target: str) -> None:
        self.faults: dict[str, deque[Any]] = {}
        self.n_requests = itertools.count()
        proxy, netloc = self, urlsplit(target).netloc

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                """Serve one request."""
                next(proxy.n_requests)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                faults = proxy.faults.get(self.command)
                fault = faults.popleft() if faults else None
                if isinstance(fault, int):
                    self._answer(fault, [], b"")
                    return
                upstream = http.client.HTTPConnection(netloc)
                headers = {k: v for k, v in self.headers.items() if k.lower() != "expect"}
                upstream.request(self.command, self.path, body, headers)
                answer = upstream.getresponse()
                content = answer.read()
                upstream.close()
                if fault == "lose":
                    self.close_connection = True
                else:
                    self._answer(answer.status, answer.getheaders(), content, fault == "cut")

            def _answer(self, status, headers, content, is_cut=False):
                self.send_response_only(status)
                for name, value in headers:
                    if name.lower() not in {"transfer-encoding", "connection", "content-length"}:
                        self.send_header(name, value)
                is_head = self.command == "HEAD"  # the length of a body that is not sent
                length = {name.lower(): value for name, value in headers}.get("content-length")
                stated = (length or "0") if is_head else str(len(content))
                self.send_header("Content-Length", stated)
                self.end_headers()
                if not is_head:
                    self.wfile.write(content[: len(content) // 2] if is_cut else content)
                self.close_connection = self.close_connection or is_cut

            do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = handle_any  # noqa: N815

            def log_message(self, *_arguments):
                """Do nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def serving(self) -> Iterator["FaultyProxy"]:
        """Serve during the block."""
        thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()
