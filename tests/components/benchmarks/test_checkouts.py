"""Two checkouts, each with its own code."""

import pytest

from benchmarks.checkouts import Both, Checkouts, ForeignCode


def test_a_folder_that_does_not_serve_its_own_code_is_refused(tmp_path):
    """Else the code of this checkout would be measured twice."""
    own, empty = tmp_path / "own", tmp_path / "empty"
    for package in ("functions", "functions/container", "shared"):
        (own / package).mkdir(parents=True)
        (own / package / "__init__.py").touch()
    empty.mkdir()
    bytecode = tmp_path / "bytecode"
    Checkouts(Both(own, own), bytecode).require_own_code()
    with pytest.raises(ForeignCode, match="empty does not serve its own code"):
        Checkouts(Both(own, empty), bytecode).require_own_code()
    assert list(own.rglob("__pycache__")) == []
