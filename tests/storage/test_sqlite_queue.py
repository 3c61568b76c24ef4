"""The queue in a file: the file, other processes, their death."""

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from queues import JOB, closing, piece, sqlite_queue

from shared.errors import StorageFull, StorageUnavailable
from shared.storage.sqlite_queue import SqliteStore, open_sqlite_queue

PROJECT = Path(__file__).resolve().parent.parent.parent
LONG_S, PATIENCE_S = 60, 30

HOLD_A_LEASE = """
import sys
from pathlib import Path
from shared.storage.sqlite_queue import open_sqlite_queue

queue = open_sqlite_queue(Path(sys.argv[1]))
lease = queue.lease(int(sys.argv[2]), wait_s=20)
print(lease.delivery_count, flush=True)
sys.stdin.read()
"""

DRAIN = """
import sys
from pathlib import Path
from shared.storage.sqlite_queue import open_sqlite_queue

queue = open_sqlite_queue(Path(sys.argv[1]))
while (lease := queue.lease(60)) is not None:
    print(lease.message.file_index)
    queue.acknowledge(lease)
queue.close()
"""


def start(program, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_killed_worker_gives_its_message_back(tmp_path):
    """SIGKILL while it holds a lease of one second: the next one has it when that is over."""
    with closing(sqlite_queue(tmp_path, 5)) as queue:
        queue.send(piece(3))
        with start(HOLD_A_LEASE, tmp_path / "queue.sqlite", 1) as worker:
            assert worker.stdout.readline() == "1\n"
            worker.send_signal(signal.SIGKILL)
        lease = queue.lease(LONG_S, wait_s=PATIENCE_S)
        assert (lease.message, lease.delivery_count) == (piece(3), 2)
        queue.acknowledge(lease)


def test_a_sender_that_is_killed_has_sent(tmp_path):
    """A message that `send` has accepted survives a process that is killed."""
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from shared.storage.sqlite_queue import open_sqlite_queue\n"
        "from shared.storage.work_message import WorkKind, WorkMessage\n"
        "queue = open_sqlite_queue(Path(sys.argv[1]))\n"
        "queue.send(WorkMessage(WorkKind.TRANSCRIBE, sys.argv[2], 4))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with start(program, tmp_path / "queue.sqlite", JOB) as sender:
        sender.communicate(timeout=PATIENCE_S)
    assert sender.returncode == -signal.SIGKILL
    with closing(sqlite_queue(tmp_path, 5)) as queue:
        assert queue.lease(LONG_S).message == piece(4)


def test_processes_share_the_work(tmp_path):
    """Three drain one file of 150 messages: each message is one process's."""
    with closing(sqlite_queue(tmp_path, 5)) as queue:
        for index in range(150):
            queue.send(piece(index))
        workers = [start(DRAIN, tmp_path / "queue.sqlite") for _ in range(3)]
        outputs = [worker.communicate(timeout=PATIENCE_S)[0].split() for worker in workers]
        assert sorted(int(index) for output in outputs for index in output) == list(range(150))
        assert queue.lease(LONG_S) is None


def test_a_message_of_another_process_is_noticed_within_a_pause(tmp_path):
    with (
        closing(sqlite_queue(tmp_path, 5)) as waiting,
        closing(sqlite_queue(tmp_path, 5)) as sending,
        ThreadPoolExecutor(1) as pool,
    ):
        lease = pool.submit(waiting.lease, LONG_S, PATIENCE_S)
        sending.send(piece())
        assert lease.result(PATIENCE_S).message == piece()


def test_a_queue_survives_its_closing(tmp_path):
    with closing(sqlite_queue(tmp_path, 5)) as queue:
        queue.send(piece(1))
    with closing(sqlite_queue(tmp_path, 5)) as queue:
        assert queue.lease(LONG_S).message == piece(1)


def test_the_files_are_their_owners_alone(tmp_path):
    previous = os.umask(0)
    try:
        with closing(sqlite_queue(tmp_path, 5)) as queue:
            queue.send(piece())
            modes = {path.name: mode(path) for path in tmp_path.iterdir()}
    finally:
        os.umask(previous)
    assert modes == dict.fromkeys(("queue.sqlite", "queue.sqlite-shm", "queue.sqlite-wal"), 0o600)


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path):
    path = tmp_path / "queue.sqlite"
    path.touch(0o644)
    with closing(sqlite_queue(tmp_path, 5)):
        assert mode(path) == 0o600


