"""Tombstone of a deleted job.

A worker may write into a job after its deletion. If it dies before it reads the tombstone, the
next worker needs the names of these outputs, which the record of the job no longer tells.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from shared.jobs.limits import MAX_OUTPUTS
from shared.json_fields import JsonFields, moment_text
from shared.json_records import optional, read_record, write_record

MAX_TOMBSTONE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """Tombstone of one job.

    until: when it may be deleted; aware, in UTC, a whole minute.
    container: drop folder whose output container may still get transcripts of the job.
    outputs: their names there. Empty where the job had ended before its deletion.
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
        return read_record(body, MAX_TOMBSTONE_BYTES, cls._from_fields)

    @classmethod
    def _from_fields(cls, fields: JsonFields) -> Self:
        return cls(
            until=fields.moment("until"),
            container=optional(fields, "container", fields.text),
            outputs=tuple(fields.items("outputs", MAX_OUTPUTS, lambda item: item.text("item"))),
        )
