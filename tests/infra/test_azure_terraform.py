"""The Terraform of Azure: what Terraform says to it, and the contract of the deployment."""

import re
from pathlib import Path
from typing import Any

import pytest
from terraform_checks import (
    check_terraform,
    describe_findings,
    plan_terraform,
    planned_outputs,
    planned_resources,
)
from terraform_settings import AZURE, KEYS, REQUIRED, azure_plan, azure_settings, terraform_settings

from shared.settings.settings import Settings

PRIVATE: dict[str, Any] = {
    "private_networking": True,
    "always_ready": 1,
    "alert_emails": ["operator@example.com"],
    "monthly_budget": 50,
    "budget_start_date": "2026-12-01",
    "drop_folders": ["calls", "board-meetings"],
}
QUEUES = {
    "work",
    "work-notices",
    "work-poison",
    "work-notices-poison",
    "work-poison-poison",
    "work-dropped",
    "work-dropped-poison",
}
APP = "azurerm_user_assigned_identity(id-sotto-prod).principal_id"


def values_of(plan: dict[str, Any], resource_type: str) -> list[dict[str, Any]]:
    """Give the arguments of all resources of a type."""
    resources = planned_resources(plan).values()
    return [resource["values"] for resource in resources if resource["type"] == resource_type]


def account(plan: dict[str, Any], name: str) -> dict[str, Any]:
    """Give one of the two storage accounts."""
    values: dict[str, Any] = planned_resources(plan)[f"azurerm_storage_account.{name}"]["values"]
    return values


def test_terraform_has_nothing_to_say_against_it():
    assert describe_findings(check_terraform(AZURE)) == []


@pytest.mark.parametrize("values", [{}, PRIVATE], ids=["public", "private"])
def test_a_first_deployment_can_be_planned(values: dict[str, Any], tmp_path: Path):
    """Names of resources are known before any of them exists."""
    plan = plan_terraform(AZURE, REQUIRED | values, tmp_path, readable=False)
    assert len(planned_resources(plan)) > 30


def test_the_keys_reach_neither_plan_nor_state():
    assert KEYS not in str(azure_plan())
    keys = planned_resources(azure_plan())["azapi_resource_action.keys"]["values"]
    assert keys["sensitive_body"] is None
    assert keys["body"] == {"properties": {"contentType": "SOTTO_KEYS"}}


@pytest.mark.parametrize("name", ["host", "data"])
@pytest.mark.parametrize("values", [{}, PRIVATE], ids=["public", "private"])
def test_storage_accepts_identities_over_tls_only(name: str, values: dict[str, Any]):
    arguments = account(azure_plan(**values), name)
    assert not arguments["shared_access_key_enabled"]
    assert arguments["default_to_oauth_authentication"]
    assert not arguments["local_user_enabled"]
    assert not arguments["allow_nested_items_to_be_public"]
    assert not arguments["cross_tenant_replication_enabled"]
    assert arguments["https_traffic_only_enabled"]
    assert arguments["min_tls_version"] == "TLS1_2"


def test_deleted_data_is_gone():
    blobs = account(azure_plan(), "data")["blob_properties"][0]
    assert not blobs["versioning_enabled"]
    assert blobs["delete_retention_policy"] == []
    assert blobs["container_delete_retention_policy"] == []
    assert blobs["restore_policy"] == []


def test_containers_and_queues_have_the_names_of_the_contract():
    plan = azure_plan(**PRIVATE)
    data = "azurerm_storage_account(stsottodata"
    containers = {
        one["name"]: one["storage_account_id"]
        for one in values_of(plan, "azurerm_storage_container")
    }
    assert {name for name, owner in containers.items() if owner.startswith(data)} == {
        *("audio-calls", "transcripts-calls"),
        *("audio-board-meetings", "transcripts-board-meetings", "jobs"),
    }
    assert containers.keys() - {"deployment"} == {
        name for name, owner in containers.items() if owner.startswith(data)
    }
    assert {one["name"] for one in values_of(plan, "azurerm_storage_queue")} == QUEUES


