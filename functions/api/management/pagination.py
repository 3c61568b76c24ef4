"""Pagination of lists: `skip`, `top`, and the address of the next page."""

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
    """Requested page of a list. query: further parameters, repeated in the next page's address."""

    skip: int
    top: int
    query: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, request: Request) -> "Paging":
        """Read the page that a request asks for.

        Raises
        ------
        Problem: 400 `UnsupportedPagination`.
        """
        parameters = query_parameters(request)
        carried = (
            (name, value)
            for name, value in parameters.items()
            if name in _CARRIED_PARAMETERS and value
        )
        return cls(
            _number(parameters, "skip", 0, 0, MAX_SKIP),
            _number(parameters, "top", DEFAULT_TOP, 1, MAX_TOP),
            tuple((_CARRIED_PARAMETERS[name], value) for name, value in carried),
        )

    def page(self, items: Iterable[Item]) -> tuple[list[Item], int | None]:
        """Return the items of the page, and the `skip` of the next page; None on the last page."""
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
        """JSON object of a page. path: segments of the address of the list."""
        body: dict[str, Any] = {"values": list(values)}
        if next_skip is not None:
            body["@nextLink"] = addresses.of_resource(
                *path, skip=next_skip, top=self.top, **dict(self.query)
            )
        return body


# Keys in lower case, as in `query_parameters`.
_CARRIED_PARAMETERS = {
    "filter": "filter",
    "saslifetimeminutes": "sasLifetimeMinutes",
    "sasvalidityinseconds": "sasValidityInSeconds",
}


def _number(parameters: dict[str, str], name: str, default: int, low: int, high: int) -> int:
    text = parameters.get(name, "")
    if not text:
        return default
    # Python refuses to parse very long digit strings, with an error message of its own.
    if text.isascii() and text.isdigit() and len(text) <= 10 and low <= int(text) <= high:
        return int(text)
    raise Problem(
        400,
        f"The query parameter {name} must be {low} to {high}.",
        code="InvalidArgument",
        inner_code="UnsupportedPagination",
    )
