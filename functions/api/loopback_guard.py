"""Protects a server without keys from web pages of other sites.

Such a server listens on loopback, where the browser of the same machine reaches it: any page can
post to it without reading the answer, and a page whose name resolves to 127.0.0.1 (DNS rebinding)
can read the answer too. CORS prevents neither. Browsers send the origin of a request in `Origin`
(https://fetch.spec.whatwg.org/#origin-header) and `Sec-Fetch-Site`
(https://www.w3.org/TR/fetch-metadata/), and the name of the server in `Host`.
"""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from functions.api.origins import Authority, parse_authority, parse_origin
from functions.api.problems import Problem, shape_of_path
from functions.api.safe_binding import is_loopback

# Requests of this service's own pages, and addresses that a person typed in. `same-site` is
# another port of this machine, so another program.
_TRUSTED_SITES = frozenset({"same-origin", "none"})


class LoopbackGuard:
    """ASGI middleware that refuses requests from pages of other sites with 403.

    A request without `Origin` and `Sec-Fetch-Site` comes from no current browser and passes; so
    does one without `Host`, which every browser sends. The guard covers WebSockets too, which
    CORS does not.

    Parameters
    ----------
    origins: exact origins whose pages may call, such as `https://app.example.org`.
    public_url: public address of the service; its name and origin are allowed.
    """

    def __init__(
        self, app: ASGIApp, origins: Collection[str], public_url: str | None = None
    ) -> None:
        self._app = app
        self._origins = frozenset(origins)
        self._public_origin = None if public_url is None else parse_origin(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request to the app, or refuse it."""
        problem = None
        if scope["type"] in {"http", "websocket"}:
            problem = self._refusal(Headers(scope=scope), scope.get("scheme", "http"))
        if problem is None:
            await self._app(scope, receive, send)
            return
        # For the log line of the request.
        scope.setdefault("state", {})["error_code"] = problem.code
        if scope["type"] == "websocket" and not _supports_denial_response(scope):
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        body = problem.body(shape_of_path(scope["path"]))
        await JSONResponse(body, problem.status)(scope, receive, send)

    def _refusal(self, headers: Headers, scheme: str) -> Problem | None:
        hosts = [parse_authority(host, scheme) for host in headers.getlist("host")]
        if not all(host is not None and self._is_own_host(host) for host in hosts):
            return Problem(
                403,
                "Without SOTTO_KEYS this server answers only under names of loopback and under the "
                "name of SOTTO_PUBLIC_URL.",
            )
        if origins := headers.getlist("origin"):
            is_allowed = all(self._is_allowed_origin(origin, hosts) for origin in origins)
        else:
            is_allowed = headers.get("sec-fetch-site", "none") in _TRUSTED_SITES
        if is_allowed:
            return None
        return Problem(
            403,
            "Without SOTTO_KEYS this server answers only to its own pages and to pages of the "
            "origins that SOTTO_CORS_ORIGINS lists by name.",
        )

    def _is_own_host(self, host: "Authority") -> bool:
        # RFC 6761, section 6.3: names under `localhost` are loopback and cannot be registered.
        if is_loopback(host.name) or host.name.endswith(".localhost"):
            return True
        return self._public_origin is not None and host.name == self._public_origin[1].name

    def _is_allowed_origin(self, text: str, hosts: "list[Authority | None]") -> bool:
        if text in self._origins:
            return True
        origin = parse_origin(text)
        if origin is None:
            return False
        # The scheme of the connection is not that of the page if a proxy ends TLS.
        return origin == self._public_origin or origin[1] in hosts


def _supports_denial_response(scope: Scope) -> bool:
    """Whether the server can refuse a WebSocket with a response, rather than with a bare 403."""
    return "websocket.http.response" in (scope.get("extensions") or {})