def test_storage_deletes_what_no_purge_has_removed():
    (policy,) = values_of(azure_plan(output_lifetime_days=40), "azurerm_storage_management_policy")
    rules = {
        rule["filters"][0]["prefix_match"][0]: rule["actions"][0]["base_blob"][0]
        for rule in policy["rule"]
    }
    assert rules.keys() == {"transcripts-calls/", "jobs/jobs/"}
    for rule in rules.values():
        assert rule["delete_after_days_since_modification_greater_than"] == 40


def scope_of(scope: str) -> str:
    """Shorten a scope to its kind and name."""
    kind, name, rest = re.fullmatch(r"azurerm_(\w+)\(([\w-]+)\)\.id(.*)", scope).groups()  # type: ignore[union-attr]
    return f"{kind} {re.sub(r'[0-9a-f]{8}$', '', name)}{rest}"


def test_identities_have_the_roles_of_the_contract_and_no_other():
    granted = {
        (
            "app" if one["principal_id"] == APP else one["principal_id"],
            one["description"].partition(":")[0],
            scope_of(one["scope"]),
        )
        for one in values_of(azure_plan(), "azurerm_role_assignment")
    }
    topic = {(principal, role, scope) for principal, role, scope in granted if principal != "app"}
    assert granted - topic == {
        ("app", "Storage Blob Data Owner", "storage_account stsottohost"),
        ("app", "Storage Blob Data Reader", "storage_container audio-calls"),
        ("app", "Storage Blob Data Contributor", "storage_container transcripts-calls"),
        ("app", "Storage Blob Data Contributor", "storage_container jobs"),
        *(("app", "Storage Queue Data Contributor", f"storage_queue {name}") for name in QUEUES),
        ("app", "Key Vault Secrets User", "key_vault kv-sotto-/secrets/sotto-keys"),
        ("app", "Monitoring Metrics Publisher", "application_insights appi-sotto-prod"),
    }
    # The identity of the topic has no name before it exists.
    assert [(role, scope) for _, role, scope in topic] == [
        ("Storage Queue Data Message Sender", "storage_queue work-dropped")
    ]


# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
BUILT_IN_ROLES = {
    "Storage Blob Data Owner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    "Storage Queue Data Contributor": "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
    "Storage Queue Data Message Sender": "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a",
    "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
    "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
}


def test_the_comment_of_a_role_names_the_role_of_its_id():
    for one in values_of(azure_plan(), "azurerm_role_assignment"):
        role = BUILT_IN_ROLES[one["description"].partition(":")[0]]
        assert one["role_definition_id"].endswith(f"/roleDefinitions/{role}")
        assert one["principal_type"] == "ServicePrincipal"


def test_event_grid_delivers_by_identity_into_a_queue():
    (topic,) = values_of(azure_plan(**PRIVATE), "azurerm_eventgrid_system_topic")
    assert topic["identity"][0]["type"] == "SystemAssigned"
    subscriptions = {
        one["name"]: one
        for one in values_of(
            azure_plan(**PRIVATE), "azurerm_eventgrid_system_topic_event_subscription"
        )
    }
    assert subscriptions.keys() == {"dropped-calls", "dropped-board-meetings"}
    one = subscriptions["dropped-board-meetings"]
    assert one["delivery_identity"][0]["type"] == "SystemAssigned"
    assert one["storage_queue_endpoint"][0]["queue_name"] == "work-dropped"
    assert one["included_event_types"] == ["Microsoft.Storage.BlobCreated"]
    assert one["subject_filter"][0]["subject_begins_with"] == (
        "/blobServices/default/containers/audio-board-meetings/blobs/"
    )
    assert one["webhook_endpoint"] == []


def test_the_vault_has_roles_and_cannot_be_purged():
    (vault,) = values_of(azure_plan(), "azurerm_key_vault")
    assert vault["rbac_authorization_enabled"]
    assert vault["purge_protection_enabled"]
    assert not vault.get("access_policy")


