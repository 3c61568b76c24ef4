"""The body while it arrives: pulled by a loop or by a thread, with limits."""

import asyncio
import time

import pytest

from functions.api.incoming_body import ClientDisconnected, ClientStalled, IncomingBody
from functions.api.request_threads import RequestThreads
from shared.audio.stream import open_audio
from shared.errors import AudioTooLarge
from shared.recognition.options import RecognitionOptions
from shared.transcript import Dropped, DropReason
from shared.transcription.scripted_transcriber import ScriptedTranscriber
from shared.transcription.transcribe import transcribe


def channel(*messages):
    """ASGI receive that gives these messages and then nothing, ever."""
    waiting = list(messages)

    async def receive():
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    return receive


def piece(body, *, more=True):
    return {"type": "http.request", "body": body, "more_body": more}


GONE = {"type": "http.disconnect"}


def read_in_thread(*messages, max_bytes=100, stall_s=5.0):
    async def read():
        body = IncomingBody(channel(*messages), max_bytes=max_bytes, stall_s=stall_s)
        threads = RequestThreads(1)
        return await threads.run(lambda _cancelled: list(body), body), body

    return asyncio.run(read())


def test_a_thread_reads_the_pieces_as_they_were_sent():
    """Empty pieces are left out; the size is counted."""
    pieces, body = read_in_thread(piece(b"ab"), piece(b""), piece(b"c"), piece(b"", more=False))
    assert (pieces, body.n_bytes) == ([b"ab", b"c"], 3)


def test_the_event_loop_reads_the_same():
    """Both iterators share one reader."""

    async def read():
        body = IncomingBody(channel(piece(b"ab"), piece(b"c", more=False)), max_bytes=3)
        return [part async for part in body]

    assert asyncio.run(read()) == [b"ab", b"c"]


def test_no_piece_is_pulled_before_it_is_read():
    """A fast client waits in its own send buffer."""
    pulled = []

    async def receive():
        pulled.append(1)
        return piece(b"x", more=len(pulled) < 3)

    async def read():
        body = IncomingBody(receive, max_bytes=10)
        assert pulled == []
        await anext(aiter(body))

    asyncio.run(read())
    assert pulled == [1]


def test_a_client_that_stops_sending_has_stalled():
    """The wait for one piece is bounded."""
    with pytest.raises(ClientStalled):
        read_in_thread(piece(b"ab"), stall_s=0.05)


def test_a_client_that_hangs_up_is_gone():
    """Half a body is no body."""
    with pytest.raises(ClientDisconnected):
        read_in_thread(piece(b"ab"), GONE)


def test_reading_stops_at_the_limit():
    """One byte more ends it, whatever is still to come."""
    with pytest.raises(AudioTooLarge):
        read_in_thread(piece(b"ab"), piece(b"cd"), max_bytes=3)


def test_work_is_cancelled_when_the_client_hangs_up_after_its_body():
    """Recognition of an hour stops when no client waits for it."""
    outcome = []

    async def serve():
        body = IncomingBody(channel(piece(b"ab", more=False), GONE), max_bytes=10)

        def work(check_cancelled):
            list(body)
            for _ in range(500):
                try:
                    check_cancelled()
                except ClientDisconnected:
                    outcome.append("cancelled")
                    return
                time.sleep(0.01)

        await RequestThreads(1).run(work, body)

    with pytest.raises(ClientDisconnected):
        asyncio.run(serve())
    assert outcome == ["cancelled"]


def test_recognition_is_closed_when_it_is_cancelled(tone):
    """The engine is free for others at once, not when the generator is collected."""
    closed = []

    class Endless(ScriptedTranscriber):
        def recognise(self, _stream, _options, _check_cancelled=None):
            try:
                while True:
                    yield Dropped(0, 0.0, 1.0, DropReason.SILENCE)
            finally:
                closed.append(True)

    def cancelled():
        raise ClientDisconnected

    with open_audio(tone(0.1)) as stream, pytest.raises(ClientDisconnected):
        transcribe(Endless(), stream, RecognitionOptions(), cancelled)
    assert closed == [True]
