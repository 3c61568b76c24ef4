"""Priority of threads for the system: long work gives way to work that a caller waits for.

On Linux a thread has a niceness of its own, which threads that it starts inherit, those of native
libraries too. On other systems niceness is that of the whole process; nothing is done there.
"""

import os
import sys
import threading
from contextlib import suppress

# The weight of such a thread is a tenth of that of another on the same core.
FILE_NICENESS = 10


def lower_thread_priority() -> None:
    """Let this thread, and those that it starts from now on, give way; there is no way back."""
    if not sys.platform.startswith("linux"):
        return
    thread = threading.get_native_id()
    niceness = os.getpriority(os.PRIO_PROCESS, thread) + FILE_NICENESS
    with suppress(OSError):  # a sandbox may refuse the call: the thread works on as it is
        os.setpriority(os.PRIO_PROCESS, thread, niceness)  # 19 at most
