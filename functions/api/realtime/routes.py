"""Real time: the WebSocket routes of the Speech SDK, and that of OpenAI's Realtime API.

https://learn.microsoft.com/azure/ai-services/speech-service/speech-sdk
https://developers.openai.com/api/docs/guides/realtime-transcription
All routes of recognition have one handler: the options of a turn are in its `speech.context`. A
refused upgrade is an HTTP response, whose status the SDK shows to the app.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse
from starlette.websockets import WebSocket

from functions.api.access import Access, refusal_headers, refusal_of
from functions.api.problems import Problem, Shape, problem_of
from functions.api.realtime.openai_session import OpenAISession
from functions.api.realtime.session import RecognitionSession
from functions.api.realtime.sessions import Sessions
from functions.api.realtime.socket import Session, SessionSocket, Work
from functions.api.realtime.synthesis_session import SynthesisSession
from functions.api.realtime.synthesis_turn import synthesis_events
from functions.api.realtime.turn import turn_events
from functions.api.realtime.turn_request import Mode
from functions.api.request_record import record_of
from functions.api.service import SpeechService
from shared.errors import SpeechError

# With and without the prefix `/stt` or `/tts`, see `paths.py`.
_RECOGNITION_PATHS = {
    "/speech/recognition/interactive/cognitiveservices/v1": Mode.INTERACTIVE,
    "/speech/recognition/conversation/cognitiveservices/v1": Mode.CONVERSATION,
    "/speech/recognition/dictation/cognitiveservices/v1": Mode.DICTATION,
    "/speech/universal/v2": Mode.CONVERSATION,  # its turns name their mode
    "/speech/translation/cognitiveservices/v1": Mode.CONVERSATION,
}
_SYNTHESIS_PATH = "/cognitiveservices/websocket/v1"
_OPENAI_PATH = "/v1/realtime"
# The Speech SDK's, and that of browsers for OpenAI's API.
_PROTOCOLS = ("USP", "realtime")
_KEY_PARAMETERS = ("ocp-apim-subscription-key", "subscription-key")

Query = dict[str, list[str]]


def create_router(service: SpeechService, sessions: Sessions) -> APIRouter:
    """Route all WebSockets; refuse those of other paths."""
    router = APIRouter()
    # A thread starts with the first turn that needs one more, and is kept.
    threads = ThreadPoolExecutor(sessions.limit, thread_name_prefix="turn")

    def route(path: str, open_session: Callable[[Query], Session], work: Work) -> None:
        async def serve(websocket: WebSocket) -> None:
            query = _query(websocket)
            try:
                await _require_access(service, websocket, query)
                sessions.require_room()
            except (Problem, SpeechError) as error:
                await _refuse(websocket, error)
                return
            offered = websocket.scope["subprotocols"]
            await websocket.accept(next((one for one in _PROTOCOLS if one in offered), None))
            session = open_session(query)
            socket = SessionSocket(websocket, session, work, threads, record_of(websocket))
            with sessions.opened(socket):
                await socket.serve()

        router.add_api_websocket_route(path, serve)

    recognise = partial(turn_events, service)
    for path, mode in _RECOGNITION_PATHS.items():
        route(path, partial(RecognitionSession, mode), recognise)
    route(_OPENAI_PATH, lambda _query: OpenAISession(), recognise)
    route(
        _SYNTHESIS_PATH,
        lambda _query: SynthesisSession(),
        lambda request, _audio, check: synthesis_events(service, request, check),
    )
    router.add_api_websocket_route("/{path:path}", _refuse_unknown)
    return router


def create_refusals() -> APIRouter:
    """Route the same paths on a host that serves no WebSockets."""
    router = APIRouter()

    async def refuse(request: Request) -> None:
        """Name the host that serves them; the SDK shows the message, and does not try again."""
        if "sec-websocket-key" not in request.headers:
            raise Problem(405)
        raise Problem(400, "Real time needs Sotto's container: this host serves no WebSockets.")

    for path in (*_RECOGNITION_PATHS, _SYNTHESIS_PATH, _OPENAI_PATH):
        router.add_api_route(path, refuse, methods=["GET"])
    return router


async def _refuse_unknown(websocket: WebSocket) -> None:
    """Answer the upgrade of any other path."""
    await _refuse(websocket, Problem(404))


def _query(websocket: WebSocket) -> Query:
    """Values of the query by name in lower case."""
    query: Query = {}
    for name, value in websocket.query_params.multi_items():
        query.setdefault(name.lower(), []).append(value.strip())
    return query


async def _require_access(service: SpeechService, websocket: WebSocket, query: Query) -> None:
    """Require a valid key or token, in a header or, as browsers send it, in the query.

    Raises
    ------
    Problem: 401, missing or wrong; 403, a token without a required role; 503, a token whose
        issuer cannot be reached.
    """
    key = next((query[name][0] for name in _KEY_PARAMETERS if name in query), None)
    access = await service.authenticator.check(
        websocket.headers,
        query_key=key,
        query_authorization=query.get("authorization", [None])[0],
    )
    if access is not Access.GRANTED:
        status, message = refusal_of(access)
        raise Problem(status, message, headers=refusal_headers(status))


async def _refuse(websocket: WebSocket, error: Problem | SpeechError) -> None:
    """Answer the upgrade with the response of the error."""
    problem = error if isinstance(error, Problem) else problem_of(error)
    websocket.state.error_code = problem.code
    shape = Shape.OPENAI if websocket.scope["path"] == _OPENAI_PATH else Shape.WRAPPED
    response = JSONResponse(problem.body(shape), problem.status, problem.headers)
    await websocket.send_denial_response(response)
