"""A container host under strace, from the start of its process to its end."""

import re
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from functions.command_line.privacy_check.system_call_trace import (
    SystemCall,
    read_trace,
    strace_command,
)
from shared.errors import ConfigurationError

PROJECT = Path(__file__).resolve().parents[3]
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 60

# Python writes bytecode of the program beside it when it imports it for the first time. That is
# set not to, as in container images, so that the proof needs no exception.
QUIET = {"PYTHONDONTWRITEBYTECODE": "1"}

_ADDRESS = re.compile(r"https?://127\.0\.0\.1:\d+")


@dataclass(slots=True)
class TracedRun:
    """All that was seen of a server from outside, complete once it has ended.

    log: standard output and standard error.
    calls: its traced system calls, and those of its threads and children.
    """

    url: str = ""
    log: str = ""
    exit_status: int | None = None
    calls: list[SystemCall] = field(default_factory=list)


@contextmanager
def traced_server(
    strace: str,
    trace_folder: Path,
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    names_folders: bool = False,
) -> Iterator[TracedRun]:
    """Run a server that prints its address of 127.0.0.1; stop it with SIGTERM.

    Parameters
    ----------
    trace_folder: is created, and has a file for each thread.
    command: program and arguments of the server.
    names_folders: as of `strace_command`.

    Raises
    ------
    ConfigurationError: the server does not start; the message has the last line of its output.
    """
    trace_folder.mkdir()
    run = TracedRun()
    with subprocess.Popen(
        [*strace_command(strace, trace_folder, names_folders=names_folders), *command],
        cwd=PROJECT, env=dict(environment) | QUIET, text=True, errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        lines, listening = list[str](), threading.Event()

        def follow() -> None:  # to the end, which is when the tracer has written its last line
            for line in process.stdout or ():
                lines.append(line)
                if " listens on " in line:
                    listening.set()
            listening.set()

        reader = threading.Thread(target=follow)
        reader.start()
        try:
            started = listening.wait(START_TIMEOUT_S)
            address = _ADDRESS.search("".join(lines))
            if not started or address is None:
                said = lines[-1].strip() if lines else "it printed nothing"
                raise ConfigurationError(f"The server did not start under strace: {said}")
            run.url = address[0]
            yield run
        finally:
            process.terminate()
            try:
                run.exit_status = process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
            reader.join(STOP_TIMEOUT_S)
            run.log = "".join(lines)
    run.calls = read_trace(trace_folder)
