"""Log lines of batch work."""

from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from functions.batch_log import log_purge, log_work
from shared.errors import UnsupportedFormat
from shared.jobs.attempt import FileResult
from shared.jobs.blob_names import new_job_id
from shared.jobs.outcome import FileOutcome, FileStatus, JobStatus
from shared.jobs.purge import PurgeReport
from shared.storage.work_message import WorkKind, WorkMessage
from shared.transcript import RecognitionCost

MESSAGE = WorkMessage(WorkKind.TRANSCRIBE, new_job_id(datetime(2026, 11, 24, tzinfo=UTC)), 0)
DROPPED_FIELDS = {"n_noise", "n_no_match", "n_loops"}
COST_FIELDS = DROPPED_FIELDS | {
    "audio_ms", "queue_ms", "recognition_ms", "n_segments", "n_retries", "rtf",
}  # fmt: skip


def outcome(status):
    return FileOutcome(
        file_index=0, status=status, finished_at=datetime(2026, 11, 24, tzinfo=UTC), n_attempts=1
    )


def test_a_transcribed_file_has_the_fields_of_its_cost():
    cost = RecognitionCost(
        4.0, n_segments=2, n_retries=1, n_noise=1, queue_s=0.5, recognition_s=1.0
    )
    with capture_logs() as lines:
        log_work(MESSAGE, FileResult(outcome(FileStatus.SUCCEEDED), cost), 1.7)
    (line,) = lines
    assert line["event"] == "file_transcribed"
    assert (line["audio_ms"], line["queue_ms"], line["recognition_ms"]) == (4000, 500, 1000)
    assert (line["n_segments"], line["n_retries"]) == (2, 1)
    assert (line["n_noise"], line["n_no_match"], line["n_loops"]) == (1, 0, 0)
    assert line["rtf"] == pytest.approx(0.25)


def test_a_failed_file_is_logged_without_the_fields_of_a_cost():
    error = UnsupportedFormat("The audio is coded in a way that is not supported.")
    with capture_logs() as lines:
        log_work(MESSAGE, FileResult(outcome(FileStatus.FAILED), cause=error), 0.2)
    (line,) = lines
    assert (line["event"], line["error_type"]) == ("file_failed", "UnsupportedFormat")
    assert not COST_FIELDS & line.keys()


def test_a_file_that_was_finished_before_has_no_line():
    with capture_logs() as lines:
        log_work(MESSAGE, FileResult(outcome(FileStatus.SUCCEEDED)), 0.1)
    assert lines == []


@pytest.mark.parametrize(
    ("status", "events"),
    [
        (JobStatus.SUCCEEDED, ["file_transcribed", "job_closed"]),
        (JobStatus.FAILED, ["file_transcribed", "job_closed", "job_failed"]),
    ],
)
def test_the_end_of_a_job_has_a_line_and_its_failure_another_one(status, events):
    result = FileResult(outcome(FileStatus.SUCCEEDED), RecognitionCost(1.0), closed_as=status)
    with capture_logs() as lines:
        log_work(MESSAGE, result, 0.1)
    assert [line["event"] for line in lines] == events


def test_a_purge_without_work_has_a_line_for_metrics_alone():
    with capture_logs() as lines:
        log_purge(PurgeReport())
    assert [(line["event"], line["log_level"]) for line in lines] == [("purge_ended", "debug")]
