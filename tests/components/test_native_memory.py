"""All threads of a process share one pool of memory; what is free in it goes back."""

import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_info"), reason="this C library is not glibc"
)

# Eight threads take 4,000 pieces of 20 kB each in turns, and free all but the last ones.
FRAGMENT = """
import ctypes, json, os, threading
import shared
from shared.native_memory import give_back_free_memory

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

c = ctypes.CDLL(None)
c.malloc.restype, c.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
c.free.argtypes = [ctypes.c_void_p]
c.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]

together = threading.Barrier(8)
last = []

def take():
    pieces = [c.malloc(20_000) for _ in range(500)]
    for piece in pieces:
        c.memset(piece, 1, 20_000)
    together.wait()
    last.append(c.malloc(20_000))
    for piece in pieces:
        c.free(piece)
    together.wait()

before = resident()
threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
left = resident() - before

c.fopen.restype, c.fopen.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_char_p]
c.malloc_info.argtypes, c.fclose.argtypes = [ctypes.c_int, ctypes.c_void_p], [ctypes.c_void_p]
reading, writing = os.pipe()
file = c.fopen(f"/dev/fd/{writing}".encode(), b"w")
c.malloc_info(0, file)
c.fclose(file)
os.close(writing)
n_pools = os.read(reading, 1_000_000).count(b"<heap ")
give_back_free_memory()
print(json.dumps([n_pools, left, resident() - before]))
"""


@pytest.fixture(scope="module")
def fragmented():
    """Return pools, and bytes left before and after free memory was given back."""
    environment = {name: v for name, v in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    completed = subprocess.run(
        [sys.executable, "-c", FRAGMENT],
        cwd=PROJECT,
        env={**environment, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        check=True,
        timeout=60,
    )
    return json.loads(completed.stdout)


def test_all_threads_share_one_pool(fragmented):
    n_pools, _, _ = fragmented
    assert n_pools == 1


def test_free_memory_between_pieces_in_use_goes_back(fragmented):
    """Of 80 MB all but eight pieces are free; these keep the C library from returning it."""
    _, left_bytes, after_bytes = fragmented
    assert left_bytes > 40_000_000
    assert after_bytes < 10_000_000
