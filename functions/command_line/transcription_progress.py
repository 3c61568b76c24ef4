"""Progress of transcription on standard error: a bar on a terminal, plain lines elsewhere.

The bar is tqdm's, which every installation has: Hugging Face's hub, on which the tokenizers stand,
needs it. No thread of its own redraws it, and its lock is one of threads, since one of processes
is a file.
"""

import os
import threading
import time
from collections.abc import Callable
from typing import Any, TextIO

from tqdm import tqdm

NAME_COLUMNS = 28
_BAR_INTERVAL_S = 1.0
_LINE_INTERVAL_S = 30.0
_BAR = "{desc}  {percentage:3.0f}% [{bar:20}] {done}  {speed}  {left}"
_WITHOUT_TOTAL = "{desc}  {done}  {speed}"


class _Bar(tqdm):  # type: ignore[misc]
    """A bar of seconds of audio, with the fields `done`, `speed` and `left`."""

    monitor_interval = 0

    @property
    def format_dict(self) -> dict[str, Any]:
        """Fields of the format."""
        fields: dict[str, Any] = super().format_dict
        done_s, total_s, elapsed_s = fields["n"], fields["total"], fields["elapsed"]
        rate = done_s / elapsed_s if elapsed_s > 0 else 0.0
        left = f"{duration_text((total_s - done_s) / rate)} left" if rate and total_s else ""
        return fields | {
            "done": _done_text(done_s, total_s),
            "speed": f"{rate:.1f}x real time",
            "left": left,
        }


class TranscriptionProgress:
    """Progress of several recordings, one after the other.

    Parameters
    ----------
    stream: standard error; on a terminal it gets a bar that is removed in the end.
    clock: monotonic seconds.
    """

    def __init__(
        self, stream: TextIO, n_recordings: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._n_recordings = n_recordings
        self._clock = clock
        self._number = 0
        self._bar: _Bar | None = None
        self._label = ""
        self._done_s = 0.0
        self._total_s: float | None = None
        self._began_s = self._shown_s = 0.0

    def next(self) -> None:
        """Count the next recording."""
        self._number += 1

    def begin(self, name: str, total_s: float | None) -> None:
        """Begin the work on the recording; `total_s` of audio where they are known."""
        self._began_s = self._shown_s = self._clock()
        self._done_s, self._total_s = 0.0, total_s
        self._label = self._numbered(_shortened(name))
        if not self._stream.isatty():
            length = f" ({duration_text(total_s)})" if total_s is not None else ""
            self.say(f"{name}{length}")
            return
        _Bar.set_lock(threading.RLock())
        self._bar = _Bar(
            desc=self._label,
            total=total_s,
            bar_format=_BAR if total_s else _WITHOUT_TOTAL,
            file=self._stream,
            ascii=" =",
            **_width(self._stream),
            leave=False,
        )

    def show_done(self, done_s: float) -> None:
        """Show that so many seconds of audio have their text."""
        self._done_s = max(self._done_s, done_s)
        if self._bar is not None:
            if self._total_s is not None:  # what a header states may be too little
                self._bar.total = max(self._total_s, self._done_s)
            self._bar.n = self._done_s
            self._bar.refresh()
        self.tick()

    def tick(self) -> None:
        """Show the time that has passed; callers of any thread may call it often."""
        now_s = self._clock()
        if self._bar is not None:
            if now_s - self._shown_s >= _BAR_INTERVAL_S:
                self._shown_s = now_s
                self._bar.refresh()
        elif now_s - self._shown_s >= _LINE_INTERVAL_S:
            self._shown_s = now_s
            self.say(f"  {_done_text(self._done_s, self._total_s)}")

    def end(self) -> float:
        """Remove the bar; return the seconds that the work took."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
        return self._clock() - self._began_s

    def say(self, text: str) -> None:
        """Write a line that begins with the number of the recording, where there are several."""
        self.note(self._numbered(text))

    def note(self, text: str) -> None:
        """Write a line."""
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def _numbered(self, text: str) -> str:
        return (
            text if self._n_recordings == 1 else f"{self._number} of {self._n_recordings}  {text}"
        )


def duration_text(seconds: float) -> str:
    """Write a duration: `42 s`, `3:05`, `1:02:09`."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02}:{rest:02}"
    return f"{minutes}:{rest:02}" if minutes else f"{rest} s"


def _width(stream: TextIO) -> dict[str, Any]:
    """Return tqdm's width: that of the terminal, or 80 columns where it does not know its own."""
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        columns = 0
    return {"dynamic_ncols": True} if columns else {"ncols": 80, "nrows": 24}


def _done_text(done_s: float, total_s: float | None) -> str:
    if not total_s:
        return f"{done_s:.0f} s"
    return f"{done_s:.0f} of {total_s:.0f} s"


def _shortened(name: str) -> str:
    """Cut the middle out of a long name; both ends tell files apart."""
    if len(name) <= NAME_COLUMNS:
        return name
    half = (NAME_COLUMNS - 1) // 2
    return f"{name[:half]}…{name[-half:]}"
