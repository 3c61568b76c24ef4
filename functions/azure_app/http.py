"""The HTTP trigger: every request goes to the ASGI app as it arrives, and its answer back.

https://github.com/Azure/azure-functions-python-extensions (azurefunctions-extensions-http-fastapi)
"""

import azure.functions as func

# Its import is what makes the host stream. The request it hands over is Starlette's.
import azurefunctions.extensions.http.fastapi  # type: ignore[import-untyped] # noqa: F401
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# What the ASGI specification knows. The extension's own app has left its routing in the scope.
_ASGI_KEYS = frozenset(
    "type asgi http_version method scheme path raw_path query_string root_path headers client"
    " server extensions".split()
)


class PassThrough(Response):
    """A response that lets another ASGI app read the request and write the answer, piece by piece.

    `AsgiFunctionApp` would hold both as a whole: 458 MB for an upload of 100 MB.
    """

    def __init__(self, app: ASGIApp) -> None:
        super().__init__()
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request with the app."""
        asked = {key: value for key, value in scope.items() if key in _ASGI_KEYS}
        await self._app(asked, receive, send)


def create_blueprint(app: ASGIApp) -> func.Blueprint:
    """Function `http`, which takes every path and method. The app asks for keys itself."""
    blueprint = func.Blueprint()  # type: ignore[no-untyped-call]

    @blueprint.function_name("http")
    @blueprint.route("{*path}", "request", methods=_METHODS, auth_level=func.AuthLevel.ANONYMOUS)
    async def http(request: Request) -> Response:  # noqa: ARG001 - read by the app, not here
        return PassThrough(app)

    return blueprint
