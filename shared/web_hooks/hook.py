"""A web hook as it is stored: an address, its events, and the status of its challenge.

The secret is in no `repr` and in no answer: only signatures are made with it. The address is in
no `repr` either, since its query may hold another secret.

https://learn.microsoft.com/rest/api/speechtotext/web-hooks/create
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from shared.json_fields import FieldError, JsonFields, moment_text
from shared.json_records import optional, read_record, texts, write_record

MAX_HOOK_BYTES = 64 * 1024

EVENT_NAMES = (
    *(
        f"{subject}{change}"
        for subject in ("dataset", "model", "evaluation", "transcription", "endpoint")
        for change in ("Creation", "Processing", "Completion", "Deletion")
    ),
    "ping",
    "challenge",
)
"""Every event of the contract. Only those of transcriptions and the last two occur here."""


class HookStatus(StrEnum):
    """Status of the challenge. Events are sent to a hook that has succeeded."""

    NOT_STARTED = "NotStarted"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True)
class ApiAddress:
    """Address of the API in one of its versions.

    root: `https://host/speechtotext`, or `https://host/speechtotext/v3.2`.
    version: `2024-11-15` or `v3.2`.
    """

    root: str
    version: str

    @property
    def is_dated(self) -> bool:
        """Whether the version stands in the query."""
        return not self.version.startswith("v")

    def of_transcription(self, job_id: str) -> str:
        """Address of a job."""
        return f"{self.root}/transcriptions/{job_id}{self._query}"

    def of_hook(self, hook_id: str, action: str | None = None) -> str:
        """Address of a web hook, or of an action on it: `ping`, `test`."""
        sign = "/" if self.version == "v3.0" else ":"
        action = "" if action is None else f"{sign}{action}"
        return f"{self.root}/webhooks/{hook_id}{action}{self._query}"

    @property
    def _query(self) -> str:
        return f"?api-version={self.version}" if self.is_dated else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebHook:
    """One web hook subscription.

    id: UUID in lower case.
    created_at, last_action_at: aware, in UTC; the latter of the entry into `status`.
    web_url: https address that events are sent to.
    events: subscribed names of `EVENT_NAMES`.
    api: through which it was created; addresses in notifications lead there.
    challenge_id: of the challenge that `web_url` has to answer; a new address has a new one.
    secret: key of the signatures; empty signs nothing.
    failure: why the challenge has failed, without content of the answer.
    """

    id: str
    created_at: datetime
    last_action_at: datetime
    web_url: str = field(repr=False)
    events: tuple[str, ...]
    api: ApiAddress = field(repr=False)
    challenge_id: str
    status: HookStatus = HookStatus.NOT_STARTED
    display_name: str = field(default="", repr=False)
    description: str | None = field(default=None, repr=False)
    custom_properties: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    secret: str = field(default="", repr=False)
    failure: str | None = None

    def to_json(self) -> bytes:
        """Write the record."""
        return write_record(
            {
                "id": self.id,
                "createdAt": moment_text(self.created_at),
                "lastActionAt": moment_text(self.last_action_at),
                "webUrl": self.web_url,
                "events": self.events,
                "apiRoot": self.api.root,
                "apiVersion": self.api.version,
                "challengeId": self.challenge_id,
                "status": self.status,
                "displayName": self.display_name,
                "description": self.description,
                "customProperties": [list(pair) for pair in self.custom_properties],
                "secret": self.secret,
                "failure": self.failure,
            },
            MAX_HOOK_BYTES,
            self._from_fields,
        )

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Read the record. Raises `MalformedJob`."""
        return read_record(body, MAX_HOOK_BYTES, cls._from_fields)

    @classmethod
    def _from_fields(cls, fields: JsonFields) -> Self:
        return cls(
            id=fields.uuid("id"),
            created_at=fields.moment("createdAt"),
            last_action_at=fields.moment("lastActionAt"),
            web_url=fields.text("webUrl"),
            events=tuple(fields.items("events", len(EVENT_NAMES), _read_event)),
            api=ApiAddress(fields.text("apiRoot"), fields.text("apiVersion")),
            challenge_id=fields.uuid("challengeId"),
            status=fields.member("status", HookStatus),
            display_name=fields.text("displayName"),
            description=optional(fields, "description", fields.text),
            custom_properties=tuple(fields.items("customProperties", 10, _read_pair)),
            secret=fields.text("secret"),
            failure=optional(fields, "failure", fields.text),
        )


def described(hook: WebHook, api: ApiAddress) -> dict[str, Any]:
    """A web hook as the contract shows it to a caller of `api`, without its secret."""
    properties: dict[str, Any] = {"apiVersion": f"v{hook.api.version.removeprefix('v')}"}
    if hook.failure is not None:
        properties["error"] = {"code": "InvalidCallbackUri", "message": hook.failure}
    body: dict[str, Any] = {
        "self": api.of_hook(hook.id),
        "displayName": hook.display_name,
        "webUrl": hook.web_url,
        "events": dict.fromkeys(hook.events, True),
        "links": {"ping": api.of_hook(hook.id, "ping"), "test": api.of_hook(hook.id, "test")},
        "properties": properties,
        "status": hook.status,
        "createdDateTime": _seconds(hook.created_at),
        "lastActionDateTime": _seconds(hook.last_action_at),
    }
    if hook.description is not None:
        body["description"] = hook.description
    if hook.custom_properties:
        body["customProperties"] = dict(hook.custom_properties)
    return body


def _seconds(moment: datetime) -> str:
    return moment_text(moment.replace(microsecond=0))


def _read_event(item: JsonFields) -> str:
    name = item.text("item", 64)
    if name not in EVENT_NAMES:
        raise FieldError("events must be of the contract")
    return name


def _read_pair(item: JsonFields) -> tuple[str, str]:
    key, value = texts(item, 2, 2)
    return key, value
