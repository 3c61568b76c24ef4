"""The rival's side of the JSON lines protocol of `rivals.py`.

Imported in the rivals' environments, so it uses the standard library only. The first line of output
has the versions, once the model is loaded. Then each line of standard input is a request,
`{"path": ..., "options": {...}}`, and each gets an answer: `{"elapsed_s", "text"}`, or `{"error"}`
with the type of an exception.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any


def serve(transcribe: Callable[..., str], packages: Sequence[str]) -> None:
    """Answer with `transcribe(path, **options)` until standard input ends."""
    _write_message({"versions": {package: version(package) for package in packages}})
    for line in sys.stdin:
        request = json.loads(line)
        started = time.perf_counter()
        try:
            text = transcribe(request["path"], **request["options"])
        except Exception as error:  # noqa: BLE001 - a rival's failure is a result here
            _write_message({"error": type(error).__name__})
        else:
            _write_message({"elapsed_s": time.perf_counter() - started, "text": text})


def _write_message(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
