"""A CTranslate2 model under openai-whisper's names: all of it once, in its shape, or nothing."""

import json
import struct

import numpy as np
import pytest

from shared.errors import ModelError
from shared.models.ctranslate2_weights import read_weights
from shared.models.openai_whisper_checkpoint import read_checkpoint

N_STATE = 4
TYPES = {"float32": 0, "int8": 1, "int16": 2, "float16": 4}


def string(text):
    return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"


def model_bin(arrays, version=6):
    """Write arrays as CTranslate2's converter does."""
    written = (
        struct.pack("<I", version) + string("WhisperSpec") + struct.pack("<II", 3, len(arrays))
    )
    for name, array in arrays.items():
        written += string(name) + struct.pack("<B", array.ndim)
        written += struct.pack(f"<{array.ndim}I", *array.shape)
        written += struct.pack("<BI", TYPES[array.dtype.name], array.nbytes) + array.tobytes()
    alias = string("decoder/projection/weight") + string("decoder/embeddings/weight")
    return written + struct.pack("<I", 1) + alias


def small_whisper():
    """One layer in each half; every value differs, so that nothing can be mixed up unseen."""
    values = iter(np.arange(1, 100_000, dtype=np.float32))

    def numbers(*shape):
        return np.array([next(values) for _ in range(int(np.prod(shape)))], "f4").reshape(shape)

    def linear(name, n_outputs, n_inputs):
        return {
            f"{name}/weight": numbers(n_outputs, n_inputs),
            f"{name}/bias": numbers(n_outputs),
        }

    def norm(name):
        return {f"{name}/gamma": numbers(N_STATE), f"{name}/beta": numbers(N_STATE)}

    def keyless(stack, first):
        """A key has no bias: CTranslate2 stores zeros."""
        (name,) = (name for name in stack if name.endswith("bias"))
        stack[name][first : first + N_STATE] = 0
        return stack

    arrays = {
        "encoder/num_heads": np.array(2, "i2"),
        "encoder/conv1/weight": numbers(N_STATE, 80, 3),
        "encoder/conv1/bias": numbers(N_STATE),
        "encoder/conv2/weight": numbers(N_STATE, N_STATE, 3),
        "encoder/conv2/bias": numbers(N_STATE),
        "encoder/position_encodings/encodings": numbers(6, N_STATE),
        "decoder/num_heads": np.array(2, "i2"),
        "decoder/pre_norm": np.array(1, "i1"),
        "decoder/alignment_heads": np.array(1, "i2"),
        "decoder/embeddings/weight": numbers(9, N_STATE),
        "decoder/position_encodings/encodings": numbers(8, N_STATE),
    }
    for half in ("encoder", "decoder"):
        layer = f"{half}/layer_0"
        arrays |= norm(f"{layer}/self_attention/layer_norm")
        arrays |= keyless(linear(f"{layer}/self_attention/linear_0", 3 * N_STATE, N_STATE), N_STATE)
        arrays |= linear(f"{layer}/self_attention/linear_1", N_STATE, N_STATE)
        arrays |= norm(f"{layer}/ffn/layer_norm")
        arrays |= linear(f"{layer}/ffn/linear_0", 4 * N_STATE, N_STATE)
        arrays |= linear(f"{layer}/ffn/linear_1", N_STATE, 4 * N_STATE)
        arrays |= norm(f"{half}/layer_norm")
    cross = "decoder/layer_0/attention"
    arrays |= norm(f"{cross}/layer_norm") | linear(f"{cross}/linear_0", N_STATE, N_STATE)
    arrays |= keyless(linear(f"{cross}/linear_1", 2 * N_STATE, N_STATE), 0)
    return arrays | linear(f"{cross}/linear_2", N_STATE, N_STATE)


