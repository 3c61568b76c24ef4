"""faster-whisper behind the lines of JSON of `rival_worker.py`.

Runs in the rivals' environment, so it imports nothing of Sotto. Arguments: model folder, compute
type, threads. The options of a request go to `transcribe` as they are; with `batch_size` among them
it is that of `BatchedInferencePipeline`.
"""

import sys

from faster_whisper import (  # type: ignore[import-not-found]
    BatchedInferencePipeline,
    WhisperModel,
)

from benchmarks.rival_worker import serve

PACKAGES = ("faster-whisper", "ctranslate2", "onnxruntime", "av")


def main() -> None:
    """Load the model, then answer until standard input ends."""
    model_folder, compute_type, threads = sys.argv[1:]
    model = WhisperModel(
        model_folder, device="cpu", compute_type=compute_type, cpu_threads=int(threads)
    )
    batched = BatchedInferencePipeline(model)

    def transcribe(path: str, **options: object) -> str:
        reader = batched if "batch_size" in options else model
        # Segments are decoded as they are asked for: without the join nothing has happened.
        segments, _ = reader.transcribe(path, **options)
        return " ".join(segment.text.strip() for segment in segments)

    serve(transcribe, PACKAGES)


if __name__ == "__main__":
    main()
