"""Where an async request meets blocking recognition.

Decoding and recognition release the interpreter lock but block; each request under way has a
thread of its own, and `Admission` bounds how many there are.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from functions.api.incoming_body import ClientGone, IncomingBody
from shared.errors import EngineUnavailable

Result = TypeVar("Result")


class RecognitionThreads:
    """Threads for at most `n_threads` requests; idle ones are used again."""

    def __init__(self, n_threads: int) -> None:
        self._pool = ThreadPoolExecutor(n_threads, thread_name_prefix="recognition")

    async def run(self, work: Callable[[threading.Event], Result], body: IncomingBody) -> Result:
        """Run `work(cancelled)` in a thread and return what it returns.

        `cancelled` is set when the client closes the connection or the server stops waiting;
        the work is expected to look at it between two phrases.

        Raises
        ------
        ClientGone: the client closed the connection before there was an answer.
        EngineUnavailable: the server stops and does not wait any longer.
        """
        cancelled = threading.Event()
        working = asyncio.get_running_loop().run_in_executor(self._pool, work, cancelled)
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
