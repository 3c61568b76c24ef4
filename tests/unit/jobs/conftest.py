"""Fixtures that the tests of jobs share."""

import pytest

from shared.jobs import worker


@pytest.fixture(autouse=True)
def no_patience(monkeypatch):
    """Skip the waits for a record: in these tests it is there, or never will be."""
    monkeypatch.setattr(worker, "_RECORD_PAUSES_S", ())
