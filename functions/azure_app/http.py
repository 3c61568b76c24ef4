"""The HTTP trigger: streams every request to the ASGI app and its response back.

https://github.com/Azure/azure-functions-python-extensions (azurefunctions-extensions-http-fastapi)
"""

import azure.functions as func

# Its import makes the host stream. It passes requests of Starlette.
import azurefunctions.extensions.http.fastapi  # type: ignore[import-untyped] # noqa: F401
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# Keys of the ASGI specification. The extension's own app adds its routing to the scope.
_ASGI_KEYS = frozenset(
    "type asgi http_version method scheme path raw_path query_string root_path headers client"
    " server extensions".split()
)


class PassThrough(Response):
    """A response that lets another ASGI app read the request and write the answer, piece by piece.

    `AsgiFunctionApp` would hold both in memory: 458 MB for an upload of 100 MB.
    """

    def __init__(self, app: ASGIApp) -> None:
        super().__init__()
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request with the app."""
        inner_scope = {key: value for key, value in scope.items() if key in _ASGI_KEYS}
        await self._app(inner_scope, receive, send)


def create_blueprint(app: ASGIApp) -> func.Blueprint:
    """Function `http`, which serves every path and method. The app checks the keys."""
    blueprint = func.Blueprint()  # type: ignore[no-untyped-call]

    @blueprint.function_name("http")
    @blueprint.route("{*path}", "request", methods=_METHODS, auth_level=func.AuthLevel.ANONYMOUS)
    async def http(request: Request) -> Response:  # noqa: ARG001 - read by the app, not here
        return PassThrough(app)

    return blueprint
