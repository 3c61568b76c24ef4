"""A container of the image as a process: its entry point, and a rendered environment."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Queue
from typing import Any

PROJECT = Path(__file__).parents[2]
WAIT_S = 120
ENTRY = json.loads(
    re.findall(r"^ENTRYPOINT (.+)$", (PROJECT / "Dockerfile").read_text("utf-8"), re.MULTILINE)[-1]
)


def free_port() -> str:
    """Return a port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return str(found.getsockname()[1])


class Running:
    """The process, and the events that it logs.

    Parameters
    ----------
    arguments: of the container, behind the entry point of the image.
    variables: its environment; no other `SOTTO_` variable is passed on.
    """

    def __init__(self, arguments: Sequence[str], variables: Mapping[str, str]) -> None:
        program, *entry = ENTRY
        assert program == "python"
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("SOTTO_", "AWS_"))}
        self.process = subprocess.Popen(
            [sys.executable, *entry, *arguments], cwd=PROJECT, env=kept | dict(variables),
            text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stderr is not None
        self._lines = self.process.stderr
        self._events: Queue[dict[str, Any]] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._lines:
            if line.startswith("{"):
                self._events.put(json.loads(line))

    def wait_for(self, name: str) -> dict[str, Any]:
        """Return the next event of a name."""
        while (event := self._events.get(timeout=WAIT_S))["event"] != name:
            pass
        return event

    def end(self) -> int:
        """End it as a node does; return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(WAIT_S)

    def close(self) -> None:
        """Kill it, if it has not ended."""
        self.process.kill()
        self.process.wait(WAIT_S)
        self._reader.join(WAIT_S)
        self._lines.close()
