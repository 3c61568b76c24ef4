"""Objects that the events of S3 name, and their keys."""

import json
from pathlib import Path

import pytest

from functions.aws_lambda.s3_events import CreatedObject, created_objects
from shared.errors import FeatureUnavailable

EVENTS = Path(__file__).resolve().parent.parent.parent / "hosts" / "aws" / "events"


def event_json(name):
    return json.loads((EVENTS / f"{name}.json").read_text())


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("s3_object_created", ["audio/a b.wav"]),
        (
            "s3_three_objects",
            [
                "dropped/a boy in a shop.flac",
                "dropped/50% + café/the weather+1.wav",
                "dropped/dictée.aiff",
            ],
        ),
        ("s3_event_bridge", ["dropped/100% a+b %2B é.wav"]),
        ("s3_folder_marker", ["dropped/new folder/"]),
        ("s3_object_removed", []),
        ("s3_event_bridge_deleted", []),
        ("s3_test", []),
    ],
)
def test_keys_are_those_that_s3_has(name, keys):
    """Notifications encode them like a form, EventBridge gets them as they are."""
    assert created_objects(event_json(name)) == [CreatedObject("sotto-in", key) for key in keys]


@pytest.mark.parametrize(
    "event",
    [
        None,
        {},
        {"Records": [{"eventSource": "aws:s3"}]},
        {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": "x"}]},
        {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {}}, 1]},
        {"source": "aws.s3", "detail-type": "Object Created"},
        {"source": "aws.s3", "detail-type": "Object Created", "detail": {"bucket": []}},
        {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}},
        {"Records": [{"eventSource": "aws:sqs"}]},
    ],
)
def test_an_unreadable_event_is_not_taken_for_done(event):
    with pytest.raises(FeatureUnavailable):
        created_objects(event)


def test_a_key_is_not_in_the_text_of_an_object():
    """So it is in no error and no log."""
    assert "canary" not in repr(CreatedObject("sotto-in", "canary.wav"))
