"""Every resource is held against Azure's own types, and the check finds planted mistakes."""

import pytest

from scripts.listings.bicep import BICEP
from scripts.listings.listing import run_check

# Versions that the folder of types lacks, and why the template has them.
MISSING_VERSIONS: dict[str, str] = {}

# Versions that are no stable ones, and why.
PREVIEWS = {
    "Microsoft.Insights/diagnosticSettings@2021-05-01-preview": (
        "Azure has no later version, and the stable one before it knows no workspace"
    ),
}

STORAGE = "resource a 'Microsoft.Storage/storageAccounts@2025-06-01' = {{\n{}\n}}\n"
COMPLETE = """  name: 'abc'
  location: 'westeurope'
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
"""
EVENTS = """resource t 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: 't'
}
resource s 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: t
  name: 's'
  properties: {
    destination: {
      %s
    }
  }
}
"""


@pytest.fixture(scope="module")
def report(bicep_types):
    return run_check("bicep.py", str(BICEP), "--types", str(bicep_types))


@pytest.fixture
def findings_of(bicep_types, tmp_path):
    """Return a function that checks one template and gives its findings."""

    def check(text: str) -> list[str]:
        (tmp_path / "main.bicep").write_text(text)
        found = run_check("bicep.py", str(tmp_path), "--types", str(bicep_types))
        assert found["documents"]["main.bicep"]["errors"] == []
        return [one["message"] for one in found["findings"]]

    return check


def test_every_resource_is_as_azure_declares_it(report):
    assert report["findings"] == []


def test_a_version_that_the_types_lack_is_listed(report):
    missing = {f"{one['type']}@{one['version']}" for one in report["missing_versions"]}
    assert missing == set(MISSING_VERSIONS)


def test_versions_are_stable_ones_or_listed(report):
    used = {
        declared["reference"]
        for document in report["documents"].values()
        for declared in document["resources"].values()
    }
    assert {one for one in used if one.endswith("-preview")} == set(PREVIEWS)


def test_most_values_are_checked_and_the_others_are_counted(report):
    """Printed, because a value that an expression gives is not compared with an enumeration."""
    counts = report["counts"]
    print(counts, *report["unchecked"], sep="\n")  # noqa: T201
    assert counts["unchecked"] == len(report["unchecked"])
    assert counts["checked"] > 2 * counts["unchecked"]
    assert counts["resources"] > 30
    reasons = {one["path"]: one["reason"] for one in report["unchecked"]}
    assert all(reason for reason in reasons.values())


def test_a_template_without_mistakes_has_no_finding(findings_of):
    assert findings_of(STORAGE.format(COMPLETE)) == []


@pytest.mark.parametrize(
    ("more", "finding"),
    [
        ("  propertis: {}", "propertis does not exist"),
        ("  properties: {\n    allowBlobAccess: false\n  }", "allowBlobAccess does not exist"),
        ("  properties: {\n    allowBlobPublicAccess: 'no'\n  }", "'no' is not boolean"),
        ("  properties: {\n    allowBlobPublicAccess: {}\n  }", "is object, not boolean"),
        ("  properties: {\n    accessTier: 'Warm'\n  }", "'Warm' is not one of Hot, Cool"),
        ("  properties: {\n    accessTier: true ? 'Hot' : 'Warm'\n  }", "'Warm' is not one of"),
        ("  properties: {\n    creationTime: 'now'\n  }", "creationTime is read-only"),
        ("  properties: {\n    networkAcls: {}\n  }", "networkAcls.defaultAction is missing"),
        ("  properties: union({}, {\n    accessTier: 'Warm'\n  })", "'Warm' is not one of"),
        ("  tags: {\n    a: 1\n  }", "1 is not string"),
        ("  tags: [\n    'a'\n  ]", "tags is array, not object"),
        ("  zones: 'a'", "zones: 'a' is not array"),
        ("  zones: [\n    1\n  ]", "zones[]: 1 is not string"),
        ("  zones: [for x in ['a']: 1]", "zones[]: 1 is not string"),
        ("  zones: [for x in ['a', 2]: x]", "zones[]: 2 is not string"),
        ("  zones: concat('a')\n  tags: concat([])", "tags is array, not object"),
    ],
)
def test_a_mistake_in_a_value_is_found(findings_of, more, finding):
    found = findings_of(STORAGE.format(COMPLETE + more))
    assert len(found) == 1
    assert finding in found[0]


@pytest.mark.parametrize(
    ("without", "finding"),
    [
        ("  location: 'westeurope'\n", "location is missing"),
        ("  kind: 'StorageV2'\n", "kind is missing"),
        ("  sku: {\n    name: 'Standard_LRS'\n  }\n", "sku is missing"),
        ("    name: 'Standard_LRS'\n", "sku.name is missing"),
    ],
)
def test_a_required_member_that_is_missing_is_found(findings_of, without, finding):
    found = findings_of(STORAGE.format(COMPLETE.replace(without, "")))
    assert [one for one in found if finding in one] == found != []


