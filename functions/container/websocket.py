"""WebSockets with bounds: uvicorn's protocol on the `websockets` library.

Reading stops while the app has a message, so that a connection holds one message and one read.
"""

import asyncio
import socket
from collections.abc import Callable

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

# A message has 100 ms of audio, a phrase list of a turn at most, or SSML.
MAX_MESSAGE_BYTES = 1_000_000
# Keeps the connection alive on its way. No answer is waited for: while audio waits to be decoded
# nothing is read, and the answer stands behind megabytes of audio.
PING_INTERVAL_S = 20.0
# A peer whose system does not acknowledge a ping in this time is gone: TCP_USER_TIMEOUT of Linux.
MAX_UNACKNOWLEDGED_S = 60.0
# Time for the last frames to reach a client that does not read, before its connection is cut.
LINGER_S = 5.0

_USER_TIMEOUT = getattr(socket, "TCP_USER_TIMEOUT", None)


class BoundedWebSocketProtocol(WebSocketsSansIOProtocol):
    """One WebSocket.

    on_lost: called when the connection is closed.
    """

    on_lost: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the system find out that the client's machine is gone."""
        super().connection_made(transport)
        if _USER_TIMEOUT is not None:
            limit_ms = round(1000 * MAX_UNACKNOWLEDGED_S)
            connection = transport.get_extra_info("socket")
            connection.setsockopt(socket.IPPROTO_TCP, _USER_TIMEOUT, limit_ms)

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
