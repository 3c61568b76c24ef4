"""What web hooks are to be told, put into the queue.

A notice is told at least once, and has one invocation id however often it is told. Whoever
says that something has changed sends its notices beside it, in an order that loses none: who
comes after a crash sends them again.
"""

import uuid
from collections import deque

from shared.errors import QueueNotFound
from shared.jobs.job import Job, JobOrigin
from shared.jobs.store import JobStore
from shared.jobs.web_hook import WebHook
from shared.jobs.web_hook_store import KNOWN_WITHIN_S
from shared.storage.work_message import HookEvent, HookNotice, WorkKind, WorkMessage
from shared.storage.work_queue import WorkQueue

RECORD_DELAY_S = 1
"""Where a message is sent before the record that it speaks of: the record is there then."""

_BEFORE_RECORD = frozenset({HookEvent.TRANSCRIPTION_CREATION, HookEvent.TRANSCRIPTION_DELETION})

# Every process knows the hook before it can have succeeded, so that no event is missed.
_CHALLENGE_DELAY_S = RECORD_DELAY_S + int(KNOWN_WITHIN_S)

_OF_JOBS = (
    HookEvent.TRANSCRIPTION_CREATION,
    HookEvent.TRANSCRIPTION_PROCESSING,
    HookEvent.TRANSCRIPTION_COMPLETION,
)
_LAST_JOBS = 100

_INVOCATIONS = uuid.UUID("0c7be7a4-51d5-4f53-8a3e-6b4e1a0d9c35")


def announce(event: HookEvent, job: Job, store: JobStore, queue: WorkQueue) -> None:
    """Have web hooks told of a job; of dropped files the API knows nothing.

    Creation and deletion before they are written: a notice that finds no record waits for it,
    and is dropped in the end. All else afterwards, because who is told will look.
    """
    if job.origin is not JobOrigin.REST:
        return
    delay_s = RECORD_DELAY_S if event in _BEFORE_RECORD else 0
    for hook in store.web_hooks.subscribed_to(event):
        notice = HookNotice(hook.id, event, invocation_id(job.id, hook.id, event))
        queue.send(WorkMessage(WorkKind.WEB_HOOK, job.id, notice=notice), delay_s)


def announce_again(hook: WebHook, event: HookEvent, job_id: str, queue: WorkQueue) -> None:
    """Have one hook told of a job for a test: under another invocation id each time."""
    notice = HookNotice(hook.id, event, str(uuid.uuid4()))
    queue.send(WorkMessage(WorkKind.WEB_HOOK, job_id, notice=notice))


def last_jobs(hook: WebHook, store: JobStore) -> dict[HookEvent, str]:
    """Latest job that each event of a hook fits, among the last hundred: ids by event.

    Of deleted jobs none is left to be told of.
    """
    wanted = [event for event in _OF_JOBS if event in hook.events]
    found: dict[HookEvent, str] = {}
    for job_id in reversed(deque(store.created(), maxlen=_LAST_JOBS)):
        if len(found) == len(wanted):
            break
        if not store.has_job(job_id) or store.is_gone(job_id):
            continue
        for event in wanted:
            if event not in found and _fits(event, job_id, store):
                found[event] = job_id
    return found


def send_ping(hook: WebHook, queue: WorkQueue) -> None:
    """Have a hook told of itself."""
    notice = HookNotice(hook.id, HookEvent.PING, str(uuid.uuid4()))
    queue.send(WorkMessage(WorkKind.WEB_HOOK, hook.id, notice=notice))


def send_challenge(hook: WebHook, queue: WorkQueue) -> None:
    """Have a hook challenged; call this before the record is written."""
    notice = HookNotice(hook.id, HookEvent.CHALLENGE, hook.challenge_id)
    message = WorkMessage(WorkKind.WEB_HOOK, hook.id, notice=notice)
    try:
        queue.send(message, _CHALLENGE_DELAY_S)
    except QueueNotFound:  # nobody was told of anything here before
        queue.prepare()
        queue.send(message, _CHALLENGE_DELAY_S)


def invocation_id(job_id: str, hook_id: str, event: HookEvent) -> str:
    """Id by which a receiver knows what it was told before (UUID version 5, RFC 9562)."""
    return str(uuid.uuid5(_INVOCATIONS, f"{job_id}\n{hook_id}\n{event}"))


def _fits(event: HookEvent, job_id: str, store: JobStore) -> bool:
    if event is HookEvent.TRANSCRIPTION_PROCESSING:
        return store.started_at(job_id) is not None
    if event is HookEvent.TRANSCRIPTION_COMPLETION:
        return store.closing(job_id) is not None
    return True
