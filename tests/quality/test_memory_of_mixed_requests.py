"""Memory of a server over requests of every kind; `make bench` draws it over thousands."""

import pytest

from benchmarks.clips import read_manifest
from benchmarks.mixed_memory import trace_memory
from benchmarks.mixed_requests import RequestMix

KINDS = ("clip", "diarization", "synthesis", "translation")
N_REQUESTS = 40
MOST_BYTES = 1_000_000_000


@pytest.mark.timeout(600)  # 45 s on two cores that are idle
@pytest.mark.usefixtures("voice_models", "apertium")
def test_mixed_requests_leave_the_memory_of_the_loaded_models(speech_data):
    """Most of them are short texts.

    Without the bounds of `native_memory.py` and `onnx_session.py` the peak was above 1.7 GB.
    """
    mix = RequestMix(read_manifest(speech_data), seed=1, kinds=KINDS)
    curve = trace_memory(mix, N_REQUESTS, idle_s=15)
    assert curve.peak_bytes < MOST_BYTES
    assert max(curve.resident_bytes) < 1.5 * curve.resident_bytes[0]
    assert curve.idle_bytes[-1] < 1.15 * curve.loaded_bytes
