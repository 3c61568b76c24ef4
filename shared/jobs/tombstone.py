"""Tombstone of a deleted job.

A worker may write into a job after its deletion. If it dies before it reads the tombstone, the
next worker needs the names of these outputs, which the record of the job no longer tells.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from shared.jobs.limits import MAX_OUTPUTS
from shared.json_fields import JsonFields, moment_text
from shared.json_records import optional, read_record, write_record
from shared.time_to_live import later

MAX_TOMBSTONE_BYTES = 256 * 1024
"""Of 18 names of outputs, each with up to 1024 characters, escaped in JSON."""

TOMBSTONE_LIFETIME = timedelta(days=15)
"""Tombstones outlive every message of their job: SQS keeps one for up to 14 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """Tombstone of one job.

    until: when it may be deleted; aware, in UTC, a whole minute.
    container: drop folder whose output container may still have transcripts of the job, or get
        some from a worker.
    address: of that output container, without a signature, where the job had it.
    outputs: their names there. Empty where the job had ended before its deletion, and its outputs
        were deleted.
    """

    until: datetime
    container: str | None = None
    address: str | None = field(default=None, repr=False)
    outputs: tuple[str, ...] = field(default=(), repr=False)

    def to_json(self) -> bytes:
        """Write the record."""
        return write_record(
            {
                "until": moment_text(self.until),
                "container": self.container,
                "output": self.address,
                "outputs": list(self.outputs),
            },
            MAX_TOMBSTONE_BYTES,
            self._from_fields,
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
            address=optional(fields, "output", fields.text),
            outputs=tuple(fields.items("outputs", MAX_OUTPUTS, lambda item: item.text("item"))),
        )


def end_of_tombstone(written_at: datetime) -> datetime:
    """End of a tombstone that is written at an aware time, in whole minutes as expiry entries."""
    return later(written_at, TOMBSTONE_LIFETIME).replace(second=0, microsecond=0)
