"""Which web pages may call the API from a browser: cross-origin resource sharing.

https://fetch.spec.whatwg.org/#http-cors-protocol
The middleware is Starlette's: credentials are keys in a header, never cookies, so any header may
be sent and `*` is safe, and that is all which is asked of it. It names the origins that may read;
it refuses none. Where there are no keys `LoopbackGuard` stands in front of it.
"""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from functions.api.loopback_guard import LoopbackGuard
from shared.settings import Settings

_EXPOSED = ("apim-request-id", "retry-after", "x-ms-client-request-id", "x-ms-request-id")
_PREFLIGHT_MAX_AGE_S = 7200  # the most that Chromium honours


def install_cross_origin(app: FastAPI, settings: Settings) -> None:
    """Let pages of the configured origins call; without keys, no pages of others.

    `*` counts for servers with keys: without them every page of the web would be let in.
    """
    origins = settings.cors_origins
    if not settings.keys:
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
    if not settings.keys:
        app.add_middleware(LoopbackGuard, origins=origins, public_url=settings.public_url)
