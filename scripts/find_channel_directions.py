"""Find the directions in which channels differ, for `shared/diarization/embedding.py`.

`SOTTO_SPEECH_DATA=... python scripts/find_channel_directions.py`. The readers of one half of
`speakers/` are heard clean, with noise, with echo and noise, and over a telephone, in pieces of two
seconds. The directions are the mean of each channel, and the eight in which the embeddings of one
reader move most from channel to channel. The other half of the readers is for the benchmark.
"""

import os
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.clips import read_manifest
from benchmarks.made_conversations import (
    PEOPLE_SEED,
    SAMPLE_RATE,
    Reader,
    add_echo,
    add_noise,
    over_telephone,
    read_people,
    split_people,
)
from shared.diarization.embedding import channel_directions
from shared.diarization.filter_bank import filter_bank
from shared.diarization.network import Network
from shared.models.folder import locate_model
from shared.models.torch_state import read_state
from shared.settings import Settings

OUTPUT = Path(__file__).resolve().parent.parent / "shared/diarization/channel_directions.npy"
SEED = 5
PIECE_SAMPLES = 2 * SAMPLE_RATE
MOST_PIECES = 4  # of a reader in a channel
N_MOVEMENTS = 8

Floats = npt.NDArray[np.float32]


def main() -> None:
    """Write the directions, and print by how much they differ from those that are there."""
    settings = Settings.from_environment()
    folder = locate_model("diarization", settings.model_folder)
    network = Network("embedding.onnx", read_state(folder / "campplus_cn_en_common.pt"), 1)
    people = read_people(read_manifest(Path(os.environ["SOTTO_SPEECH_DATA"])))
    random = np.random.default_rng(SEED)
    by_reader = []
    for person in split_people(list(people), PEOPLE_SEED)[0]:
        clean = Reader(person, people[person]).samples
        echo = add_echo(clean, random.uniform(0.3, 0.6), random)
        channels = (clean, add_noise(clean, random), add_noise(echo, random), over_telephone(clean))
        by_reader.append([_embed(network, heard) for heard in channels])
    directions = find_directions(by_reader)
    if OUTPUT.is_file():
        common = np.linalg.svd(channel_directions() @ directions.T)[1]
        sys.stdout.write(f"cosines of the angles to the present ones: {np.round(common, 3)}\n")
    np.save(OUTPUT, directions)


def find_directions(by_reader: list[list[Floats]]) -> Floats:
    """Return orthonormal directions, shape `(n_channels + 8, 192)`.

    by_reader: embeddings of each reader and channel, shape `(n_pieces, 192)`.
    """
    channels = [np.concatenate(pieces).mean(axis=0) for pieces in zip(*by_reader, strict=True)]
    means = np.linalg.qr(np.stack(channels).T)[0]
    moved = []
    for of_reader in by_reader:
        centres = np.stack([pieces.mean(axis=0) for pieces in of_reader])
        centres -= (centres @ means) @ means.T
        moved.append(centres - centres.mean(axis=0))
    movements = np.linalg.svd(np.concatenate(moved), full_matrices=False)[2][:N_MOVEMENTS]
    directions = np.linalg.qr(np.concatenate((means.T, movements)).T)[0].T
    return np.ascontiguousarray(directions, np.float32)


def _embed(network: Network, samples: Floats) -> Floats:
    vectors = []
    for start in range(0, len(samples) - PIECE_SAMPLES + 1, PIECE_SAMPLES)[:MOST_PIECES]:
        features = filter_bank(samples[start : start + PIECE_SAMPLES])
        vector = network.run((features - features.mean(axis=0))[None])[0]
        vectors.append(vector / np.linalg.norm(vector))
    return np.stack(vectors)


if __name__ == "__main__":
    main()
