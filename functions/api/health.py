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
    router = APIRouter(tags=["Health"])

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

    _serve_probe(router, "/ready", ready, "Readiness probe", {503: "The model is still loading."})
    _serve_probe(router, "/status", status, "Status of the key")
    _serve_probe(router, "/healthz", healthz, "Liveness probe")
    return router


def _serve_probe(
    router: APIRouter,
    path: str,
    endpoint: Callable[..., Any],
    summary: str,
    responses: dict[int | str, str] | None = None,
) -> None:
    described: dict[int | str, dict[str, Any]] = {
        status: {"description": text} for status, text in (responses or {}).items()
    }
    router.add_api_route(path, endpoint, methods=["GET"], summary=summary, responses=described)
    router.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)
