"""Rules of the deployment: identities instead of keys, encryption, nothing public."""

import json
import re

import pytest
from bicep_templates import MAIN, expressions, resources, strings, templates, value_at

from scripts.listings.bicep import BICEP, read_bicep
from scripts.listings.listing import PROJECT
from shared.privacy.log_fields import ALLOWED_FIELDS

# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
BUILT_IN = {
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a": "Storage Queue Data Message Sender",
    "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
}

APP, TOPIC = "id-sotto-E", "evgt-sotto-E"
QUEUES = (
    "work work-notices work-poison work-notices-poison work-poison-poison work-dropped "
    "work-dropped-poison"
).split()
GRANTS = {
    (APP, "Storage Blob Data Owner", "stsottohostT"),
    (APP, "Storage Blob Data Reader", "stsottodataT/audio-<folder>"),
    (APP, "Storage Blob Data Contributor", "stsottodataT/transcripts-<folder>"),
    (APP, "Storage Blob Data Contributor", "stsottodataT/jobs"),
    *((APP, "Storage Queue Data Contributor", f"stsottodataT/{one}") for one in QUEUES),
    (APP, "Key Vault Secrets User", "kv-sotto-T/sotto-keys"),
    (APP, "Monitoring Metrics Publisher", "appi-sotto-E"),
    (TOPIC, "Storage Queue Data Message Sender", "stsottodataT/work-dropped"),
}

ROLES = "modules/role-assignments.bicep"
TEXT = {path: (BICEP / path).read_text() for path in templates()}


def only(resource_type):
    """Body of the one resource of a type."""
    [(_, body)] = resources(resource_type)
    return body


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("properties.allowSharedKeyAccess", False),
        ("properties.allowBlobPublicAccess", False),
        ("properties.allowCrossTenantReplication", False),
        ("properties.isLocalUserEnabled", False),
        ("properties.defaultToOAuthAuthentication", True),
        ("properties.minimumTlsVersion", "TLS1_2"),
        ("properties.supportsHttpsTrafficOnly", True),
    ],
)
def test_storage_takes_identities_over_tls_only(path, value):
    assert value_at(only("Microsoft.Storage/storageAccounts"), path) == value


def test_no_container_is_public():
    for _, body in resources("Microsoft.Storage/storageAccounts/blobServices/containers"):
        assert value_at(body, "properties.publicAccess") == "None"


@pytest.mark.parametrize(
    "path",
    [
        "properties.isVersioningEnabled",
        "properties.deleteRetentionPolicy.enabled",
        "properties.containerDeleteRetentionPolicy.enabled",
    ],
)
def test_a_deleted_blob_leaves_no_copy(path):
    assert value_at(only("Microsoft.Storage/storageAccounts/blobServices"), path) is False


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("properties.httpsOnly", True),
        ("properties.siteConfig.minTlsVersion", "1.2"),
        ("properties.siteConfig.scmMinTlsVersion", "1.2"),
        ("properties.functionAppConfig.deployment.storage.authentication.type",
         "UserAssignedIdentity"),
        ("properties.functionAppConfig.runtime.name", "python"),
        ("properties.functionAppConfig.runtime.version", "3.13"),
    ],
)  # fmt: skip
def test_the_app_speaks_tls_and_presents_an_identity(path, value):
    assert value_at(only("Microsoft.Web/sites"), path) == value


def test_the_app_has_no_property_that_flex_consumption_refuses():
    """Azure's types allow them on every plan; in a deployment they are error 51021.

    https://github.com/Azure/terraform-azurerm-avm-res-web-site/issues/360
    """
    config = value_at(only("Microsoft.Web/sites"), "properties.siteConfig")["properties"]
    accepted = {"minTlsVersion", "scmMinTlsVersion", "http20Enabled"}
    assert {one["key"]["value"] for one in config} == accepted


def test_the_app_has_no_setting_that_flex_consumption_refuses():
    """The runtime is in functionAppConfig.

    https://learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations
    """
    refused = ("FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_EXTENSION_VERSION", "WEBSITE_", "SCM_DO_")
    assert [one for text in TEXT.values() for one in refused if one in text] == []


def test_passwords_of_publishing_are_off():
    bodies = resources("Microsoft.Web/sites/basicPublishingCredentialsPolicies")
    found = {value_at(one, "name"): value_at(one, "properties.allow") for _, one in bodies}
    assert found == {"ftp": False, "scm": False}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("properties.enableRbacAuthorization", True),
        ("properties.enablePurgeProtection", True),
        ("properties.enableSoftDelete", True),
        ("properties.enabledForTemplateDeployment", False),
    ],
)
def test_the_vault_is_read_by_roles_and_cannot_be_purged(path, value):
    assert value_at(only("Microsoft.KeyVault/vaults"), path) == value


def test_monitoring_accepts_no_key():
    insights = only("Microsoft.Insights/components")
    workspace = only("Microsoft.OperationalInsights/workspaces")
    assert value_at(insights, "properties.DisableLocalAuth") is True
    assert value_at(workspace, "properties.features.disableLocalAuth") is True


