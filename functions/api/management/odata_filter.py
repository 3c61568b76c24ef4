"""The `filter` of a list: the part of OData that the management API takes.

    status eq 'Failed' and not (createdDateTime lt 2025-05-24T00:00:00Z)

    disjunction := conjunction ("or" conjunction)*
    conjunction := negation ("and" negation)*
    negation    := "not" negation | "(" disjunction ")" | comparison
    comparison  := name operator literal

Texts stand in single quotes (a quote in them is doubled) and take `eq` and `ne`; times stand
bare and take all six operators. OData URL conventions 4.01, section 5.1.1; filters of the speech
service's API definition.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

from functions.api.problems import Problem

MAX_CHARACTERS = 4000
MAX_DEPTH = 50

Value = str | datetime | None
Predicate = Callable[[Mapping[str, Value]], bool]


class Kind(Enum):
    """What a property of a resource holds."""

    TEXT = auto()
    TIME = auto()


_TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))|(?P<text>'(?:[^']|'')*')"
    r"|(?P<time>\d{4}-\d\d-\d\d[^\s()']*)|(?P<word>[A-Za-z][A-Za-z0-9/_.]*))",
    re.ASCII,
)
_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,12})?)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_OF_TEXTS = frozenset({"eq", "ne"})


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def parse_filter(text: str, kinds: Mapping[str, Kind]) -> Predicate:
    """Read a filter over resources with the properties `kinds`.

    The predicate takes the values of one resource; a time is aware. One that has no value is
    unequal to everything, and neither before nor after.

    Raises
    ------
    Problem: 400 `UnsupportedFilter`. No part of the filter is quoted.
    """
    if len(text) > MAX_CHARACTERS:
        raise unsupported_filter(f"it has more than {MAX_CHARACTERS} characters")
    return _Parser(_tokens(text), kinds).whole()


def unsupported_filter(reason: str) -> Problem:
    """Refusal of a filter."""
    return Problem(
        400,
        f"The query parameter filter can not be used: {reason}.",
        code="InvalidArgument",
        inner_code="UnsupportedFilter",
    )


def _tokens(text: str) -> list[_Token]:
    tokens, position, end = [], 0, len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            raise unsupported_filter(f"character {position + 1} can not be read")
        tokens.append(_Token(found.lastgroup, found[found.lastgroup]))
        position = found.end()
    return tokens


class _Parser:
    """Recursive descent: a method for each rule of the grammar."""

    def __init__(self, tokens: list[_Token], kinds: Mapping[str, Kind]) -> None:
        self._tokens = tokens
        self._kinds = kinds
        self._next = 0
        self._depth = 0

    def whole(self) -> Predicate:
        predicate = self._disjunction()
        if self._next < len(self._tokens):
            raise unsupported_filter(f"nothing may follow its word {self._next}")
        return predicate

    def _disjunction(self) -> Predicate:
        parts = [self._conjunction()]
        while self._takes("or"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else lambda values: any(part(values) for part in parts)

    def _conjunction(self) -> Predicate:
        parts = [self._negation()]
        while self._takes("and"):
            parts.append(self._negation())
        return parts[0] if len(parts) == 1 else lambda values: all(part(values) for part in parts)

    def _negation(self) -> Predicate:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise unsupported_filter(f"it is nested more than {MAX_DEPTH} times")
        try:
            if self._takes("not"):
                inner = self._negation()
                return lambda values: not inner(values)
            if self._takes("("):
                inner = self._disjunction()
                if not self._takes(")"):
                    raise unsupported_filter("a closing parenthesis is missing")
                return inner
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> Predicate:
        name = self._word("the name of a property").text
        kind = self._kinds.get(name)
        if kind is None:
            known = ", ".join(self._kinds)
            raise unsupported_filter(f"it may be about {known}")
        sign = self._word("an operator").text
        if sign not in _OPERATORS or (kind is Kind.TEXT and sign not in _OF_TEXTS):
            taken = "eq and ne" if kind is Kind.TEXT else "eq, ne, gt, ge, lt and le"
            raise unsupported_filter(f"{name} takes {taken}")
        literal, compare = self._literal(name, kind), _OPERATORS[sign]

        def holds(values: Mapping[str, Value]) -> bool:
            value = values.get(name)
            return sign == "ne" if value is None else compare(value, literal)

        return holds

    def _literal(self, name: str, kind: Kind) -> str | datetime:
        token = self._take()
        if kind is Kind.TEXT and token is not None and token.kind == "text":
            return token.text[1:-1].replace("''", "'")
        if kind is Kind.TIME and token is not None and token.kind == "time":
            if _TIME.fullmatch(token.text):
                try:
                    return datetime.fromisoformat(token.text.upper()).astimezone(UTC)
                except (ValueError, OverflowError):
                    pass
            raise unsupported_filter("a time is written as 2025-05-24T03:20:39Z")
        what = "a text in single quotes" if kind is Kind.TEXT else "a time without quotes"
        raise unsupported_filter(f"{name} is compared with {what}")

    def _word(self, what: str) -> _Token:
        token = self._take()
        if token is None or token.kind != "word":
            raise unsupported_filter(f"{what} is expected as its word {self._next}")
        return token

    def _take(self) -> _Token | None:
        if self._next == len(self._tokens):
            return None
        self._next += 1
        return self._tokens[self._next - 1]

    def _takes(self, text: str) -> bool:
        """Go on if this comes next. A text in quotes is never a word of the grammar."""
        if self._next < len(self._tokens) and self._tokens[self._next].text == text:
            self._next += 1
            return True
        return False
