"""The memory that this process may use: that of the machine, or of its container."""

import os

import pytest

from shared import memory_limit

MACHINE_BYTES = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


@pytest.mark.parametrize(
    ("text", "limit"),
    [("1048576\n", 1_048_576), ("max\n", MACHINE_BYTES), ("9223372036854771712\n", MACHINE_BYTES)],
)
def test_a_container_has_its_own_limit(tmp_path, monkeypatch, text, limit):
    """Version 2 says `max` where there is none, version 1 a number beyond all machines."""
    (tmp_path / "memory.max").write_text(text)
    files = (tmp_path / "memory.max", tmp_path / "missing")
    monkeypatch.setattr(memory_limit, "_CONTROL_GROUP_LIMITS", files)
    assert memory_limit.memory_limit_bytes() == limit
