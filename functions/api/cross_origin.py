"""Cross-origin resource sharing: the web pages that may call the API from a browser.

https://fetch.spec.whatwg.org/#http-cors-protocol
The middleware is Starlette's. Credentials are keys in a header, never cookies, so a page may send
any header and `*` is safe. The middleware names the origins that may read an answer; it refuses no
request. Without keys `LoopbackGuard` stands in front of it.
"""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from functions.api.loopback_guard import LoopbackGuard
from shared.settings import Settings

_EXPOSED = ("apim-request-id", "retry-after", "x-ms-client-request-id", "x-ms-request-id")
_PREFLIGHT_MAX_AGE_S = 7200  # the maximum that Chromium honours


def install_cross_origin(app: FastAPI, settings: Settings) -> None:
    """Allow calls from pages of the configured origins; without keys, refuse all other pages.

    `*` counts only on servers with keys: without keys it would admit every page of the web.
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
