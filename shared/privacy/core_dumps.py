"""No core dump: a crash must not write speech or text to disk.

The limit keeps the kernel from writing a file. A kernel that pipes dumps to a program
(`core_pattern`) does so in spite of a limit of 0; it asks whether the process is dumpable. A
program that is started inherits the limit alone, so each one of Sotto calls this itself.

Sources: core(5), PR_SET_DUMPABLE of prctl(2).
"""

import ctypes
import resource

_PR_SET_DUMPABLE = 4  # linux/prctl.h


def forbid_core_dumps() -> None:
    """Set the limit of core files to 0 for good, and where there is prctl make it not dumpable.

    Not dumpable also means that no other process of this user can read its memory (ptrace).
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
