"""What tests of jobs have in common."""

import pytest

from shared.jobs import worker


@pytest.fixture(autouse=True)
def no_patience(monkeypatch):
    """Nobody waits for a record: in these tests it is there, or never will be."""
    monkeypatch.setattr(worker, "_RECORD_PAUSES_S", ())