def test_the_app_accepts_https_of_today_and_no_password():
    resources = planned_resources(azure_plan(http_concurrency=2, always_ready=3))
    app = resources["azapi_resource.app"]["values"]
    assert app["identity"][0]["type"] == "UserAssigned"
    properties = app["body"]["properties"]
    assert properties["httpsOnly"]
    config = properties["siteConfig"]
    assert (config["minTlsVersion"], config["scmMinTlsVersion"]) == ("1.2", "1.2")
    # Any other property may be one that Flex Consumption refuses, though Azure's types have it.
    accepted = {"minTlsVersion", "scmMinTlsVersion", "http20Enabled", "appSettings"}
    assert config.keys() == accepted
    assert properties["functionAppConfig"]["runtime"] == {"name": "python", "version": "3.13"}
    assert properties["functionAppConfig"]["scaleAndConcurrency"] == {
        "instanceMemoryMB": 2048,
        "maximumInstanceCount": 40,
        "alwaysReady": [{"name": "http", "instanceCount": 3}],
        "triggers": {"http": {"perInstanceConcurrency": 2}},
    }
    for name in ("ftp", "scm"):
        policy = resources[f'azapi_update_resource.publishing_passwords["{name}"]']["values"]
        assert policy["body"] == {"properties": {"allow": False}}


def test_storage_and_keys_of_the_app_are_reached_by_its_identity():
    settings = azure_settings(azure_plan())
    client = "azurerm_user_assigned_identity(id-sotto-prod).client_id"
    token = settings["AzureWebJobsStorage__accountName"].removeprefix("stsottohost")
    assert re.fullmatch("[0-9a-f]{8}", token)
    assert settings["SOTTO_KEYS"] == (
        f"@Microsoft.KeyVault(VaultName=kv-sotto-{token};SecretName=sotto-keys)"
    )
    for prefix in ("SOTTO_STORAGE", "AzureWebJobsStorage"):
        assert settings[f"{prefix}__credential"] == "managedidentity"
        assert settings[f"{prefix}__clientId"] == client
    assert settings["AZURE_CLIENT_ID"] == client
    assert "AzureWebJobsStorage" not in settings
    assert "SOTTO_STORAGE" not in settings


def test_sotto_accepts_the_settings():
    resolved = {"SOTTO_KEYS": KEYS}  # as Azure hands it over, from the vault
    settings = Settings.from_environment(azure_settings(azure_plan(**PRIVATE)) | resolved)
    assert [folder.name for folder in settings.drop_folders] == ["calls", "board-meetings"]
    assert settings.blob_trigger == "queue"
    assert settings.max_upload_bytes == 100_000_000
    assert settings.queue == "azure:work"


def test_a_further_setting_replaces_a_tuned_one_and_none_of_the_template():
    further = {"SOTTO_QUEUE_LIMIT": "5", "SOTTO_LOG_LEVEL": "debug", "SOTTO_QUEUE": "azure:mine"}
    settings = azure_settings(azure_plan(settings=further))
    assert settings["SOTTO_QUEUE_LIMIT"] == "5"
    assert settings["SOTTO_LOG_LEVEL"] == "debug"
    assert settings["SOTTO_QUEUE"] == "azure:work"


def test_without_the_private_switch_there_is_no_network():
    types = {resource["type"] for resource in planned_resources(azure_plan()).values()}
    assert not {name for name in types if "private" in name or "network" in name}
    assert account(azure_plan(), "data")["network_rules"][0]["default_action"] == "Allow"


def test_the_private_switch_closes_storage_and_vault():
    plan = azure_plan(**PRIVATE)
    for name in ("host", "data"):
        assert account(plan, name)["network_rules"][0]["default_action"] == "Deny"
    assert not account(plan, "host")["public_network_access_enabled"]
    # Event Grid delivers by identity, as a trusted service.
    assert account(plan, "data")["network_rules"][0]["bypass"] == ["AzureServices"]
    (vault,) = values_of(plan, "azurerm_key_vault")
    assert not vault["public_network_access_enabled"]
    assert vault["network_acls"][0]["default_action"] == "Deny"
    endpoints = {
        one["name"]: one["private_service_connection"][0]["subresource_names"]
        for one in values_of(plan, "azurerm_private_endpoint")
    }
    assert endpoints == {
        "pe-sotto-prod-host-blob": ["blob"],
        "pe-sotto-prod-host-queue": ["queue"],
        "pe-sotto-prod-data-blob": ["blob"],
        "pe-sotto-prod-data-queue": ["queue"],
        "pe-sotto-prod-vault": ["vault"],
    }
    subnets = {one["name"]: one for one in values_of(plan, "azurerm_subnet")}
    assert subnets["app"]["address_prefixes"] == ["10.40.0.0/24"]
    assert subnets["endpoints"]["address_prefixes"] == ["10.40.1.0/24"]
    delegation = subnets["app"]["delegation"][0]["service_delegation"][0]
    assert delegation["name"] == "Microsoft.App/environments"


