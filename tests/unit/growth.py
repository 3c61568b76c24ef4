"""How the cost of work grows with its text, measured so that other processes do not count."""

import time
from collections.abc import Callable
from typing import Any

# Linear work costs four times as much for four times the text, quadratic work 16 times.
GREATEST_GROWTH = 8
FLOOR_S = 0.005
_TRIES = 3


def cost_s(work: Callable[[], Any], n_times: int = 3) -> float:
    """CPU time of this thread in seconds, the least of several tries."""
    least = float("inf")
    for _ in range(n_times):
        start = time.thread_time()
        work()
        least = min(least, time.thread_time() - start)
    return least


def grows_too_fast(few: Callable[[], Any], many: Callable[[], Any]) -> bool:
    """Whether `many`, four times as much as `few`, costs far more than four times as much.

    Times below the floor are no danger, and too short to be measured. Growth counts where
    every try shows it: a machine that is busy can slow one of them down, not all.
    """
    return all(_grew(few, many) for _ in range(_TRIES))


def _grew(few: Callable[[], Any], many: Callable[[], Any]) -> bool:
    many_s = cost_s(many, 1)
    return many_s > FLOOR_S and many_s > GREATEST_GROWTH * cost_s(few)
