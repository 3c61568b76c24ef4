"""Bodies that Terraform sends to Azure Resource Manager, held against Azure's own types."""

import json
from pathlib import Path
from typing import Any

import pytest
from bicep_types import READ_ONLY, REQUIRED, AzureType, TypeData
from terraform_checks import planned_resources
from terraform_settings import azure_plan

KINDS = {"String": str, "Integer": int, "Boolean": bool}


def problems(value: Any, wanted: AzureType, path: str, given: frozenset[str]) -> list[str]:
    """List what a value has against a type; `given` are members that are said elsewhere."""
    if value is None or wanted.kind == "Any":
        return []
    if wanted.kind == "Union":
        return _choice_problems(value, wanted, path)
    if wanted.kind == "StringLiteral":
        return [] if value == wanted.entry["value"] else [f"{path}: {value!r} is another value"]
    if wanted.kind == "Array":
        return [
            problem
            for index, one in enumerate(value)
            for problem in problems(one, wanted.member("itemType"), f"{path}[{index}]", NOTHING)
        ]
    if wanted.kind in {"Object", "DiscriminatedObject"}:
        return _object_problems(value, wanted, path, given)
    kind = KINDS[wanted.kind]
    return [] if isinstance(value, kind) else [f"{path}: {value!r} is no {kind.__name__}"]


def _choice_problems(value: Any, wanted: AzureType, path: str) -> list[str]:
    """Among known values and any text, only the known ones count: the others are misspelled."""
    known = [one for one in wanted.alternatives if one.kind == "StringLiteral"]
    if any(problems(value, one, path, NOTHING) == [] for one in known or wanted.alternatives):
        return []
    return [f"{path}: {value!r} is none of its values"]


def _object_problems(
    value: dict[str, Any], wanted: AzureType, path: str, given: frozenset[str]
) -> list[str]:
    members, further = wanted.properties, wanted.further
    if wanted.kind == "DiscriminatedObject":
        chosen = wanted.by_discriminator[value[wanted.entry["discriminator"]]]
        members, further = members | chosen.properties, chosen.further
    found = [
        f"{path}.{name} is missing"
        for name, (_, flags) in members.items()
        if flags & REQUIRED and name not in value and name not in given
    ]
    for name, one in value.items():
        member, flags = members.get(name, (further, 0))
        if member is None:
            found.append(f"{path}.{name} is no member")
        elif flags & READ_ONLY and name not in given:
            found.append(f"{path}.{name} is read-only")
        else:
            found += problems(one, member, f"{path}.{name}", NOTHING)
    return found


NOTHING: frozenset[str] = frozenset()
# Name, location, identity and tags are arguments of azapi, not parts of the body.
ARGUMENTS = frozenset({"apiVersion", "id", "name", "type", "location", "identity", "tags"})


def body_problems(folder: Path, name: str, body: dict[str, Any]) -> list[str]:
    """List what a body has against the type of its resource, `<type>@<version>`."""
    resource = TypeData(folder).resource(name)
    assert resource is not None, f"{name} is not among the types: use a version that is"
    return problems(body, resource.member("body"), name, ARGUMENTS)


def bodies() -> dict[str, tuple[str, dict[str, Any]]]:
    """Give what is sent: address -> type, body."""
    plan = azure_plan(private_networking=True, always_ready=1)
    sent = {
        address: (
            resource["values"]["type"],
            {"name": resource["values"].get("name")} | resource["values"]["body"],
        )
        for address, resource in planned_resources(plan).items()
        if resource["type"].startswith("azapi_")
    }
    # A plan has no write-only argument: this one is in key_vault.tf.
    name, secret = sent["azapi_resource_action.keys"]
    properties = secret["properties"] | {"value": "the keys"}
    return sent | {"azapi_resource_action.keys": (name, {"properties": properties})}


@pytest.mark.parametrize("address", [
    "azapi_resource.app",
    "azapi_resource_action.keys",
    'azapi_update_resource.publishing_passwords["ftp"]',
    'azapi_update_resource.publishing_passwords["scm"]',
])  # fmt: skip
def test_a_body_has_the_members_and_values_that_azure_knows(address: str, bicep_types: Path):
    name, body = bodies()[address]
    assert body_problems(bicep_types, name, body) == []


def test_every_body_is_checked():
    assert bodies().keys() == {
        *("azapi_resource.app", "azapi_resource_action.keys"),
        *(f'azapi_update_resource.publishing_passwords["{name}"]' for name in ("ftp", "scm")),
    }


MISTAKES = {
    "a member that does not exist": (("httpsOnlyy",), True, "httpsOnlyy is no member"),
    "a value that is none of an enumeration": (
        ("siteConfig", "minTlsVersion"),
        "1.5",
        "'1.5' is none of its values",
    ),
    "a text for a number": (
        ("functionAppConfig", "scaleAndConcurrency", "instanceMemoryMB"),
        "2048",
        "'2048' is no int",
    ),
    "a read-only member": (("defaultHostName",), "a.example", "defaultHostName is read-only"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_body_is_found(mistake: str, bicep_types: Path):
    path, value, message = MISTAKES[mistake]
    name, body = bodies()["azapi_resource.app"]
    changed = json.loads(json.dumps(body))
    inner = changed["properties"]
    for member in path[:-1]:
        inner = inner[member]
    inner[path[-1]] = value
    (problem,) = body_problems(bicep_types, name, changed)
    assert message in problem
