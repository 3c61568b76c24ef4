"""Blobs that the events of Event Grid name, and their names."""

import json
from pathlib import Path

import pytest

from functions.azure_app.event_grid import CreatedBlob, created_blobs
from shared.errors import MalformedMessage

EVENTS = Path(__file__).resolve().parent.parent.parent / "hosts" / "azure" / "events"


def body_of(name):
    return (EVENTS / f"{name}.json").read_bytes()


def changed(name, **fields):
    """Return the body of an event with other fields; None takes a field out."""
    event = json.loads(body_of(name)) | fields
    return json.dumps({key: value for key, value in event.items() if value is not None}).encode()


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("put_blob", [("calls/monday 1.wav",)]),
        ("cloud_event", [("calls/monday 1.wav", "calls/monday%201.wav")]),
        ("put_block_list", [("50% of + café #2?.wav",)]),
        ("copy_blob", [("a%20b.wav", "a%2520b.wav")]),
        ("two_events", [("a.wav",), ("b.wav",)]),
        ("emoji", [("heron \ufffd\ufffd.wav", "heron%20%F0%9F%92%8E.wav", "heron 💎.wav")]),
        ("flush_with_close", [("calls/long.wav",)]),
        ("sftp_commit", [("calls/long.wav",)]),
    ],
)
def test_a_blob_has_the_names_of_its_subject_and_of_its_address(name, names):
    """Each once: Event Grid writes both as they are, and the second may come encoded."""
    assert created_blobs(body_of(name)) == [CreatedBlob("audio", one) for one in names]


@pytest.mark.parametrize(
    "name", ["create_file", "sftp_create", "blob_deleted", "blob_renamed", "key_near_expiry"]
)
def test_other_events_and_beginnings_of_files_name_no_blob(name):
    assert created_blobs(body_of(name)) == []


@pytest.mark.parametrize("url", [None, "", "https://cdn.example/elsewhere/b.wav", 7])
def test_an_address_that_leads_elsewhere_names_nothing(url):
    data = json.loads(body_of("put_blob"))["data"] | {"url": url}
    (blob,) = created_blobs(changed("put_blob", data=data))
    assert blob.names == ("calls/monday 1.wav",)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"heron",
        b"\xff",
        b"[" * 100_000,
        b"null",
        b"7",
        b"{}",
        b'["heron"]',
        changed("put_blob", eventType=None),
        changed("put_blob", data=None),
        changed("put_blob", data={}),
        changed("put_blob", data="heron"),
        changed("put_blob", subject=None),
        changed("put_blob", subject=7),
        changed("put_blob", subject="/blobServices/default/containers/audio"),
        changed("put_blob", subject="/blobServices/default/containers/audio/blobs/"),
        changed("put_blob", subject="/queueServices/default/containers/audio/blobs/heron.wav"),
    ],
)
def test_an_unreadable_event_is_not_taken_for_done(body):
    with pytest.raises(MalformedMessage) as refused:
        created_blobs(body)
    assert "heron" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_name_is_not_in_the_text_of_a_blob():
    """So it is in no error and no log."""
    assert "canary" not in repr(CreatedBlob("audio", ("canary.wav",)))
