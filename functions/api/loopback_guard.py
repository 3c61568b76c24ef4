"""Keeps web pages of other sites away from a server that asks for no key.

Such a server listens on loopback, and so does the browser of the same machine reach it: any page
can post to it without reading the answer, and a page whose name has been pointed to 127.0.0.1
(DNS rebinding) can read it too. CORS prevents neither. Browsers say where a request comes from, in
`Origin` (https://fetch.spec.whatwg.org/#origin-header) and `Sec-Fetch-Site`
(https://www.w3.org/TR/fetch-metadata/), and under which name they found the server, in `Host`.
"""

import re
from collections.abc import Collection
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from functions.api.authentication import is_loopback
from functions.api.problems import Problem, shape_of_path

_DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
_AUTHORITY = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^][:/@\s]+)(?::([0-9]{1,5}))?")
# Of this service's own pages, and of what a person has typed in. `same-site` is another port of
# this machine, so another program.
_OWN_SITES = frozenset({"same-origin", "none"})


class LoopbackGuard:
    """ASGI middleware that refuses with 403 what a page of another site has a browser send.

    A request without `Origin` and `Sec-Fetch-Site` comes from no browser of today and passes; so
    does one without `Host`, which every browser sends. Also for WebSockets, which CORS does not
    cover at all.

    Parameters
    ----------
    origins: exact origins whose pages may call, such as `https://app.example.org`.
    public_url: outside address of the service, whose name and origin are its own.
    """

    def __init__(
        self, app: ASGIApp, origins: Collection[str], public_url: str | None = None
    ) -> None:
        self._app = app
        self._origins = frozenset(origins)
        self._public_origin = None if public_url is None else _origin(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or let through."""
        problem = None
        if scope["type"] in {"http", "websocket"}:
            problem = self._judge(Headers(scope=scope), scope.get("scheme", "http"))
        if problem is None:
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})["error_code"] = problem.code  # for the line of the request
        if scope["type"] == "websocket" and not _takes_a_denial(scope):
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        body = problem.body(shape_of_path(scope["path"]))
        await JSONResponse(body, problem.status)(scope, receive, send)

    def _judge(self, headers: Headers, scheme: str) -> Problem | None:
        hosts = [_authority(host, scheme) for host in headers.getlist("host")]
        if not all(host is not None and self._is_own(host) for host in hosts):
            return Problem(
                403,
                "Without SOTTO_KEYS this server answers to names of loopback and to that of "
                "SOTTO_PUBLIC_URL only.",
            )
        if origins := headers.getlist("origin"):
            is_let_in = all(self._may_call(origin, hosts) for origin in origins)
        else:
            is_let_in = headers.get("sec-fetch-site", "none") in _OWN_SITES
        if is_let_in:
            return None
        return Problem(
            403,
            "Without SOTTO_KEYS this server answers to pages of its own and of the origins that "
            "SOTTO_CORS_ORIGINS lists by name only.",
        )

    def _is_own(self, host: "_Authority") -> bool:
        # RFC 6761, section 6.3: names under `localhost` are loopback, no one can register them.
        if is_loopback(host.name) or host.name.endswith(".localhost"):
            return True
        return self._public_origin is not None and host.name == self._public_origin[1].name

    def _may_call(self, text: str, hosts: "list[_Authority | None]") -> bool:
        if text in self._origins:
            return True
        origin = _origin(text)
        if origin is None:
            return False
        # The scheme of the connection is not that of the page if a proxy ends TLS.
        return origin == self._public_origin or origin[1] in hosts


class _Authority(NamedTuple):
    """Name or address in lower case, and port."""

    name: str
    port: int


def _authority(text: str, scheme: str) -> _Authority | None:
    """Read `name[:port]`; None if it is anything else."""
    match = _AUTHORITY.fullmatch(text.strip())
    if match is None:
        return None
    name, port = match.groups()
    return _Authority(name.lower().removesuffix("."), int(port or _DEFAULT_PORTS[scheme]))


def _origin(url: str) -> tuple[str, _Authority] | None:
    """Scheme and authority of a web address; None for `null` and for other schemes."""
    scheme, _, rest = url.partition("://")
    scheme = scheme.lower()
    if scheme not in {"http", "https"}:
        return None
    authority = _authority(rest.partition("/")[0], scheme)
    return None if authority is None else (scheme, authority)


def _takes_a_denial(scope: Scope) -> bool:
    """Whether the server can send an answer in place of a WebSocket; else it sends a bare 403."""
    return "websocket.http.response" in (scope.get("extensions") or {})
