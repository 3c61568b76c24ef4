"""Cold start of the Lambda function, compared with the container host's on the same clip.

    SOTTO_SPEECH_DATA=/path/to/speech python -m benchmarks.cold_start_lambda

The real runtime client runs against the Runtime API of the tests. Lambda's own time is not
in it: making the environment, and reading an image's files for the first time.
"""

import sys
import time
from importlib.util import find_spec

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
from tests.hosts.aws.http_events import FunctionSession
from tests.hosts.aws.runtime_api import run_function

_MOST_READY_S = 8.0  # Lambda has 10


def _start_function(clip: Clip) -> ColdStart:
    request = request_for(clip)
    started = time.perf_counter()
    with run_function(settings_of_host()) as function:
        answer = FunctionSession(function).post(URL, **request)
        transcript_s = time.perf_counter() - started
        assert answer.status_code == 200, answer.status_code
        return ColdStart(function.init_s, transcript_s, peak_resident_bytes(function.process.pid))


AWS_LAMBDA = Host(
    "AWS Lambda",
    _start_function,
    why_not="" if find_spec("awslambdaric") else "its runtime client is not installed",
    most_ready_s=_MOST_READY_S,
)

if __name__ == "__main__":
    sys.exit(compare_with_container(AWS_LAMBDA))
