"""The two generations of the management API, and the addresses in its answers.

    /speechtotext/v3.2/transcriptions                          v3.0, v3.1, v3.2
    /speechtotext/transcriptions?api-version=2024-11-15        a date, in the query

Both read one store; each caller gets the representation of the requested version.

Clients follow the addresses of an answer unchanged, so these must lead back to this service. Their
base is `SOTTO_PUBLIC_URL` if it is set, regardless of the request. Otherwise it is the address that
the client used: `Host`, or where `SOTTO_TLS_TERMINATED` says that there is a proxy, its
`X-Forwarded-Proto` and `X-Forwarded-Host`. A caller can forge `Host`, but affects only its own
answer: no signature covers it, and no cache may store the answer.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from starlette.requests import Request

from functions.api.problems import Problem
from functions.api.query import is_known_api_version, query_parameters
from shared.durations import iso_duration
from shared.settings import Settings
from shared.ticks import milliseconds_from_seconds, ticks_from_milliseconds

PATH_VERSIONS = ("v3.0", "v3.1", "v3.2")
FIRST_DATED_VERSION = "2024-11-15"
_PROJECTS_AGAIN = "2025-10-15"  # the dated versions before have none

_HOST = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:\d{1,5})?", re.ASCII)

NO_STORE = {"Cache-Control": "no-store"}
"""Headers of an answer that contains addresses."""


@dataclass(frozen=True, slots=True)
class SpeechVersion:
    """A version of the contract, as the caller writes it: `v3.2` or `2024-11-15`."""

    name: str

    @property
    def is_dated(self) -> bool:
        """Whether it is of the second generation: `timeToLiveHours`, `api-version`."""
        return not self.name.startswith("v")

    @property
    def has_projects(self) -> bool:
        """Whether its resources have a member `project`."""
        return not self.is_dated or self.name >= _PROJECTS_AGAIN

    @property
    def root(self) -> str:
        """Common path prefix of all resources."""
        return "/speechtotext" if self.is_dated else f"/speechtotext/{self.name}"

    def duration(self, duration_s: float) -> dict[str, int | str]:
        """Duration as a property of a job: `durationMilliseconds` or `duration`."""
        duration_ms = milliseconds_from_seconds(duration_s)
        if self.is_dated:
            return {"durationMilliseconds": duration_ms}
        return {"duration": iso_duration(ticks_from_milliseconds(duration_ms))}


async def speech_version(request: Request) -> SpeechVersion:
    """FastAPI dependency: the version of a request, from its path or its `api-version`.

    Raises
    ------
    Problem: 404 for an unknown version in the path, 400 for an invalid `api-version`.
    """
    in_path = request.path_params.get("version")
    if in_path is not None:
        if in_path not in PATH_VERSIONS:
            raise Problem(404)
        return SpeechVersion(in_path)
    requested = query_parameters(request).get("api-version")
    if not requested:
        raise _invalid_version("The query parameter api-version is missing.")
    if not is_known_api_version(requested):
        raise _invalid_version(
            f"The query parameter api-version must be a date such as {FIRST_DATED_VERSION}."
        )
    return SpeechVersion(requested)


def routes_of(path: str) -> tuple[str, str]:
    """Paths of a resource such as `/transcriptions` in both generations, for a router."""
    return f"/speechtotext{path}", f"/speechtotext/{{version}}{path}"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Builds the addresses of one answer.

    base: scheme and host from the caller's view, and a path prefix if a proxy adds one.
    """

    base: str
    version: SpeechVersion

    @classmethod
    def of(cls, request: Request, version: SpeechVersion, settings: Settings) -> "Addresses":
        """Addresses for the caller of a request."""
        return cls(base_address(request, settings), version)

    def of_resource(self, *path: str, **query: str | int) -> str:
        """Address of a path such as `transcriptions`, an id, ...: quotes every segment."""
        segments = "/".join(quote(segment, safe=":") for segment in path)
        parameters = dict(query)
        if self.version.is_dated:
            parameters["api-version"] = self.version.name
        tail = f"?{urlencode(parameters, quote_via=quote)}" if parameters else ""
        return f"{self.base}{self.version.root}/{segments}{tail}"


def base_address(request: Request, settings: Settings) -> str:
    """Scheme and host under which the caller reaches this service, without a trailing slash."""
    if settings.public_url is not None:
        return settings.public_url
    forwarded_host = ""
    scheme = ""
    if settings.tls_terminated:  # otherwise no proxy has written them
        forwarded_host = _first(request, "x-forwarded-host")
        scheme = _first(request, "x-forwarded-proto").lower()
    if scheme not in {"https", "http"}:
        scheme = "https" if request.scope["scheme"] in {"https", "wss"} else "http"
    for host in (forwarded_host, request.headers.get("host", "")):
        if _HOST.fullmatch(host):
            return f"{scheme}://{host}"
    host, port = request.scope.get("server") or ("localhost", None)
    return f"{scheme}://{host}" if port is None else f"{scheme}://{host}:{port}"


def time_text(moment: datetime) -> str:
    """Format an aware time as the contract does, in whole seconds: `2025-05-24T03:20:39Z`."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _first(request: Request, header: str) -> str:
    """First value of a header, which the proxy next to the client adds."""
    return request.headers.get(header, "").partition(",")[0].strip()


def _invalid_version(message: str) -> Problem:
    return Problem(400, message, code="InvalidArgument", inner_code="InvalidParameterValue")
