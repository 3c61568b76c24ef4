"""The page of architecture, held against the code."""

import ast
import re
from itertools import groupby
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([\w/.]+\.py)` \| `(\w+)` \| (.+) \|$", re.MULTILINE)
WALKS = [ROW.findall(walk.split("\n#")[0]) for walk in PAGE.split("<!-- walk -->")[1:]]


def room_of(module):
    """Folder of a module at the depth of the drawing."""
    return module.rpartition("/")[0]


def test_there_are_three_walks():
    assert len(WALKS) == 3
    assert all(len(walk) >= 7 for walk in WALKS)


@pytest.mark.parametrize(("module", "name"), {row[:2] for walk in WALKS for row in walk})
def test_each_step_of_a_walk_is_in_the_code(module, name):
    tree = ast.parse((PROJECT / module).read_text(encoding="utf-8"))
    defined = {node.name for node in tree.body if hasattr(node, "name")}
    assert name in defined


@pytest.mark.parametrize("walk", WALKS, ids=["short audio", "dropped blob", "subtitle"])
def test_a_room_is_entered_once_or_the_page_says_why_again(walk):
    entered = set()
    for room, rows in groupby(walk, key=lambda row: room_of(row[0])):
        _, _, reason = next(rows)
        assert reason.startswith("again: ") == (room in entered), room
        entered.add(room)


def test_each_path_in_the_table_of_additions_exists():
    table = PAGE.split("## Where do I add ...?")[1].split("\n## ")[0]
    named = re.findall(r"`((?:functions|shared|tests|docs)/[\w/.]+)`", table)
    assert len(named) > 15
    assert [name for name in named if not (PROJECT / name).exists()] == []
