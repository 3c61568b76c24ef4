"""Notifications of web hooks, enqueued by the writer of each change.

A notification is sent at least once. A retry after a crash enqueues it again with the same
invocation id, by which a receiver knows it.
"""

import uuid

from shared.errors import QueueNotFound
from shared.storage.work_message import HookEvent, HookNotice, WorkKind, WorkMessage
from shared.storage.work_queue import WorkQueue
from shared.web_hooks.hook import WebHook
from shared.web_hooks.store import KNOWN_WITHIN_S, WebHookStore

RECORD_DELAY_S = 1
"""Delay of a message that is sent before its record, which exists by then."""

_BEFORE_RECORD = frozenset({HookEvent.TRANSCRIPTION_CREATION, HookEvent.TRANSCRIPTION_DELETION})

# Every process has read the hook before its challenge can succeed, so that no event is missed.
_CHALLENGE_DELAY_S = RECORD_DELAY_S + int(KNOWN_WITHIN_S)

_INVOCATIONS = uuid.UUID("0c7be7a4-51d5-4f53-8a3e-6b4e1a0d9c35")


def announce(event: HookEvent, job_id: str, hooks: WebHookStore, queue: WorkQueue) -> None:
    """Enqueue the notifications of a change of a job.

    Call it before the record of a creation or deletion is written: a notification without its
    record waits, and is dropped in the end. Call it after any other change: receivers look at
    the job at once.
    """
    delay_s = RECORD_DELAY_S if event in _BEFORE_RECORD else 0
    for hook in hooks.subscribed_to(event):
        notice = HookNotice(hook.id, event, invocation_id(job_id, hook.id, event))
        queue.send(WorkMessage(WorkKind.WEB_HOOK, job_id, notice=notice), delay_s)


def announce_again(hook: WebHook, event: HookEvent, job_id: str, queue: WorkQueue) -> None:
    """Enqueue a test notification of one hook, with a new invocation id each time."""
    notice = HookNotice(hook.id, event, str(uuid.uuid4()))
    queue.send(WorkMessage(WorkKind.WEB_HOOK, job_id, notice=notice))


def send_ping(hook: WebHook, queue: WorkQueue) -> None:
    """Enqueue a ping of a hook."""
    notice = HookNotice(hook.id, HookEvent.PING, str(uuid.uuid4()))
    queue.send(WorkMessage(WorkKind.WEB_HOOK, hook.id, notice=notice))


def send_challenge(hook: WebHook, queue: WorkQueue) -> None:
    """Enqueue the challenge of a hook; call this before its record is written."""
    notice = HookNotice(hook.id, HookEvent.CHALLENGE, hook.challenge_id)
    message = WorkMessage(WorkKind.WEB_HOOK, hook.id, notice=notice)
    try:
        queue.send(message, _CHALLENGE_DELAY_S)
    except QueueNotFound:  # the first message of this service
        queue.prepare()
        queue.send(message, _CHALLENGE_DELAY_S)


def invocation_id(job_id: str, hook_id: str, event: HookEvent) -> str:
    """Id by which a receiver knows a repeated notification (UUID version 5, RFC 9562)."""
    return str(uuid.uuid5(_INVOCATIONS, f"{job_id}\n{hook_id}\n{event}"))
