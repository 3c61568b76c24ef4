"""The cores that this process may use."""

import os


def available_cores() -> int:
    """Number of them; a container's quota is not taken into account."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
