"""One attempt at a work message: its number and limits, and the result of its file."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from shared.errors import AudioTooLong
from shared.jobs.outcome import FileOutcome, JobStatus
from shared.scheduling import never_cancelled
from shared.stages import Stage
from shared.storage.work_queue import MAX_DELIVERIES
from shared.transcript import RecognitionCost


@dataclass(frozen=True, slots=True)
class Deadline:
    """When this host ends the work, on the clock of `time.monotonic`, and the limit's name."""

    at_s: float
    limit: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt.

    number: from 1; the last one is `MAX_DELIVERIES`.
    check_cancelled: called between steps; raises `LeaseLost` or `WorkStopped` to end the work.
    """

    number: int = 1
    check_cancelled: Callable[[], None] = never_cancelled
    deadline: Deadline | None = None

    @property
    def is_last(self) -> bool:
        """Whether a failure now is final."""
        return self.number >= MAX_DELIVERIES

    def check(self) -> None:
        """Raise if the work was cancelled or its deadline has passed."""
        self.check_cancelled()
        if self.deadline is not None and time.monotonic() >= self.deadline.at_s:
            raise AudioTooLong(
                f"The audio takes longer than this host has for one file ({self.deadline.limit})."
            )


@dataclass(frozen=True, slots=True)
class FileResult:
    """Result of a message about one file, for the log of its host: no name, no text.

    outcome: as recorded, by this attempt or by another.
    cost: of this attempt; None where it failed, or found the file finished.
    cause: error of this attempt.
    closed_as: status of the job if it ended with this file.
    stages: of this attempt, for traces.
    """

    outcome: FileOutcome
    cost: RecognitionCost | None = None
    cause: Exception | None = None
    closed_as: JobStatus | None = None
    stages: tuple[Stage, ...] = ()
