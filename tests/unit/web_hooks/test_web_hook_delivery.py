"""Delivery to a web hook: the request, its retries, and their end."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.errors import AddressRefused, FetchFailed
from shared.jobs.job import Job
from shared.jobs.store import JobStore
from shared.jobs.tombstone import Tombstone
from shared.post import Answer
from shared.storage.folder import FolderContainer
from shared.storage.work_message import HookEvent, HookNotice, WorkKind, WorkMessage
from shared.web_hooks.delivery import Delivery, WebHookDelivery
from shared.web_hooks.hook import ApiAddress, HookStatus, WebHook, described
from shared.web_hooks.store import WebHookStore

HOOK_ID = "5d1c7c1e-8a57-4c3c-9a3e-0f6f5d1c2b11"
JOB_ID = "0b0e9f5e-6c1d-4d53-9c1a-3f2f7f4f8a11"
INVOCATION = "c1b6f6d0-5c6a-5b1e-9d3b-2a4f7f1d8e22"
CHALLENGE = "9a02b1de-77f0-4a7e-8a0d-2d1b7c3f4e55"
# openssl dgst -sha256 -hmac s3 -binary | base64, over the body below.
SIGNATURE = "qZvH0c/L4hAwXzFBKM5vAUsMRITjOo9srkU350ol1jA="
CREATED = datetime(2026, 11, 24, 8, 15, tzinfo=UTC)
HOOK = WebHook(
    id=HOOK_ID,
    created_at=CREATED,
    last_action_at=CREATED,
    display_name="hook",
    web_url="https://me.example/cb?key=a%2Fb#part",
    events=("transcriptionCompletion",),
    api=ApiAddress("https://host/speechtotext", "2024-11-15"),
    challenge_id=CHALLENGE,
    status=HookStatus.SUCCEEDED,
    secret="s3",
)


class _Receiver:
    """Returns the given answers, raises those that are exceptions, and keeps the requests."""

    def __init__(self):
        self.answers, self.sent = [], []

    def __call__(self, url, body, headers):
        self.sent.append((url, body, headers))
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer(url)
        return answer if isinstance(answer, Answer) else Answer(answer, b"")


class _Queue:
    """Keeps what was sent, with its delays."""

    def __init__(self):
        self.sent = []

    def send(self, message, delay_s=0):
        self.sent.append((message, delay_s))


@pytest.fixture
def store(tmp_path):
    return JobStore(FolderContainer(tmp_path))


@pytest.fixture
def hooks(store):
    return WebHookStore(store.container)


@pytest.fixture
def queue():
    return _Queue()


@pytest.fixture
def receiver():
    return _Receiver()


@pytest.fixture
def deliver(hooks, store, queue, receiver):
    delivery = WebHookDelivery(hooks, store, queue, send=receiver)
    return lambda message: delivery.deliver(message, message.notice)


def message(event=HookEvent.TRANSCRIPTION_COMPLETION, attempt=1, invocation=INVOCATION):
    notice = HookNotice(HOOK_ID, event, invocation)
    subject = HOOK_ID if event in {HookEvent.PING, HookEvent.CHALLENGE} else JOB_ID
    return WorkMessage(WorkKind.WEB_HOOK, subject, attempt=attempt, notice=notice)


def challenge(attempt=1):
    return message(HookEvent.CHALLENGE, attempt, CHALLENGE)


def token(url):
    return Answer(200, parse_qs(urlsplit(url).query)["validationToken"][0].encode())


def test_an_event_is_this_request(hooks, deliver, receiver):
    hooks.create(HOOK)
    assert deliver(message()).delivery is Delivery.DELIVERED
    address = f"https://host/speechtotext/transcriptions/{JOB_ID}?api-version=2024-11-15"
    assert receiver.sent == [
        (
            "https://me.example/cb?key=a%2Fb#part",
            f'{{"self":"{address}","invocationId":"{INVOCATION}"}}'.encode(),
            {
                "Content-Type": "application/json; charset=utf-8",
                "X-MicrosoftSpeechServices-Event": "TranscriptionCompletion",
                "X-MicrosoftSpeechServices-Signature": SIGNATURE,
            },
        )
    ]


def test_without_a_secret_there_is_no_signature(hooks, deliver, receiver):
    hooks.create(replace(HOOK, secret=""))
    deliver(message())
    assert set(receiver.sent[0][2]) == {"Content-Type", "X-MicrosoftSpeechServices-Event"}


def test_a_ping_is_the_hook_itself(hooks, deliver, receiver):
    hooks.create(HOOK)
    assert deliver(message(HookEvent.PING)).delivery is Delivery.DELIVERED
    assert json.loads(receiver.sent[0][1]) == described(HOOK, HOOK.api)


@pytest.mark.parametrize("answer", [503, 404, 302, FetchFailed("x"), 500, 100])
def test_a_refused_notice_is_sent_again_and_given_up_in_the_end(
    hooks, queue, deliver, receiver, answer
):
    """Six tries over ten minutes, whatever the reason."""
    hooks.create(HOOK)
    receiver.answers = [answer] * 6
    pending, delays = message(), []
    while deliver(pending).delivery is Delivery.POSTPONED:
        following, delay_s = queue.sent.pop()
        assert following == replace(pending, attempt=pending.attempt + 1)
        pending = following
        delays.append(delay_s)
    assert delays == [5, 15, 45, 135, 405]
    assert len(receiver.sent) == 6
    assert queue.sent == []
    assert len({body for _, body, _ in receiver.sent}) == 1


def test_the_reason_is_for_the_log(hooks, deliver, receiver):
    hooks.create(HOOK)
    receiver.answers = [503, FetchFailed("x")]
    assert (deliver(message()).status, deliver(message()).status) == (503, None)
    receiver.answers = [FetchFailed("x")]
    assert isinstance(deliver(message(attempt=6)).cause, FetchFailed)


def test_an_address_that_is_not_allowed_is_given_up_at_once(hooks, queue, deliver, receiver):
    hooks.create(HOOK)
    receiver.answers = [AddressRefused("x")]
    assert deliver(message()).delivery is Delivery.GIVEN_UP
    assert queue.sent == []


@pytest.mark.parametrize("hook", [None, replace(HOOK, status=HookStatus.FAILED)])
def test_a_hook_that_is_deleted_or_failed_receives_no_notice(hooks, queue, deliver, receiver, hook):
    if hook is not None:
        hooks.create(hook)
    assert deliver(message()).delivery is Delivery.DROPPED
    assert (receiver.sent, queue.sent) == ([], [])


@pytest.mark.parametrize("status", [HookStatus.NOT_STARTED, HookStatus.RUNNING])
def test_a_notice_before_the_answer_to_the_challenge_is_postponed(
    hooks, queue, deliver, receiver, status
):
    hooks.create(replace(HOOK, status=status))
    assert deliver(message()).delivery is Delivery.POSTPONED
    assert receiver.sent == []
    assert queue.sent == [(message(attempt=2), 5)]


def test_a_creation_is_delivered_once_the_job_is_stored(store, deliver, receiver, hooks):
    """Its notice is queued first; the job may be deleted before the notice is delivered."""
    hooks.create(HOOK)
    created = message(HookEvent.TRANSCRIPTION_CREATION)
    assert deliver(created).delivery is Delivery.POSTPONED
    assert deliver(replace(created, attempt=6)).delivery is Delivery.DROPPED
    assert receiver.sent == []
    store.create(Job(id=JOB_ID, created_at=CREATED, files=()))
    assert deliver(created).delivery is Delivery.DELIVERED
    store.remove(JOB_ID)
    store.write_tombstone(JOB_ID, Tombstone(until=CREATED))
    assert deliver(created).delivery is Delivery.DELIVERED


def test_a_deletion_is_delivered_once_the_job_is_gone(store, deliver, receiver, hooks):
    hooks.create(HOOK)
    deleted = message(HookEvent.TRANSCRIPTION_DELETION)
    assert deliver(deleted).delivery is Delivery.POSTPONED
    assert receiver.sent == []
    store.write_tombstone(JOB_ID, Tombstone(until=CREATED))
    assert deliver(deleted).delivery is Delivery.DELIVERED


def settled(hooks):
    return hooks.find(HOOK_ID)[0]


def test_a_hook_that_answers_the_challenge_with_its_token_succeeds(hooks, deliver, receiver):
    """The query of the address stays as it is: it may be signed."""
    hooks.create(replace(HOOK, status=HookStatus.NOT_STARTED))
    receiver.answers = [token]
    assert deliver(challenge()).delivery is Delivery.DELIVERED
    assert settled(hooks).status is HookStatus.SUCCEEDED
    assert settled(hooks).last_action_at > CREATED
    ((url, body, headers),) = receiver.sent
    assert url.startswith("https://me.example/cb?key=a%2Fb&validationToken=")
    assert (body, headers["X-MicrosoftSpeechServices-Event"]) == (b"", "Challenge")
    assert deliver(challenge()).delivery is Delivery.DROPPED  # delivered twice, asked once
    assert len(receiver.sent) == 1


def test_each_challenge_has_a_token_of_its_own(hooks, deliver, receiver):
    hooks.create(replace(HOOK, status=HookStatus.NOT_STARTED, web_url="https://me.example"))
    receiver.answers = [503, 503]
    deliver(challenge())
    deliver(challenge(2))
    (first, *_), (second, *_) = receiver.sent
    assert first.startswith("https://me.example?validationToken=")
    assert first != second


@pytest.mark.parametrize(
    "answer",
    [Answer(200, b"another"), Answer(200, b""), Answer(204, b""), 404, 302, AddressRefused("x")],
)
def test_a_wrong_answer_to_the_challenge_fails_the_hook(hooks, queue, deliver, receiver, answer):
    hooks.create(replace(HOOK, status=HookStatus.NOT_STARTED))
    receiver.answers = [answer]
    assert deliver(challenge()).delivery is Delivery.GIVEN_UP
    assert settled(hooks).status is HookStatus.FAILED
    assert settled(hooks).failure
    assert queue.sent == []


@pytest.mark.parametrize("answer", [503, 429, FetchFailed("x")])
def test_a_receiver_that_is_not_up_yet_is_challenged_again(hooks, queue, deliver, receiver, answer):
    hooks.create(replace(HOOK, status=HookStatus.NOT_STARTED))
    receiver.answers = [answer, answer, token]
    assert deliver(challenge()).delivery is Delivery.POSTPONED
    assert settled(hooks).status is HookStatus.RUNNING
    assert queue.sent == [(challenge(2), 5)]
    assert deliver(challenge(6)).delivery is Delivery.GIVEN_UP
    assert settled(hooks).status is HookStatus.FAILED


def test_an_older_challenge_decides_nothing(hooks, deliver, receiver):
    """The address was changed, or its record is not written yet."""
    hooks.create(replace(HOOK, status=HookStatus.NOT_STARTED))
    other = message(HookEvent.CHALLENGE, invocation=INVOCATION)
    assert deliver(other).delivery is Delivery.POSTPONED
    assert deliver(replace(other, attempt=6)).delivery is Delivery.DROPPED
    assert receiver.sent == []
    assert settled(hooks).status is HookStatus.NOT_STARTED


def test_a_change_during_the_challenge_is_kept(hooks, deliver, receiver):
    hooks.create(replace(HOOK, status=HookStatus.NOT_STARTED))

    def rename_and_answer(url):
        hook, etag = hooks.find(HOOK_ID)
        hooks.replace(replace(hook, display_name="renamed"), etag)
        return token(url)

    receiver.answers = [rename_and_answer]
    deliver(challenge())
    assert (settled(hooks).display_name, settled(hooks).status) == (
        "renamed",
        HookStatus.SUCCEEDED,
    )


def test_an_address_that_changes_during_the_challenge_has_not_succeeded(hooks, deliver, receiver):
    hooks.create(replace(HOOK, status=HookStatus.NOT_STARTED))

    def move_and_answer(url):
        hook, etag = hooks.find(HOOK_ID)
        moved = replace(hook, web_url="https://other.example", challenge_id=INVOCATION)
        hooks.replace(moved, etag)
        return token(url)

    receiver.answers = [move_and_answer]
    deliver(challenge())
    assert settled(hooks).status is HookStatus.NOT_STARTED
