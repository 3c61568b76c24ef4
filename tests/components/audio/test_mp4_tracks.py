"""MP4 with many tracks: the memory of a process that reads it."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
MAKERS = PROJECT / "tests" / "unit" / "audio"  # of `claiming_mp4`

GROWTH = """
import resource, sys, threading
import claiming_mp4
from shared.audio.stream import open_audio
from shared.errors import AudioError

def read():
    try:
        with open_audio({source}) as stream:
            for block in stream:
                pass
    except AudioError:
        pass

mp4 = claiming_mp4.{kind}_mp4(16, {n_samples})
before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
threads = [threading.Thread(target=read) for _ in range({n_threads})]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb)
"""


def grown_mb(**values):
    """Peak memory of a process that reads such files, beyond what it had before."""
    run = subprocess.run(
        [sys.executable, "-c", GROWTH.format(**values)],
        env={"PYTHONPATH": f"{PROJECT}:{MAKERS}"},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(run.stdout) / 1000


@pytest.mark.parametrize("kind", ["progressive", "fragmented", "nested"])
@pytest.mark.parametrize("source", ["mp4", "iter([mp4])"], ids=["here", "arriving"])
@pytest.mark.parametrize("n_samples", [1_300_000, 2_700_000])
def test_sixteen_tracks_of_millions_of_samples_take_the_memory_of_one(kind, source, n_samples):
    """1 564 MB where each had an index; the smaller number is what one index can hold."""
    assert grown_mb(kind=kind, source=source, n_samples=n_samples, n_threads=1) < 120


@pytest.mark.parametrize("kind", ["progressive", "fragmented"])
@pytest.mark.parametrize("source", ["mp4", "iter([mp4])"], ids=["here", "arriving"])
def test_four_such_files_at_once_stay_below_600_mb(kind, source):
    assert grown_mb(kind=kind, source=source, n_samples=1_300_000, n_threads=4) < 400