@pytest.fixture
def folder(tmp_path):
    """Return a maker of a model folder from arrays."""

    def make(arrays, **config):
        (tmp_path / "model.bin").write_bytes(model_bin(arrays))
        (tmp_path / "config.json").write_text(json.dumps(config))
        return tmp_path

    return make


def test_the_dimensions_are_read_from_the_shapes(folder):
    assert read_checkpoint(folder(small_whisper())).dimensions == {
        "n_mels": 80,
        "n_audio_ctx": 6,
        "n_audio_state": 4,
        "n_audio_head": 2,
        "n_audio_layer": 1,
        "n_vocab": 9,
        "n_text_ctx": 8,
        "n_text_state": 4,
        "n_text_head": 2,
        "n_text_layer": 1,
    }


def test_projections_that_are_stacked_are_parted(folder):
    arrays = small_whisper()
    weights = read_checkpoint(folder(arrays)).weights
    stacks = {
        "encoder.blocks.0.attn": ("encoder/layer_0/self_attention/linear_0", "query key value"),
        "decoder.blocks.0.attn": ("decoder/layer_0/self_attention/linear_0", "query key value"),
        "decoder.blocks.0.cross_attn": ("decoder/layer_0/attention/linear_1", "key value"),
    }
    for ours, (theirs, parts) in stacks.items():
        parted = [weights[f"{ours}.{part}.weight"] for part in parts.split()]
        assert np.array_equal(np.concatenate(parted), arrays[f"{theirs}/weight"])
        assert np.array_equal(weights[f"{ours}.value.bias"], arrays[f"{theirs}/bias"][-N_STATE:])
        assert f"{ours}.key.bias" not in weights


def test_every_number_is_there_once(folder):
    """But for the keys' biases, which are zeros."""
    arrays = small_whisper()
    weights = read_checkpoint(folder(arrays)).weights
    before = np.concatenate([array.ravel() for array in arrays.values() if array.ndim])
    after = np.concatenate([array.ravel() for array in weights.values()])
    assert sorted(before[before > 0]) == sorted(after)


def test_the_heads_that_follow_time_come_from_the_configuration(folder):
    checkpoint = read_checkpoint(folder(small_whisper(), alignment_heads=[[0, 1]]))
    assert checkpoint.alignment_heads == ((0, 1),)
    assert read_checkpoint(folder(small_whisper())).alignment_heads == ()


def changed(name, array):
    return small_whisper() | {name: array}


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        (changed("encoder/conv2/weight", np.zeros((4, 5, 3), "f4")), r"conv2/weight is float32"),
        (changed("decoder/layer_0/attention/linear_0/weight", np.zeros((4, 4), "i1")), "int8"),
        (changed("decoder/layer_0/adapter/weight", np.zeros(4, "f4")), "no place for .*adapter"),
        (changed("decoder/layer_0/attention/linear_1/bias", np.ones(8, "f4")), "bias for its keys"),
        ({k: a for k, a in small_whisper().items() if "conv1/bias" not in k}, "bias is missing"),
        ({}, "conv1/weight is missing"),
    ],
    ids=["shape", "quantised", "left over", "key bias", "missing", "empty"],
)
def test_a_model_that_is_no_whisper_is_refused_with_the_reason(folder, arrays, reason):
    with pytest.raises(ModelError, match=reason):
        read_checkpoint(folder(arrays))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 something else entirely",
        model_bin(small_whisper(), version=5),
        model_bin(small_whisper())[:2_000],
        model_bin({"a": np.zeros(3, "f4")}).replace(
            b"a\0\x01\x03\0\0\0\0", b"a\0\x01\x03\0\0\0\x05"
        ),
    ],
    ids=["empty", "zip", "older version", "cut off", "bfloat16"],
)
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    (tmp_path / "model.bin").write_bytes(content)
    with pytest.raises(ModelError, match="binary version 6"):
        read_weights(tmp_path / "model.bin")


def test_a_folder_without_weights_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"model\.bin"):
        read_checkpoint(tmp_path)
