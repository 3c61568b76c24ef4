"""The memory that this process may use."""

import os
from contextlib import suppress
from pathlib import Path

# Version 2 and version 1 of control groups, as a container sees its own.
_CONTROL_GROUP_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def memory_limit_bytes() -> int:
    """Bytes of the machine, or of the container if it has fewer."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for file in _CONTROL_GROUP_LIMITS:
        with suppress(OSError, ValueError):  # there is no such file, or it says `max`
            limits.append(int(file.read_text("ascii")))
    return min(limits)
