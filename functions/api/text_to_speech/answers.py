"""Answers of text to speech, sent while the speech is synthesised.

The first request for speech imports this module. It imports the modules of synthesis, which take
10 ms that other starts save.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from functions.api.admission import AdmittedRequest, caller_of
from functions.api.incoming_body import ClientDisconnected, IncomingBody
from functions.api.openai.speech_request import read_speech_request
from functions.api.problems import Problem
from functions.api.request_record import record_of
from functions.api.service import SpeechService
from shared.synthesis.encoded import encode_speech
from shared.synthesis.output_formats import OutputFormat, find_output_format
from shared.synthesis.speech_synthesis import SpeechSynthesis
from shared.synthesis.ssml import Script, read_ssml
from shared.synthesis.voice_list import azure_voice_list, openai_voice_list

_SSML_TYPE = "application/ssml+xml"
# Ten minutes of speech have about 10 000 characters; the rest is markup.
_MAX_BODY_BYTES = 1_000_000
# A piece of speech that the client does not take in this time waits without a place of work.
WORK_WHILE_SENDING_S = 1.0


class SpeechAnswers:
    """Responses of one app to requests for speech."""

    def __init__(self, service: SpeechService) -> None:
        self._service = service
        self._synthesis = service.synthesis()
        # The pool starts threads on demand; admission bounds their number.
        self._pool = ThreadPoolExecutor(
            service.settings.queue_limit, thread_name_prefix="synthesis"
        )

    async def speak_ssml(self, request: Request) -> Response:
        """Synthesise SSML in the format of `X-Microsoft-OutputFormat`."""
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != _SSML_TYPE:
            raise Problem(415, f"The content type must be {_SSML_TYPE}.")
        output = find_output_format(request.headers.get("x-microsoft-outputformat", ""))
        with ExitStack() as opened:
            received = self._enter(request, opened)
            # Parsing of up to a megabyte of text runs in a thread, here and below.
            script = await asyncio.to_thread(read_ssml, await received.read())
            return await self._answer(received, script, output)

    async def create_speech(self, request: Request) -> Response:
        """Synthesise the text of OpenAI's JSON."""
        with ExitStack() as opened:
            received = self._enter(request, opened)
            script, output = await asyncio.to_thread(read_speech_request, await received.read())
            return await self._answer(received, script, output)

    async def list_voices(self) -> Response:
        """Return the list of voices in Azure's format."""
        return JSONResponse(azure_voice_list(await asyncio.to_thread(self._synthesis.voices)))

    async def list_openai_voices(self) -> Response:
        """Return the list of voices that Open WebUI and other clients of OpenAI's API read."""
        return JSONResponse(openai_voice_list(await asyncio.to_thread(self._synthesis.voices)))

    def _enter(self, request: Request, opened: ExitStack) -> "_ReceivedText":
        admission = self._service.admission
        admitted = opened.enter_context(admission.enter(caller_of(request)))
        body = IncomingBody(request.receive, max_bytes=_MAX_BODY_BYTES, request=admitted)
        return _ReceivedText(request, body, admitted, opened)

    async def _answer(
        self, received: "_ReceivedText", script: Script, output: OutputFormat
    ) -> Response:
        """Respond after the first audio, so that an earlier failure has its own status."""
        pieces = _EncodedSpeech(self._synthesis, script, output)
        received.admitted.begin_work()
        received.opened.callback(pieces.cancel)
        first = await self._first(pieces, received.body)
        close = received.opened.pop_all().close
        return _SpokenResponse(
            self._rest(first, pieces, close),
            admitted=received.admitted,
            close=close,
            media_type=output.media_type,
        )

    async def _first(self, pieces: "_EncodedSpeech", body: IncomingBody) -> bytes | None:
        """Return the first piece; raises `ClientDisconnected` once the client has left."""
        taking = asyncio.ensure_future(self._next(pieces))
        disconnecting = asyncio.ensure_future(body.wait_for_disconnect())
        futures: set[asyncio.Future[Any]] = {taking, disconnecting}
        try:
            await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
            if taking.done():
                return taking.result()
        finally:
            taking.cancel()
            disconnecting.cancel()
        raise ClientDisconnected

    async def _rest(
        self, first: bytes | None, pieces: "_EncodedSpeech", close: Callable[[], None]
    ) -> AsyncIterator[bytes]:
        piece = first
        while piece is not None:
            yield piece
            piece = await self._next(pieces)
        # Closed before the client sees the end: its next request may need the admission.
        close()

    async def _next(self, pieces: "_EncodedSpeech") -> bytes | None:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, pieces.next_piece)


@dataclass(frozen=True, slots=True)
class _ReceivedText:
    """A request for speech. opened: closed at the end of its response, or with its failure."""

    request: Request
    body: IncomingBody
    admitted: AdmittedRequest
    opened: ExitStack

    async def read(self) -> bytes:
        """Return the body; raises `AudioTooLarge`, `ClientDisconnected` or `ClientStalled`."""
        try:
            return await self.body.read_whole()
        finally:
            record_of(self.request).body_bytes = self.body.n_bytes


class _EncodedSpeech:
    """The encoded speech of one response, produced piece by piece in threads until cancelled."""

    def __init__(self, synthesis: SpeechSynthesis, script: Script, output: OutputFormat) -> None:
        self._pieces = self._speak(synthesis, script, output)
        self._producing = threading.Lock()
        self._cancelled = threading.Event()

    def next_piece(self) -> bytes | None:
        """Return the next piece, None after the last. Blocks."""
        with self._producing:
            piece = next(self._pieces, None)
        if self._cancelled.is_set():
            self._close()
        return piece

    def cancel(self) -> None:
        """Stop the synthesis; a local voice finishes its sentence, a connection is closed."""
        self._cancelled.set()
        self._close()

    def _close(self) -> None:
        """Close unless a thread is producing a piece; that thread closes after it."""
        if self._producing.acquire(blocking=False):
            try:
                self._pieces.close()
            finally:
                self._producing.release()

    def _speak(
        self, synthesis: SpeechSynthesis, script: Script, output: OutputFormat
    ) -> Generator[bytes, None, None]:
        yield from encode_speech(
            synthesis, synthesis.assign_voices(script), output.encoding, self._check_cancelled
        )

    def _check_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise ClientDisconnected


class _SpokenResponse(StreamingResponse):
    """A response that calls `close` at its end, whether the client received all of it or not.

    While the client reads slowly, the request holds no place of work.
    """

    def __init__(
        self,
        content: AsyncIterator[bytes],
        *,
        admitted: AdmittedRequest,
        close: Callable[[], None],
        **rest: Any,
    ) -> None:
        super().__init__(content, **rest)
        self._admitted = admitted
        self._close = close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_aside(message: Message) -> None:
            sending = asyncio.ensure_future(send(message))
            try:
                await asyncio.wait({sending}, timeout=WORK_WHILE_SENDING_S)
                if not sending.done():
                    with self._admitted.waiting_for_client():
                        await asyncio.wait({sending})
                await sending
            finally:
                sending.cancel()

        try:
            await super().__call__(scope, receive, send_aside)
        finally:
            self._close()
