"""One try at a piece of work: its circumstances, and what became of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from shared.errors import AudioTooLong
from shared.jobs.outcome import FileOutcome
from shared.storage.work_queue import MAX_DELIVERIES
from shared.transcript import RecognitionCost


def _always() -> None:
    """Go on."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When this host ends the work, on the clock of `time.monotonic`, and how it calls that."""

    at_s: float
    limit: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """The circumstances of one try.

    number: from 1; the last one is `MAX_DELIVERIES`.
    go_on: called again and again; raises `LeaseLost` or `WorkStopped` to end the work.
    """

    number: int = 1
    go_on: Callable[[], None] = _always
    deadline: Deadline | None = None

    @property
    def is_last(self) -> bool:
        """Whether what fails now has failed for good."""
        return self.number >= MAX_DELIVERIES

    def check(self) -> None:
        """End the work where it has to end."""
        self.go_on()
        if self.deadline is not None and time.monotonic() >= self.deadline.at_s:
            raise AudioTooLong(
                f"The audio takes longer than this host has for one file ({self.deadline.limit})."
            )


@dataclass(frozen=True, slots=True)
class FileWork:
    """What became of a message about one file, for the log of its host: no name, no text.

    outcome: what counts, whoever has written it.
    cost: of this try; None where the file was finished already.
    cause: why it failed at this try.
    has_closed: whether this was the end of the job, too.
    """

    outcome: FileOutcome
    cost: RecognitionCost | None = None
    cause: Exception | None = None
    has_closed: bool = False
