"""faster-whisper behind JSON lines: a request per line on standard input, an answer on the other.

Runs in the rivals' environment, so it imports nothing of Sotto. Arguments: model folder, compute
type, threads. A request is `{"path": ..., "options": {...}}`, whose options go to `transcribe` as
they are; an answer is `{"elapsed_s", "text"}`, or `{"error"}` with the type of an exception. The
first line out says that the model is loaded, and with which versions.
"""

import json
import sys
import time
from importlib.metadata import version
from typing import Any

from faster_whisper import WhisperModel  # type: ignore[import-not-found]

PACKAGES = ("faster-whisper", "ctranslate2", "onnxruntime", "av")


def main() -> None:
    """Load the model, then answer until standard input ends."""
    model_folder, compute_type, threads = sys.argv[1:]
    model = WhisperModel(
        model_folder, device="cpu", compute_type=compute_type, cpu_threads=int(threads)
    )
    _say({"versions": {package: version(package) for package in PACKAGES}})
    for line in sys.stdin:
        request = json.loads(line)
        started = time.perf_counter()
        try:
            # Segments are decoded as they are asked for: without the join nothing has happened.
            segments, _ = model.transcribe(request["path"], **request["options"])
            text = " ".join(segment.text.strip() for segment in segments)
        except Exception as error:  # noqa: BLE001 - how a rival fails is a result here
            _say({"error": type(error).__name__})
        else:
            _say({"elapsed_s": time.perf_counter() - started, "text": text})


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
