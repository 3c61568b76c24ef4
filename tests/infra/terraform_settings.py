"""App settings that the Terraform of Azure gives to the function app."""

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from terraform_checks import ROOT, plan_terraform, planned_resources

AZURE = ROOT / "infra" / "azure" / "terraform"
KEYS = "terraform-test-key-1"
REQUIRED = {"environment_name": "prod", "location": "westeurope", "client_keys": KEYS}


@cache
def _plan(values: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        plan: dict[str, Any] = plan_terraform(AZURE, REQUIRED | json.loads(values), Path(scratch))
        return plan


def azure_plan(**values: Any) -> dict[str, Any]:
    """Plan the deployment with values beside the required ones; the same ones are planned once."""
    return _plan(json.dumps(values, sort_keys=True))


def azure_settings(plan: dict[str, Any]) -> dict[str, str]:
    """Give the app settings of a plan by name."""
    app = planned_resources(plan)["azapi_resource.app"]["values"]["body"]["properties"]
    return {one["name"]: one["value"] for one in app["siteConfig"]["appSettings"]}


def terraform_settings() -> set[str]:
    """Names of all app settings that the templates set."""
    return set(azure_settings(azure_plan()))
