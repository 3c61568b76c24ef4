"""A form that is uploaded: the memory of a process that reads it."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]

UPLOAD = """
import asyncio
from pathlib import Path
from functions.api.multipart import read_multipart
from shared.audio.source import EncodedSource

def peak_mb():
    # Not ru_maxrss: a child begins with its parent's.
    words = Path("/proc/self/status").read_text().split()
    return int(words[words.index("VmHWM:") + 1]) * 1024 / 1e6  # it is in KiB

async def upload():
    yield b'--b\\r\\nContent-Disposition: form-data; name="audio"\\r\\n\\r\\n'
    for index in range(1600):
        yield index.to_bytes(2, "big") * 31250
    yield b"\\r\\n--b--\\r\\n"

before = peak_mb()
content_type = "multipart/form-data; boundary=b"
limits = {"max_bytes": 200_000_000, "audio_part": "audio"}
(part,) = asyncio.run(read_multipart(upload(), content_type, **limits))
assert part.data.nbytes == 100_000_000
encoded = EncodedSource(part.data, 200_000_000)
assert encoded.read(4) == bytes(part.data[:4])
assert encoded.random_access().seek(-4, 2) == 99_999_992
print(peak_mb() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_an_upload_of_100_mb_that_is_read_by_a_decoder_adds_less_than_130_mb():
    """In a process of its own, whose peak is its own."""
    command = [sys.executable, "-c", UPLOAD]
    ran = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True)
    assert 100 < float(ran.stdout) < 130
