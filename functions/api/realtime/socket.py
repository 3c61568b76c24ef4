"""The WebSocket of one client: carries out the actions of its session.

One task receives frames, another one sends those that the work of the turn leads to. The work runs
in a thread. A client that does not read is disconnected, and one that sends faster than its audio
is decoded waits.
"""

import asyncio
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any, Protocol

import structlog
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from functions.api.incoming_body import ClientDisconnected
from functions.api.realtime.actions import (
    Action,
    BeginTurn,
    Close,
    EndAudio,
    EndTurn,
    Send,
    SynthesisRequest,
    TakeAudio,
    TurnEvent,
)
from functions.api.realtime.turn_request import TurnRequest
from functions.api.request_record import RequestRecord
from shared.audio.arriving import ArrivingAudio
from shared.privacy.log_fields import exception_fields
from shared.scheduling import CheckCancelled
from shared.streaming_events import SpeechEnded
from shared.transcript import RecognitionCost

# A client that takes nothing for so long is gone, or will never read.
MAX_SEND_S = 20.0
# A connection without a turn for so long is closed. Clients connect again.
MAX_IDLE_S = 300.0

_NORMAL = 1000

# A client that vanishes, or that takes nothing more.
_CLIENT_LEFT = (WebSocketDisconnect, ClientDisconnected, TimeoutError, OSError)


Request = TurnRequest | SynthesisRequest
Work = Callable[[Any, ArrivingAudio, CheckCancelled], Generator[TurnEvent]]
"""Does the work of a turn: its request and audio in, events out, the last one ends it. Blocks."""


class Session(Protocol):
    """Port of the frames of one connection; see `session.py`."""

    def opened(self) -> Iterator[Action]:
        """Begin."""
        ...

    def text(self, frame: str) -> Iterator[Action]:
        """Take a text frame."""
        ...

    def binary(self, frame: bytes) -> Iterator[Action]:
        """Take a binary frame."""
        ...

    def event(self, number: int, event: TurnEvent) -> Iterator[Action]:
        """Take an event of the work of a turn."""
        ...

    def stop(self) -> Iterator[Action]:
        """End the connection when the turn under way has its results."""
        ...


class SessionSocket:
    """One accepted connection."""

    def __init__(
        self,
        websocket: WebSocket,
        session: Session,
        work: Work,
        threads: ThreadPoolExecutor,
        record: RequestRecord,
    ) -> None:
        self._websocket = websocket
        self._session = session
        self._work = work
        self._threads = threads
        self._record = record
        self._loop = asyncio.get_running_loop()
        self._acting = asyncio.Lock()
        self._events: asyncio.Queue[tuple[int, TurnEvent]] = asyncio.Queue()
        self._turn: _RunningTurn | None = None
        self._stopping: asyncio.Future[None] | None = None

    async def serve(self) -> None:
        """Return when the connection is closed, by whichever side."""
        tasks = [
            asyncio.ensure_future(self._receive_frames()),
            asyncio.ensure_future(self._send_events()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            self._end_turn()
            for ended in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(ended, Exception) and not isinstance(ended, _CLIENT_LEFT):
                    structlog.get_logger().error("session_failed", **exception_fields(ended))
            with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
                async with asyncio.timeout(MAX_SEND_S):
                    await self._websocket.close(_NORMAL)

    def stop(self) -> None:
        """Finish the turn under way, then close."""
        self._stopping = asyncio.ensure_future(self._act(self._session.stop()))

    async def _receive_frames(self) -> None:
        await self._act(self._session.opened())
        while (message := await self._next_message())["type"] == "websocket.receive":
            if (text := message.get("text")) is not None:
                await self._act(self._session.text(text))
            else:
                await self._act(self._session.binary(message.get("bytes") or b""))
            if self._turn is not None:
                await self._turn.audio.wait_for_room()

    async def _next_message(self) -> Message:
        """Wait for the client; without a turn not for ever."""
        while True:
            try:
                async with asyncio.timeout(MAX_IDLE_S):
                    return await self._websocket.receive()
            except TimeoutError:
                if self._turn is None:
                    return {"type": "websocket.disconnect"}

    async def _send_events(self) -> None:
        while True:
            number, event = await self._events.get()
            if isinstance(event, SpeechEnded):
                self._record.n_phrases = (self._record.n_phrases or 0) + len(event.phrases)
                self._record.add_assessment(event.assessment)
            elif isinstance(event, RecognitionCost):
                self._record.add_cost(event)
            await self._act(self._session.event(number, event))

    async def _act(self, actions: Iterable[Action]) -> None:
        """Carry out actions in order; those of several tasks do not mix."""
        async with self._acting:
            for action in actions:
                match action:
                    case Send(frame):
                        await self._send(frame)
                    case BeginTurn(number, request):
                        self._begin_turn(number, request)
                    case TakeAudio(piece) if self._turn is not None:
                        self._record.body_bytes += len(piece)
                        self._turn.audio.put(piece)
                    case EndAudio() if self._turn is not None:
                        self._turn.audio.end()
                    case EndTurn():
                        self._end_turn()
                    case Close(code, reason):
                        await self._websocket.close(code, reason)
                    case _:
                        pass

    async def _send(self, frame: str | bytes) -> None:
        async with asyncio.timeout(MAX_SEND_S):
            if isinstance(frame, str):
                await self._websocket.send_text(frame)
            else:
                await self._websocket.send_bytes(frame)

    def _begin_turn(self, number: int, request: Request) -> None:
        self._end_turn()
        self._turn = _RunningTurn()
        self._record.n_turns = number
        self._threads.submit(
            self._turn.run, self._work, request, lambda event: self._hand_over(number, event)
        )

    def _end_turn(self) -> None:
        if self._turn is not None:
            self._record.lag_s = max(self._record.lag_s, self._turn.audio.longest_wait_s)
            self._turn.cancel()
            self._turn = None

    def _hand_over(self, number: int, event: TurnEvent) -> None:
        """Pass an event from the thread of a turn to the event loop."""
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._events.put_nowait, (number, event))


class _RunningTurn:
    """A turn whose work runs in a thread."""

    def __init__(self) -> None:
        self.audio = ArrivingAudio()
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """End the work at its next step."""
        self._cancelled.set()
        self.audio.discard()

    def run(self, work: Work, request: Request, take: Callable[[TurnEvent], None]) -> None:
        """Do the work in this thread."""
        with (
            suppress(ClientDisconnected),
            closing(work(request, self.audio, self._check)) as events,
        ):
            for event in events:
                take(event)
                self._check()

    def _check(self) -> None:
        if self._cancelled.is_set():
            raise ClientDisconnected
