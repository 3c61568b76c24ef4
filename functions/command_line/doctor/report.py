"""The report of the doctor as a table for people, or as JSON."""

import json
from collections.abc import Sequence
from typing import Any

from functions.command_line.command_name import with_command_name
from functions.command_line.doctor.finding import Finding, State

_STATE_WIDTH = max(map(len, State))
_SUBJECT_WIDTH = 24


def lines_of(finding: Finding) -> list[str]:
    """Return the row of a finding; what mends it and what it costs stand below."""
    optional = "" if finding.is_needed or finding.state is State.OK else " (optional)"
    row = f"{finding.state:{_STATE_WIDTH}}  {finding.subject:{_SUBJECT_WIDTH}}  {finding.found}"
    indent = " " * (_STATE_WIDTH + 2 + _SUBJECT_WIDTH + 2)
    below = [("mend", with_command_name(finding.mend)), ("cost", finding.cost)]
    return [f"{row}{optional}", *(f"{indent}{name}: {text}" for name, text in below if text)]


def summary(findings: Sequence[Finding]) -> str:
    """Return the verdict in one sentence."""
    failing = [finding.subject for finding in findings if finding.fails]
    if failing:
        return f"Not ready: {', '.join(failing)}."
    return "Ready: everything that the settings demand is here."


def as_json(findings: Sequence[Finding]) -> str:
    """Return `{"ready": …, "findings": [{"subject", "state", "found", "mend", …}]}`."""
    rows: list[dict[str, Any]] = [
        {
            "subject": finding.subject,
            "state": finding.state.value,
            "found": finding.found,
            "mend": with_command_name(finding.mend) or None,
            "cost": finding.cost or None,
            "needed": finding.is_needed,
        }
        for finding in findings
    ]
    return json.dumps({"ready": not any(one.fails for one in findings), "findings": rows}, indent=2)
