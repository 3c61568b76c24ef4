"""The two generations of the management API: `api-version` in the query, or a version in the path.

Their answers differ in a few members, and in the addresses of resources.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from functions.api.management.json_body import MAX_BODY_BYTES
from functions.api.management.pagination import DEFAULT_TOP, MAX_SKIP, MAX_TOP
from functions.api.management.rate_limit import N_REQUESTS, WINDOW_S
from functions.api.management.speech_versions import (
    FIRST_DATED_VERSION,
    PATH_VERSIONS,
    Addresses,
    SpeechVersion,
    routes_of,
)
from functions.api.management.waiting import RETRY_AFTER_S
from functions.api.reference.contracts.samples import ORIGIN
from functions.api.reference.operation import Header, Parameter
from functions.api.reference.schemas import CamelCase, Int32, Url

API_VERSION = Parameter(
    name="api-version",
    description="Version of the contract: `2024-05-15-preview`, `2024-11-15`, `2025-10-15` or a "
    "later date.",
    example="2025-10-15",
    is_required=True,
)
UNKNOWN_API_VERSION = {400: "The `api-version` is missing or not valid."}
_PATH_VERSION = Parameter(
    name="version",
    place="path",
    description="Version of the contract.",
    values=PATH_VERSIONS,
    example=PATH_VERSIONS[-1],
)


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation of the contract, with the version that its examples are of."""

    version: SpeechVersion
    parameter: Parameter

    @property
    def is_dated(self) -> bool:
        """Whether its version is a date, in the query."""
        return self.version.is_dated

    @property
    def suffix(self) -> str:
        """End of the ids of operations that both generations have under one name."""
        return "" if self.is_dated else "_v3"

    @property
    def errors(self) -> dict[int, str]:
        """Answers to a request without a version, or of another one."""
        if self.is_dated:
            return UNKNOWN_API_VERSION
        return {404: "There is no such version of the contract."}

    @property
    def lifetime(self) -> tuple[str, int]:
        """Name of the parameter for the lifetime of signed addresses, and its unit in seconds."""
        return ("sasLifetimeMinutes", 60) if self.is_dated else ("sasValidityInSeconds", 1)

    @property
    def addresses(self) -> Addresses:
        """Addresses of the examples."""
        return Addresses(ORIGIN, self.version)

    def path(self, path: str) -> str:
        """Path of a resource such as `/transcriptions`."""
        return routes_of(path)[0 if self.is_dated else 1]


GENERATIONS = (
    Generation(SpeechVersion(FIRST_DATED_VERSION), API_VERSION),
    Generation(SpeechVersion(PATH_VERSIONS[-1]), _PATH_VERSION),
)

PAGING = (
    Parameter(
        name="skip",
        description="Number of items to skip.",
        kind=Annotated[Int32, Field(ge=0, le=MAX_SKIP)],
        default=0,
        example=100,
    ),
    Parameter(
        name="top",
        description="Largest number of items in the answer.",
        kind=Annotated[Int32, Field(ge=1, le=MAX_TOP)],
        default=DEFAULT_TOP,
        example=10,
    ),
)
WAITING = {
    "Retry-After": Header(
        f"Seconds after which to ask again, {RETRY_AFTER_S}; only while a job, or a challenge, "
        "is under way.",
        Int32,
    )
}
INVALID_PAGE = {400: "`skip`, `top` or `filter` is not valid."}
JSON_BODY = {
    408: "The client stopped sending.",
    413: f"The body has more than {MAX_BODY_BYTES // 1024**2} MiB.",
    415: "The content type is not JSON.",
    429: "Too many requests are being received.",
}
RATE_LIMIT = {429: f"More than {N_REQUESTS} requests in {WINDOW_S:.0f} seconds."}


def filter_parameter(members: str, example: str) -> Parameter:
    """Filter of a list by some members, named in a sentence."""
    return Parameter(
        name="filter",
        description=f"OData filter of the items, by {members}.",
        example=example,
    )


class EntityReference(CamelCase):
    """A resource, by its address."""

    self: Url


class EntityError(CamelCase):
    """Why a resource has failed."""

    code: str
    message: str


class Page(CamelCase):
    """A page of a list."""

    next_link: Url | None = Field(
        None, alias="@nextLink", description="The next page; absent on the last."
    )
