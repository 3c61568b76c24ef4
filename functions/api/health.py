"""Probes, the routes of the original speech container that need no key.

https://learn.microsoft.com/azure/ai-services/speech-service/speech-container-howto#validate-that-a-container-is-running
"""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from functions.api.service import SpeechService
from shared.version import VERSION


def create_router(service: SpeechService) -> APIRouter:
    """Routes `/ready`, `/status` and `/healthz`, for GET and HEAD."""
    router = APIRouter()

    async def ready() -> Response:
        """Report whether the model is loaded: 200, or 503 until then."""
        if service.transcriber.loaded:
            return JSONResponse({"service": "speechtotext", "ready": "ready"})
        # No Retry-After: a probe has its own period, and clients do not call this route.
        return JSONResponse({"service": "speechtotext", "ready": "loading"}, status_code=503)

    async def status() -> Response:
        """Report that this process accepts its configured keys, and its version."""
        return JSONResponse(
            {
                "service": "speechtotext",
                "apiStatus": "Valid",
                "apiStatusMessage": "Api Key is valid.",
                "version": VERSION,
            }
        )

    async def healthz() -> Response:
        """Report that the process is alive."""
        return JSONResponse({"status": "ok"})

    probes: dict[str, Callable[..., Any]] = {
        "/ready": ready,
        "/status": status,
        "/healthz": healthz,
    }
    for path, probe in probes.items():
        router.add_api_route(path, probe, methods=["GET", "HEAD"])
    return router
