"""Strict reading of JSON objects: messages and records that Sotto wrote itself, and requests.

The reader takes every field with its type; a field that is missing, of another type or unknown is
an error that names the field and its type, never its value.
"""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self, TypeVar

from shared.json_values import read_number, read_truth_value, read_whole_number

_MAX_DIGITS = 20
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")

Value = TypeVar("Value")
Name = TypeVar("Name", bound=StrEnum)

_READERS = {int: read_whole_number, (int, float): read_number, bool: read_truth_value}


class FieldError(ValueError):
    """A field is missing, of another type, too large, or unknown. The message names it."""


class TooManyItems(FieldError):
    """A list or an object has more items than it may have; none of them was read."""


def is_uuid(text: str) -> bool:
    """Whether the text is a UUID as the contracts write it: lower case, with dashes."""
    return _UUID.fullmatch(text) is not None


def moment_text(moment: datetime) -> str:
    """Write an aware time as `2026-11-24T08:15:00Z`, with a fraction where it has one."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class JsonFields:
    """The fields of one JSON object, each taken once; `end` refuses the rest.

    path: the object itself, as its writer spells it, such as `properties.diarization`. Messages
        name a field by it: `properties.channels[0]`. Empty for the whole text.
    reads_text: numbers and truth values may be written as strings, as clients write them.
    """

    def __init__(self, value: object, path: str = "", *, reads_text: bool = False) -> None:
        if not isinstance(value, dict):
            raise FieldError(f"{path or 'the text'} must be an object")
        self._left = dict(value)
        self._path = path
        self._reads_text = reads_text

    @classmethod
    def parse(cls, body: bytes, max_bytes: int, *, reads_text: bool = False) -> Self:
        """Read the bytes of one object.

        Raises
        ------
        FieldError: more than `max_bytes`, no JSON in UTF-8, no object, or a key twice.
        """
        if len(body) > max_bytes:
            raise FieldError(f"the text must have no more than {max_bytes} bytes")
        # Raised after the handlers, here and below: an error of the parser quotes the text, and
        # would become the context of the `FieldError`.
        with suppress(UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            value = json.loads(
                body.decode(),
                object_pairs_hook=_object,
                parse_int=_integer,
                parse_constant=_refuse,
            )
            return cls(value, reads_text=reads_text)
        raise FieldError("the text must be JSON in UTF-8")

    def path_of(self, name: str) -> str:
        """Return the full name of a field, for a message."""
        return f"{self._path}.{name}" if self._path else name

    def text(self, name: str, max_characters: int = 10_000) -> str:
        """Take a string."""
        value: str = self._take(name, str, "text")
        if len(value) > max_characters:
            raise self.refusal(name, f"must have no more than {max_characters} characters")
        return value

    def integer(self, name: str, low: int, high: int) -> int:
        """Take a whole number from `low` to `high`."""
        value: int = self._take(name, int, "a whole number")
        if not low <= value <= high:
            raise self.refusal(name, f"must be {low} to {high}")
        return value

    def number(self, name: str, low: float, high: float) -> float:
        """Take a number from `low` to `high`."""
        value = self._take(name, (int, float), "a number")
        if not low <= value <= high:
            raise self.refusal(name, f"must be {low} to {high}")
        return float(value)

    def flag(self, name: str) -> bool:
        """Take `true` or `false`."""
        value: bool = self._take(name, bool, "true or false")
        return value

    def uuid(self, name: str) -> str:
        """Take a UUID in lower case, with dashes."""
        value = self.text(name)
        if not is_uuid(value):
            raise self.refusal(name, "must be a UUID in lower case")
        return value

    def member(self, name: str, kind: type[Name]) -> Name:
        """Take one of the values of an enumeration."""
        value = self.text(name)
        if value not in set(kind):
            raise self.refusal(name, f"must be one of {', '.join(kind)}")
        return kind(value)

    def moment(self, name: str) -> datetime:
        """Take a time of `moment_text`: aware, in UTC."""
        value = self.text(name)
        if _MOMENT.fullmatch(value):
            with suppress(ValueError):
                return datetime.fromisoformat(value)
        raise self.refusal(name, "must be a time such as 2026-11-24T08:15:00Z")

    def fields(self, name: str, high: int | None = None) -> "JsonFields":
        """Take an object within this one; `high` is the greatest number of its fields."""
        value, path = self._pop(name), self.path_of(name)
        if high is not None and isinstance(value, dict) and len(value) > high:
            raise TooManyItems(f"{path} must have no more than {high} members")
        return JsonFields(value, path, reads_text=self._reads_text)

    def items(self, name: str, high: int, read: Callable[["JsonFields"], Value]) -> list[Value]:
        """Take a list of up to `high` values: `read` gets each as the only field `item`.

        They are counted before the first of them is read.
        """
        values, path = self._take(name, list, "a list"), self.path_of(name)
        if len(values) > high:
            raise TooManyItems(f"{path} must have no more than {high} items")
        found = []
        for index, value in enumerate(values):
            item = _Item({"item": value}, f"{path}[{index}]", reads_text=self._reads_text)
            found.append(read(item))
            item.end()
        return found

    def refusal(self, name: str, rule: str) -> FieldError:
        """Return an error: the full name of a field, and the rule that it breaks."""
        return FieldError(f"{self.path_of(name)} {rule}")

    def has(self, name: str) -> bool:
        """Whether there is a field that is not null; a null is taken."""
        if self._left.get(name) is None:
            self._left.pop(name, None)
            return False
        return True

    def names(self) -> tuple[str, ...]:
        """Fields not taken yet."""
        return tuple(self._left)

    def end(self) -> None:
        """Refuse fields that were not taken."""
        if self._left:
            # The name is not quoted either: it may hold content.
            raise FieldError("there must be no unknown fields")

    def _pop(self, name: str) -> Any:
        if name not in self._left:
            raise self.refusal(name, "is missing")
        return self._left.pop(name)

    def _take(self, name: str, kind: Any, description: str) -> Any:
        value = self._pop(name)
        if self._reads_text and kind in _READERS:
            value = _READERS[kind](value)
        # To Python a truth value is a number, to JSON it is not.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.refusal(name, f"must be {description}")
        return value


class _Item(JsonFields):
    """One value of a list. Its field is named as the value: `channels[0]`."""

    def path_of(self, name: str) -> str:  # noqa: ARG002
        return self._path


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise FieldError("no field may come twice")
    return value


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:  # Python's error for thousands of digits quotes none of our rules
        raise FieldError(f"numbers must have no more than {_MAX_DIGITS} digits")
    return int(digits)


def _refuse(_constant: str) -> None:
    raise FieldError("numbers must be finite")
