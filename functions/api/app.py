"""The ASGI app: every contract's router, one shape of errors, one line per request.

It has no lifespan, so hosts that send no lifespan events (Lambda, Functions) serve it unchanged.
"""

from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import Response

from functions.api import (
    fast_transcription,
    health,
    issue_token,
    metrics,
    short_audio,
)
from functions.api.admission import Admission, admission_of
from functions.api.authentication import Authenticator
from functions.api.batch_jobs import routes as batch_jobs
from functions.api.cross_origin import install_cross_origin
from functions.api.incoming_body import ClientDisconnected, ClientStalled
from functions.api.metrics import Exposition
from functions.api.openai import models as openai_models
from functions.api.openai import transcriptions as openai_audio
from functions.api.openai import translations as openai_translations
from functions.api.paths import CanonicalPaths
from functions.api.playground import routes as playground
from functions.api.problems import Problem, install_problem_handlers
from functions.api.realtime import routes as realtime
from functions.api.realtime.sessions import Sessions
from functions.api.reference import routes as reference
from functions.api.request_record import OnRequestEnd, RequestRecords
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
    from shared.synthesis.speech_synthesis import SpeechSynthesis
    from shared.translation.chain import TranslatorChain

# nginx's status for a client that closed the connection. It reaches the log only.
_STATUS_CLIENT_DISCONNECTED = 499


def create_app(
    settings: Settings,
    transcriber: Transcriber,
    batch: "BatchServices | None" = None,
    *,
    synthesis: "SpeechSynthesis | None" = None,
    translators: "TranslatorChain | None" = None,
    admission: Admission | None = None,
    sessions: Sessions | None = None,
    exposition: Exposition | None = None,
    on_request_end: OnRequestEnd | None = None,
) -> FastAPI:
    """Create the app of one process. Creating it loads and starts nothing.

    batch: storage and queue of jobs; None: the routes of jobs refuse every request.
    synthesis: speech synthesis for tests; None: the voices of the settings.
    translators: translators for tests; None: those of the settings.
    admission: admission that the host or a test watches; None: one with the limits of the settings.
    sessions: real-time sessions, of a host that serves WebSockets; None: the host does not.
    exposition: metrics of a host that has some; None: there is no route of them.
    on_request_end: traces of a host that has some.
    """
    service = SpeechService(
        settings=settings,
        transcriber=transcriber,
        authenticator=Authenticator(settings),
        admission=admission or admission_of(settings),
        threads=RequestThreads(settings.queue_limit),
        translators=_lazy(lambda: translators or _create_translators(settings)),
        synthesis=_lazy(lambda: synthesis or _create_synthesis(settings)),
    )
    app = FastAPI(
        title="Sotto",
        description="Private speech to text on the wire contracts of Azure AI Speech and OpenAI.",
        version=VERSION,
        # FastAPI's pages load scripts from other hosts; the page of `reference` loads none.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        # FastAPI's spans and logs carry exception messages, and an operator's OTEL_ variables
        # would export them.
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
    )
    has_websockets = sessions is not None
    app.include_router(playground.create_router(settings, has_websockets=has_websockets))
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
    if exposition is not None:
        app.include_router(metrics.create_router(service, exposition))
    # Jobs come last: their route would match `transcriptions/locales` as the id of a job.
    for managed in (web_hooks, speech_models, batch_jobs):
        app.include_router(managed.create_router(service, batch))
    if sessions is None:
        app.include_router(realtime.create_refusals())
    else:
        app.include_router(realtime.create_router(service, sessions))
    app.include_router(reference.create_router(app))
    app.openapi = lambda: _openapi_document(app)  # type: ignore[method-assign]

    # Innermost first: error handlers, then CORS, request id and log line, path normalisation.
    install_problem_handlers(app)
    app.add_exception_handler(ClientDisconnected, _on_client_disconnected)
    app.add_exception_handler(ClientStalled, _on_client_stalled)
    install_cross_origin(app, settings)
    app.add_middleware(RequestRecords, on_end=on_request_end)
    app.add_middleware(CanonicalPaths)
    return app


Value = TypeVar("Value")


def _lazy(create: Callable[[], Value]) -> Callable[[], Value]:
    """Create a value at the first call and return it to all; concurrent calls wait for it."""
    lock, cached = Lock(), cache(create)

    def value() -> Value:
        with lock:
            return cached()

    return value


# Imported by the first request that needs them, which keeps their import out of the start.


def _create_synthesis(settings: Settings) -> "SpeechSynthesis":
    from shared.synthesis.speech_synthesis import SpeechSynthesis  # noqa: PLC0415

    return SpeechSynthesis(settings)


def _create_translators(settings: Settings) -> "TranslatorChain":
    from shared.translation.installed import translator_chain  # noqa: PLC0415

    return translator_chain(settings)


def _openapi_document(app: FastAPI) -> dict[str, Any]:
    from functions.api.reference.document import openapi_document  # noqa: PLC0415

    return openapi_document(app)


async def _on_client_disconnected(_request: Request, _error: Exception) -> Response:
    return Response(status_code=_STATUS_CLIENT_DISCONNECTED)


async def _on_client_stalled(request: Request, _error: Exception) -> Response:
    problem = Problem(408, "The client stopped sending in the middle of the request.")
    handler: Any = request.app.exception_handlers[Problem]
    response: Response = await handler(request, problem)
    return response
