"""Events of AWS are distinguished by their keys, and lose the stage in front of their path."""

import json
from pathlib import Path

import pytest

from functions.aws_lambda.events import EventSource, source_of, without_stage

EVENTS = Path(__file__).resolve().parent.parent.parent / "hosts" / "aws" / "events"


def event_json(name):
    return json.loads((EVENTS / f"{name}.json").read_text())


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("function_url", EventSource.HTTP),
        ("api_gateway_v2", EventSource.HTTP),
        ("api_gateway_rest", EventSource.HTTP),
        ("alb", EventSource.HTTP),
        ("alb_multi_value", EventSource.HTTP),
        ("s3_object_created", EventSource.S3),
        ("s3_test", EventSource.S3_TEST),
        ("sqs", EventSource.SQS),
        ("s3_event_bridge", EventSource.EVENT_BRIDGE),
        ("schedule", EventSource.EVENT_BRIDGE),
        ("scheduler", EventSource.EVENT_BRIDGE),
        ("web_socket", EventSource.UNKNOWN),
    ],
)
def test_an_event_names_its_source(name, source):
    assert source_of(event_json(name)) is source


@pytest.mark.parametrize(
    "event",
    [
        None,
        "warm up",
        [],
        {},
        {"Records": []},
        {"Records": [1]},
        {"Records": [{"cf": {"request": {}}}]},
        {"Records": [{"eventSource": "aws:kinesis"}]},
        {"requestContext": "x"},
    ],
)
def test_an_event_of_another_kind_is_unknown(event):
    """A caller that may invoke the function may send any JSON."""
    assert source_of(event) is EventSource.UNKNOWN


@pytest.mark.parametrize(
    ("stage", "path", "expected"),
    [
        ("$default", "/prod/ready", "/prod/ready"),
        ("prod", "/prod/ready", "/ready"),
        ("prod", "/prod", "/"),
        ("prod", "/prod/", "/"),
        ("prod", "/production/ready", "/production/ready"),
        ("prod", "/ready", "/ready"),
    ],
)
@pytest.mark.parametrize("name", ["api_gateway_v2", "api_gateway_rest"])
def test_the_stage_is_taken_off_the_path(name, stage, path, expected):
    event = event_json(name)
    event["requestContext"]["stage"] = stage
    place = event["requestContext"]["http"] if name == "api_gateway_v2" else event
    place["path"] = path
    before = json.dumps(event)
    changed = without_stage(event)
    place = changed["requestContext"]["http"] if name == "api_gateway_v2" else changed
    assert place["path"] == expected
    assert json.dumps(event) == before


def test_a_load_balancer_has_no_stage():
    event = event_json("alb")
    assert without_stage(event) is event
