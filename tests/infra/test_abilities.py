"""Abilities that each deployment grants: the same five everywhere, and nothing more.

The Terraform of Azure grants what Bicep does (`test_azure_parity.py`). That each ability is enough
and needed is shown by running: `tests/jobs/test_least_privilege.py` in Azurite,
`test_aws_permissions.py` in moto.
"""

import re

import pytest
from aws_terraform import computed, policy
from bicep_templates import resources, value_at
from manifest_policies import environment_of, of_kind, pods
from terraform_settings import azure_plan

from scripts.resource_lists import SOURCES

ABILITIES = {"read audio", "write outputs", "queue", "read keys", "metrics"}

# Role and a pattern of its scopes, by ability.
AZURE = {
    "read audio": [("Storage Blob Data Reader", "stsottodataT/audio-.*")],
    "write outputs": [("Storage Blob Data Contributor", "stsottodataT/(transcripts-.*|jobs)")],
    "queue": [("Storage Queue Data Contributor", "stsottodataT/work(-[a-z-]+)?")],
    "read keys": [("Key Vault Secrets User", "kv-sotto-T/sotto-keys")],
    "metrics": [("Monitoring Metrics Publisher", "appi-sotto-E")],
}
# Actions, separated by commas, and a pattern of their scopes.
AWS = {
    "read audio": [("s3:ListBucket,s3:GetObject", "sotto-E-input-.*")],
    "write outputs": [
        ("s3:ListBucket,s3:GetObject,s3:PutObject,s3:DeleteObject", "sotto-E-(output|jobs)-.*")
    ],
    "queue": [
        (
            ",".join(
                f"sqs:{name}"
                for name in (
                    "SendMessage ReceiveMessage DeleteMessage GetQueueAttributes "
                    "ChangeMessageVisibility"
                ).split()
            ),
            "sotto-E-(work|work-notices|dead|dropped)",
        )
    ],
    "read keys": [("secretsmanager:GetSecretValue", "sotto-E-keys")],
    # Metrics are made of its log lines.
    "metrics": [("logs:CreateLogStream,logs:PutLogEvents", "/aws/lambda/sotto-E-.*")],
}

# The platforms' own needs, which give Sotto no data: holder, role and scope, each with its reason.
OF_PLATFORM = {
    "bicep": {
        # The host reads the package and holds its locks in an account that has nothing else.
        ("id-sotto-E", "Storage Blob Data Owner", "stsottohostT"),
        # Event Grid writes events of dropped files.
        ("evgt-sotto-E", "Storage Queue Data Message Sender", "stsottodataT/work-dropped"),
    },
    "aws": {
        # The key opens nothing but through S3, SQS and Secrets Manager.
        ("sotto-E-<function>", "kms:Decrypt,kms:GenerateDataKey", "alias/sotto-E"),
        # The schedule starts the purge.
        ("sotto-E-schedule", "lambda:InvokeFunction", "sotto-E-purge"),
    },
}


def grants(platform):
    """Holder, role or actions, and scope of each grant."""
    for one in SOURCES[platform].read().grants:
        if not one.role.startswith("denied"):
            yield one.holder, ",".join(re.findall("`([^`]+)`", one.role)) or one.role, one.scope


def ability_of(table, role, scope):
    """The ability that a grant is a part of; None: of none."""
    for ability, alternatives in table.items():
        for allowed, pattern in alternatives:
            if set(role.split(",")) <= set(allowed.split(",")) and re.fullmatch(pattern, scope):
                return ability
    return None


@pytest.mark.parametrize(("platform", "table"), [("bicep", AZURE), ("aws", AWS)])
def test_a_deployment_grants_the_abilities_and_nothing_more(platform, table):
    found, others = set(), set()
    for holder, role, scope in grants(platform):
        ability = ability_of(table, role, scope)
        found.add(ability)
        if ability is None:
            others.add((holder, role, scope))
    # Lambda itself makes network interfaces with the role; the code of the function is denied them.
    interfaces = {one for one in others if one[1].startswith("ec2:")}
    assert others - interfaces == OF_PLATFORM[platform]
    assert found - {None} == ABILITIES == set(table)


def test_the_code_of_a_function_may_not_touch_networks():
    allowed, denied = policy("network", computed(private_networking=True))["Statement"]
    assert (allowed["Effect"], denied["Effect"]) == ("Allow", "Deny")
    assert set(denied["Action"]) == set(allowed["Action"])


def test_the_chart_grants_no_ability_of_the_cluster_and_the_keys_to_the_server_alone(releases):
    """A pod has the abilities of the identity or of the secrets that its operator names."""
    for name, answer in releases.items():
        objects = answer["objects"]
        assert of_kind(objects, "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding") == []
        for pod_name, pod in pods(objects):
            assert pod["spec"]["automountServiceAccountToken"] is False
            [container] = pod["spec"]["containers"]
            has_keys = "SOTTO_KEYS" in {entry["name"] for entry in container["env"]}
            assert has_keys == (pod_name.rpartition("/")[2] == "sotto"), (name, pod_name)
            assert "SOTTO_METRICS_PORT" in environment_of(container)


def test_azure_refuses_what_is_not_encrypted_in_transit_in_bicep():
    for _, account in resources("Microsoft.Storage/storageAccounts"):
        assert value_at(account, "properties.supportsHttpsTrafficOnly") is True
        assert value_at(account, "properties.minimumTlsVersion") == "TLS1_2"
    [(_, app)] = resources("Microsoft.Web/sites")
    assert value_at(app, "properties.httpsOnly") is True
    assert value_at(app, "properties.siteConfig.minTlsVersion") == "1.2"


def test_azure_refuses_what_is_not_encrypted_in_transit_in_terraform():
    planned = azure_plan()["planned_values"]["root_module"]["resources"]
    accounts = [one["values"] for one in planned if one["type"] == "azurerm_storage_account"]
    assert len(accounts) == 2
    for account in accounts:
        assert account["https_traffic_only_enabled"] is True
        assert account["min_tls_version"] == "TLS1_2"
    [app] = [one["values"] for one in planned if one["address"] == "azapi_resource.app"]
    assert app["body"]["properties"]["httpsOnly"] is True
    assert app["body"]["properties"]["siteConfig"]["minTlsVersion"] == "1.2"


def test_aws_refuses_what_is_not_encrypted_in_transit():
    module = computed()
    for name in ("bucket", "queue"):
        for key in module.policies[name]:
            statements = policy(name, module, key)["Statement"]
            refused = [one["Condition"] for one in statements if one["Effect"] == "Deny"]
            assert {"Bool": {"aws:SecureTransport": ["false"]}} in refused


def test_a_pod_of_the_chart_serves_tls_or_says_that_a_proxy_does(releases):
    for answer in releases.values():
        for name, pod in pods(answer["objects"]):
            variables = environment_of(pod["spec"]["containers"][0])
            if "SOTTO_KEYS" in variables:
                ends_in_front = variables.get("SOTTO_TLS_TERMINATED") == "true"
                assert ("SOTTO_TLS_CERT" in variables) != ends_in_front, name
