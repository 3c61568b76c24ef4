"""Memory of the native libraries: one pool, whose free part goes back to the system.

glibc, the C library of most Linux systems, keeps a pool of memory (an arena) for each thread up to
eight a core, and gives free memory of a pool back from its end only. After forty mixed requests on
two cores 1.3 GB lay free in sixteen pools. With one pool the same requests take as much processor
time. Other C libraries (musl, macOS) have neither call; nothing is done there.
"""

import ctypes
import os
import threading
import time
from collections.abc import Callable
from functools import cache

_M_ARENA_MAX = -8  # malloc.h
_ARENAS = 1

# Between two returns, in a process that works. Touching 100 MB anew costs 50 ms of a processor.
CHECK_S = 10.0
# Processor time that is no work: the loops of an idle server take a tenth of it in a check.
IDLE_PROCESSOR_S = 0.5


def bound_native_memory() -> None:
    """Let all threads share one pool, from now on; a value that an operator has set stays."""
    if "MALLOC_ARENA_MAX" in os.environ:
        return
    mallopt = _c_function("mallopt")
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)


@cache
def keep_giving_back() -> None:
    """Start the thread that gives free memory back while the process works, and after it."""
    if _c_function("malloc_trim") is not None:
        free = FreeMemory(give_back_free_memory, time.process_time)
        threading.Thread(target=_check_for_ever, args=(free,), name="memory", daemon=True).start()


def give_back_free_memory() -> None:
    """Give all free pages of the pool back to the system; takes 10 ms for 100 MB."""
    malloc_trim = _c_function("malloc_trim")
    if malloc_trim is not None:
        malloc_trim(0)


class FreeMemory:
    """Calls `give_back` where the process has worked since the last time.

    Parameters
    ----------
    processor_s: processor time of the process so far, in seconds.
    """

    def __init__(self, give_back: Callable[[], None], processor_s: Callable[[], float]) -> None:
        self._give_back = give_back
        self._processor_s = processor_s
        self._given_back_at_s = processor_s()

    def check(self) -> None:
        """Look at the processor time; called every `CHECK_S`."""
        if self._processor_s() - self._given_back_at_s >= IDLE_PROCESSOR_S:
            self._give_back()
            self._given_back_at_s = self._processor_s()


def _check_for_ever(free: FreeMemory) -> None:
    while True:
        time.sleep(CHECK_S)
        free.check()


def _c_function(name: str) -> Callable[..., int] | None:
    """Return a function of the C library; None where there is none of that name."""
    function: Callable[..., int] | None = getattr(ctypes.CDLL(None), name, None)
    return function
