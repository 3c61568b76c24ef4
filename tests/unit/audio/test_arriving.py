"""Audio between the event loop and a thread."""

import asyncio
import threading

from shared.audio.arriving import MOST_WAITING_BYTES, ArrivingAudio


def run(test):
    """Run a coroutine function with an audio of its loop."""

    async def with_audio():
        return await test(ArrivingAudio())

    return asyncio.run(with_audio())


def test_pieces_come_out_in_order_until_the_end():
    async def test(audio):
        for piece in (b"one", b"", b"two"):
            audio.put(piece)
        audio.end()
        audio.put(b"late")
        return list(audio)

    assert run(test) == [b"one", b"two"]


def test_a_thread_waits_for_the_next_piece():
    async def test(audio):
        taken = asyncio.to_thread(list, audio)
        taking = asyncio.ensure_future(taken)
        await asyncio.sleep(0.05)
        assert not taking.done()
        audio.put(b"one")
        audio.end()
        return await taking

    assert run(test) == [b"one"]


def test_the_loop_waits_while_too_much_is_not_taken():
    async def test(audio):
        audio.put(bytes(MOST_WAITING_BYTES - 1))
        await asyncio.wait_for(audio.wait_for_room(), 1)
        audio.put(bytes(10))
        waiting = asyncio.ensure_future(audio.wait_for_room())
        await asyncio.sleep(0.05)
        assert not waiting.done()
        pieces = iter(audio)
        await asyncio.to_thread(next, pieces)
        await asyncio.wait_for(waiting, 5)

    run(test)


def test_discarding_wakes_the_thread_and_the_loop():
    async def test(audio):
        audio.put(bytes(MOST_WAITING_BYTES))
        waiting = asyncio.ensure_future(audio.wait_for_room())
        audio.discard()
        await asyncio.wait_for(waiting, 5)
        return await asyncio.to_thread(list, audio)

    assert run(test) == []


def test_a_drained_audio_may_go_on_and_an_ended_one_does_not():
    async def test(audio):
        assert audio.is_drained()
        audio.put(b"one")
        assert not audio.is_drained()
        assert audio.peek() == b"one"
        assert next(iter(audio)) == b"one"
        assert audio.is_drained()
        audio.end()
        assert not audio.is_drained()
        assert audio.peek() == b""

    run(test)


def test_the_longest_wait_of_a_piece_is_kept():
    async def test(audio):
        audio.put(b"one")
        await asyncio.sleep(0.05)
        audio.end()
        thread = threading.Thread(target=list, args=(audio,))
        thread.start()
        thread.join()
        assert audio.longest_wait_s >= 0.04

    run(test)
