"""Niceness of threads, on Linux."""

import os
import sys
import threading

import pytest

from shared.thread_priority import FILE_NICENESS, lower_thread_priority


def niceness():
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def in_thread(work):
    found = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="niceness is that of the process")
def test_a_thread_and_those_that_it_starts_give_way_and_no_other_does():
    before = niceness()

    def lowered():
        lower_thread_priority()
        return niceness(), in_thread(niceness)

    assert in_thread(lowered) == (min(before + FILE_NICENESS, 19),) * 2
    assert niceness() == before
