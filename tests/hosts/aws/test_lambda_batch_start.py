"""How functions of batch work start when something is missing: every event fails, none is lost."""

import pytest
from aws_places import REGION
from http_events import event_json
from runtime_api import InvocationFailed, run_function

SETTINGS = {
    "AWS_DEFAULT_REGION": REGION,
    "SOTTO_JOBS": "s3://sotto-jobs",
    "SOTTO_QUEUE": "https://sqs.eu-central-1.amazonaws.com/123456789012/work",
    "SOTTO_DEAD_LETTERS": "https://sqs.eu-central-1.amazonaws.com/123456789012/dead",
    "SOTTO_DROP_FOLDERS": "calls=s3://sotto-in>s3://sotto-out",
}
EVENTS = {"s3_batch": "s3_object_created", "sqs_work": "sqs_work", "purge_schedule": "schedule"}


@pytest.mark.parametrize(
    ("function", "changed", "named"),
    [
        ("s3_batch", {"SOTTO_JOBS": "/srv/jobs"}, "a function has no folder that lasts"),
        ("s3_batch", {"SOTTO_DROP_FOLDERS": "a=s3://in>/srv/out"}, "must name buckets"),
        ("s3_batch", {"SOTTO_DROP_FOLDERS": ""}, "with an s3:// input"),
        ("s3_batch", {"SOTTO_DROP_FOLDERS": "a=s3://in>s3://in/texts"}, "transcribed as audio"),
        ("sqs_work", {"SOTTO_QUEUE": "/srv/queue.sqlite"}, "SOTTO_QUEUE must name an SQS queue"),
        ("sqs_work", {"SOTTO_DEAD_LETTERS": ""}, "SOTTO_DEAD_LETTERS must be"),
        ("purge_schedule", {"SOTTO_JOBS": ""}, "SOTTO_JOBS must name the container"),
        ("purge_schedule", {"SOTTO_BATCH": "false"}, "SOTTO_BATCH must not be false"),
    ],
)
def test_an_invalid_setting_is_named_and_events_fail(function, changed, named):
    handler = f"functions.aws_lambda.{function}.handler"
    with run_function(SETTINGS | changed, handler=handler) as running:
        assert running.api.init_error is None
        with pytest.raises(InvocationFailed, match=f"ConfigurationError: .*{named}"):
            running.api.invoke(event_json(EVENTS[function]))
    assert "sotto: SOTTO_" in running.log


def test_keys_are_asked_of_http_alone():
    """The other handlers are not reachable from the internet."""
    with run_function(SETTINGS, handler="functions.aws_lambda.s3_batch.handler") as running:
        assert "sotto:" not in running.log


def test_without_its_model_work_goes_back_to_the_queue(tmp_path):
    """The whole batch: no file is reported as failed for what the operator has forgotten."""
    settings = SETTINGS | {"SOTTO_MODEL_FOLDER": str(tmp_path)}
    with (
        run_function(settings, handler="functions.aws_lambda.sqs_work.handler") as running,
        pytest.raises(InvocationFailed, match=r"ModelMissing: .*models fetch base"),
    ):
        running.api.invoke(event_json("sqs_work"))
