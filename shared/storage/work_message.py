"""Messages of the queue: a kind of work and a job, by identifiers only.

A message has no file name, address or text: people without access to a job may read a queue and
its dead letters. The wire form is one small JSON object,

    {"v":1,"kind":"transcribe","job":"0b0e9f5e-…","file":3,"attempt":1}
    {"v":1,"kind":"transcribe","job":"1b6f…","file":0,"submission":"77a0…","attempt":1}
    {"v":1,"kind":"web_hook","job":"0b0e9f5e-…","hook":"5d1c…","event":"transcriptionCompletion",
     "invocation":"9a02…","attempt":1}

in UTF-8 on SQS and SQLite, in Base64 on Azure, as the queue trigger expects.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from shared.errors import MalformedMessage
from shared.json_fields import FieldError, JsonFields, is_uuid

MAX_MESSAGE_BYTES = 512
MAX_FILES = 10_000
"""Files of one job: the batch contract's limit for a container."""

MAX_ATTEMPTS = 1000
_VERSION = 1


class WorkKind(StrEnum):
    """Kind of work.

    `TRANSCRIBE` is for one file; `FAN_OUT` for that and the next ones, and sends one message for
    each. `WEB_HOOK` delivers one notification.
    """

    TRANSCRIBE = "transcribe"
    FAN_OUT = "fan_out"
    WEB_HOOK = "web_hook"


_OF_FILES = frozenset({WorkKind.TRANSCRIBE, WorkKind.FAN_OUT})


class HookEvent(StrEnum):
    """Event of a web hook, with the contract's name."""

    TRANSCRIPTION_CREATION = "transcriptionCreation"
    TRANSCRIPTION_PROCESSING = "transcriptionProcessing"
    TRANSCRIPTION_COMPLETION = "transcriptionCompletion"
    TRANSCRIPTION_DELETION = "transcriptionDeletion"
    PING = "ping"
    CHALLENGE = "challenge"


@dataclass(frozen=True, slots=True)
class HookNotice:
    """One notification: hook, event, invocation.

    hook_id: UUID in lower case.
    invocation_id: UUID in lower case; the same for every delivery attempt.
    """

    hook_id: str
    event: HookEvent
    invocation_id: str

    def __post_init__(self) -> None:
        if not (is_uuid(self.hook_id) and is_uuid(self.invocation_id)):
            raise MalformedMessage("A notice's hook and invocation must be UUIDs in lower case.")


@dataclass(frozen=True, slots=True)
class WorkMessage:
    """One piece of work.

    Raises `MalformedMessage` for a field out of its range, so that no other text can enter a
    queue.

    Parameters
    ----------
    job_id: UUID in lower case; the web hook's own id for events of the web hook itself.
    file_index: index of the file in its job, 0 to 9999; None for work without a file.
    attempt: number of the attempt at this work, from 1. It counts messages that were sent anew,
        a lease's `delivery_count` the deliveries of this very message.
    notice: the notification, for `WEB_HOOK` only.
    submission_id: UUID in lower case, for a file of a drop folder: two hosts that notice it at once
        send a message each, and the job's record has the id of the one that counts.
    """

    kind: WorkKind
    job_id: str
    file_index: int | None = None
    attempt: int = 1
    notice: HookNotice | None = None
    submission_id: str | None = None

    def __post_init__(self) -> None:
        if self.submission_id is not None and not is_uuid(self.submission_id):
            raise MalformedMessage("A message's submission must be a UUID in lower case.")
        if self.submission_id is not None and self.kind is not WorkKind.TRANSCRIBE:
            raise MalformedMessage("A message holds a submission only for one file.")
        if not is_uuid(self.job_id):
            raise MalformedMessage("A message's job must be a UUID in lower case.")
        if (self.file_index is not None) != (self.kind in _OF_FILES):
            raise MalformedMessage("A message names a file if, and only if, its work is of a file.")
        if self.file_index is not None and not 0 <= self.file_index < MAX_FILES:
            raise MalformedMessage(f"A message's file must be 0 to {MAX_FILES - 1}.")
        if (self.notice is not None) != (self.kind is WorkKind.WEB_HOOK):
            raise MalformedMessage("A message holds a notice if, and only if, it is a web hook's.")
        if not 1 <= self.attempt <= MAX_ATTEMPTS:
            raise MalformedMessage(f"A message's attempt must be 1 to {MAX_ATTEMPTS}.")

    def to_json(self) -> bytes:
        """Write the wire form."""
        fields: dict[str, int | str] = {"v": _VERSION, "kind": self.kind, "job": self.job_id}
        if self.file_index is not None:
            fields["file"] = self.file_index
        if self.submission_id is not None:
            fields["submission"] = self.submission_id
        if self.notice is not None:
            fields["hook"] = self.notice.hook_id
            fields["event"] = self.notice.event
            fields["invocation"] = self.notice.invocation_id
        fields["attempt"] = self.attempt
        return json.dumps(fields, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Read the wire form.

        Raises
        ------
        MalformedMessage: longer than 512 bytes, no JSON, another version, a field that is
            missing, unknown, double or out of its range.
        """
        try:
            fields = JsonFields.parse(body, MAX_MESSAGE_BYTES)
            fields.integer("v", _VERSION, _VERSION)
            message = cls(
                fields.member("kind", WorkKind),
                fields.uuid("job"),
                fields.integer("file", 0, MAX_FILES - 1) if fields.has("file") else None,
                fields.integer("attempt", 1, MAX_ATTEMPTS),
                _read_notice(fields) if fields.has("hook") else None,
                fields.uuid("submission") if fields.has("submission") else None,
            )
            fields.end()
        except FieldError as error:
            raise MalformedMessage(f"The message cannot be read: {error}.") from None
        return message


def _read_notice(fields: JsonFields) -> HookNotice:
    return HookNotice(
        fields.uuid("hook"), fields.member("event", HookEvent), fields.uuid("invocation")
    )
