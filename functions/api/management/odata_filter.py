"""The `filter` of a list: the subset of OData that the management API supports.

    status eq 'Failed' and not (createdDateTime lt 2025-05-24T00:00:00Z)

    disjunction := conjunction ("or" conjunction)*
    conjunction := negation ("and" negation)*
    negation    := "not" negation | "(" disjunction ")" | comparison
    comparison  := name operator literal

Texts are in single quotes (a quote inside is doubled) and support `eq` and `ne`; times are
unquoted and support all six operators. OData URL conventions 4.01, section 5.1.1; filters of the
speech service's API definition.
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
    """Type of a property of a resource."""

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
_TEXT_OPERATORS = frozenset({"eq", "ne"})


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def parse_filter(text: str, kinds: Mapping[str, Kind]) -> Predicate:
    """Parse a filter over resources with the properties `kinds`.

    The predicate takes the values of one resource; times are aware. A missing value is unequal
    to everything, and neither before nor after any time.

    Raises
    ------
    Problem: 400 `UnsupportedFilter`. No part of the filter is quoted.
    """
    if len(text) > MAX_CHARACTERS:
        raise unsupported_filter(f"it has more than {MAX_CHARACTERS} characters")
    return _Parser(_tokens(text), kinds).parse_expression()


def unsupported_filter(reason: str) -> Problem:
    """Problem with a filter."""
    return Problem(
        400,
        f"The query parameter filter cannot be used: {reason}.",
        code="InvalidArgument",
        inner_code="UnsupportedFilter",
    )


def _tokens(text: str) -> list[_Token]:
    tokens, position, end = [], 0, len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            raise unsupported_filter(f"character {position + 1} cannot be read")
        tokens.append(_Token(found.lastgroup, found[found.lastgroup]))
        position = found.end()
    return tokens


class _Parser:
    """Recursive descent: a method for each rule of the grammar."""

    def __init__(self, tokens: list[_Token], kinds: Mapping[str, Kind]) -> None:
        self._tokens = tokens
        self._kinds = kinds
        self._position = 0
        self._depth = 0

    def parse_expression(self) -> Predicate:
        predicate = self._disjunction()
        if self._position < len(self._tokens):
            raise unsupported_filter(f"nothing may follow its word {self._position}")
        return predicate

    def _disjunction(self) -> Predicate:
        parts = [self._conjunction()]
        while self._accept("or"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else lambda values: any(part(values) for part in parts)

    def _conjunction(self) -> Predicate:
        parts = [self._negation()]
        while self._accept("and"):
            parts.append(self._negation())
        return parts[0] if len(parts) == 1 else lambda values: all(part(values) for part in parts)

    def _negation(self) -> Predicate:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise unsupported_filter(f"it is nested more than {MAX_DEPTH} times")
        try:
            if self._accept("not"):
                inner = self._negation()
                return lambda values: not inner(values)
            if self._accept("("):
                inner = self._disjunction()
                if not self._accept(")"):
                    raise unsupported_filter("a closing parenthesis is missing")
                return inner
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> Predicate:
        name = self._expect_word("the name of a property").text
        kind = self._kinds.get(name)
        if kind is None:
            known = ", ".join(self._kinds)
            raise unsupported_filter(f"it may be about {known}")
        sign = self._expect_word("an operator").text
        if sign not in _OPERATORS or (kind is Kind.TEXT and sign not in _TEXT_OPERATORS):
            taken = "eq and ne" if kind is Kind.TEXT else "eq, ne, gt, ge, lt and le"
            raise unsupported_filter(f"{name} takes {taken}")
        literal, compare = self._literal(name, kind), _OPERATORS[sign]

        def holds(values: Mapping[str, Value]) -> bool:
            value = values.get(name)
            return sign == "ne" if value is None else compare(value, literal)

        return holds

    def _literal(self, name: str, kind: Kind) -> str | datetime:
        token = self._next_token()
        if kind is Kind.TEXT and token is not None and token.kind == "text":
            return token.text[1:-1].replace("''", "'")
        if kind is Kind.TIME and token is not None and token.kind == "time":
            if _TIME.fullmatch(token.text):
                try:
                    return datetime.fromisoformat(token.text.upper()).astimezone(UTC)
                except (ValueError, OverflowError):
                    pass
            raise unsupported_filter("a time is written as 2025-05-24T03:20:39Z")
        literal = "a text in single quotes" if kind is Kind.TEXT else "a time without quotes"
        raise unsupported_filter(f"{name} is compared with {literal}")

    def _expect_word(self, role: str) -> _Token:
        token = self._next_token()
        if token is None or token.kind != "word":
            raise unsupported_filter(f"{role} is expected as its word {self._position}")
        return token

    def _next_token(self) -> _Token | None:
        if self._position == len(self._tokens):
            return None
        self._position += 1
        return self._tokens[self._position - 1]

    def _accept(self, text: str) -> bool:
        """Consume the next token if it matches. A quoted text is never a word of the grammar."""
        if self._position < len(self._tokens) and self._tokens[self._position].text == text:
            self._position += 1
            return True
        return False