def test_alerts_and_budget_reach_the_operator():
    plan = azure_plan(**PRIVATE)
    alerts = [
        *values_of(plan, "azurerm_monitor_scheduled_query_rules_alert_v2"),
        *values_of(plan, "azurerm_monitor_metric_alert"),
    ]
    assert {one["name"].removeprefix("alert-sotto-prod-") for one in alerts} == {
        *("poison-queues", "failed-jobs", "purge-lateness", "latency"),
        *("storage-errors", "storage-availability", "dropped-events"),
    }
    assert all(one["action"] for one in alerts)
    (group,) = values_of(plan, "azurerm_monitor_action_group")
    assert group["email_receiver"][0]["email_address"] == "operator@example.com"
    (budget,) = values_of(plan, "azurerm_consumption_budget_resource_group")
    assert budget["time_period"][0]["start_date"] == "2026-12-01T00:00:00Z"
    assert {tuple(one["contact_emails"]) for one in budget["notification"]} == {
        ("operator@example.com",)
    }
    assert not values_of(azure_plan(), "azurerm_consumption_budget_resource_group")
    assert not values_of(azure_plan(), "azurerm_monitor_action_group")


def test_outputs_have_the_names_of_the_contract():
    outputs = planned_outputs(azure_plan())
    assert outputs.keys() == {
        *("endpoint", "function_app_name", "resource_group_name", "storage_account_name"),
        *("input_containers", "output_containers", "key_vault_name"),
        *("application_insights_name", "identity_client_id"),
    }
    assert outputs["resource_group_name"] == "rg-sotto-prod"
    assert outputs["input_containers"] == ["audio-calls"]
    assert outputs["output_containers"] == ["transcripts-calls"]


def test_the_settings_of_the_contract_are_set():
    assert {name for name in terraform_settings() if not name.startswith("SOTTO_")} == {
        *("AZURE_CLIENT_ID", "AzureWebJobsStorage__accountName"),
        *("AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId"),
        *("AzureWebJobsDisableHomepage", "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"),
        *("APPLICATIONINSIGHTS_CONNECTION_STRING", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING"),
    }


REFUSED = {
    "an environment in capitals": ({"environment_name": "Prod"}, "environment_name is 2 to 12"),
    "a short key": ({"client_keys": "short"}, "client_keys has at least 16 characters"),
    "a folder in capitals": ({"drop_folders": ["Calls"]}, "A drop folder is named by"),
    "a folder twice": ({"drop_folders": ["calls", "calls"]}, "drop_folders has each name once"),
    "a time to live past a month": ({"time_to_live": "P32D"}, "up to P31D"),
    "a time to live in too many hours": ({"time_to_live": "PT745H"}, "up to P31D"),
    "a lifetime below the time to live": (
        {"output_lifetime_days": 31},
        "output_lifetime_days is 32 to 365",
    ),
    "an instance that is too small": ({"instance_memory_mb": 512}, "is 2048 or 4096"),
    "a network that is too small": ({"address_prefix": "10.40.0.0/24"}, "from /16 to /23"),
    "an issuer without an audience": (
        {"oidc_issuer": "https://login.example"},
        "belong together",
    ),
    "a setting of another program": ({"settings": {"PATH": "/"}}, "begin with SOTTO_"),
    "a secret among the settings": (
        {"settings": {"SOTTO_AZURE_SPEECH_KEY": "0123456789"}},
        "is a reference to a key vault",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_value_out_of_bounds_is_refused(case: str, tmp_path: Path):
    values, message = REFUSED[case]
    report = plan_terraform(AZURE, REQUIRED | values, tmp_path)
    assert message in " ".join(" ".join(describe_findings(report)).split())
