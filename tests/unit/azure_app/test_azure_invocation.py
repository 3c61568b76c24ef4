"""How long an invocation may take, and what the host reads where one fails."""

import time
import traceback

import pytest

from functions.azure_app.invocation import InvocationFailed, attempt, invocation_limit
from shared.errors import ConfigurationError

TIMEOUT = "AzureFunctionsJobHost__functionTimeout"


@pytest.mark.parametrize(
    ("written", "within_s"),
    [
        ("", 1680),  # 30 minutes of host.json less two
        ("01:00:00", 3480),
        ("1.00:00:00", 86_280),
        ("00:04:00", 180),  # a quarter is left of a short one
        ("-1", None),
    ],
)
def test_work_ends_before_the_hosts_timeout(written, within_s):
    assert invocation_limit({TIMEOUT: written}).within_s == within_s


@pytest.mark.parametrize("written", ["30", "00:30", "half an hour", "-2"])
def test_a_timeout_that_is_none_stops_the_start(written):
    with pytest.raises(ConfigurationError, match="functionTimeout must be"):
        invocation_limit({TIMEOUT: written})


def test_a_deadline_is_counted_from_the_invocation_and_names_its_limit():
    deadline = invocation_limit({TIMEOUT: "00:30:00"}).from_now()
    assert 1679 < deadline.at_s - time.monotonic() <= 1680
    assert deadline.limit == "functionTimeout 00:30:00"


def test_an_unbounded_host_has_no_deadline():
    assert invocation_limit({TIMEOUT: "-1"}).from_now() is None


def test_the_host_gets_no_text_of_the_error():
    """It keeps message and stack of a failure, with every cause."""

    def fail():
        raise ValueError("the speaker said heron")

    seen = []
    with pytest.raises(InvocationFailed) as failed:
        attempt(fail, seen.append)
    assert [str(error) for error in seen] == ["the speaker said heron"]
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None
    assert "heron" not in "".join(traceback.format_exception(failed.value))


def test_work_that_is_done_fails_nothing():
    attempt(lambda: None, pytest.fail)
