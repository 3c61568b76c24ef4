"""Two checkouts of the project, each with its own server, in one environment.

They need only HTTP and the start of the server in common, so that the other checkout may be any
older commit with other module names.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from benchmarks.conditions import commit_of
from benchmarks.server import NO_SETTINGS, PROJECT, SottoServer

T = TypeVar("T")
R = TypeVar("R")

# Worker threads of an engine spin for some milliseconds after their work, on the same cores.
_SETTLE_S = 0.05
_SERVER_MODULE = "functions.container"
_PRINT_LOCATIONS = (
    f"import {_SERVER_MODULE} as host, shared\nprint(host.__path__[0])\nprint(shared.__path__[0])"
)


class ForeignCode(Exception):
    """A folder does not serve its own code."""


@dataclass(frozen=True, slots=True)
class Both(Generic[T]):
    """One value each of this checkout, `new`, and of the other one, `old`."""

    new: T
    old: T

    def in_turns(self, measure: Callable[[T], R], *, new_first: bool) -> "Both[R]":
        """Measure both in turn, with a pause before each."""
        if new_first:
            return Both(_settled(measure, self.new), _settled(measure, self.old))
        old = _settled(measure, self.old)
        return Both(_settled(measure, self.new), old)

    def map(self, of: Callable[[T], R]) -> "Both[R]":
        """Apply a function to both."""
        return Both(of(self.new), of(self.old))


@dataclass(frozen=True, slots=True)
class Checkouts:
    """Folders of both, and the folder of the bytecode of both."""

    folders: Both[Path]
    bytecode: Path

    @property
    def commits(self) -> Both[str]:
        """Commits of both, marked if the code differs from them."""
        return self.folders.map(commit_of)

    def start(self, folder: Path, environment: Mapping[str, str] = NO_SETTINGS) -> SottoServer:
        """Start the server of one of them, with these settings."""
        return SottoServer(folder, {**self._environment, **environment})

    @contextmanager
    def started(self) -> Iterator[Both[SottoServer]]:
        """Start the servers of both and wait until they are ready."""
        with self.start(self.folders.new) as new, self.start(self.folders.old) as old:
            both = Both(new, old)
            both.map(SottoServer.wait_until_ready)
            yield both

    def require_own_code(self) -> None:
        """Check that a server imports the modules of its own folder.

        Raises
        ------
        ForeignCode: it imports others, or cannot import them.
        """
        for folder in (self.folders.new, self.folders.old):
            completed = subprocess.run(
                [sys.executable, "-c", _PRINT_LOCATIONS],
                cwd=folder,
                env={**os.environ, **self._environment, "PYTHONPATH": str(folder)},
                capture_output=True,
                text=True,
                check=False,
            )
            places = [Path(line).resolve() for line in completed.stdout.splitlines()]
            if len(places) != 2 or not all(place.is_relative_to(folder) for place in places):
                raise ForeignCode(f"{folder} does not serve its own code.")

    @property
    def _environment(self) -> dict[str, str]:
        # Empty, so that bytecode is written even if the caller's environment disables it.
        return {"PYTHONPYCACHEPREFIX": str(self.bytecode), "PYTHONDONTWRITEBYTECODE": ""}


@contextmanager
def open_checkouts(other: Path, use: Callable[[SottoServer], object]) -> Iterator[Checkouts]:
    """Open this checkout and another one.

    Neither is written to: bytecode is in a temporary folder. One server of each is started, used
    and stopped before the measurements, so that the bytecode of both exists.

    Raises
    ------
    ForeignCode: the folder is no checkout of the project.
    """
    with tempfile.TemporaryDirectory(prefix="sotto-bytecode-") as bytecode:
        checkouts = Checkouts(Both(PROJECT, other.resolve()), Path(bytecode))
        checkouts.require_own_code()
        with checkouts.started() as servers:
            servers.map(use)
        yield checkouts


def _settled(measure: Callable[[T], R], one: T) -> R:
    time.sleep(_SETTLE_S)
    return measure(one)