def test_companions_that_others_could_read_are_closed_to_them(tmp_path):
    with closing(sqlite_queue(tmp_path, 5)) as queue:
        queue.send(piece())
        for path in tmp_path.iterdir():
            path.chmod(0o644)
        with closing(sqlite_queue(tmp_path, 5)):
            assert {mode(path) for path in tmp_path.iterdir()} == {0o600}


def test_one_file_is_left_of_a_closed_queue(tmp_path):
    with closing(sqlite_queue(tmp_path, 5)) as queue:
        queue.send(piece())
    assert [path.name for path in tmp_path.iterdir()] == ["queue.sqlite"]


def test_an_acknowledged_message_leaves_nothing_to_read(tmp_path):
    with closing(sqlite_queue(tmp_path, 5)) as queue:
        queue.send(piece())
        queue.acknowledge(queue.lease(LONG_S))
    connection = sqlite3.connect(tmp_path / "queue.sqlite")
    assert connection.execute("SELECT count(*) FROM messages").fetchone() == (0,)
    connection.close()
    assert JOB.encode() not in (tmp_path / "queue.sqlite").read_bytes()


def test_a_message_is_stored_as_its_wire_form(tmp_path):
    with closing(sqlite_queue(tmp_path, 5)) as queue:
        queue.send(piece(2))
        connection = sqlite3.connect(tmp_path / "queue.sqlite")
        ((body,),) = connection.execute("SELECT body FROM messages").fetchall()
        connection.close()
    assert json.loads(body) == {"v": 1, "kind": "transcribe", "job": JOB, "file": 2, "attempt": 1}


