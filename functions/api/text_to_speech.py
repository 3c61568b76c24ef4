"""Text to speech: SSML or OpenAI's JSON in, encoded audio out, sentence by sentence.

https://learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech
https://platform.openai.com/docs/api-reference/audio/createSpeech
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from functions.api import text_to_speech_descriptions as descriptions
from functions.api.incoming_body import IncomingBody
from functions.api.openai_speech_request import read_speech_request
from functions.api.problems import Problem
from functions.api.request_record import record_of
from functions.api.service import SpeechService
from shared.synthesis.encoded import encoded_speech
from shared.synthesis.output_formats import OutputFormat, find_output_format
from shared.synthesis.speaker import Speaker
from shared.synthesis.ssml import Script, read_ssml
from shared.synthesis.voice_list import azure_voice_list

_SSML_TYPE = "application/ssml+xml"
# Ten minutes of speech have about 10 000 characters; the rest is markup.
_MAX_BODY_BYTES = 1_000_000


def create_router(service: SpeechService, speaker: Speaker) -> APIRouter:
    """Route `/cognitiveservices/v1`, `/cognitiveservices/voices/list` and `/v1/audio/speech`."""
    router = APIRouter(
        tags=["Text to speech"], dependencies=[Depends(service.authenticator.require)]
    )
    speech = _SpeechAnswers(service, speaker)

    @router.post(
        "/cognitiveservices/v1",
        summary="Speak SSML",
        operation_id="speak_ssml",
        openapi_extra=descriptions.SPEAK_SSML,
    )
    async def speak_ssml(request: Request) -> Response:
        """Speak a document of SSML.

        The answer begins before the last sentence is spoken; its format is that of the header
        `X-Microsoft-OutputFormat`.
        """
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != _SSML_TYPE:
            raise Problem(415, f"The content type must be {_SSML_TYPE}.")
        output = find_output_format(request.headers.get("x-microsoft-outputformat", ""))
        return await speech.answer(request, read_ssml(await _read(request)), output)

    @router.get(
        "/cognitiveservices/voices/list",
        summary="List voices",
        operation_id="list_voices",
        openapi_extra=descriptions.LIST_VOICES,
    )
    async def list_voices() -> Response:
        """List the voices of this server, the preferred first."""
        voices = await asyncio.to_thread(speaker.voices)
        return JSONResponse(azure_voice_list(voices))

    @router.post(
        "/v1/audio/speech",
        summary="Speak text (OpenAI)",
        operation_id="create_speech",
        openapi_extra=descriptions.CREATE_SPEECH,
    )
    async def create_speech(request: Request) -> Response:
        """Speak a text, as OpenAI's audio API does."""
        script, output = read_speech_request(await _read(request))
        return await speech.answer(request, script, output)

    return router


class _SpeechAnswers:
    """Turns scripts into answers that are sent while they are spoken."""

    def __init__(self, service: SpeechService, speaker: Speaker) -> None:
        self._service = service
        self._speaker = speaker
        # Threads come into being as they are needed; admission bounds how many.
        self._pool = ThreadPoolExecutor(
            service.settings.queue_limit, thread_name_prefix="synthesis"
        )

    async def answer(self, request: Request, script: Script, output: OutputFormat) -> Response:
        """Answer once the first sentence is there, so that a failure until then has its status."""
        cancelled = threading.Event()
        with ExitStack() as opened:
            opened.callback(cancelled.set)
            opened.enter_context(self._service.recogniser.admit())
            pieces = self._pieces(script, output, cancelled)
            first = await self._next(pieces)
            close = opened.pop_all().close
            return _SpokenResponse(
                self._rest(first, pieces, close),
                close=close,
                headers={"X-RequestId": record_of(request).request_id},
                media_type=output.media_type,
            )

    def _pieces(
        self, script: Script, output: OutputFormat, cancelled: threading.Event
    ) -> Iterator[bytes]:
        for piece in encoded_speech(self._speaker, self._speaker.cast(script), output.encoding):
            if cancelled.is_set():
                return
            yield piece

    async def _rest(
        self, first: bytes | None, pieces: Iterator[bytes], close: Callable[[], None]
    ) -> AsyncIterator[bytes]:
        piece = first
        while piece is not None:
            yield piece
            piece = await self._next(pieces)
        # Over before the client can know it: its next request must not find this one under way.
        close()

    async def _next(self, pieces: Iterator[bytes]) -> bytes | None:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, next, pieces, None)


class _SpokenResponse(StreamingResponse):
    """An answer that says when it is over, whether the client has taken all of it or not."""

    def __init__(
        self, content: AsyncIterator[bytes], *, close: Callable[[], None], **rest: Any
    ) -> None:
        super().__init__(content, **rest)
        self._close = close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._close()


async def _read(request: Request) -> bytes:
    """Return the body; raises `AudioTooLarge`, `ClientGone` or `ClientStalled`."""
    body = IncomingBody(request.receive, max_bytes=_MAX_BODY_BYTES)
    try:
        return b"".join([piece async for piece in body])
    finally:
        record_of(request).body_bytes = body.n_bytes
