"""Worker of openai-whisper with the protocol of `rival_worker.py`.

Arguments: model folder, threads. It runs in the environment of `make parity`, on the server's
weights with openai-whisper's names. openai-whisper reads files through an `ffmpeg` program, which
may be missing: Sotto's decoder replaces it, within the measured time.
"""

import sys
from pathlib import Path

import numpy as np
import torch
import whisper

from benchmarks.rival_worker import serve
from shared.audio.channels import MonoMixer, float32_from_int16
from shared.audio.stream import open_audio
from shared.models.openai_whisper_checkpoint import read_checkpoint

_PACKAGES = ("openai-whisper", "torch")


def main() -> None:
    """Load the model, then serve requests until standard input ends."""
    model_folder, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    model = _load_model(Path(model_folder))

    def transcribe(path: str, **options: object) -> str:
        # Half precision is its default, from which it falls back on a CPU with a warning.
        text: str = model.transcribe(_samples(path), fp16=False, **options)["text"]
        return text

    serve(transcribe, _PACKAGES)


def _load_model(model_folder: Path) -> whisper.Whisper:
    checkpoint = read_checkpoint(model_folder)
    model = whisper.Whisper(whisper.ModelDimensions(**checkpoint.dimensions))
    # Copied, because torch requires writable arrays.
    model.load_state_dict(
        {name: torch.from_numpy(np.array(array)) for name, array in checkpoint.weights.items()}
    )
    return model.eval()


def _samples(path: str) -> np.ndarray:
    """Decode a whole file like openai-whisper's decoder: float32, 16 kHz, mono."""
    with open_audio(Path(path).read_bytes()) as stream:
        mixer = MonoMixer()
        return float32_from_int16(np.concatenate([mixer.mix(block) for block in stream]))


if __name__ == "__main__":
    main()
