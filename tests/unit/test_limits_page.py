"""docs/limits.md has every limit of the code, with its value.

A limit that the page lacks fails here; the message is the row to be completed.
"""

import re
from dataclasses import fields

import pytest
from limit_constants import PROJECT, declared_limits, value_of

from shared.settings import Settings

PAGE = (PROJECT / "docs" / "limits.md").read_text("utf-8")
# | what is limited | 4,096 bytes | what a client sees | `functions/api/tokens.py:NAME` |
_ROW = re.compile(
    r"^\| (?P<what>[^|]+) \| (?P<value>[\d,]+(?:\.\d+)?) ?(?P<unit>[^|]*) \| (?P<seen>[^|]+)"
    r" \| `(?P<where>[^`|]+)` \|$"
)
ROWS = [row for line in PAGE.splitlines() if (row := _ROW.match(line))]
LISTED = {row["where"]: float(row["value"].replace(",", "")) for row in ROWS}
DEFAULTS = {entry.metadata["key"]: entry.default for entry in fields(Settings)}
UNITS = {"BYTES_PER_S": "bytes/s", "BYTES": "bytes", "CHARACTERS": "characters", "S": "s"}


def row_of(where: str, value: float) -> str:
    """Write the row of a limit, with what only a reader of the code can say left open."""
    name = where.partition(":")[2].upper()
    unit = next((f" {unit}" for ending, unit in UNITS.items() if name.endswith(f"_{ending}")), "")
    number = int(value) if value == int(value) else value
    return f"| TODO | {number:,}{unit} | TODO | `{where}` |"


def test_every_limit_of_the_code_is_on_the_page():
    missing = [row_of(*limit) for limit in declared_limits() if limit[0] not in LISTED]
    assert not missing, "\n".join(["rows for docs/limits.md:", *missing])


@pytest.mark.parametrize("where", LISTED)
def test_each_value_is_that_of_the_code(where):
    if where in DEFAULTS:
        assert LISTED[where] == DEFAULTS[where]
        return
    module, _, name = where.partition(":")
    assert (PROJECT / module).is_file()
    assert value_of(module, name) == LISTED[where]


def test_no_limit_is_listed_twice():
    assert len(ROWS) == len(LISTED)


def test_every_row_of_a_table_can_be_read():
    """A row in another form would not be compared with the code."""
    unread = [
        line
        for line in PAGE.splitlines()
        if line.startswith("| ")
        and not _ROW.match(line)
        and not re.match(r"\| (---|Limit) \|", line)
    ]
    assert unread == []


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("functions/api/management/json_body.py:MAX_BODY_BYTES", 4_194_304),
        ("functions/api/web_hooks/definition.py:MAX_VALUE_CHARACTERS", 256),
        ("shared/fetch.py:FetchLimits.max_redirects", 3),
        ("shared/storage/sqs.py:_READ_TIMEOUT_S", 30),
        ("shared/time_to_live.py:LONGEST", 2_678_400),
    ],
)
def test_limits_are_found_however_they_are_declared(where, value):
    """Products, pairs, fields, sums of names, durations."""
    assert dict(declared_limits())[where] == value
