"""Threads for the blocking work of async requests.

Decoding and recognition release the interpreter lock but block. Each request under way has its own
thread; `Admission` bounds their number.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from functions.api.incoming_body import ClientDisconnected, IncomingBody
from shared.errors import EngineUnavailable
from shared.scheduling import CheckCancelled

Result = TypeVar("Result")


class RequestThreads:
    """Threads for at most `n_threads` requests; idle threads are reused."""

    def __init__(self, n_threads: int) -> None:
        self._pool = ThreadPoolExecutor(n_threads, thread_name_prefix="request")

    async def run(self, work: Callable[[CheckCancelled], Result], body: IncomingBody) -> Result:
        """Run `work(check_cancelled)` in a thread and return its result.

        `check_cancelled` raises `ClientDisconnected` once the client has closed the connection or
        the server stops; the work calls it at every point where it may end early.

        Raises
        ------
        ClientDisconnected: the client closed the connection before there was an answer.
        EngineUnavailable: the server stops, and its grace period is over.
        """
        cancelled = threading.Event()

        def check_cancelled() -> None:
            if cancelled.is_set():
                raise ClientDisconnected

        working = asyncio.get_running_loop().run_in_executor(self._pool, work, check_cancelled)
        disconnecting = asyncio.ensure_future(body.wait_for_disconnect())
        futures: set[asyncio.Future[Any]] = {working, disconnecting}
        try:
            await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            cancelled.set()
            await asyncio.gather(working, return_exceptions=True)
            raise ClientDisconnected
        except asyncio.CancelledError:
            # uvicorn cancels requests that exceed the grace period of a shutdown. Unhandled, the
            # cancellation becomes a 500 in no contract's shape.
            raise EngineUnavailable("The server stops.") from None
        finally:
            cancelled.set()
            disconnecting.cancel()
