"""Two checkouts of the project, each run by a server of its own, with one environment for both.

Only HTTP and the start of the server are relied on, so that the other checkout may be any older
commit, whatever its modules are called.
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

# Worker threads of an engine spin for some milliseconds after their work, on the other's cores.
_SETTLE_S = 0.05
_SERVES = "functions.container"
_WHERE = f"import {_SERVES} as host, shared; print(host.__path__[0]); print(shared.__path__[0])"


class ForeignCode(Exception):
    """A folder does not serve its own code."""


@dataclass(frozen=True, slots=True)
class Both(Generic[T]):
    """The same of this checkout, `new`, and of the one it is compared with, `old`."""

    new: T
    old: T

    def in_turns(self, measure: Callable[[T], R], *, new_first: bool) -> "Both[R]":
        """Measure one after the other, with a pause before each."""
        if new_first:
            return Both(_settled(measure, self.new), _settled(measure, self.old))
        old = _settled(measure, self.old)
        return Both(_settled(measure, self.new), old)

    def map(self, of: Callable[[T], R]) -> "Both[R]":
        """The same function of both."""
        return Both(of(self.new), of(self.old))


@dataclass(frozen=True, slots=True)
class Checkouts:
    """Folders of both, and where the interpreter keeps the bytecode of both."""

    folders: Both[Path]
    bytecode: Path

    @property
    def commits(self) -> Both[str]:
        """Commits, with a word where the code differs from them."""
        return self.folders.map(commit_of)

    def start(self, folder: Path, environment: Mapping[str, str] = NO_SETTINGS) -> SottoServer:
        """Start the server of one of them, with settings of its own."""
        return SottoServer(folder, {**self._environment, **environment})

    @contextmanager
    def started(self) -> Iterator[Both[SottoServer]]:
        """Start the servers of both; they are ready."""
        with self.start(self.folders.new) as new, self.start(self.folders.old) as old:
            both = Both(new, old)
            both.map(SottoServer.wait_until_ready)
            yield both

    def require_own_code(self) -> None:
        """Make sure that what a server imports lies in its own folder.

        Raises
        ------
        ForeignCode: it does not, or cannot be imported.
        """
        for folder in (self.folders.new, self.folders.old):
            asked = subprocess.run(
                [sys.executable, "-c", _WHERE],
                cwd=folder,
                env={**os.environ, **self._environment, "PYTHONPATH": str(folder)},
                capture_output=True,
                text=True,
                check=False,
            )
            places = [Path(line).resolve() for line in asked.stdout.splitlines()]
            if len(places) != 2 or not all(place.is_relative_to(folder) for place in places):
                raise ForeignCode(f"{folder} does not serve code of its own.")

    @property
    def _environment(self) -> dict[str, str]:
        # Empty: bytecode is written, whatever the caller's environment says.
        return {"PYTHONPYCACHEPREFIX": str(self.bytecode), "PYTHONDONTWRITEBYTECODE": ""}


@contextmanager
def open_checkouts(other: Path, use: Callable[[SottoServer], object]) -> Iterator[Checkouts]:
    """Give this checkout and another one.

    Nothing is written into either: bytecode lies in a temporary folder. One server of each is
    started, used and stopped before anything is measured, so that the bytecode is there for both.

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
