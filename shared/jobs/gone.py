"""That a job was deleted, as it is remembered for a while: it is not to come back.

A job that is deleted while a worker is at it may be written to once more. If that worker dies
before it looks whether the job is gone, the next one has to know what to remove, and the job
that said it is not there any more.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from shared.jobs.records import optional, read_record, write_record
from shared.json_fields import JsonFields, moment_text

MAX_GONE_BYTES = 64 * 1024

_MAX_OUTPUTS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A job that was deleted.

    until: when it may be forgotten; aware, in UTC, a whole minute.
    container: drop folder whose output container may still get transcripts of it.
    outputs: their names there. Empty where all work was over when the job was deleted.
    """

    until: datetime
    container: str | None = None
    outputs: tuple[str, ...] = field(default=(), repr=False)

    def to_json(self) -> bytes:
        """Write the record."""
        return write_record(
            {
                "until": moment_text(self.until),
                "container": self.container,
                "outputs": list(self.outputs),
            }
        )

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Read the record. Raises `MalformedJob`."""
        return read_record(body, MAX_GONE_BYTES, cls._from_fields)

    @classmethod
    def _from_fields(cls, fields: JsonFields) -> Self:
        return cls(
            until=fields.moment("until"),
            container=optional(fields, "container", fields.text),
            outputs=tuple(fields.items("outputs", _MAX_OUTPUTS, lambda item: item.text("item"))),
        )
