"""The ASGI app: every contract's router, one shape of errors, one line per request.

It has no lifespan, so that hosts which send no such events (Lambda, Functions) serve it as it is.
"""

from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response

from functions.api import (
    descriptions,
    fast_transcription,
    health,
    issue_token,
    reference,
    short_audio,
)
from functions.api.admission import Admission
from functions.api.authentication import Authenticator
from functions.api.batch_jobs import routes as batch_jobs
from functions.api.cross_origin import install_cross_origin
from functions.api.incoming_body import ClientGone, ClientStalled
from functions.api.openai import models as openai_models
from functions.api.openai import transcriptions as openai_audio
from functions.api.openai import translations as openai_translations
from functions.api.paths import CanonicalPaths
from functions.api.problems import Problem, install_problem_handlers
from functions.api.request_record import RequestRecords
from functions.api.request_threads import RequestThreads
from functions.api.service import SpeechService
from functions.api.speech_models import routes as speech_models
from functions.api.speech_translation import routes as speech_translation
from functions.api.text_to_speech import routes as text_to_speech
from functions.api.translator import routes as translator
from functions.api.web_hooks import routes as web_hooks
from shared.settings import Settings
from shared.transcription.transcriber import Transcriber
from shared.version import VERSION

if TYPE_CHECKING:
    from shared.jobs.batch_services import BatchServices
    from shared.synthesis.speaker import Speaker
    from shared.translation.chain import TranslatorChain

# nginx's status for a client that closed the connection: it is logged, nobody receives it.
_STATUS_CLIENT_GONE = 499


def create_app(
    settings: Settings,
    transcriber: Transcriber,
    batch: "BatchServices | None" = None,
    *,
    speaker: "Speaker | None" = None,
    translators: "TranslatorChain | None" = None,
    admission: Admission | None = None,
) -> FastAPI:
    """App of one process. Nothing is loaded and nothing is started by making it.

    batch: where jobs are kept; without it their routes say that there are none.
    speaker: who speaks, for tests; else the voices of the settings do.
    translators: who translates, for tests; else those of the settings do.
    admission: of requests, for tests; else `SOTTO_QUEUE_LIMIT` is its limit.
    """
    service = SpeechService(
        settings=settings,
        transcriber=transcriber,
        authenticator=Authenticator(settings),
        admission=admission or Admission(settings.queue_limit),
        threads=RequestThreads(settings.queue_limit),
        translators=_made_once(lambda: translators or _translators_of(settings)),
        speaker=_made_once(lambda: speaker or _speaker_of(settings)),
    )
    app = FastAPI(
        title="Sotto",
        description="Private speech to text on Azure AI Speech's own wire contracts.",
        version=VERSION,
        # Their pages load scripts from elsewhere; `reference` has one that does not.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        # FastAPI's spans and logs carry exception messages, and an operator's OTEL_ variables
        # would send them away.
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
    )
    for contract in (
        health,
        issue_token,
        short_audio,
        fast_transcription,
        text_to_speech,
        translator,
        speech_translation,
        openai_models,
        openai_audio,
        openai_translations,
    ):
        app.include_router(contract.create_router(service))
    # The jobs last: `transcriptions/locales` would be taken for the id of one.
    for managed in (web_hooks, speech_models, batch_jobs):
        app.include_router(managed.create_router(service, batch))
    app.include_router(reference.create_router(app))
    app.openapi = lambda: _openapi_document(app)  # type: ignore[method-assign]

    # The innermost first: whatever is raised is answered there, and what is answered has an
    # origin, an id and a line.
    install_problem_handlers(app)
    app.add_exception_handler(ClientGone, _on_client_gone)
    app.add_exception_handler(ClientStalled, _on_client_stalled)
    install_cross_origin(app, settings)
    app.add_middleware(RequestRecords)
    app.add_middleware(CanonicalPaths)
    return app


Made = TypeVar("Made")


def _made_once(make: Callable[[], Made]) -> Callable[[], Made]:
    """Give what was made by the first call to all; others wait for it."""
    making, made = Lock(), cache(make)

    def once() -> Made:
        with making:
            return made()

    return once


# Imported by the first request for it: a start that neither speaks nor translates need not pay.


def _speaker_of(settings: Settings) -> "Speaker":
    from shared.synthesis.speaker import Speaker  # noqa: PLC0415

    return Speaker(settings)


def _translators_of(settings: Settings) -> "TranslatorChain":
    from shared.translation.installed import translator_chain  # noqa: PLC0415

    return translator_chain(settings)


async def _on_client_gone(_request: Request, _error: Exception) -> Response:
    return Response(status_code=_STATUS_CLIENT_GONE)


async def _on_client_stalled(request: Request, _error: Exception) -> Response:
    problem = Problem(408, "The client stopped sending in the middle of the request.")
    handler: Any = request.app.exception_handlers[Problem]
    response: Response = await handler(request, problem)
    return response


def _leave_out_validation(document: dict[str, Any]) -> None:
    """Take out the 422 that FastAPI describes wherever a path has a parameter; none is answered."""
    for methods in document["paths"].values():
        for operation in methods.values():
            if "HTTPValidationError" in str(operation["responses"].get("422")):
                del operation["responses"]["422"]
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)


def _openapi_document(app: FastAPI) -> dict[str, Any]:
    """OpenAPI document with the schemas that the routers describe themselves."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        components = document.setdefault("components", {})
        components["securitySchemes"] = descriptions.SECURITY_SCHEMES
        components["schemas"] = components.get("schemas", {}) | descriptions.COMPONENT_SCHEMAS
        _leave_out_validation(document)
        app.openapi_schema = document
    return app.openapi_schema
