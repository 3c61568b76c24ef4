"""The arithmetic and the figures of the page on operations."""

import re
from dataclasses import fields
from math import prod
from pathlib import Path

import pytest

from functions.api.batch_jobs.files import DEFAULT_LIFETIME_S, LONGEST_LIFETIME_S
from functions.api.tokens import TOKEN_LIFETIME_S
from shared.settings import Settings
from shared.storage.work_queue import MAX_DELIVERIES

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "operations.md").read_text()
ROWS = re.findall(
    r"^\| ([^|]+) \| ([\d.]+(?: s)?(?: [×÷] [\d.]+)+) \| \$?([\d.]+)(?: s)? \|$", PAGE, re.MULTILINE
)


def value_of(arithmetic):
    """Product of the factors; those behind a ÷ divide."""
    first, *others = re.findall(r"([×÷]?) ?([\d.]+)", arithmetic)
    return float(first[1]) * prod(
        float(number) if sign == "×" else 1 / float(number) for sign, number in others
    )


@pytest.mark.parametrize(("name", "arithmetic", "result"), ROWS)
def test_each_cost_is_what_its_arithmetic_gives(name, arithmetic, result):
    digits = len(result.partition(".")[2])
    assert f"{value_of(arithmetic):.{digits}f}" == result, name


def test_costs_are_those_of_the_page_on_scaling():
    assert len(ROWS) == 9
    scaling = (DOCS / "scaling.md").read_text()
    for figure in (
        "3.9 s",
        "923 s",
        "$0.048",
        "$0.031",
        "$0.0005",
        "0.000026",
        "0.0000167",
        "0.004",
    ):
        assert figure in scaling
        assert figure.removesuffix(" s") in PAGE


def test_times_of_the_page_are_those_of_the_code():
    assert TOKEN_LIFETIME_S == 10 * 60
    assert DEFAULT_LIFETIME_S == 12 * 3600
    assert LONGEST_LIFETIME_S == 31 * 86_400
    assert MAX_DELIVERIES == 5
    defaults = {entry.metadata["key"]: entry.default for entry in fields(Settings)}
    for key, unit in (("SOTTO_SHUTDOWN_GRACE_S", 25), ("SOTTO_LEASE_S", 60)):
        assert defaults[key] == unit
        assert f"`{key}` ({unit} s)" in PAGE
