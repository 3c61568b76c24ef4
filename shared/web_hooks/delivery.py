"""Delivery of notifications: one request, and another later where it was not answered with 2xx.

A retry is a new message with a delay, so that waiting blocks no worker and outlives every
process. After the last attempt the notification is given up.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum, auto
from functools import partial
from typing import Protocol

from shared.address_guard import Network
from shared.errors import AddressRefused, Changed, FetchError
from shared.post import Answer, post
from shared.storage.work_message import HookEvent, HookNotice, WorkMessage
from shared.storage.work_queue import WorkQueue
from shared.web_hooks.hook import HookStatus, WebHook, described
from shared.web_hooks.store import WebHookStore

DELAYS_S = (5, 15, 45, 135, 405)
"""Before each further attempt: six attempts in ten minutes."""

EVENT_HEADER = "X-MicrosoftSpeechServices-Event"
SIGNATURE_HEADER = "X-MicrosoftSpeechServices-Signature"

_TIMEOUT_S = 10.0
_PASSING = frozenset({408, 425, 429})
_MOST_CHANGES = 5  # by other writers, between reading a record and writing it

_SILENT = "The address could not be reached, or did not answer as it should."
_WRONG = "The address did not answer the challenge with status 200 and the validation token."
_REFUSED = "The address leads into a network that is not allowed, or is not https."


class JobRecords(Protocol):
    """The questions that delivery has about jobs; `shared.jobs.store.JobStore` answers them."""

    def has_job(self, job_id: str) -> bool:
        """Whether the job is stored."""
        ...

    def is_deleted(self, job_id: str) -> bool:
        """Whether the job has a tombstone."""
        ...


class HttpSender(Protocol):
    """Sends a request: `post` with the networks that the settings allow."""

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send a body. Raises `FetchError`."""
        ...


class Delivery(Enum):
    """Result of a notification: accepted, to be retried, failed for good, not needed."""

    DELIVERED = auto()
    POSTPONED = auto()
    GIVEN_UP = auto()
    DROPPED = auto()


@dataclass(frozen=True, slots=True)
class HookResult:
    """Result of a message about a web hook, for the log of its host.

    status: of the answer, if there was one.
    cause: error where there was none.
    """

    delivery: Delivery
    status: int | None = None
    cause: Exception | None = None


