"""The copy of a Whisper model in int8, made of small weights."""

import numpy as np
import pytest

from shared.errors import ModelError
from shared.models.ctranslate2_weights import Weights, read_weights, write_weights
from shared.models.folder import write_manifest
from shared.models.int8_copy import check_int8_copy, int8_copy, make_int8_copy, quantized, uses_int8
from shared.settings import Settings

ALIASES = b"\x01\x00\x00\x00\x02\x00b\x00\x02\x00a\x00"
ARRAYS = {
    "a/weight": np.array([[0.5, -1.0, 0.25], [0.0, 0.0, 0.0]], "<f2"),
    "a/bias": np.array([0.5, 0.125], "<f2"),
    "conv1/weight": np.ones((2, 3, 3), "<f2"),
    "n_heads": np.array(8, "<i2"),
}


@pytest.fixture
def whisper(tmp_path):
    """Return a function that writes a model folder, with the record of a hash."""

    def write(sha256="0123456789abcdef"):
        (tmp_path / "config.json").write_text("{}")
        (tmp_path / "vocabulary.txt").write_text("a\nb\n")
        write_weights(Weights("WhisperSpec", 3, ARRAYS, ALIASES), tmp_path / "model.bin")
        hashes = dict.fromkeys(("config.json", "vocabulary.txt"), "of another file")
        write_manifest(tmp_path, {"model.bin": sha256, **hashes}, "a test")
        return tmp_path

    return write


def test_the_largest_value_of_a_row_becomes_127():
    arrays = quantized(Weights("WhisperSpec", 3, ARRAYS, ALIASES)).arrays
    assert arrays["a/weight"].dtype == np.int8
    assert arrays["a/weight"].tolist() == [[64, -127, 32], [0, 0, 0]]
    assert arrays["a/weight_scale"].tolist() == [127.0, 1.0]


def test_biases_and_convolutions_are_floats_and_whole_numbers_stay():
    arrays = quantized(Weights("WhisperSpec", 3, ARRAYS, ALIASES)).arrays
    assert arrays["a/bias"].dtype == arrays["conv1/weight"].dtype == np.float32
    assert arrays["n_heads"].dtype == np.int16
    assert "conv1/weight_scale" not in arrays


def test_written_weights_are_read_again(whisper):
    weights = read_weights(whisper() / "model.bin")
    assert (weights.kind, weights.revision, weights.aliases) == ("WhisperSpec", 3, ALIASES)
    assert {name: array.tolist() for name, array in weights.arrays.items()} == {
        name: array.tolist() for name, array in ARRAYS.items()
    }


def test_a_copy_is_made_once_and_has_all_that_the_engine_loads(whisper):
    folder = whisper()
    assert int8_copy(folder) is None
    copy = make_int8_copy(folder)
    assert copy == int8_copy(folder) == folder / "int8-0123456789ab"
    assert {path.name for path in copy.iterdir()} == {
        "config.json",
        "model.bin",
        "verified.json",
        "vocabulary.txt",
    }
    written = (copy / "model.bin").stat().st_mtime_ns
    assert make_int8_copy(folder) == copy
    assert (copy / "model.bin").stat().st_mtime_ns == written


def test_a_copy_of_other_weights_is_replaced(whisper):
    old = make_int8_copy(whisper())
    folder = whisper("another hash")
    assert int8_copy(folder) is None
    assert make_int8_copy(folder) == folder / "int8-another hash"
    assert not old.exists()


def test_a_copy_with_a_part_missing_is_not_used_and_made_anew(whisper):
    folder = whisper()
    copy = make_int8_copy(folder)
    with (copy / "model.bin").open("r+b") as file:
        file.truncate(20)
    assert int8_copy(folder) is None
    make_int8_copy(folder)
    assert int8_copy(folder) == copy


def test_a_changed_copy_of_the_same_size_is_found_by_its_hash(whisper):
    folder = whisper()
    copy = make_int8_copy(folder)
    with (copy / "model.bin").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"?")
    states = check_int8_copy(folder)
    assert states["int8-0123456789ab/model.bin"] == "corrupt"


def test_a_folder_without_known_hashes_has_no_copy(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"weights")
    assert make_int8_copy(tmp_path) is int8_copy(tmp_path) is None
    assert check_int8_copy(tmp_path) == {}


def test_weights_that_cannot_be_read_leave_no_copy(whisper):
    folder = whisper()
    (folder / "model.bin").write_bytes(b"no weights")
    with pytest.raises(ModelError):
        make_int8_copy(folder)
    assert int8_copy(folder) is None
    assert [path.name for path in folder.glob("*int8*")] == []


@pytest.mark.parametrize(
    ("settings", "loads_it"),
    [
        ({}, True),
        ({"compute_type": "float32"}, False),
        ({"device": "cuda"}, False),
        ({"engine": "openai-whisper"}, False),
    ],
)
def test_only_int8_on_a_processor_loads_the_copy(settings, loads_it):
    assert uses_int8(Settings(**settings)) is loads_it
