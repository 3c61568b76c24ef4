"""The wire form of a piece of work: small, strict, identifiers only."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import MalformedMessage
from shared.storage.work_message import (
    MAX_MESSAGE_BYTES,
    HookEvent,
    HookNotice,
    WorkKind,
    WorkMessage,
)

JOB = "0b0e9f5e-6c1d-4d53-9c1a-3f2f7f4f8a11"
HOOK = "5d1c7c1e-8a57-4c3c-9a3e-0f6f5d1c2b11"
INVOCATION = "9a02b1de-77f0-5a7e-8a0d-2d1b7c3f4e55"
NOTICE = HookNotice(HOOK, HookEvent.TRANSCRIPTION_COMPLETION, INVOCATION)
FIELDS = {"v": 1, "kind": "transcribe", "job": JOB, "file": 3, "attempt": 1}
HOOK_FIELDS = {
    "v": 1,
    "kind": "web_hook",
    "job": JOB,
    "hook": HOOK,
    "event": "transcriptionCompletion",
    "invocation": INVOCATION,
    "attempt": 1,
}


def body(**changes):
    return json.dumps({**FIELDS, **changes}).encode()


def hook_body(**changes):
    return json.dumps({**HOOK_FIELDS, **changes}).encode()


messages = st.one_of(
    st.builds(
        WorkMessage,
        st.just(WorkKind.TRANSCRIBE),
        st.uuids().map(str),
        st.integers(0, 9999),
        st.integers(1, 1000),
        submission_id=st.none() | st.uuids().map(str),
    ),
    st.builds(
        WorkMessage,
        st.just(WorkKind.WEB_HOOK),
        st.uuids().map(str),
        st.none(),
        st.integers(1, 1000),
        st.builds(HookNotice, st.uuids().map(str), st.sampled_from(HookEvent), st.uuids().map(str)),
    ),
)


@given(messages)
def test_a_written_message_is_read_again(message):
    assert WorkMessage.from_json(message.to_json()) == message


@given(messages)
def test_every_message_fits_well_into_any_queue(message):
    assert len(message.to_json()) < MAX_MESSAGE_BYTES / 2


def test_the_wire_form_is_this():
    message = WorkMessage(WorkKind.TRANSCRIBE, JOB, 3)
    assert message.to_json() == (
        b'{"v":1,"kind":"transcribe","job":"0b0e9f5e-6c1d-4d53-9c1a-3f2f7f4f8a11",'
        b'"file":3,"attempt":1}'
    )
    dropped = WorkMessage(WorkKind.TRANSCRIBE, JOB, 0, submission_id=NOTICE.hook_id)
    assert dropped.to_json() == (
        b'{"v":1,"kind":"transcribe","job":"0b0e9f5e-6c1d-4d53-9c1a-3f2f7f4f8a11",'
        b'"file":0,"submission":"5d1c7c1e-8a57-4c3c-9a3e-0f6f5d1c2b11","attempt":1}'
    )
    assert WorkMessage(WorkKind.WEB_HOOK, JOB, notice=NOTICE).to_json() == (
        b'{"v":1,"kind":"web_hook","job":"0b0e9f5e-6c1d-4d53-9c1a-3f2f7f4f8a11",'
        b'"hook":"5d1c7c1e-8a57-4c3c-9a3e-0f6f5d1c2b11","event":"transcriptionCompletion",'
        b'"invocation":"9a02b1de-77f0-5a7e-8a0d-2d1b7c3f4e55","attempt":1}'
    )


@pytest.mark.parametrize(
    "malformed",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff\xfe",
        b"[" * 500,
        b" " * 600,
        body(v=2),
        body(v=True),
        body(v="1"),
        body(kind="purge"),
        body(job="calls of monday"),
        body(job=JOB.upper()),
        body(job=JOB + "\n"),
        body(file=-1),
        body(submission="calls of monday"),
        body(kind="fan_out", submission=JOB),
        body(file=10_000),
        body(file=1.0),
        body(file=True),
        body(file=None),
        body(attempt=0),
        body(attempt=None),
        body(attempt=float("nan")),
        body(text="what was said"),
        body(kind="close"),
        body(hook=HOOK),
        body(hook=HOOK, event="ping", invocation=INVOCATION),
        hook_body(hook=None),
        hook_body(hook="https://me.example/cb"),
        hook_body(event="what was said"),
        hook_body(invocation=INVOCATION.upper()),
        hook_body(file=0),
        json.dumps({name: FIELDS[name] for name in FIELDS if name != "job"}).encode(),
        body()[:-1] + b',"job":"%s"}' % JOB.encode(),
        body(file=1)[:-1] + b',"x":%s}' % (b"1" * 300),
    ],
    ids=lambda malformed: malformed[:60].decode("latin-1") or "nothing",
)
def test_anything_else_is_refused_without_being_quoted(malformed):
    with pytest.raises(MalformedMessage) as refusal:
        WorkMessage.from_json(malformed)
    said, error = "", refusal.value
    while error is not None:
        said, error = f"{said} {error}", error.__context__
    assert not any(word in said for word in ("purge", "monday", JOB.upper(), "what was said"))


@pytest.mark.parametrize(
    "arguments",
    [
        (WorkKind.TRANSCRIBE, "my recording", 0),
        (WorkKind.TRANSCRIBE, JOB, None),
        (WorkKind.TRANSCRIBE, JOB, -1),
        (WorkKind.WEB_HOOK, JOB),
        (WorkKind.WEB_HOOK, JOB, 0, 1, NOTICE),
        (WorkKind.WEB_HOOK, JOB, None, 0, NOTICE),
        (WorkKind.TRANSCRIBE, JOB, 0, 1, NOTICE),
    ],
)
def test_no_other_message_can_be_made(arguments):
    """So no text gets into a queue by mistake."""
    with pytest.raises(MalformedMessage):
        WorkMessage(*arguments)


@pytest.mark.parametrize(("hook", "invocation"), [("my hook", INVOCATION), (HOOK, "1")])
def test_a_notice_holds_nothing_but_ids(hook, invocation):
    with pytest.raises(MalformedMessage):
        HookNotice(hook, HookEvent.PING, invocation)
