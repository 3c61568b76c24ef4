"""A web hook as it is stored: which address is told of what, and whether it may be.

The secret and the address, in whose query another secret may stand, are in no `repr`. The
secret leaves this process in no answer either: only signatures are made with it.

https://learn.microsoft.com/rest/api/speechtotext/web-hooks/create
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from shared.jobs.records import optional, read_record, texts, write_record
from shared.json_fields import FieldError, JsonFields, moment_text

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
"""Every event of the contract. Only a transcription's and the last two arise here."""


class HookStatus(StrEnum):
    """How far the challenge is. Events are told to a hook that has succeeded."""

    NOT_STARTED = "NotStarted"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True)
class ApiAddress:
    """Where the API is reached, in one of its versions.

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
        """Address of a web hook, or of what can be done with it: `ping`, `test`."""
        sign = "/" if self.version == "v3.0" else ":"
        action = "" if action is None else f"{sign}{action}"
        return f"{self.root}/webhooks/{hook_id}{action}{self._query}"

    @property
    def _query(self) -> str:
        return f"?api-version={self.version}" if self.is_dated else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebHook:
    """Who wants to be told of what.

    id: UUID in lower case.
    created_at, last_action_at: aware, in UTC; the latter of the entry into `status`.
    web_url: https address that events are sent to.
    events: names of `EVENT_NAMES` that are subscribed to.
    api: through which it was made; the addresses that it is told lead there.
    challenge_id: of the challenge that `web_url` has to answer; a new address has a new one.
    secret: key of the signatures; empty signs nothing.
    failure: why the challenge has failed, in a sentence of ours.
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
            }
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
    """A web hook as the contract shows it to a caller of `api`: all but its secret."""
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
