"""Web hooks as records: what is kept of them, what is shown, and who is to be told."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.errors import AlreadyExists, Changed, MalformedJob
from shared.jobs.batch_services import BatchServices
from shared.jobs.job import DropTarget, Job, JobFile, RestTarget
from shared.jobs.store import JobStore
from shared.storage.folder import FolderContainer
from shared.storage.work_message import HookEvent
from shared.web_hooks.hook import ApiAddress, HookStatus, WebHook, described
from shared.web_hooks.notices import announce, invocation_id
from shared.web_hooks.store import KNOWN_WITHIN_S, WebHookStore, hook_name, parse_hook_name

HOOK_ID = "5d1c7c1e-8a57-4c3c-9a3e-0f6f5d1c2b11"
JOB_ID = "0b0e9f5e-6c1d-4d53-9c1a-3f2f7f4f8a11"
CREATED = datetime(2026, 11, 24, 8, 15, 0, 250_000, tzinfo=UTC)
V3 = ApiAddress("https://host/speechtotext/v3.2", "v3.2")
DATED = ApiAddress("https://host/speechtotext", "2024-11-15")
HOOK = WebHook(
    id=HOOK_ID,
    created_at=CREATED,
    last_action_at=CREATED,
    display_name="hook of monday",
    description="for the team",
    custom_properties=(("team", "blue"),),
    web_url="https://me.example/cb?key=canary",
    events=("transcriptionCompletion", "ping"),
    api=DATED,
    challenge_id="9a02b1de-77f0-4a7e-8a0d-2d1b7c3f4e55",
    secret="s3",
)


class _Clock:
    """A clock that stands still until a test moves it."""

    now_s = 100.0

    def __call__(self):
        return self.now_s


class _SentMessages:
    """A queue that keeps what was sent."""

    def __init__(self):
        self.sent = []

    def send(self, message, delay_s=0):
        self.sent.append((message, delay_s))


@pytest.fixture
def container(tmp_path):
    return FolderContainer(tmp_path)


@pytest.mark.parametrize(
    "hook",
    [
        HOOK,
        replace(HOOK, description=None, custom_properties=(), secret="", api=V3),
        replace(HOOK, status=HookStatus.FAILED, failure="It did not answer.", events=("ping",)),
    ],
)
def test_a_record_is_read_as_it_was_written(hook):
    assert WebHook.from_json(hook.to_json()) == hook


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'"ping"', b'"pong"'), (b'"v":1', b'"v":2'), (b"NotStarted", b"Done"), (b"s3", b'"s3')],
)
def test_a_record_that_is_another_is_refused_without_being_quoted(old, new):
    with pytest.raises(MalformedJob) as raised:
        WebHook.from_json(HOOK.to_json().replace(old, new))
    assert "canary" not in str(raised.value)
    assert "s3" not in str(raised.value)


def test_secret_and_address_are_in_no_representation():
    shown = repr(HOOK) + repr(replace(HOOK, events=()))
    assert not any(word in shown for word in ("s3", "canary", "me.example", "monday"))


def test_a_caller_sees_all_but_the_secret():
    assert described(HOOK, DATED) == {
        "self": f"https://host/speechtotext/webhooks/{HOOK_ID}?api-version=2024-11-15",
        "displayName": "hook of monday",
        "description": "for the team",
        "customProperties": {"team": "blue"},
        "webUrl": "https://me.example/cb?key=canary",
        "events": {"transcriptionCompletion": True, "ping": True},
        "links": {
            "ping": f"https://host/speechtotext/webhooks/{HOOK_ID}:ping?api-version=2024-11-15",
            "test": f"https://host/speechtotext/webhooks/{HOOK_ID}:test?api-version=2024-11-15",
        },
        "properties": {"apiVersion": "v2024-11-15"},
        "status": "NotStarted",
        "createdDateTime": "2026-11-24T08:15:00Z",
        "lastActionDateTime": "2026-11-24T08:15:00Z",
    }


@pytest.mark.parametrize(("version", "sign"), [("v3.0", "/"), ("v3.1", ":"), ("v3.2", ":")])
def test_each_version_has_its_own_way_to_ping(version, sign):
    api = ApiAddress(f"https://host/speechtotext/{version}", version)
    shown = described(HOOK, api)
    assert shown["links"]["ping"] == f"{api.root}/webhooks/{HOOK_ID}{sign}ping"
    assert shown["properties"]["apiVersion"] == "v2024-11-15"  # which shapes its notices


def test_a_failed_challenge_is_explained():
    failed = replace(HOOK, status=HookStatus.FAILED, failure="It did not answer.")
    assert described(failed, V3)["properties"]["error"] == {
        "code": "InvalidCallbackUri",
        "message": "It did not answer.",
    }


def test_only_ids_become_names():
    assert parse_hook_name(hook_name(HOOK_ID)) == HOOK_ID
    for other in ("hooks/x/hook.json", f"hooks/{HOOK_ID}", f"jobs/{HOOK_ID}/hook.json"):
        assert parse_hook_name(other) is None
    with pytest.raises(ValueError, match="not the id"):
        hook_name("../jobs")


def test_hooks_are_listed_oldest_first_and_gone_when_deleted(container):
    store = WebHookStore(container)
    later = replace(HOOK, id=JOB_ID, created_at=CREATED.replace(hour=9))
    for hook in (later, HOOK):
        store.create(hook)
    assert store.all() == [HOOK, later]
    with pytest.raises(AlreadyExists):
        store.create(HOOK)
    store.delete(HOOK_ID)
    store.delete(HOOK_ID)
    assert store.all() == [later]
    assert store.find(HOOK_ID) is None


def test_of_two_changes_at_once_one_is_refused(container):
    store = WebHookStore(container)
    store.create(HOOK)
    _, etag = store.find(HOOK_ID)
    store.replace(replace(HOOK, display_name="one"), etag)
    with pytest.raises(Changed):
        store.replace(replace(HOOK, display_name="other"), etag)
    assert store.find(HOOK_ID)[0].display_name == "one"


def test_another_process_is_noticed_after_a_second_and_this_one_at_once(container):
    clock = _Clock()
    store, other = WebHookStore(container, clock), WebHookStore(container)
    wanted = HookEvent.TRANSCRIPTION_COMPLETION
    assert store.subscribed_to(wanted) == []
    other.create(HOOK)
    assert store.subscribed_to(wanted) == []
    clock.now_s += KNOWN_WITHIN_S
    assert store.subscribed_to(wanted) == [HOOK]
    assert store.subscribed_to(HookEvent.TRANSCRIPTION_CREATION) == []
    store.delete(HOOK_ID)
    assert store.subscribed_to(wanted) == []


@pytest.mark.parametrize(
    ("event", "delay_s"),
    [
        (HookEvent.TRANSCRIPTION_CREATION, 1),
        (HookEvent.TRANSCRIPTION_PROCESSING, 0),
        (HookEvent.TRANSCRIPTION_COMPLETION, 0),
        (HookEvent.TRANSCRIPTION_DELETION, 1),
    ],
)
def test_a_change_is_announced_to_who_wants_it_under_the_same_id_each_time(
    container, event, delay_s
):
    """Ahead of its record it waits a moment for that."""
    hooks, queue = WebHookStore(container), _SentMessages()
    hooks.create(replace(HOOK, events=(event,)))
    hooks.create(replace(HOOK, id=JOB_ID, events=("ping",)))
    announce(event, JOB_ID, hooks, queue)
    announce(event, JOB_ID, hooks, queue)
    (first, delay), second = queue.sent
    assert second == (first, delay) == (first, delay_s)
    assert (first.job_id, first.notice.hook_id, first.notice.event) == (JOB_ID, HOOK_ID, event)


def test_a_dropped_file_is_not_announced(container):
    batch = BatchServices(JobStore(container), _SentMessages())
    batch.web_hooks.create(HOOK)
    files = (JobFile("a.wav", "a.wav.json"),)
    for target in (DropTarget("audio"), RestTarget()):
        job = Job(id=JOB_ID, created_at=CREATED, files=files, target=target)
        batch.announce(HookEvent.TRANSCRIPTION_COMPLETION, job)
    assert len(batch.queue.sent) == 1


def test_job_hook_and_event_have_ids_of_their_own():
    ids = {
        invocation_id(job_id, hook_id, event)
        for job_id in (JOB_ID, HOOK_ID)
        for hook_id in (JOB_ID, HOOK_ID)
        for event in HookEvent
    }
    assert len(ids) == 4 * len(HookEvent)
    assert invocation_id(JOB_ID, HOOK_ID, HookEvent.TRANSCRIPTION_COMPLETION) == (
        "37c018e1-f8fb-5e5a-baca-a6baf4728773"
    )
