"""Log lines of the start, kept until the metrics that count them are imported."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

Line = Mapping[str, Any]


class LineRelay:
    """Passes lines on; those that come before there is a taker wait for it."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._waiting: list[Line] = []
        self._taker: Callable[[Line], None] | None = None

    def take(self, line: Line) -> None:
        """Pass a line on, or keep it: the `watch` of `configure_logging`."""
        with self._turn:
            taker = self._taker
            if taker is None:
                self._waiting.append(dict(line))
                return
        taker(line)

    def pass_to(self, taker: Callable[[Line], None]) -> None:
        """Pass the lines that wait, and all that come from now on."""
        with self._turn:
            self._taker, waiting = taker, self._waiting
            self._waiting = []
        for line in waiting:
            taker(line)
