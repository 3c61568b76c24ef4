"""WebSockets with bounds: uvicorn's protocol on the `websockets` library.

Reading stops while the app has a message, so that a connection holds one message and one read.
"""

import asyncio
from collections.abc import Callable

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

# A message has 100 ms of audio, a phrase list of a turn at most, or SSML.
MAX_MESSAGE_BYTES = 1_000_000
# The native Speech SDK answers pings, and so do browsers.
PING_INTERVAL_S = 20.0
PING_TIMEOUT_S = 30.0
# Time for the last frames to reach a client that does not read, before its connection is cut.
LINGER_S = 5.0


class BoundedWebSocketProtocol(WebSocketsSansIOProtocol):
    """One WebSocket.

    on_lost: called when the connection is closed.
    """

    on_lost: Callable[[], None] | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the owner too."""
        super().connection_lost(exc)
        if self.on_lost is not None:
            self.on_lost()

    def shutdown(self) -> None:
        """Leave an open session to `Sessions.stop`, which lets it finish its turn."""
        if not self.handshake_complete:
            super().shutdown()

    def on_task_complete(self, task: "asyncio.Task[None]") -> None:
        """Cut the connection where the client takes nothing more."""
        super().on_task_complete(task)
        self.loop.call_later(LINGER_S, self.transport.abort)
