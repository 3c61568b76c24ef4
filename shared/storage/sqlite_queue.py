"""Adapter of one SQLite file to the queue of work: many processes, one machine, no service.

The file and SQLite's companions (`-wal`, `-shm`) are readable by their owner alone. No message is
lost when a process is killed or the power fails: it is on the disk when `put` returns. The file
must not be on a network share, since processes share memory through it
(https://www.sqlite.org/wal.html).

An empty queue is polled with pauses of up to a quarter of a second, the longest delay of a message
of another process. An idle worker takes 0.1 % of a core. A write takes one to two milliseconds,
most of it waiting for the disk.
"""

import errno
import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

from shared.errors import LeaseLost, StorageFull, StorageUnavailable
from shared.storage.translated_errors import translated
from shared.storage.work_queue import (
    MAX_DELIVERIES,
    MAX_VISIBILITY_S,
    Backlog,
    Receipt,
    StoredMessage,
    WorkQueue,
)

BUSY_S = 30
"""Limit of waiting for another process's write. A write takes milliseconds."""

# The second: the memory that processes share is a file, which is made when the queue is opened.
_FULL = frozenset({"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"})
_ROOM_TO_OPEN_BYTES = 128 * 1024
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})

CLOCK_SLACK_S = BUSY_S
"""A write may wait so long for the file, after it has read the clock."""

_CONNECT_LOCK = threading.Lock()
_Values = Sequence[Any] | Mapping[str, Any]
_COMPANIONS = ("-wal", "-shm", "-journal")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  place TEXT NOT NULL,
  body BLOB NOT NULL,
  visible_at_s REAL NOT NULL,
  delivery_count INTEGER NOT NULL DEFAULT 0,
  token TEXT,
  hidden_since_s REAL
) STRICT;
CREATE INDEX IF NOT EXISTS visible ON messages (place, visible_at_s);
"""

# For files of earlier versions.
_ADD_HIDDEN_SINCE = "ALTER TABLE messages ADD COLUMN hidden_since_s REAL"

# A message that was hidden later than now was hidden before the clock was set back: the time that
# it was to be hidden for counts from now. None is hidden for longer than the longest lease.
_HIDDEN_LATER = f"""
WHERE place = :place AND visible_at_s > :now_s
AND (hidden_since_s > :now_s + {CLOCK_SLACK_S} OR visible_at_s > :longest_s)
"""
_IS_CLOCK_BACK = f"SELECT 1 FROM messages {_HIDDEN_LATER} LIMIT 1"  # noqa: S608 - of constants
_MEND_CLOCK = f"""
UPDATE messages
SET hidden_since_s = :now_s, visible_at_s = iif(
  visible_at_s > :longest_s, :now_s, :now_s + visible_at_s - hidden_since_s
)
{_HIDDEN_LATER}
"""  # noqa: S608 - of constants


def _failure(error: Exception) -> StorageUnavailable:
    """Translate an error of SQLite or the file system; its text may quote a path."""
    reason = type(error).__name__
    if isinstance(error, sqlite3.Error):
        reason = getattr(error, "sqlite_errorname", reason)
    elif isinstance(error, OSError) and error.errno:
        reason = os.strerror(error.errno)
    is_full = reason in _FULL or getattr(error, "errno", None) in _NO_ROOM
    kind = StorageFull if is_full else StorageUnavailable
    return kind(f"The file of the queue cannot be used: {reason}.")


def open_sqlite_queue(path: Path, max_deliveries: int = MAX_DELIVERIES) -> WorkQueue:
    """Open the queue in this file; the file is created if it is missing, its folder is not.

    Raises
    ------
    StorageUnavailable: the file cannot be created, or is no queue.
    """
    with ExitStack() as opened:
        files, notices, dead = (
            opened.enter_context(closing(SqliteStore(path, place)))
            for place in ("waiting", "notices", "dead")
        )
        opened.pop_all()
    return WorkQueue(files, notices, dead, max_deliveries)


class SqliteStore:
    """One lane of a file of messages: a `MessageStore`.

    Parameters
    ----------
    now_s: the clock, seconds since 1970. It is the wall clock, since leases outlive a restart of
        the machine. If it is set forward, leases end early and work is done twice; if it is set
        back, no message stays hidden for longer than it was to.
    """

    longest_pause_s = 0.25

    def __init__(self, path: Path, place: str, now_s: Callable[[], float] = time.time) -> None:
        self._place = place
        self._now_s = now_s
        self._turn = threading.Lock()
        self._path = path
        self._connection = _connect_if_room(path)

    def prepare(self) -> None:
        """Do nothing: opening the file creates the table."""

    def put(self, body: bytes, delay_s: int) -> None:
        """Add a message; it is on the disk when this returns."""
        now_s = self._now_s()
        self._write(
            "INSERT INTO messages (place, body, visible_at_s, hidden_since_s) VALUES (?, ?, ?, ?)",
            (self._place, body, now_s + delay_s, now_s),
        )

    def take(self, visibility_s: int, wait_s: float) -> StoredMessage | None:  # noqa: ARG002 - may wait, need not
        """Receive the message that has been visible longest; None at once if there is none."""
        now_s = self._now_s()
        self._mend_clock(now_s)
        # A query without a lock on the file, so that idle workers block no other process.
        if not self._read(
            "SELECT 1 FROM messages WHERE place = ? AND visible_at_s <= ? LIMIT 1",
            (self._place, now_s),
        ):
            return None
        token = uuid.uuid4().hex
        rows = self._write(
            """UPDATE messages
            SET visible_at_s = ?, hidden_since_s = ?, delivery_count = delivery_count + 1, token = ?
            WHERE id = (
              SELECT id FROM messages WHERE place = ? AND visible_at_s <= ?
              ORDER BY visible_at_s, id LIMIT 1
            ) RETURNING id, body, delivery_count""",
            (now_s + visibility_s, now_s, token, self._place, now_s),
        )
        if not rows:  # another worker was faster
            return None
        ((row_id, body, delivery_count),) = rows
        return StoredMessage(body, Receipt(str(row_id), token), delivery_count)

    def extend(self, receipt: Receipt, visibility_s: int) -> Receipt:
        """Hide a message for `visibility_s` from now; return its new receipt."""
        token = uuid.uuid4().hex
        now_s = self._now_s()
        self._change(
            "UPDATE messages SET visible_at_s = ?, hidden_since_s = ?, token = ?"
            " WHERE id = ? AND token = ? AND visible_at_s > ? RETURNING id",
            (now_s + visibility_s, now_s, token, receipt.id, receipt.token, now_s),
        )
        return Receipt(receipt.id, token)

    def remove(self, receipt: Receipt) -> None:
        """Delete a message."""
        self._change(
            "DELETE FROM messages WHERE id = ? AND token = ? AND visible_at_s > ? RETURNING id",
            (receipt.id, receipt.token, self._now_s()),
        )

    def backlog(self) -> Backlog:
        """Count the messages; a message waits from the moment at which it is visible."""
        now_s = self._now_s()
        ((n_messages, oldest_s),) = self._read(
            "SELECT count(*), min(visible_at_s) FROM messages WHERE place = ?", (self._place,)
        )
        return Backlog(n_messages, max(0.0, now_s - oldest_s) if n_messages else 0.0)

    def close(self) -> None:
        """Close the file."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()

    def _mend_clock(self, now_s: float) -> None:
        """Look after messages that were hidden by a later clock."""
        latest = "SELECT max(visible_at_s) FROM messages WHERE place = ?"
        ((latest_s,),) = self._read(latest, (self._place,))
        if latest_s is not None and latest_s > now_s:
            longest_s = now_s + MAX_VISIBILITY_S + CLOCK_SLACK_S
            values = {"place": self._place, "now_s": now_s, "longest_s": longest_s}
            if self._read(_IS_CLOCK_BACK, values):
                self._write(_MEND_CLOCK, values)

    def _change(self, statement: str, values: _Values) -> None:
        if not self._write(statement, values):
            raise LeaseLost("Another worker has the message, or it is deleted.")

    @translated(sqlite3.Error, _failure)
    def _read(self, statement: str, values: _Values) -> list[Any]:
        with self._turn:
            if self._connection is None:
                self._connection = _connect(self._path)
            return self._connection.execute(statement, values).fetchall()

    # A write statement locks the file before it reads, so it sees all committed writes and never
    # needs a retry.
    _write = _read


