"""Rate limit of the management API, over all callers of this process."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable

from functions.api.problems import Problem

N_REQUESTS = 100
WINDOW_S = 10.0


class RateLimit:
    """At most `n_requests` in any `window_s` seconds; the refusal of one more has `Retry-After`.

    As a FastAPI dependency: `Depends(limit.require)`.
    """

    def __init__(
        self,
        n_requests: int = N_REQUESTS,
        window_s: float = WINDOW_S,
        *,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._window_s = window_s
        self._now_s = now_s
        self._admitted_s: deque[float] = deque(maxlen=n_requests)
        self._lock = threading.Lock()

    async def require(self) -> None:
        """Admit a request, or refuse it.

        Raises
        ------
        Problem: 429 with `Retry-After`. A refused request does not count.
        """
        with self._lock:
            now_s = self._now_s()
            is_full = len(self._admitted_s) == self._admitted_s.maxlen
            wait_s = self._admitted_s[0] + self._window_s - now_s if is_full else 0.0
            if wait_s <= 0:
                self._admitted_s.append(now_s)
                return
        headers = {"Retry-After": str(max(1, math.ceil(wait_s)))}
        raise Problem(429, inner_code="QuotaViolation", headers=headers)
