"""`skip` and `top` of a list, and the address of its next page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from starlette.requests import Request

from functions.api.management.speech_versions import Addresses
from functions.api.problems import Problem
from functions.api.query import query_parameters

DEFAULT_TOP = 100
MAX_TOP = 1000
MAX_SKIP = 2_147_483_647

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is asked for. query: what else the request said, for the next page."""

    skip: int
    top: int
    query: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, request: Request) -> "Paging":
        """Read what a request asks for.

        Raises
        ------
        Problem: 400 `UnsupportedPagination`.
        """
        parameters = query_parameters(request)
        kept = ((name, value) for name, value in parameters.items() if name in _KEPT and value)
        return cls(
            _number(parameters, "skip", 0, 0, MAX_SKIP),
            _number(parameters, "top", DEFAULT_TOP, 1, MAX_TOP),
            tuple((_KEPT[name], value) for name, value in kept),
        )

    def page(self, items: Iterable[Item]) -> tuple[list[Item], int | None]:
        """Part of a list that is asked for, and where the next one begins if there is one."""
        found = list(islice(items, self.skip, self.skip + self.top + 1))
        more = len(found) > self.top
        return found[: self.top], self.skip + self.top if more else None

    def answer(
        self,
        values: Sequence[Any],
        next_skip: int | None,
        addresses: Addresses,
        *path: str,
    ) -> dict[str, Any]:
        """JSON object of a page. `path` leads to the list."""
        body: dict[str, Any] = {"values": list(values)}
        if next_skip is not None:
            body["@nextLink"] = addresses.of_resource(
                *path, skip=next_skip, top=self.top, **dict(self.query)
            )
        return body


# By their names in lower case, as `query_parameters` has them.
_KEPT = {
    "filter": "filter",
    "saslifetimeminutes": "sasLifetimeMinutes",
    "sasvalidityinseconds": "sasValidityInSeconds",
}


def _number(parameters: dict[str, str], name: str, default: int, low: int, high: int) -> int:
    text = parameters.get(name, "")
    if not text:
        return default
    # Long rows of digits would take Python's own limit, and its own words.
    if text.isascii() and text.isdigit() and len(text) <= 10 and low <= int(text) <= high:
        return int(text)
    raise Problem(
        400,
        f"The query parameter {name} must be {low} to {high}.",
        code="InvalidArgument",
        inner_code="UnsupportedPagination",
    )
