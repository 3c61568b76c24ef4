"""Fixtures of the checks of `infra/`, which reach no cloud."""

import os
from pathlib import Path

import pytest
from chart_sets import SETS

from scripts.chart_page import PYTHON, render

PROJECT = Path(__file__).resolve().parents[2]
BESIDE = PROJECT.parent / "shared" / "data" / "bicep-types"


@pytest.fixture(scope="session")
def bicep_types() -> Path:
    """Folder of Azure's types of resources, which stays outside the repository.

    `SOTTO_BICEP_TYPES` names it. Without it the test is skipped, or fails where
    `SOTTO_REQUIRE_BICEP_TYPES=1` says that the types are expected, as CI does.
    """
    named = os.environ.get("SOTTO_BICEP_TYPES")
    folder = Path(named).resolve() if named else BESIDE
    if folder.is_dir():
        return folder
    reason = "SOTTO_BICEP_TYPES names no folder"
    if named or os.environ.get("SOTTO_REQUIRE_BICEP_TYPES") == "1":
        pytest.fail(f"{reason}, and this run must have the types of Azure's resources.")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def releases():
    """Answer of Helm for each set of values."""
    assert PYTHON.exists(), "The chart is rendered in .venv-infra: run scripts/environment.sh infra"
    return dict(zip(SETS, render(list(SETS.values())), strict=True))
