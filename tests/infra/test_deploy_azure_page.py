"""The page about the deployment on Azure, held against the templates and azure.yaml."""

import re
from pathlib import Path

import pytest
import yaml
from bicep_templates import MAIN, decorated, is_secure, resources, templates, value_at

from scripts import package
from scripts.listings.listing import PROJECT

PAGE = (PROJECT / "docs" / "deploy-azure.md").read_text()
AZURE = yaml.safe_load((PROJECT / "azure.yaml").read_text())


def shown_default(one):
    """Default as the table has it."""
    default = one["default"]
    if default is None:
        return "required"
    match default["kind"]:
        case "array":
            return f"`[{', '.join(repr(item['value']) for item in default['items'])}]`"
        case "object":
            return "`{}`"
        case "call":
            return "this month"
        case "boolean":
            return f"`{str(default['value']).lower()}`"
        case _:
            return f"`{default['value']}`" if default["value"] != "" else "empty"


def shown_values(one):
    """Allowed values or the range; empty for texts and lists."""
    allowed = decorated(one, "allowed")
    if allowed is not None:
        return ", ".join(str(item["value"]) for item in allowed["items"])
    low, high = decorated(one, "minValue"), decorated(one, "maxValue")
    return "" if low is None else f"{low['value']} to {high['value']}"


def section(heading):
    """Text below a heading, up to the next one of its level."""
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_every_parameter_is_listed_with_default_values_and_meaning():
    expected = []
    for name, one in templates()[MAIN]["params"].items():
        secret = "**Secret.** " if is_secure(one) else ""
        meaning = decorated(one, "description")["value"]
        cells = (f"`{name}`", shown_default(one), shown_values(one), f"{secret}{meaning}")
        expected.append(f"| {' | '.join(cells)} |")
    assert re.findall(r"^\| `.*$", section("Parameters"), flags=re.MULTILINE) == expected


def test_every_output_is_listed():
    expected = [
        f"| `{name}` | {decorated(one, 'description')['value']} |"
        for name, one in templates()[MAIN]["outputs"].items()
    ]
    assert re.findall(r"^\| `.*$", section("Outputs"), flags=re.MULTILINE) == expected


def test_commands_use_outputs_that_exist():
    read = re.findall(r"azd env get-value (\w+)|properties\.outputs\.(\w+)\.value", PAGE)
    names = {one for pair in read for one in pair if one}
    assert {"endpoint", "functionAppName", "storageAccountName"} <= names
    assert names <= set(templates()[MAIN]["outputs"])


def test_the_page_counts_the_alerts_and_the_private_endpoints():
    log_alerts = len(templates()["modules/alerts.bicep"]["vars"]["logAlerts"]["value"]["items"]) + 1
    metric_alerts = len(list(resources("Microsoft.Insights/metricAlerts")))
    endpoints = len(templates()["modules/network.bicep"]["vars"]["endpoints"]["value"]["items"])
    assert (log_alerts, metric_alerts, endpoints) == (5, 2, 5)
    costs = " ".join(section("Costs").split())
    assert "five log alerts and two metric alerts" in costs
    assert re.search(r"\[private endpoints\]\(\S+\), five,", costs)


def test_azd_finds_the_templates_and_the_app():
    infra, service = AZURE["infra"], AZURE["services"]["speech"]
    assert (infra["provider"], infra["module"]) == ("bicep", "main")
    assert (PROJECT / infra["path"] / "main.bicep").exists()
    assert (PROJECT / infra["path"] / "main.bicepparam").exists()
    assert (service["host"], service["language"]) == ("function", "python")


def test_azd_knows_the_resource_group_and_the_app_by_their_tags():
    main, app = templates()[MAIN], templates()["modules/function-app.bicep"]
    tags = {
        one["key"]["value"]: one["value"]
        for document, name in ((main, "allTags"), (app, "appTags"))
        for one in document["vars"][name]["value"]["arguments"][1]["properties"]
    }
    assert tags["azd-env-name"]["name"] == "environmentName"
    assert tags["azd-service-name"]["value"] == next(iter(AZURE["services"]))
    [(_, group)] = resources("Microsoft.Resources/resourceGroups")
    [(_, site)] = resources("Microsoft.Web/sites")
    assert value_at(group, "tags")["name"] == "allTags"
    assert value_at(site, "tags")["name"] == "appTags"


def test_azd_sends_the_package_that_make_builds():
    """Built here, with models: a build in Azure ends after 60 seconds."""
    service = AZURE["services"]["speech"]
    assert Path(service["project"]) == Path("dist") / package.NAME
    assert service["remoteBuild"] is False
    assert AZURE["hooks"]["prepackage"]["run"] == 'make package ARGS="--models --folder-only"'


def test_the_models_of_the_package_are_where_the_app_reads_them():
    settings = (PROJECT / "infra/azure/bicep/main.bicep").read_text()
    in_azure = re.search(r"SOTTO_MODEL_FOLDER: '(\S+)'", settings)[1]
    assert Path("/home/site/wwwroot") / package.MODELS == Path(in_azure)


@pytest.mark.parametrize("kept", [".azure/", "azure.yaml", "infra/", "tests/", ".venv*/"])
def test_the_package_of_azd_has_neither_secrets_nor_infrastructure(kept):
    assert kept in (PROJECT / ".funcignore").read_text().splitlines()


def test_the_environment_of_azd_is_in_no_commit():
    assert ".azure/" in (PROJECT / ".gitignore").read_text().splitlines()


def test_the_name_of_an_environment_has_the_bounds_that_the_page_says():
    name = templates()[MAIN]["params"]["environmentName"]
    low, high = (decorated(name, one)["value"] for one in ("minLength", "maxLength"))
    assert f"{low} to {high} lower-case letters" in PAGE