def _connect_if_room(path: Path) -> sqlite3.Connection | None:
    """Open or create the file; None where the disk is full, to be tried again at the first use.

    A host has to start then all the same: its purge makes room.
    """
    try:
        return _connect(path)
    except StorageUnavailable:
        if _has_room(path.parent):
            raise
        return None


def _has_room(folder: Path) -> bool:
    """Whether a folder has room for a queue, or cannot tell."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return True
    has_inodes = disk.f_favail > 0 or disk.f_files == 0  # some file systems count none
    return has_inodes and disk.f_bavail * disk.f_frsize >= _ROOM_TO_OPEN_BYTES


@translated(OSError, _failure)
@translated(sqlite3.Error, _failure)
def _connect(path: Path) -> sqlite3.Connection:
    """Open or create the file, readable by its owner alone; its companions get the same mode."""
    with _CONNECT_LOCK:
        # No connection of this process may be open while this descriptor is: closing it would
        # drop the connection's locks (https://www.sqlite.org/howtocorrupt.html, 2.2).
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            for file in (path, *(path.with_name(path.name + end) for end in _COMPANIONS)):
                with suppress(FileNotFoundError):
                    file.chmod(0o600)
        # Autocommit: every statement is one transaction.
        connection = sqlite3.connect(
            path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
    try:
        _set_up(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _set_up(connection: sqlite3.Connection) -> None:
    """Set the write modes of the file, and create the table if it is missing."""
    # Sorting and undoing never spill into a temporary file.
    connection.execute("PRAGMA temp_store = MEMORY")
    deadline_s = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError as error:
            # If two processes switch a new file at once, SQLite refuses one instead of waiting.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline_s:
                raise
            time.sleep(0.01)
    # Each commit reaches the disk. With NORMAL a power failure would lose the last ones.
    connection.execute("PRAGMA synchronous = FULL")
    # Deleted content is overwritten.
    connection.execute("PRAGMA secure_delete = ON")
    connection.executescript(_SCHEMA)
    columns = {row[1] for row in connection.execute("PRAGMA table_info(messages)")}
    if "hidden_since_s" not in columns:
        # Another process may have been faster.
        with suppress(sqlite3.OperationalError):
            connection.execute(_ADD_HIDDEN_SINCE)
