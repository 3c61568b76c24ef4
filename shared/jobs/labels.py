"""Labels of a job, which a caller may change: `jobs/<id>/labels.json`, absent at first."""

from dataclasses import dataclass, field
from typing import Any, Self

from shared.json_fields import JsonFields
from shared.json_records import optional, read_record, texts, write_record

MAX_LABELS_BYTES = 64 * 1024

_MAX_PROPERTIES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLabels:
    """Name, description and properties that the caller gave a job."""

    display_name: str = field(default="", repr=False)
    description: str | None = field(default=None, repr=False)
    custom_properties: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def to_fields(self) -> dict[str, Any]:
        """Fields of a record."""
        return {
            "displayName": self.display_name,
            "description": self.description,
            "customProperties": [list(pair) for pair in self.custom_properties],
        }

    @classmethod
    def from_fields(cls, fields: JsonFields) -> Self:
        """Take the fields from a record. Raises `FieldError`."""
        return cls(
            display_name=fields.text("displayName"),
            description=optional(fields, "description", fields.text),
            custom_properties=tuple(fields.items("customProperties", _MAX_PROPERTIES, _read_pair)),
        )

    def to_json(self) -> bytes:
        """Write the record."""
        return write_record(self.to_fields(), MAX_LABELS_BYTES, self.from_fields)

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Read the record. Raises `MalformedJob`."""
        return read_record(body, MAX_LABELS_BYTES, cls.from_fields)


def _read_pair(item: JsonFields) -> tuple[str, str]:
    key, value = texts(item, 2, 2)
    return key, value
