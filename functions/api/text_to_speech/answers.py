"""Answers of text to speech: requests read, scripts spoken and sent while they are spoken.

Imported by the first request for speech. Everything of synthesis that takes time to import is
behind this module: 10 ms of a start that does not speak.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from functions.api.incoming_body import ClientGone, IncomingBody
from functions.api.openai.speech_request import read_speech_request
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


class SpeechAnswers:
    """Answers of one app."""

    def __init__(self, service: SpeechService) -> None:
        self._service = service
        self._speaker = service.speaker()
        # Threads come into being as they are needed; admission bounds how many.
        self._pool = ThreadPoolExecutor(
            service.settings.queue_limit, thread_name_prefix="synthesis"
        )

    async def speak_ssml(self, request: Request) -> Response:
        """Answer SSML in the format of `X-Microsoft-OutputFormat`."""
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != _SSML_TYPE:
            raise Problem(415, f"The content type must be {_SSML_TYPE}.")
        output = find_output_format(request.headers.get("x-microsoft-outputformat", ""))
        body = _body_of(request)
        # Up to a megabyte of a caller's text is taken apart in a thread, here and below.
        script = await asyncio.to_thread(read_ssml, await _read(request, body))
        return await self._answer(request, body, script, output)

    async def create_speech(self, request: Request) -> Response:
        """Answer the JSON of OpenAI's audio API."""
        body = _body_of(request)
        script, output = await asyncio.to_thread(read_speech_request, await _read(request, body))
        return await self._answer(request, body, script, output)

    async def list_voices(self) -> Response:
        """Answer with Azure's list."""
        return JSONResponse(azure_voice_list(await asyncio.to_thread(self._speaker.voices)))

    async def _answer(
        self, request: Request, body: IncomingBody, script: Script, output: OutputFormat
    ) -> Response:
        """Answer once the first sound is there, so that a failure until then has its status."""
        pieces = _Pieces(self._speaker, script, output)
        with ExitStack() as opened:
            opened.enter_context(self._service.admission.admit())
            opened.callback(pieces.leave)
            first = await self._first(pieces, body)
            close = opened.pop_all().close
            return _SpokenResponse(
                self._rest(first, pieces, close),
                close=close,
                headers={"X-RequestId": record_of(request).request_id},
                media_type=output.media_type,
            )

    async def _first(self, pieces: "_Pieces", body: IncomingBody) -> bytes | None:
        """Return the first piece; raises `ClientGone` as soon as nobody waits for it."""
        taking = asyncio.ensure_future(self._next(pieces))
        leaving = asyncio.ensure_future(body.gone())
        either: set[asyncio.Future[Any]] = {taking, leaving}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if taking.done():
                return taking.result()
        finally:
            taking.cancel()
            leaving.cancel()
        raise ClientGone

    async def _rest(
        self, first: bytes | None, pieces: "_Pieces", close: Callable[[], None]
    ) -> AsyncIterator[bytes]:
        piece = first
        while piece is not None:
            yield piece
            piece = await self._next(pieces)
        # Over before the client can know it: its next request must not find this one under way.
        close()

    async def _next(self, pieces: "_Pieces") -> bytes | None:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, pieces.take)


class _Pieces:
    """The encoded speech of one answer, taken piece by piece in threads until nobody listens."""

    def __init__(self, speaker: Speaker, script: Script, output: OutputFormat) -> None:
        self._pieces = self._speak(speaker, script, output)
        self._taking = threading.Lock()
        self._left = threading.Event()

    def take(self) -> bytes | None:
        """Return the next piece, None behind the last. Blocks."""
        with self._taking:
            piece = next(self._pieces, None)
        if self._left.is_set():
            self._close()
        return piece

    def leave(self) -> None:
        """Have nothing more spoken. A sentence under way is finished, a connection closed."""
        self._left.set()
        self._close()

    def _close(self) -> None:
        """Close unless a piece is being taken; its thread closes behind it."""
        if self._taking.acquire(blocking=False):
            try:
                self._pieces.close()
            finally:
                self._taking.release()

    def _speak(
        self, speaker: Speaker, script: Script, output: OutputFormat
    ) -> Generator[bytes, None, None]:
        yield from encoded_speech(speaker, speaker.cast(script), output.encoding, self._go_on)

    def _go_on(self) -> None:
        if self._left.is_set():
            raise ClientGone


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


def _body_of(request: Request) -> IncomingBody:
    return IncomingBody(request.receive, max_bytes=_MAX_BODY_BYTES)


async def _read(request: Request, body: IncomingBody) -> bytes:
    """Return all of the body; raises `AudioTooLarge`, `ClientGone` or `ClientStalled`."""
    try:
        return b"".join([piece async for piece in body])
    finally:
        record_of(request).body_bytes = body.n_bytes
