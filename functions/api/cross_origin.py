"""Cross-origin resource sharing: the web pages that may call the API from a browser.

https://fetch.spec.whatwg.org/#http-cors-protocol
The middleware is Starlette's. Credentials are keys in a header, never cookies, so a page may send
any header and `*` is safe. The middleware names the origins that may read an answer; it refuses no
request, but for WebSockets (`SocketOrigins`). Without keys `LoopbackGuard` stands in front of it.
"""

from collections.abc import Collection

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from functions.api.loopback_guard import LoopbackGuard
from functions.api.origins import parse_authority, parse_origin
from functions.api.problems import Problem, Shape
from shared.settings import Settings

_EXPOSED = (
    "apim-request-id",
    "retry-after",
    "sotto-dropped",
    "x-ms-client-request-id",
    "x-ms-request-id",
)
_PREFLIGHT_MAX_AGE_S = 7200  # the maximum that Chromium honours


def install_cross_origin(app: FastAPI, settings: Settings) -> None:
    """Allow calls from pages of the configured origins; without keys, refuse all other pages.

    `*` counts only on servers with keys or an issuer: without them it would admit every page of
    the web.
    """
    origins = settings.cors_origins
    if not settings.is_protected:
        origins = tuple(origin for origin in origins if origin != "*")
    app.add_middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=["*"],
        allow_headers=["*"],
        allow_private_network=True,
        expose_headers=_EXPOSED,
        max_age=_PREFLIGHT_MAX_AGE_S,
    )
    if settings.is_protected:
        app.add_middleware(SocketOrigins, origins=origins)
    else:
        app.add_middleware(LoopbackGuard, origins=origins, public_url=settings.public_url)


class SocketOrigins:
    """ASGI middleware that refuses WebSockets from pages of other origins with 403.

    Browsers open them to any server, whatever CORS says. Clients that are no browser send no
    `Origin`.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the connection to the app, or refuse it."""
        if scope["type"] != "websocket" or self._is_allowed(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        problem = Problem(403, "SOTTO_CORS_ORIGINS does not list the origin of this page.")
        scope.setdefault("state", {})["error_code"] = problem.code
        response = JSONResponse(problem.body(Shape.WRAPPED), problem.status)
        await WebSocket(scope, receive, send).send_denial_response(response)

    def _is_allowed(self, headers: Headers) -> bool:
        named = headers.get("origin")
        if named is None or "*" in self._origins or named in self._origins:
            return True
        origin = parse_origin(named)
        host = parse_authority(headers.get("host", ""), "https" if origin is None else origin[0])
        return origin is not None and origin[1] == host
