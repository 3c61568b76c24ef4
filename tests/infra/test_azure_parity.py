"""Bicep and Terraform describe one deployment: resources, roles, settings, parameters, outputs."""

import re
from typing import Any

from bicep_settings import bicep_settings
from bicep_templates import MAIN, decorated, expressions, is_secure, templates
from terraform_checks import planned_outputs, planned_resources
from terraform_settings import REQUIRED, azure_plan, azure_settings, terraform_settings

from scripts.resource_lists import SOURCES

EVERYTHING: dict[str, Any] = {
    "private_networking": True,
    "alert_emails": ["operator@example.com"],
    "monthly_budget": 50,
}
# Of azurerm -> of Azure Resource Manager. azapi says the type itself.
TYPES = {
    "azurerm_application_insights": "Microsoft.Insights/components",
    "azurerm_consumption_budget_resource_group": "Microsoft.Consumption/budgets",
    "azurerm_eventgrid_system_topic": "Microsoft.EventGrid/systemTopics",
    "azurerm_eventgrid_system_topic_event_subscription": (
        "Microsoft.EventGrid/systemTopics/eventSubscriptions"
    ),
    "azurerm_key_vault": "Microsoft.KeyVault/vaults",
    "azurerm_log_analytics_workspace": "Microsoft.OperationalInsights/workspaces",
    "azurerm_monitor_action_group": "Microsoft.Insights/actionGroups",
    "azurerm_monitor_diagnostic_setting": "Microsoft.Insights/diagnosticSettings",
    "azurerm_monitor_metric_alert": "Microsoft.Insights/metricAlerts",
    "azurerm_monitor_scheduled_query_rules_alert_v2": "Microsoft.Insights/scheduledQueryRules",
    "azurerm_private_dns_zone": "Microsoft.Network/privateDnsZones",
    "azurerm_private_dns_zone_virtual_network_link": (
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks"
    ),
    "azurerm_private_endpoint": "Microsoft.Network/privateEndpoints",
    "azurerm_resource_group": "Microsoft.Resources/resourceGroups",
    "azurerm_service_plan": "Microsoft.Web/serverfarms",
    "azurerm_storage_account": "Microsoft.Storage/storageAccounts",
    "azurerm_storage_container": "Microsoft.Storage/storageAccounts/blobServices/containers",
    "azurerm_storage_management_policy": "Microsoft.Storage/storageAccounts/managementPolicies",
    "azurerm_storage_queue": "Microsoft.Storage/storageAccounts/queueServices/queues",
    "azurerm_user_assigned_identity": "Microsoft.ManagedIdentity/userAssignedIdentities",
    "azurerm_virtual_network": "Microsoft.Network/virtualNetworks",
}
# Parts of another resource in one of the two languages.
PARTS_IN_TERRAFORM = {
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",  # a block of the endpoint
    "Microsoft.Storage/storageAccounts/blobServices",  # a block of the account
    "Microsoft.Storage/storageAccounts/queueServices",  # comes with a queue
    "Microsoft.Web/sites/config",  # in the body of the app
}
PARTS_IN_BICEP = {"azurerm_subnet"}  # part of the network
ROLES = {"azurerm_role_assignment"}  # compared as grants
# Each has a value that stands in the other language in another way.
OF_TERRAFORM_ONLY = {"client_keys_version"}  # Terraform cannot see whether the keys have changed
COMPUTED_DEFAULTS = {"budget_start_date"}  # the month of the deployment


def general(name: str) -> str:
    """Write a name as the lists of resources do: E, T and <folder> for what varies."""
    name = re.sub(r"(stsottohost|stsottodata|kv-sotto-|-)[0-9a-f]{8}$", r"\1T", name)
    name = re.sub(r"^((?:[a-z]+)-sotto)-prod(?=-|$)", r"\1-E", name)
    return re.sub(r"^(audio|transcripts|dropped)-calls$", r"\1-<folder>", name)


def named(reference: str) -> str:
    """Give the name in a reference such as `azurerm_key_vault(kv-sotto-12345678).id`."""
    return general(reference.partition("(")[2].partition(")")[0])


def full_name(values: dict[str, Any]) -> str:
    """Give the name of a resource behind that of its parent."""
    name = general(values.get("name") or "default")
    for argument in ("storage_account_id", "target_resource_id", "private_dns_zone_id"):
        if values.get(argument):
            return f"{named(values[argument])}/{name}"
    if values.get("system_topic"):
        return f"{general(values['system_topic'])}/{name}"
    return name


def terraform_resources() -> set[tuple[str, str]]:
    """Give type and name of each resource."""
    listed = set()
    for resource in planned_resources(azure_plan(**EVERYTHING)).values():
        kind, values = resource["type"], resource["values"]
        if kind in PARTS_IN_BICEP | ROLES:
            continue
        if kind == "azapi_update_resource":
            name = f"func-sotto-E-T/{values['name']}"
        elif kind == "azapi_resource_action":
            parent, _, name = values["resource_id"].partition("/secrets/")
            name = f"{named(parent)}/{name}"
        else:
            name = full_name(values)
        azure = values["type"].partition("@")[0] if kind.startswith("azapi") else TYPES[kind]
        listed.add((azure, name))
    return listed


