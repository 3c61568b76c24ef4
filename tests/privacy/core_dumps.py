"""Core dumps of a process as they are seen from outside."""

import os
import resource
import subprocess
from contextlib import contextmanager
from pathlib import Path

# In front of a command: root keeps everything but the right to look into any process, which would
# hide that the kernel keeps others out of one that is not dumpable.
AS_OTHERS = ("setpriv", "--bounding-set", "-sys_ptrace") if os.geteuid() == 0 else ()


@contextmanager
def core_dumps_allowed():
    """Let programs that are started meanwhile write core files, unless they forbid it."""
    before, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (before, most))


def core_limits(process_id):
    """Return the soft and the hard limit of core files of a process, as words."""
    for line in Path(f"/proc/{process_id}/limits").read_text(encoding="ascii").splitlines():
        if line.startswith("Max core file size"):
            return tuple(line.removeprefix("Max core file size").split()[:2])
    raise LookupError(process_id)


def is_dumpable(process_id):
    """Whether the kernel dumps a process that was started `AS_OTHERS`.

    It lets a process of the same user follow the link to the program of a dumpable process only.
    """
    looking = [*AS_OTHERS, "readlink", f"/proc/{process_id}/exe"]
    return subprocess.run(looking, capture_output=True, check=False).returncode == 0


def forbids_core_dumps(process_id):
    """Whether a process that was started `AS_OTHERS` has the limit 0, and is not dumpable."""
    return core_limits(process_id) == ("0", "0") and not is_dumpable(process_id)