def test_events_are_delivered_by_identity_to_a_queue():
    body = only("Microsoft.EventGrid/systemTopics/eventSubscriptions")
    delivery = "properties.deliveryWithResourceIdentity"
    assert value_at(body, f"{delivery}.identity.type") == "SystemAssigned"
    assert value_at(body, f"{delivery}.destination.endpointType") == "StorageQueue"
    types = value_at(body, "properties.filter.includedEventTypes")["items"]
    assert [one["value"] for one in types] == ["Microsoft.Storage.BlobCreated"]


@pytest.mark.parametrize(
    "forbidden",
    [
        r"\blist\w*\(", "AccountKey", "SharedAccessSignature", "systemKeys", "functionKeys",
        "masterKey", "blobs_extension", "runtime/webhooks", r"\bWebHook\b", r"sig=",
        "AZURE_STORAGE_CONNECTION", r"br[/:]",
    ],
)  # fmt: skip
def test_no_template_has_a_key_or_a_module_of_a_registry(forbidden):
    assert [path for path, text in TEXT.items() if re.search(forbidden, text)] == []


def test_no_shell_runs_in_a_deployment():
    assert list(resources("Microsoft.Resources/deploymentScripts")) == []


def test_role_assignments_are_in_a_file_of_their_own():
    found = {path for path, _ in resources("Microsoft.Authorization/roleAssignments")}
    made = templates()[ROLES]["resources"].values()
    assert found == {ROLES}
    assert {one["reference"].partition("@")[0] for one in made if not one["is_existing"]} == {
        "Microsoft.Authorization/roleAssignments"
    }


def test_each_role_is_the_built_in_one_of_the_name_beside_it():
    found = re.findall(r"^  // (.+)\n  \w+: '([0-9a-f-]{36})'$", TEXT[ROLES], flags=re.MULTILINE)
    assert {one: name for name, one in found} == BUILT_IN
    roles = templates()[ROLES]["vars"]["roles"]["value"]["properties"]
    assert {one["value"]["value"] for one in roles} == set(BUILT_IN)


def test_each_assignment_says_the_role_that_it_gives():
    by_key = {
        one["key"]["value"]: BUILT_IN[one["value"]["value"]]
        for one in templates()[ROLES]["vars"]["roles"]["value"]["properties"]
    }
    for _, body in resources("Microsoft.Authorization/roleAssignments"):
        described = value_at(body, "properties.description").partition(": ")[0]
        given = value_at(body, "properties.roleDefinitionId")["arguments"][1]["name"]
        named = value_at(body, "name")["arguments"][-1]["name"]
        assert described == by_key[given] == by_key[named]


def test_identities_hold_these_roles_and_no_others():
    listed = [(one.holder, one.role, one.scope) for one in read_bicep().grants]
    assert len(listed) == len(set(listed))
    assert set(listed) == GRANTS


def test_the_lifecycle_rule_leaves_web_hooks_and_tombstones():
    prefixes = [one for one in strings(templates()[MAIN]["modules"]["dataStorage"]) if "/" in one]
    assert "/jobs/" in prefixes
    assert not [one for one in prefixes if "hooks" in one or "gone" in one]


def test_alerts_read_events_that_sotto_writes():
    """The events of each query are in the code; a renamed one would silence its alert."""
    document = templates()["modules/alerts.bicep"]
    queries = " ".join(one for one in strings(document["vars"]) if "AppTraces" in one)
    events = set(re.findall(r'"([a-z_]+_[a-z_]+|purged|request)"', queries))
    folders = ("functions", "shared")
    code = "".join(
        path.read_text() for folder in folders for path in (PROJECT / folder).rglob("*.py")
    )
    assert len(events) > 10
    assert [one for one in events if f'"{one}"' not in code] == []


def test_alerts_read_fields_that_lines_may_have():
    document = templates()["modules/alerts.bicep"]
    queries = " ".join(one for one in strings(document["vars"]) if "AppTraces" in one)
    read = set(re.findall(r"\b(?:line|parse_json\(Message\))\.(\w+)", queries))
    assert {"event", "late_ms", "duration_ms"} <= read <= set(ALLOWED_FIELDS)


def test_no_log_of_names_is_switched_on():
    """Diagnostic logs of storage have names of blobs: only reads of the vault are collected."""
    found = list(resources("Microsoft.Insights/diagnosticSettings"))
    assert [path for path, _ in found] == ["modules/key-vault.bicep"]
    categories = json.dumps(value_at(found[0][1], "properties.logs"))
    assert "AuditEvent" in categories
    assert "Storage" not in categories


def test_private_networking_closes_every_account_and_the_vault():
    for resource_type in ("Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults"):
        body = only(resource_type)
        action = value_at(body, "properties.networkAcls.defaultAction")
        assert (action["condition"]["name"], action["yes"]["value"]) == (
            "privateNetworking",
            "Deny",
        )
    network = templates()[MAIN]["modules"]["network"]["body"]
    assert (network["kind"], network["text"]) == ("if", "privateNetworking")


def test_no_resource_names_a_place():
    """A region that is written down would make a deployment somewhere else fail."""
    places = {"global"}
    for document in templates().values():
        for one in expressions(document["resources"]):
            if one["kind"] == "object":
                found = [
                    p["value"] for p in one["properties"] if p["key"].get("value") == "location"
                ]
                assert {p["value"] for p in found if "value" in p} <= places