class WebHookDelivery:
    """Sends notices to web hooks. Methods may be called from any thread."""

    def __init__(
        self,
        hooks: WebHookStore,
        jobs: JobRecords,
        queue: WorkQueue,
        allowed_networks: Sequence[Network] = (),
        send: HttpSender | None = None,
    ) -> None:
        self._hooks = hooks
        self._jobs = jobs
        self._queue = queue
        self._send = send or partial(
            post, timeout_s=_TIMEOUT_S, allowed_networks=tuple(allowed_networks)
        )

    def deliver(self, message: WorkMessage, notice: HookNotice) -> HookResult:
        """Deliver the notification of a message.

        Raises
        ------
        StorageError: the hook or its job cannot be read now, or a retry cannot be enqueued.
        """
        # A hook whose record cannot be read counts as deleted.
        hook = self._hooks.find_readable(notice.hook_id)
        if notice.event is HookEvent.CHALLENGE:
            if hook is None or hook.challenge_id != notice.invocation_id:
                # The hook is not written yet, was deleted, or has another address by now.
                return self._later(message, HookResult(Delivery.DROPPED))
            return self._challenge(message, hook)
        if hook is None or hook.status is HookStatus.FAILED:
            return HookResult(Delivery.DROPPED)
        # Events before the end of the challenge are delivered afterwards.
        if hook.status is not HookStatus.SUCCEEDED or not self._has_happened(message, notice):
            return self._later(message, HookResult(Delivery.DROPPED))
        return self._notify(message, notice, hook)

    def _notify(self, message: WorkMessage, notice: HookNotice, hook: WebHook) -> HookResult:
        body = _body(hook, message.job_id, notice)
        answer, cause = self._request(hook.web_url, body, _headers(hook, notice.event, body))
        status = None if answer is None else answer.status
        if status is not None and 200 <= status < 300:
            return HookResult(Delivery.DELIVERED, status)
        at_last = HookResult(Delivery.GIVEN_UP, status, cause)
        return at_last if isinstance(cause, AddressRefused) else self._later(message, at_last)

    def _has_happened(self, message: WorkMessage, notice: HookNotice) -> bool:
        """Whether the record of the change exists: its notification is enqueued before it."""
        if notice.event is HookEvent.TRANSCRIPTION_DELETION:
            return self._jobs.is_deleted(message.job_id)
        if notice.event is HookEvent.TRANSCRIPTION_CREATION:
            return self._jobs.has_job(message.job_id) or self._jobs.is_deleted(message.job_id)
        return True

    def _later(self, message: WorkMessage, at_last: HookResult) -> HookResult:
        """Enqueue the next attempt; `at_last` is the result if this was the last."""
        if message.attempt > len(DELAYS_S):
            return at_last
        following = replace(message, attempt=message.attempt + 1)
        self._queue.send(following, DELAYS_S[message.attempt - 1])
        return replace(at_last, delivery=Delivery.POSTPONED)

    def _challenge(self, message: WorkMessage, hook: WebHook) -> HookResult:
        if hook.status in {HookStatus.SUCCEEDED, HookStatus.FAILED}:
            return HookResult(Delivery.DROPPED)
        token = secrets.token_hex(16)
        answer, cause = self._request(
            _with_token(hook.web_url, token),
            b"",
            _headers(hook, HookEvent.CHALLENGE, token.encode()),
        )
        status = None if answer is None else answer.status
        if answer is not None and status == 200 and answer.body.strip() == token.encode():
            self._set_status(hook, HookStatus.SUCCEEDED)
            return HookResult(Delivery.DELIVERED, status)
        done = HookResult(Delivery.GIVEN_UP, status, cause)
        failure = _challenge_failure(done)
        if failure is None:
            done = self._later(message, done)
            failure = _SILENT
        if done.delivery is Delivery.GIVEN_UP:
            self._set_status(hook, HookStatus.FAILED, failure)
        elif hook.status is HookStatus.NOT_STARTED:
            self._set_status(hook, HookStatus.RUNNING)
        return done

    def _request(
        self, url: str, body: bytes, headers: dict[str, str]
    ) -> tuple[Answer | None, FetchError | None]:
        """Send a request; the answer, or the error."""
        try:
            return self._send(url, body, headers), None
        except FetchError as error:
            return None, error

    def _set_status(self, hook: WebHook, status: HookStatus, failure: str | None = None) -> None:
        """Write the status of the challenge, unless the hook has another one by now."""
        for _ in range(_MOST_CHANGES):
            found = self._hooks.find(hook.id)
            if found is None or found[0].challenge_id != hook.challenge_id:
                return
            settled = replace(
                found[0], status=status, failure=failure, last_action_at=datetime.now(UTC)
            )
            try:
                self._hooks.replace(settled, found[1])
            except Changed:
                continue
            return
        raise Changed("Other writers keep changing the web hook.")


def signature(secret: str, signed: bytes) -> str:
    """Base64 of the HMAC-SHA256 by which a receiver knows the sender."""
    return base64.b64encode(hmac.digest(secret.encode(), signed, hashlib.sha256)).decode()


def _challenge_failure(work: HookResult) -> str | None:
    """Why a challenge has failed for good; None where another attempt may succeed."""
    if isinstance(work.cause, AddressRefused):
        return _REFUSED
    if work.status is None or work.status >= 500 or work.status in _PASSING:
        return None
    return _WRONG


def _body(hook: WebHook, job_id: str, notice: HookNotice) -> bytes:
    if notice.event is HookEvent.PING:
        body = described(hook, hook.api)
    else:
        body = {
            "self": hook.api.of_transcription(job_id),
            "invocationId": notice.invocation_id,
        }
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def _headers(hook: WebHook, event: HookEvent, signed: bytes) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        EVENT_HEADER: event[0].upper() + event[1:],
    }
    if hook.secret:
        headers[SIGNATURE_HEADER] = signature(hook.secret, signed)
    return headers


def _with_token(url: str, token: str) -> str:
    """Add the token to the query. The rest of it stays unchanged: it may be signed."""
    address, _, _ = url.partition("#")
    return f"{address}{'&' if '?' in address else '?'}validationToken={token}"
