"""Azure's and AWS's storage on this machine: Azurite and moto, each in a separate process.

Both are set up before the first test: moto by pip, Azurite by `node_packages`.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.node_packages import azurite_command

# The account that every installation of Azurite has; both are printed in its documentation.
ACCOUNT = "devstoreaccount1"
ACCOUNT_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
START_S = 60


@dataclass(frozen=True, slots=True)
class Azurite:
    """A running Azurite. The addresses include the account."""

    blob_url: str
    queue_url: str

    @property
    def connection_string(self) -> str:
        """Connection string for the clients of both services."""
        return (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};"
            f"BlobEndpoint={self.blob_url};QueueEndpoint={self.queue_url};"
        )


@contextmanager
def azurite(
    location: Path | None = None, blob_port: int = 0, queue_port: int = 0
) -> Iterator[Azurite]:
    """Run Azurite on loopback. Without a location it keeps everything in memory.

    With a location and the ports of an earlier run it goes on where that one ended.
    """
    keep = ["--inMemoryPersistence"] if location is None else ["--location", str(location)]
    command = [
        *(*azurite_command(), *keep),
        # The newest SDKs speak a newer version of the protocol than Azurite knows.
        *("--silent", "--skipApiVersionCheck", "--disableTelemetry"),
        *("--blobHost", "127.0.0.1", "--blobPort", str(blob_port)),
        *("--queueHost", "127.0.0.1", "--queuePort", str(queue_port)),
        *("--tableHost", "127.0.0.1", "--tablePort", "0"),
    ]
    listening = r"Azurite (Blob|Queue) service (?:is )?successfully listen\w* (?:at|on) (http\S+)"
    with _running(command, listening, 2) as found:
        urls = {service: f"{url}/{ACCOUNT}" for service, url in found}
        yield Azurite(urls["Blob"], urls["Queue"])


@contextmanager
def moto_server(program: Path | None = None) -> Iterator[str]:
    """Run moto on loopback; gives its address, the endpoint of every AWS service.

    program: one that changes moto before it runs; None is `moto_process.py`.
    """
    command = [sys.executable, str(program or Path(__file__).with_name("moto_process.py"))]
    with _running(command, r"listening on (\d+)", 1) as (port,):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str], pattern: str, n_matches: int) -> Iterator[list[Any]]:
    """Start a server, wait until its output says where it listens, stop it at the end.

    Gives what `re.findall` finds of the pattern.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,  # moto ends with it
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
            env=os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "default"},
        ) as process,
    ):
        overdue = threading.Timer(START_S, process.kill)
        overdue.start()
        output, seen = process.stdout, []
        assert output is not None
        try:
            for line in output:
                seen.append(line)
                found = re.findall(pattern, "".join(seen))
                if len(found) == n_matches:
                    break
            else:
                raise RuntimeError(f"{command[1:3]} did not start:\n{''.join(seen)}")
            overdue.cancel()
            # A full pipe would stop the server at some later line.
            drain = threading.Thread(target=output.read, daemon=True)
            drain.start()
            yield found
            process.terminate()
            drain.join(10)
        finally:
            overdue.cancel()
            process.kill()
