"""Log lines of web hooks: kinds and numbers, never their addresses or payloads."""

import pytest
from structlog.testing import capture_logs

from functions.batch_log import log_work
from shared.errors import FetchFailed
from shared.privacy.log_fields import keep_allowed_fields
from shared.storage.work_message import HookEvent, HookNotice, WorkKind, WorkMessage
from shared.web_hooks.delivery import Delivery, HookResult

ID = "5d1c7c1e-8a57-4c3c-9a3e-0f6f5d1c2b11"
MESSAGE = WorkMessage(
    WorkKind.WEB_HOOK, ID, attempt=6, notice=HookNotice(ID, HookEvent.TRANSCRIPTION_COMPLETION, ID)
)


@pytest.mark.parametrize(
    ("work", "level", "event"),
    [
        (HookResult(Delivery.DELIVERED, 204), "info", "web_hook_delivered"),
        (HookResult(Delivery.POSTPONED, 503), "warning", "web_hook_postponed"),
        (HookResult(Delivery.GIVEN_UP, 404), "error", "web_hook_given_up"),
    ],
)
def test_each_end_of_a_try_has_a_line(work, level, event):
    with capture_logs() as lines:
        log_work(MESSAGE, work, 0.25)
    (line,) = lines
    assert (line["log_level"], line["event"], line["status"]) == (level, event, work.status)
    assert (line["job_id"], line["n_attempts"], line["duration_ms"]) == (ID, 6, 250)
    del line["log_level"]
    assert "n_fields_dropped" not in keep_allowed_fields(None, "", line)


def test_a_failure_is_named_by_its_kind():
    with capture_logs() as lines:
        log_work(MESSAGE, HookResult(Delivery.GIVEN_UP, cause=FetchFailed("canary")), 0.25)
    assert lines[0]["error_type"] == "FetchFailed"
    assert "canary" not in str(lines)


def test_a_dropped_notice_has_no_line():
    with capture_logs() as lines:
        log_work(MESSAGE, HookResult(Delivery.DROPPED), 0.25)
    assert lines == []
