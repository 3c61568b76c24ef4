"""Threads in which async requests run work that blocks.

Decoding and recognition release the interpreter lock but block. Each request under way has a thread
of its own; `Admission` bounds how many there are.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from functions.api.incoming_body import ClientGone, IncomingBody
from shared.errors import EngineUnavailable
from shared.scheduling import CheckCancelled

Result = TypeVar("Result")


class RequestThreads:
    """Threads for at most `n_threads` requests; idle ones are used again."""

    def __init__(self, n_threads: int) -> None:
        self._pool = ThreadPoolExecutor(n_threads, thread_name_prefix="request")

    async def run(self, work: Callable[[CheckCancelled], Result], body: IncomingBody) -> Result:
        """Run `work(check_cancelled)` in a thread and return its result.

        `check_cancelled` raises `ClientGone` once the client has closed the connection or the
        server stops; the work calls it wherever it may end early.

        Raises
        ------
        ClientGone: the client closed the connection before there was an answer.
        EngineUnavailable: the server stops and does not wait any longer.
        """
        cancelled = threading.Event()

        def check_cancelled() -> None:
            if cancelled.is_set():
                raise ClientGone

        working = asyncio.get_running_loop().run_in_executor(self._pool, work, check_cancelled)
        leaving = asyncio.ensure_future(body.gone())
        either: set[asyncio.Future[Any]] = {working, leaving}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            cancelled.set()
            await asyncio.gather(working, return_exceptions=True)
            raise ClientGone
        except asyncio.CancelledError:
            # uvicorn cancels what has not finished within the grace of a shutdown. Left alone it
            # would be answered with a 500 in no contract's shape.
            raise EngineUnavailable("The server stops.") from None
        finally:
            cancelled.set()
            leaving.cancel()
