"""The rival's side of the lines of JSON that `rivals.py` speaks.

Imported in the rivals' environments: the standard library and nothing else. The first line out says
that the model is loaded, and with which versions. Then a request comes per line on standard input,
`{"path": ..., "options": {...}}`, and an answer goes out for each: `{"elapsed_s", "text"}`, or
`{"error"}` with the type of an exception.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any


def serve(transcribe: Callable[..., str], packages: Sequence[str]) -> None:
    """Answer with `transcribe(path, **options)` until standard input ends."""
    _say({"versions": {package: version(package) for package in packages}})
    for line in sys.stdin:
        request = json.loads(line)
        started = time.perf_counter()
        try:
            text = transcribe(request["path"], **request["options"])
        except Exception as error:  # noqa: BLE001 - how a rival fails is a result here
            _say({"error": type(error).__name__})
        else:
            _say({"elapsed_s": time.perf_counter() - started, "text": text})


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
