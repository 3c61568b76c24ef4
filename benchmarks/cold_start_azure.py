"""Cold start of the Azure function app, compared with the container host's on the same clip.

    SOTTO_SPEECH_DATA=/path/to/speech python -m benchmarks.cold_start_azure

The worker that Azure runs is started by the host of the tests. Azure's own time is not in it:
giving out an instance, mounting the package, starting its own host process. Python 3.13.
"""

import sys
import time
from importlib.util import find_spec

import httpx

from benchmarks.clips import Clip
from benchmarks.cold_start_hosts import (
    URL,
    ColdStart,
    Host,
    compare_with_container,
    request_for,
    settings_of_host,
)
from benchmarks.process_memory import peak_resident_bytes
from tests.hosts.azure.functions_host import FunctionsHost


def _start_worker(clip: Clip) -> ColdStart:
    request = request_for(clip)
    with httpx.Client(timeout=120, trust_env=False) as client:
        started = time.perf_counter()
        with FunctionsHost(settings_of_host()) as host:
            ready_s = time.perf_counter() - started
            answer = client.post(host.url + URL, **request)
            transcript_s = time.perf_counter() - started
            assert answer.status_code == 200, answer.status_code
            return ColdStart(ready_s, transcript_s, peak_resident_bytes(host.process.pid))


AZURE_FUNCTIONS = Host(
    "Azure Functions",
    _start_worker,
    why_not="" if find_spec("azure_functions_runtime") else "its worker needs Python 3.13",
)

if __name__ == "__main__":
    sys.exit(compare_with_container(AZURE_FUNCTIONS))