def test_both_make_the_same_resources():
    bicep = {
        (one.type, one.name)
        for one in SOURCES["bicep"].read().resources
        if one.type not in PARTS_IN_TERRAFORM
    }
    assert terraform_resources() == bicep


def test_a_part_of_another_resource_is_listed_here_only_if_bicep_has_it():
    assert {one.type for one in SOURCES["bicep"].read().resources} >= PARTS_IN_TERRAFORM


def test_both_grant_the_same_roles():
    plan = azure_plan(**EVERYTHING)
    by_id = {
        resource["values"]["id"]: full_name(resource["values"])
        for resource in planned_resources(plan).values()
        if resource["type"].startswith("azurerm_")
    }
    holders = {"azurerm_user_assigned_identity(id-sotto-prod).principal_id": "id-sotto-E"}
    granted = set()
    for resource in planned_resources(plan).values():
        if resource["type"] in ROLES:
            values = resource["values"]
            role, _, purpose = values["description"].partition(": ")
            scope, _, secret = values["scope"].partition("/secrets/")
            name = by_id[scope] + (f"/{secret}" if secret else "")
            holder = holders.get(values.get("principal_id"), "evgt-sotto-E")
            granted.add((holder, role, name, purpose))
    assert granted == {
        (one.holder, one.role, one.scope, one.purpose) for one in SOURCES["bicep"].read().grants
    }


def test_both_set_the_same_settings():
    assert terraform_settings() == bicep_settings()


def test_settings_without_a_parameter_have_the_same_values():
    settings = azure_settings(azure_plan())
    written = {
        one["key"]["value"]: one["value"]["value"]
        for document in templates().values()
        for whole in expressions(document)
        if whole["kind"] == "object"
        for one in whole["properties"]
        if one["key"].get("value") in settings and one["value"]["kind"] == "string"
    }
    assert len(written) >= 8
    assert {name: settings[name] for name in written} == written


def snake(name: str) -> str:
    """Write a name of Bicep as Terraform does: instanceMemoryMB, instance_memory_mb."""
    return re.sub(r"(?<=[a-z])([A-Z]+)", r"_\1", name).lower()


def literal(value: dict[str, Any]) -> Any:
    """Give the value of a literal; None for an expression."""
    if value["kind"] == "array":
        return [literal(one) for one in value["items"]]
    if value["kind"] == "object":
        return {one["key"]["value"]: literal(one["value"]) for one in value["properties"]}
    return value.get("value")


def test_both_have_the_same_parameters_with_the_same_defaults():
    parameters = templates()[MAIN]["params"]
    variables = azure_plan()["configuration"]["root_module"]["variables"]
    assert {snake(name) for name in parameters} == variables.keys() - OF_TERRAFORM_ONLY
    for name, parameter in parameters.items():
        if snake(name) in COMPUTED_DEFAULTS:
            continue
        variable = variables[snake(name)]
        default = parameter.get("default")
        assert ("default" in variable) == (default is not None), name
        if default is not None:
            assert variable["default"] == literal(default), name


def test_the_required_parameters_are_the_same():
    parameters = templates()[MAIN]["params"]
    required = {snake(name) for name, one in parameters.items() if one.get("default") is None}
    assert required == REQUIRED.keys()


def test_the_same_parameter_is_a_secret():
    variables = azure_plan()["configuration"]["root_module"]["variables"]
    parameters = templates()[MAIN]["params"]
    secret = {snake(name) for name, one in parameters.items() if is_secure(one)}
    assert secret == {name for name, one in variables.items() if one.get("sensitive")}


def test_both_describe_parameters_in_the_same_words():
    variables = azure_plan()["configuration"]["root_module"]["variables"]
    different = {"client_keys", "location", "time_to_live", "budget_start_date"}
    for name, parameter in templates()[MAIN]["params"].items():
        if snake(name) not in different:
            description = decorated(parameter, "description")
            assert description is not None
            assert variables[snake(name)]["description"] == description["value"], name


def test_both_have_the_same_outputs():
    outputs = templates()[MAIN]["outputs"]
    assert {snake(name) for name in outputs} == planned_outputs(azure_plan()).keys()


def test_both_ask_the_same_of_the_log():
    """The queries of alerts, letter by letter."""
    queries = {
        one["values"]["criteria"][0]["query"].strip()
        for one in planned_resources(azure_plan()).values()
        if one["type"] == "azurerm_monitor_scheduled_query_rules_alert_v2"
    }
    written = {
        one["value"].strip()
        for one in expressions(templates()["modules/alerts.bicep"])
        if one["kind"] == "string" and one["value"].strip().startswith("AppTraces")
    }
    assert queries == written


def test_azapi_and_bicep_name_the_same_versions():
    versions = {
        declared["reference"]
        for document in templates().values()
        for declared in document["resources"].values()
    }
    for one in planned_resources(azure_plan()).values():
        if one["type"].startswith("azapi"):
            assert one["values"]["type"] in versions
