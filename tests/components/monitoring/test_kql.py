"""Queries of Application Insights, read by Microsoft's own language service for Kusto."""

import json
import subprocess
from pathlib import Path

from tests.node_packages import KUSTO, modules_of, node

PROJECT = Path(__file__).parents[3]
QUERIES = sorted((PROJECT / "infra" / "monitoring" / "kql").glob("*.kql"))


def problems(*files):
    """Return what the language service finds in each file."""
    ran = subprocess.run(
        [str(node()), str(Path(__file__).with_name("kusto_problems.cjs")), str(modules_of(KUSTO))]
        + [str(file) for file in files],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return json.loads(ran.stdout)


def test_every_query_is_without_a_mistake():
    """Syntax, functions, types and columns."""
    assert len(QUERIES) > 10
    assert problems(*QUERIES) == {str(query): [] for query in QUERIES}


def test_a_mistake_is_found(tmp_path):
    bad = tmp_path / "bad.kql"
    bad.write_text('AppTraces | where Text == "x" | summarize n = medium(SeverityLevel)')
    (found,) = problems(bad).values()
    for name in ("Text", "medium"):
        assert any(f"'{name}'" in problem for problem in found), name
