"""What tests of jobs have in common."""

import pytest

from shared.jobs import work


@pytest.fixture(autouse=True)
def no_patience(monkeypatch):
    """Nobody waits for a record: in these tests it is there, or never will be."""
    monkeypatch.setattr(work, "_RECORD_PAUSES_S", ())