def test_many_may_open_a_new_file_at_once(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        queues = list(pool.map(lambda _: sqlite_queue(tmp_path, 5), range(8)))
    for index, queue in enumerate(queues):
        queue.send(piece(index))
    assert {queue.lease(LONG_S).message.file_index for queue in queues} == set(range(8))
    for queue in queues:
        queue.close()


def test_two_queues_of_one_file_keep_their_work_apart(tmp_path):
    """The dead-letter place is another place of the same file."""
    waiting = SqliteStore(tmp_path / "queue.sqlite", "waiting")
    dead = SqliteStore(tmp_path / "queue.sqlite", "dead")
    dead.put(b"a letter", 0)
    assert waiting.take(LONG_S, 0) is None
    assert dead.take(LONG_S, 0).body == b"a letter"
    waiting.close()
    dead.close()


def test_a_lease_ends_by_the_clock_of_the_store(tmp_path):
    now_s = 1_800_000_000.0
    store = SqliteStore(tmp_path / "queue.sqlite", "waiting", lambda: now_s)
    store.put(b"body", 10)
    assert store.take(30, 0) is None
    now_s += 10
    assert store.take(30, 0).delivery_count == 1
    now_s += 29
    assert store.take(30, 0) is None
    now_s += 1
    assert store.take(30, 0).delivery_count == 2
    store.close()


@pytest.mark.parametrize("ahead_s", [60, 3600, 365 * 86_400])
def test_a_clock_that_is_set_back_hides_no_message_longer_than_was_asked(tmp_path, ahead_s):
    """A message without a delay, one with a delay, and one whose worker died."""
    now_s = 1_800_000_000.0 + ahead_s
    store = SqliteStore(tmp_path / "queue.sqlite", "waiting", lambda: now_s)
    store.put(b"leased", 0)
    assert store.take(300, 0).body == b"leased"
    store.put(b"at once", 0)
    store.put(b"delayed", 600)
    now_s -= ahead_s
    seen = [store.take(5000, 0)]
    for wait_s in (300, 300):
        now_s += wait_s
        seen += [store.take(5000, 0), store.take(5000, 0)]
    bodies = [message.body for message in seen if message is not None]
    assert bodies[0] == b"at once" or ahead_s > 86_400
    assert sorted(bodies) == [b"at once", b"delayed", b"leased"]
    store.close()


def test_a_worker_keeps_its_message_when_the_clock_is_set_back(tmp_path):
    """Another one that looks meanwhile does not get it."""
    now_s = 1_800_003_600.0
    store = SqliteStore(tmp_path / "queue.sqlite", "waiting", lambda: now_s)
    store.put(b"body", 0)
    held = store.take(60, 0)
    now_s -= 3600
    assert store.take(60, 0) is None
    now_s += 20
    receipt = store.extend(held.receipt, 60)
    now_s += 59
    assert store.take(60, 0) is None
    store.remove(receipt)
    store.close()


def test_a_file_of_an_earlier_version_is_taken_over(tmp_path):
    """Also while a process of that version still takes messages from it."""
    path = tmp_path / "queue.sqlite"
    old = sqlite3.connect(path, isolation_level=None)
    old.execute(
        """CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT NOT NULL,
        body BLOB NOT NULL, visible_at_s REAL NOT NULL, delivery_count INTEGER NOT NULL DEFAULT 0,
        token TEXT) STRICT"""
    )
    now_s = 1_800_000_000.0
    add = "INSERT INTO messages (place, body, visible_at_s) VALUES ('waiting', ?, ?)"
    old.executemany(add, [(b"due", now_s), (b"a year ahead", now_s + 365 * 86_400)])
    store = SqliteStore(path, "waiting", lambda: now_s)
    assert {store.take(60, 0).body, store.take(60, 0).body} == {b"due", b"a year ahead"}
    store.put(b"new", 0)
    old.execute("UPDATE messages SET visible_at_s = ? WHERE body = x'6e6577'", (now_s + 3600,))
    assert store.take(60, 0) is None
    SqliteStore(path, "waiting").close()
    store.close()
    old.close()


@pytest.mark.parametrize("obstacle", ["no database", "a folder", "no folder"])
def test_a_file_that_is_no_queue_is_not_one(tmp_path, obstacle):
    """Said without its path, and nothing is left open."""
    path = tmp_path / "secret" / "queue.sqlite"
    if obstacle != "no folder":
        path.parent.mkdir()
    if obstacle == "no database":
        path.write_bytes(b"RIFF" * 1000)
    if obstacle == "a folder":
        path.mkdir()
    with pytest.raises(StorageUnavailable) as failure:
        open_sqlite_queue(path)
    assert "secret" not in str(failure.value)
    assert failure.value.__context__ is None


def test_a_full_file_is_a_full_storage(tmp_path):
    with closing(open_sqlite_queue(tmp_path / "queue.sqlite")) as queue:
        store = queue._dead
        store._read(f"PRAGMA max_page_count = {store._read('PRAGMA page_count', ())[0][0]}", ())
        with pytest.raises(StorageFull):
            store.put(bytes(50_000), 0)


@pytest.fixture
def full_disk(tmp_path):
    """A file system of 2 MB, to be filled up."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mounting, check=False).returncode:
        pytest.skip("only root may mount a file system")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_queue_on_a_full_disk_opens_and_works_when_there_is_room(full_disk):
    """A host has to start on a full disk, because its purge makes room."""
    open_sqlite_queue(full_disk / "queue.sqlite").close()
    with (full_disk / "filling").open("wb", buffering=0) as filling, suppress(OSError):
        while True:
            filling.write(bytes(4096))
    with closing(open_sqlite_queue(full_disk / "queue.sqlite")) as queue:
        with pytest.raises(StorageFull):
            queue.send(piece(0))
        (full_disk / "filling").unlink()
        queue.send(piece(0))
        assert queue.lease(LONG_S).message == piece(0)
