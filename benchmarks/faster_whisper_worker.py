"""Worker of faster-whisper with the protocol of `rival_worker.py`.

It runs in the rivals' environment, so it imports nothing of Sotto. Arguments: model folder, compute
type, threads. The options of a request are passed to `transcribe`; with `batch_size` among them to
that of `BatchedInferencePipeline`.
"""

import sys

from faster_whisper import (  # type: ignore[import-not-found]
    BatchedInferencePipeline,
    WhisperModel,
)

from benchmarks.rival_worker import serve

PACKAGES = ("faster-whisper", "ctranslate2", "onnxruntime", "av")


def main() -> None:
    """Load the model, then serve requests until standard input ends."""
    model_folder, compute_type, threads = sys.argv[1:]
    model = WhisperModel(
        model_folder, device="cpu", compute_type=compute_type, cpu_threads=int(threads)
    )
    batched = BatchedInferencePipeline(model)

    def transcribe(path: str, **options: object) -> str:
        reader = batched if "batch_size" in options else model
        # Segments are decoded lazily: the join runs the decoder.
        segments, _ = reader.transcribe(path, **options)
        return " ".join(segment.text.strip() for segment in segments)

    serve(transcribe, PACKAGES)


if __name__ == "__main__":
    main()
