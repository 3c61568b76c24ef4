"""Which web pages may call the API from a browser: cross-origin resource sharing.

https://fetch.spec.whatwg.org/#http-cors-protocol
Credentials are keys in a header, never cookies, so any header may be sent and `*` is safe. An
origin that is not allowed gets the ordinary answer without the headers: the browser refuses
it, and nothing that is not a browser cares.
"""

from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = "GET, HEAD, POST, OPTIONS"
_EXPOSED = "apim-request-id, retry-after, x-ms-client-request-id, x-ms-request-id"
_USUAL_HEADERS = (
    "accept, authorization, content-type, ocp-apim-subscription-key, pronunciation-assessment, "
    "x-ms-client-request-id"
)
_PREFLIGHT_MAX_AGE_S = 7200  # the most that Chromium honours


class CrossOrigin:
    """ASGI middleware that answers `OPTIONS` and names the allowed origin on every answer.

    Parameters
    ----------
    origins: exact origins such as `https://app.example.org`, or `*` for all.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._any_origin = "*" in origins
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer `OPTIONS`, let everything else through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)

        async def send_with_origin(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._name_origin(MutableHeaders(scope=message), asked.get("origin"))
            await send(message)

        if scope["method"] == "OPTIONS":
            headers = MutableHeaders({"allow": _METHODS})
            if "origin" in asked:
                headers["access-control-allow-methods"] = _METHODS
                headers["access-control-allow-headers"] = asked.get(
                    "access-control-request-headers", _USUAL_HEADERS
                )
                headers["access-control-max-age"] = str(_PREFLIGHT_MAX_AGE_S)
            await send_with_origin(
                {"type": "http.response.start", "status": 204, "headers": headers.raw}
            )
            await send({"type": "http.response.body", "body": b""})
        else:
            await self._app(scope, receive, send_with_origin)

    def _name_origin(self, headers: MutableHeaders, origin: str | None) -> None:
        if not self._any_origin:
            headers.add_vary_header("Origin")
        if origin is None or not (self._any_origin or origin in self._origins):
            return
        headers["access-control-allow-origin"] = "*" if self._any_origin else origin
        headers["access-control-expose-headers"] = _EXPOSED