def test_a_name_that_azure_refuses_is_found(findings_of):
    found = findings_of(STORAGE.format(COMPLETE.replace("'abc'", "'Not-A-Name'")))
    assert found == ["Microsoft.Storage/storageAccounts.name: 'Not-A-Name' is not string"]


@pytest.mark.parametrize(
    ("declared", "finding"),
    [
        ("param p int", "location is number, not string"),
        ("@allowed([\n  1\n])\nparam p int", "1 is not string"),
        ("var p = 3", "3 is not string"),
        ("var p = {\n  a: 3\n}", "is object, not string"),
        ("var p = empty('a')", "location is boolean, not string"),
    ],
)
def test_a_value_of_a_parameter_or_a_variable_is_followed(findings_of, declared, finding):
    uses = STORAGE.format(COMPLETE.replace("'westeurope'", "p"))
    found = findings_of(f"{declared}\n{uses}")
    assert len(found) == 1
    assert finding in found[0]


def test_the_kind_of_an_output_of_a_module_is_compared(bicep_types, tmp_path):
    (tmp_path / "m.bicep").write_text("output n int = 1\n")
    uses = STORAGE.format(COMPLETE.replace("'westeurope'", "m.outputs.n"))
    (tmp_path / "main.bicep").write_text(f"module m 'm.bicep' = {{\n  name: 'm'\n}}\n{uses}")
    found = run_check("bicep.py", str(tmp_path), "--types", str(bicep_types))["findings"]
    assert [one["message"] for one in found] == [
        "Microsoft.Storage/storageAccounts.location is number, not string"
    ]


def test_a_property_of_another_resource_that_does_not_exist_is_found(findings_of):
    whole = STORAGE.format(COMPLETE)
    assert findings_of(f"{whole}output o string = a.properties.primaryEndpoints.blob\n") == []
    assert findings_of(f"{whole}output o string = a.properties.primaryEndpoint.blob\n") == [
        "a.properties.primaryEndpoint.blob does not exist"
    ]


@pytest.mark.parametrize(
    ("written", "finding"),
    [
        (
            "endpointType: 'StorageQueue'\n      properties: {\n        queueName: 'q'\n      }",
            None,
        ),
        (
            "endpointType: 'StorageQueue'\n      properties: {\n        queue: 'q'\n      }",
            "destination.properties.queue does not exist",
        ),
        (
            "endpointType: 'Queue'\n      properties: {\n        queueName: 'q'\n      }",
            "destination.endpointType is none of",
        ),
        ("properties: {\n        queueName: 'q'\n      }", "destination.endpointType is missing"),
    ],
)
def test_the_kind_of_an_object_is_the_one_that_its_discriminator_names(
    findings_of, written, finding
):
    found = findings_of(EVENTS % written)
    assert len(found) == (finding is not None)
    assert all(finding in one for one in found)


def test_a_version_and_a_type_that_do_not_exist_are_listed_and_not_passed_over(
    bicep_types, tmp_path
):
    (tmp_path / "main.bicep").write_text(
        "resource a 'Microsoft.Storage/storageAccounts@2011-01-01' = {\n  name: 'a'\n}\n"
        "resource b 'Microsoft.Storage/accounts@2025-06-01' = {\n  name: 'a'\n}\n"
    )
    found = run_check("bicep.py", str(tmp_path), "--types", str(bicep_types))
    listed = [
        (one["type"], one["version"], bool(one["known"])) for one in found["missing_versions"]
    ]
    assert listed == [
        ("Microsoft.Storage/storageAccounts", "2011-01-01", True),
        ("Microsoft.Storage/accounts", "2025-06-01", False),
    ]


GROUP = "resource g 'Microsoft.Resources/resourceGroups@2025-04-01' = {{\n{}\n}}\n"
QUEUES = "resource q 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = {{\n{}\n}}\n"
QUEUE = QUEUES.replace("queueServices@", "queueServices/queues@")


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            GROUP.format("  name: 'g'\n  location: 'l'"),
            "Microsoft.Resources/resourceGroups cannot be at this scope",
        ),
        (
            f"targetScope = 'subscription'\n{STORAGE.format(COMPLETE)}",
            "Microsoft.Storage/storageAccounts cannot be at this scope",
        ),
        (
            STORAGE.format(COMPLETE) + QUEUE.format("  parent: a\n  name: 'abc'"),
            "the parent a is no Microsoft.Storage/storageAccounts/queueServices",
        ),
        (
            QUEUES.format("  name: 'default'"),
            "Microsoft.Storage/storageAccounts/queueServices has no parent",
        ),
        (
            STORAGE.replace(" =", " existing =").format("  name: 'abc'\n  location: 'l'"),
            "location is set on a resource that exists",
        ),
    ],
)
def test_a_place_that_azure_refuses_is_found(findings_of, text, finding):
    assert findings_of(text) == [finding]
