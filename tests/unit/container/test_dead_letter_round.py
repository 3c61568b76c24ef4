"""A dead letter that cannot be reported keeps no other from its report."""

import pytest
from structlog.testing import capture_logs

from functions.container.scheduler import Scheduler
from shared.errors import MalformedJob, StorageUnavailable
from shared.jobs.batch_services import BatchServices
from shared.jobs.store import JobStore
from shared.storage.folder import FolderContainer
from shared.storage.work_message import WorkKind, WorkMessage
from shared.storage.work_queue import DeadLetter

_FAILED = "not_reported"
LETTERS = [
    DeadLetter(WorkMessage(WorkKind.TRANSCRIBE, f"{n:08}-6c1d-4d53-9c1a-3f2f7f4f8a11", 0))
    for n in range(3)
]


class _Queue:
    """Has three dead letters."""

    def dead_letters(self):
        yield from LETTERS


class _Work:
    """Reports letters, fails at the first one, and stops the scheduler after the last."""

    def __init__(self, error):
        self.error, self.reported, self.scheduler = error, [], None

    def fail_dead_letter(self, letter):
        if letter is LETTERS[-1] or isinstance(self.error, StorageUnavailable):
            self.scheduler.stop()
        if letter is LETTERS[0]:
            raise self.error
        self.reported.append(letter)


def round_with(error, folder):
    """Do one round; the letters that were reported."""
    work = _Work(error)
    batch = BatchServices(JobStore(FolderContainer(folder)), _Queue())
    work.scheduler = Scheduler(batch, work, every_s=60)
    with capture_logs() as lines:
        work.scheduler.run()
    return work.reported, [line["event"] for line in lines if line["event"].endswith(_FAILED)]


@pytest.mark.parametrize("error", [MalformedJob("No."), ValueError("year 300000")])
def test_a_letter_that_fails_lets_the_others_be_reported(tmp_path, error):
    assert round_with(error, tmp_path) == (LETTERS[1:], ["dead_letter_not_reported"])


def test_a_storage_that_is_down_leaves_the_letters_for_the_next_round(tmp_path):
    reported, events = round_with(StorageUnavailable("No."), tmp_path)
    assert reported == []
    assert events == ["dead_letters_not_reported"]
