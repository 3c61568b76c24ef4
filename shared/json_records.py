"""Stored records: one JSON object each, with a version, read strictly.

A source may be an address with a signature in its query, so no error quotes a record.
"""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from shared.errors import MalformedJob
from shared.json_fields import FieldError, JsonFields

_VERSION = 1

Record = TypeVar("Record")


def write_record(record: dict[str, Any]) -> bytes:
    """Write a record; a field that is None is left out."""
    present = {name: value for name, value in record.items() if value is not None}
    return json.dumps({"v": _VERSION} | present, separators=(",", ":"), allow_nan=False).encode()


def read_record(body: bytes, max_bytes: int, read: Callable[[JsonFields], Record]) -> Record:
    """Read a record to its last field. Raises `MalformedJob`."""
    try:
        fields = JsonFields.parse(body, max_bytes)
        fields.integer("v", _VERSION, _VERSION)
        record = read(fields)
        fields.end()
    except FieldError as error:
        raise MalformedJob(f"The record of a job cannot be read: {error}.") from None
    return record


def optional(fields: JsonFields, name: str, take: Callable[[str], Record]) -> Record | None:
    """Take a field where there is one."""
    return take(name) if fields.has(name) else None


def texts(item: JsonFields, low: int, high: int) -> list[str]:
    """Take a list of `low` to `high` texts, which `JsonFields.items` gave as a field `item`."""
    found = item.items("item", high, lambda text: text.text("item"))
    if len(found) < low:
        raise FieldError(f"an item must have {low} texts or more")
    return found
