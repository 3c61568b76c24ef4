"""Large response bodies, sent in pieces."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# uvicorn waits before it writes when 64 KB are unsent, never within one message.
PIECE_BYTES = 65_536


class ResponsePieces:
    """ASGI middleware that sends large bodies in pieces, each once the client has taken the others.

    In one piece a response would be complete for the server before the client has read it: its
    connection counts as idle, and under TLS it has `ssl_shutdown_timeout` for all of it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""

        async def send_in_pieces(message: Message) -> None:
            body = message.get("body", b"")
            if message["type"] != "http.response.body" or len(body) <= PIECE_BYTES:
                await send(message)
                return
            view = memoryview(body)
            for start in range(0, len(view), PIECE_BYTES):
                is_last = start + PIECE_BYTES >= len(view)
                more_body = message.get("more_body", False) or not is_last
                piece = bytes(view[start : start + PIECE_BYTES])
                await send({**message, "body": piece, "more_body": more_body})

        await self._app(scope, receive, send_in_pieces)
