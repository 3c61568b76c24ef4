"""The body while it arrives: pulled by a loop or by a thread, with limits."""

import asyncio
import time

import pytest

from functions.api.incoming_body import (
    LEAST_BYTES_PER_S_WHILE_RECORDING,
    ClientDisconnected,
    ClientStalled,
    IncomingBody,
)
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


def read_slowly(bytes_per_s, n_seconds, **limits):
    """Read a body of which one piece arrives per second of a clock that stands still otherwise."""
    clock = [0.0]

    async def receive():
        clock[0] += 1.0
        return piece(b"x" * bytes_per_s, more=clock[0] < n_seconds)

    async def read():
        body = IncomingBody(receive, max_bytes=10**9, now_s=lambda: clock[0], **limits)
        return len(await body.read_whole())

    return asyncio.run(read())


def test_a_body_below_the_least_rate_is_cut():
    """No piece is late; a thousand bytes a second are just enough, for hours."""
    assert read_slowly(1000, 3600) == 3_600_000
    with pytest.raises(ClientStalled):
        read_slowly(999, 3600)


def test_a_body_that_is_whole_in_half_a_minute_has_no_least_rate():
    assert read_slowly(1, 30) == 30


def test_a_fast_start_does_not_pay_for_a_trickle():
    """Each window of waiting counts by itself."""
    clock = [0.0]

    async def receive():
        clock[0] += 1.0
        return piece(b"x" * (10**6 if clock[0] == 1 else 1))

    async def read():
        body = IncomingBody(receive, max_bytes=10**9, now_s=lambda: clock[0])
        with pytest.raises(ClientStalled):
            await body.read_whole()

    asyncio.run(read())
    assert clock[0] <= 61


@pytest.mark.parametrize("bytes_per_s", [27, 85, 600, 1500])
def test_audio_that_is_sent_while_it_is_recorded_is_never_cut(bytes_per_s):
    """FLAC and AMR in a pause, AMR at its lowest and highest rate, for an hour."""
    rate = LEAST_BYTES_PER_S_WHILE_RECORDING
    assert read_slowly(bytes_per_s, 3600, least_bytes_per_s=rate) == 3600 * bytes_per_s


def test_the_time_of_a_whole_body_is_bounded():
    assert read_slowly(1, 120, least_bytes_per_s=0, total_s=120.0) == 120
    with pytest.raises(ClientStalled):
        read_slowly(1, 122, least_bytes_per_s=0, total_s=120.0)


def test_time_in_which_the_body_is_not_read_does_not_count():
    """The client waits for the decoder then."""
    clock = [0.0]

    async def receive():
        return piece(b"x", more=clock[0] < 1000)

    async def read():
        body = IncomingBody(receive, max_bytes=10, now_s=lambda: clock[0], total_s=120.0)
        async for _ in body:
            clock[0] += 500

    asyncio.run(read())


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
