"""Telling a web hook: one request, and another one later where it was not taken.

A request that is not answered with 2xx is sent again as a new message behind a delay, so that
waiting holds no worker and outlives every process. After the last try the notice is given up.
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
from shared.jobs.store import JobStore
from shared.jobs.web_hook import HookStatus, WebHook, described
from shared.post import Answer, post
from shared.storage.work_message import HookEvent, HookNotice, WorkMessage
from shared.storage.work_queue import WorkQueue

DELAYS_S = (5, 15, 45, 135, 405)
"""Before each further try: ten minutes in all, six tries."""

EVENT_HEADER = "X-MicrosoftSpeechServices-Event"
SIGNATURE_HEADER = "X-MicrosoftSpeechServices-Signature"

_TIMEOUT_S = 10.0
_PASSING = frozenset({408, 425, 429})
_MOST_CHANGES = 5  # by others, between reading a record and writing it

_SILENT = "The address could not be reached, or did not answer as it should."
_WRONG = "The address did not answer the challenge with status 200 and the validation token."
_REFUSED = "The address leads into a network that is not allowed, or is not https."


class Sends(Protocol):
    """How a request goes out: `post` with what the settings allow."""

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send a body. Raises `FetchError`."""
        ...


class Delivery(Enum):
    """What became of a notice: taken, to be tried again, tried for the last time, not wanted."""

    DELIVERED = auto()
    POSTPONED = auto()
    GIVEN_UP = auto()
    DROPPED = auto()


@dataclass(frozen=True, slots=True)
class HookWork:
    """What became of a message about a web hook, for the log of its host.

    status: of the answer, where there was one.
    cause: why there was none.
    """

    delivery: Delivery
    status: int | None = None
    cause: Exception | None = None


class WebHookDelivery:
    """Sends notices to web hooks. Methods may be called from any thread."""

    def __init__(
        self,
        store: JobStore,
        queue: WorkQueue,
        allowed_networks: Sequence[Network] = (),
        send: Sends | None = None,
    ) -> None:
        self._store = store
        self._queue = queue
        self._send = send or partial(
            post, timeout_s=_TIMEOUT_S, allowed_networks=tuple(allowed_networks)
        )

    def deliver(self, message: WorkMessage, notice: HookNotice) -> HookWork:
        """Do what a message with this notice asks for.

        Raises
        ------
        StorageError: the hook or its job can not be read, or another message not be sent.
        """
        found = self._store.web_hooks.find(notice.hook_id)
        hook = found[0] if found else None
        if notice.event is HookEvent.CHALLENGE:
            if hook is None or hook.challenge_id != notice.invocation_id:
                # Not written yet; or deleted, or the address has changed again.
                return self._later(message, HookWork(Delivery.DROPPED))
            return self._challenge(message, hook)
        if hook is None or hook.status is HookStatus.FAILED:
            return HookWork(Delivery.DROPPED)
        # What happens before the challenge is answered is told afterwards.
        if hook.status is not HookStatus.SUCCEEDED or not self._has_happened(message, notice):
            return self._later(message, HookWork(Delivery.DROPPED))
        return self._tell(message, notice, hook)

    def _tell(self, message: WorkMessage, notice: HookNotice, hook: WebHook) -> HookWork:
        body = _body(hook, message.job_id, notice)
        answer, cause = self._request(hook.web_url, body, _headers(hook, notice.event, body))
        status = None if answer is None else answer.status
        if status is not None and 200 <= status < 300:
            return HookWork(Delivery.DELIVERED, status)
        at_last = HookWork(Delivery.GIVEN_UP, status, cause)
        return at_last if isinstance(cause, AddressRefused) else self._later(message, at_last)

    def _has_happened(self, message: WorkMessage, notice: HookNotice) -> bool:
        """Tell whether the job is there, or gone: these notices are sent before the records."""
        if notice.event is HookEvent.TRANSCRIPTION_DELETION:
            return self._store.is_gone(message.job_id)
        if notice.event is HookEvent.TRANSCRIPTION_CREATION:
            return self._store.has_job(message.job_id) or self._store.is_gone(message.job_id)
        return True

    def _later(self, message: WorkMessage, at_last: HookWork) -> HookWork:
        """Send a message for the next try; `at_last` is said where this was the last."""
        if message.attempt > len(DELAYS_S):
            return at_last
        following = replace(message, attempt=message.attempt + 1)
        self._queue.send(following, DELAYS_S[message.attempt - 1])
        return replace(at_last, delivery=Delivery.POSTPONED)

    def _challenge(self, message: WorkMessage, hook: WebHook) -> HookWork:
        if hook.status in {HookStatus.SUCCEEDED, HookStatus.FAILED}:
            return HookWork(Delivery.DROPPED)
        token = secrets.token_hex(16)
        answer, cause = self._request(
            _with_token(hook.web_url, token),
            b"",
            _headers(hook, HookEvent.CHALLENGE, token.encode()),
        )
        status = None if answer is None else answer.status
        if answer is not None and status == 200 and answer.body.strip() == token.encode():
            self._settle(hook, HookStatus.SUCCEEDED)
            return HookWork(Delivery.DELIVERED, status)
        done = HookWork(Delivery.GIVEN_UP, status, cause)
        failure = _challenge_failure(done)
        if failure is None:
            done = self._later(message, done)
            failure = _SILENT
        if done.delivery is Delivery.GIVEN_UP:
            self._settle(hook, HookStatus.FAILED, failure)
        elif hook.status is HookStatus.NOT_STARTED:
            self._settle(hook, HookStatus.RUNNING)
        return done

    def _request(
        self, url: str, body: bytes, headers: dict[str, str]
    ) -> tuple[Answer | None, FetchError | None]:
        """Send a request; the answer, or why there was none."""
        try:
            return self._send(url, body, headers), None
        except FetchError as error:
            return None, error

    def _settle(self, hook: WebHook, status: HookStatus, failure: str | None = None) -> None:
        """Write how far the challenge is, unless it is another one's by now."""
        for _ in range(_MOST_CHANGES):
            found = self._store.web_hooks.find(hook.id)
            if found is None or found[0].challenge_id != hook.challenge_id:
                return
            settled = replace(
                found[0], status=status, failure=failure, last_action_at=datetime.now(UTC)
            )
            try:
                self._store.web_hooks.replace(settled, found[1])
            except Changed:
                continue
            return
        raise Changed("The web hook is changed again and again.")


def signature(secret: str, signed: bytes) -> str:
    """Base64 of the HMAC-SHA256 by which a receiver knows the sender."""
    return base64.b64encode(hmac.digest(secret.encode(), signed, hashlib.sha256)).decode()


def _challenge_failure(work: HookWork) -> str | None:
    """Why a challenge has failed for good; None where another try may end otherwise."""
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
    """Add the token to the query. What is there stays as it is: it may be signed."""
    address, _, _ = url.partition("#")
    return f"{address}{'&' if '?' in address else '?'}validationToken={token}"
