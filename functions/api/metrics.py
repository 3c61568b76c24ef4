"""The route of metrics, for hosts that have some; the format is theirs.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Callable

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from functions.api.service import SpeechService

Exposition = Callable[[], tuple[bytes, str]]
"""Writes all metrics; returns the text and its content type. May block, for seconds at most."""


def create_router(service: SpeechService, exposition: Exposition) -> APIRouter:
    """Route `/metrics`, with a key or token as every route that is no probe."""
    router = APIRouter(dependencies=[Depends(service.authenticator.require)])

    @router.get("/metrics")
    def metrics() -> Response:
        """Show numbers and times of this process, without content."""
        text, content_type = exposition()
        return Response(text, media_type=content_type)

    return router
