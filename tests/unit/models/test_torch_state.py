"""State files written here as torch writes them, with stand-ins for its names: no torch needed."""

import io
import os
import pickle
import sys
import zipfile
from collections import OrderedDict
from types import ModuleType

import numpy as np
import pytest

from shared.errors import ModelError
from shared.models.torch_state import read_state

NUMBERS = np.arange(12, dtype=np.float32)


class Storage:
    """Numbers that lie beside the pickle."""

    def __init__(self, key, kind, n_elements):
        self.key, self.kind, self.n_elements = key, kind, n_elements


class Tensor:
    """A view of a storage; pickles as the call that makes it."""

    def __init__(self, storage, offset, shape, strides):
        self.arguments = (storage, offset, shape, strides, False, OrderedDict())

    def __reduce__(self):
        return sys.modules["torch._utils"]._rebuild_tensor_v2, self.arguments


class StatePickler(pickle.Pickler):
    """Names storages instead of writing them, as `torch.save` does."""

    def persistent_id(self, obj):  # noqa: D102 - the name is pickle's
        if not isinstance(obj, Storage):
            return None
        kind = getattr(sys.modules["torch"], obj.kind)
        return "storage", kind, obj.key, "cpu", obj.n_elements


@pytest.fixture
def save(tmp_path, monkeypatch):
    """Write a state file: the object, and the bytes of its storages by key."""
    torch, utilities = ModuleType("torch"), ModuleType("torch._utils")
    for kind in ("FloatStorage", "LongStorage", "QUInt8Storage"):
        setattr(torch, kind, type(kind, (), {"__module__": "torch", "__qualname__": kind}))

    def _rebuild_tensor_v2():
        """Only its name is written."""

    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = (
        "torch._utils",
        "_rebuild_tensor_v2",
    )
    utilities._rebuild_tensor_v2 = _rebuild_tensor_v2
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utilities)

    def write(content, storages, byte_order="little"):
        pickled = io.BytesIO()
        StatePickler(pickled, protocol=2).dump(content)
        path = tmp_path / "state.pt"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("state/data.pkl", pickled.getvalue())
            archive.writestr("state/byteorder", byte_order)
            for key, numbers in storages.items():
                archive.writestr(f"state/data/{key}", numbers.tobytes())
        return path

    return write


def test_names_shapes_and_numbers_come_back(save):
    tensor = Tensor(Storage("0", "FloatStorage", 12), 2, (2, 3), (3, 1))
    counted = Tensor(Storage("1", "LongStorage", 1), 0, (), ())
    path = save(
        {"version": 1, "weights": OrderedDict(linear=tensor, steps=counted)},
        {"0": NUMBERS, "1": np.array([7])},
    )
    state = read_state(path)
    assert state["version"] == 1
    assert state["weights"]["linear"].tolist() == [[2, 3, 4], [5, 6, 7]]
    assert state["weights"]["linear"].dtype == np.float32
    assert state["weights"]["steps"] == 7


def test_a_transposed_tensor_keeps_its_order(save):
    path = save({"w": Tensor(Storage("0", "FloatStorage", 12), 0, (2, 3), (1, 2))}, {"0": NUMBERS})
    assert read_state(path)["w"].tolist() == [[0, 2, 4], [1, 3, 5]]


@pytest.mark.parametrize(
    ("offset", "shape", "strides"), [(7, (2, 3), (3, 1)), (-1, (2,), (1,)), (5, (3,), (-2,))]
)
def test_a_tensor_beyond_its_storage_is_refused(save, offset, shape, strides):
    """Its numbers would be read from memory that belongs to something else."""
    storage = Storage("0", "FloatStorage", 12)
    path = save({"w": Tensor(storage, offset, shape, strides)}, {"0": NUMBERS})
    with pytest.raises(ModelError):
        read_state(path)


class Harmful:
    """An object whose pickle runs code."""

    def __reduce__(self):
        return os.mkdir, ("harm",)


def test_nothing_that_a_pickle_names_is_called(save, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = save({"w": Harmful()}, {})
    with pytest.raises(ModelError):
        read_state(path)
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("content", [["a list"], "text", 1])
def test_only_a_dictionary_is_a_state(save, content):
    with pytest.raises(ModelError):
        read_state(save(content, {}))


def test_a_storage_that_is_too_short_or_missing_is_refused(save):
    state = {"w": Tensor(Storage("0", "FloatStorage", 12), 0, (12,), (1,))}
    for storages in ({"0": NUMBERS[:5]}, {}):
        with pytest.raises(ModelError):
            read_state(save(state, storages))


def test_a_storage_of_an_unknown_kind_is_refused(save):
    path = save({"w": Tensor(Storage("0", "QUInt8Storage", 12), 0, (3,), (1,))}, {"0": NUMBERS})
    with pytest.raises(ModelError):
        read_state(path)


def test_numbers_of_the_other_byte_order_are_refused(save):
    with pytest.raises(ModelError, match="byte order"):
        read_state(save({}, {}, byte_order="big"))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06" + bytes(18)])
def test_another_file_is_refused_with_its_name(tmp_path, content):
    path = tmp_path / "other.pt"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"other\.pt"):
        read_state(path)
