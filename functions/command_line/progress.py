"""Progress of a download as text: a bar on a terminal, a line every few seconds elsewhere."""

import time
from collections.abc import Callable
from typing import TextIO

BAR_WIDTH = 24
TERMINAL_INTERVAL_S = 0.1
LOG_INTERVAL_S = 5.0


class StreamProgress:
    """Writes to `stream`; on a terminal it rewrites one line."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._is_terminal = stream.isatty()
        self._interval_s = TERMINAL_INTERVAL_S if self._is_terminal else LOG_INTERVAL_S
        self._label: str | None = None
        self._received_bytes = 0
        self._resumed_bytes = 0
        self._total_bytes: int | None = None
        self._began_s = 0.0
        self._shown_s = 0.0

    def begin(self, label: str, done_bytes: int, total_bytes: int | None) -> None:
        """Start or resume one download; `done_bytes` exist from an earlier attempt."""
        self._label = label
        self._resumed_bytes = done_bytes
        self._received_bytes = 0
        self._total_bytes = total_bytes
        self._began_s = self._shown_s = self._clock()
        if not self._is_terminal:
            resumed = f", {done_bytes / 1e6:.1f} MB of it present" if done_bytes else ""
            size = f"{total_bytes / 1e6:.1f} MB" if total_bytes is not None else "unknown size"
            self._stream.write(f"fetching {label} ({size}{resumed})\n")
            self._stream.flush()

    def advance(self, n_bytes: int) -> None:
        """Count received bytes; write the state once per interval."""
        self._received_bytes += n_bytes
        now_s = self._clock()
        if now_s - self._shown_s >= self._interval_s:
            self._shown_s = now_s
            self._write(self._state(now_s))

    def end(self) -> None:
        """Write the last state of the download."""
        if self._label is None:
            return
        self._write(self._state(self._clock()))
        if self._is_terminal:
            self._stream.write("\n")
        self._label = None

    def note(self, text: str) -> None:
        """Write a separate line."""
        start = "\r\x1b[K" if self._is_terminal else ""
        self._stream.write(f"{start}{text}\n")
        self._stream.flush()

    def _write(self, state: str) -> None:
        self._stream.write(f"\r\x1b[K{state}" if self._is_terminal else f"{state}\n")
        self._stream.flush()

    def _state(self, now_s: float) -> str:
        present_bytes = self._resumed_bytes + self._received_bytes
        rate = self._received_bytes / max(now_s - self._began_s, 1e-3)  # bytes per second
        if not self._total_bytes:
            return f"{self._label}  {present_bytes / 1e6:.1f} MB  {rate / 1e6:.1f} MB/s"
        share = present_bytes / self._total_bytes
        parts = [f"{self._label}  {share:4.0%}"]
        if self._is_terminal:
            filled = round(min(share, 1.0) * BAR_WIDTH)
            parts.append("[" + "#" * filled + "." * (BAR_WIDTH - filled) + "]")
        parts.append(f"{present_bytes / 1e6:.1f} of {self._total_bytes / 1e6:.1f} MB")
        parts.append(f"{rate / 1e6:.1f} MB/s")
        if rate and present_bytes < self._total_bytes:
            parts.append(f"{(self._total_bytes - present_bytes) / rate:.0f} s left")
        return "  ".join(parts)
