"""Clients that vanish, send garbage, flood or do not read, and what they leave behind: nothing."""

import contextlib
import os
import socket
import struct
import time
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from functions.command_line.privacy_check.usp_client import usp_client
from tests.contract.realtime.conftest import wav_of

N_CLIENTS = 500
# A quarter of a megabyte for each would be 125.
MOST_GROWTH_BYTES = 75_000_000
N_FIRST = 150
SETTLE_S = 30


def vanish(client, wav):
    """Reset the connection in the middle of a turn."""
    client.begin()
    client.audio(wav[:16_000])
    linger = struct.pack("ii", 1, 0)
    client.socket.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    client.socket.socket.close()


def send_garbage(client, wav):
    """Send bytes that are no frame, within a turn."""
    client.begin()
    client.audio(wav[:16_000])
    client.socket.send(os.urandom(200))


def flood(client, wav):
    """Send as much as the server takes, then vanish."""
    client.begin()
    client.audio(wav[:44])
    client.socket.socket.settimeout(0.2)
    for _ in range(20):
        client.audio(bytes(64_000))
    vanish(client, wav)


def not_read(client, wav):
    """Begin turn after turn, and read nothing."""
    for _ in range(50):
        client.begin()
    client.audio(wav[:16_000])


KINDS = (vanish, send_garbage, flood, not_read, vanish)


def open_files(process_id):
    """Number of descriptors."""
    return len(list(Path(f"/proc/{process_id}/fd").iterdir()))


def resident_bytes(process_id):
    """Physical memory."""
    status = Path(f"/proc/{process_id}/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


@pytest.mark.timeout(300)
def test_five_hundred_hostile_clients_leave_nothing_behind(start, sentence):
    server = start(SOTTO_SESSION_LIMIT="20")
    wav, process_id = wav_of(sentence), server.process.pid

    def is_taken(kind):
        """Be one client; False where as many sessions are open as may be."""
        try:
            with (
                contextlib.suppress(ConnectionClosed, OSError, TimeoutError),
                usp_client(server.url, close_timeout=0.1) as client,
            ):
                kind(client, wav)
        except InvalidStatus:
            return False
        return True

    def be_hostile(n_clients):
        for kind in islice(cycle(KINDS), n_clients):
            assert settles(partial(is_taken, kind))

    def count_sessions():
        return sum(line["event"] == "session" and line["status"] == 101 for line in server.log)

    def be_served():
        with usp_client(server.url) as client:
            client.begin(phraseDetection={"language": "en-US", "mode": "INTERACTIVE"})
            client.send(wav)
            assert "garden" in " ".join(client.phrases())

    def settles(is_settled):
        deadline = time.monotonic() + SETTLE_S
        while not (has_settled := is_settled()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return has_settled

    be_hostile(N_FIRST)  # threads, pools and caches of the first ones stay
    be_served()
    assert settles(lambda: count_sessions() > N_FIRST)
    files, memory = open_files(process_id), resident_bytes(process_id)
    be_hostile(N_CLIENTS)
    assert settles(lambda: count_sessions() > N_FIRST + N_CLIENTS)
    be_served()  # no place is taken
    assert settles(lambda: open_files(process_id) <= files)
    assert settles(lambda: resident_bytes(process_id) <= memory + MOST_GROWTH_BYTES)
    server.process.terminate()
    assert server.process.wait(30) == 0
