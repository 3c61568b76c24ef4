"""The schemas of providers that the check of Terraform uses, and the reader of their packages."""

import io
import json
import tarfile

import pytest
from terraform_checks import PYTHON

from scripts.provider_schemas import PACKAGES, SchemaUnreadable, read_schemas


@pytest.fixture(scope="module")
def schemas():
    """Return the schemas that `scripts/environment.sh infra` has written, by provider."""
    folder = PYTHON.parents[1] / "provider-schemas"
    assert folder.is_dir(), "There are no schemas: scripts/environment.sh infra writes them."
    return {name: json.loads((folder / f"{name}.json").read_text()) for name in PACKAGES}


def test_each_schema_is_of_the_pinned_package(schemas):
    for name, (package, version) in PACKAGES.items():
        assert schemas[name]["package"] == f"{package}=={version}"
    assert {name: one["version"] for name, one in schemas.items()} == {
        "azurerm": "5.10.0",
        "azapi": "2.13.0",
        "aws": "6.69.1",
    }


def test_all_resources_are_there(schemas):
    counts = {name: (len(one["resource"]), len(one["data"])) for name, one in schemas.items()}
    assert counts == {"azurerm": (1106, 396), "azapi": (4, 6), "aws": (1735, 685)}


FIELDS = {
    "a required argument": (
        ("azurerm", "azurerm_storage_queue", "name"),
        {"type": "string", "required": True},
    ),
    "an argument with a default of the cloud": (
        ("azurerm", "azurerm_storage_queue", "id"),
        {"type": "string", "optional": True, "computed": True},
    ),
    "a read-only attribute": (
        ("azurerm", "azurerm_storage_queue", "url"),
        {"type": "string", "computed": True},
    ),
    "a set": (
        ("azurerm", "azurerm_virtual_network", "address_space"),
        {"type": ["set", "string"], "optional": True},
    ),
    "a value of any type": (
        ("azapi", "azapi_update_resource", "body"),
        {"type": "dynamic", "optional": True},
    ),
}


@pytest.mark.parametrize("case", FIELDS)
def test_a_field_is_read_as_the_provider_has_it(case, schemas):
    (provider, resource, name), field = FIELDS[case]
    assert schemas[provider]["resource"][resource][name] == field


def test_a_nested_attribute_is_no_block(schemas):
    azapi = schemas["azapi"]["resource"]["azapi_resource"]
    assert "block" in azapi["timeouts"]
    assert "object" in azapi["retry"]
    account = schemas["azurerm"]["resource"]["azurerm_storage_account"]
    assert (account["blob_properties"]["nesting"], account["blob_properties"]["most"]) == (
        "list",
        1,
    )
    # A list of objects that may be written as blocks.
    assert "object" in schemas["aws"]["resource"]["aws_security_group"]["ingress"]


CODE = """\
class Queue extends cdktn.TerraformResource {
    static tfResourceType = "example_queue";
    constructor() { providerVersion: '1.2.3', }
    // name - computed: false, optional: false, required: true
    get name() {
        return this.%s('name');
    }
}
"""


def archive(code: str, *, declarations: bool = True) -> bytes:
    """Pack a module as a package does."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as files:
        texts = {"index.js": code} | ({"index.d.ts": ""} if declarations else {})
        for name, text in texts.items():
            member = tarfile.TarInfo(f"package/lib/queue/{name}")
            member.size = len(text)
            files.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


def test_a_resource_is_read_from_its_class():
    schemas = read_schemas(archive(CODE % "getNumberAttribute"), "example")
    assert schemas["version"] == "1.2.3"
    assert schemas["resource"] == {"example_queue": {"name": {"type": "number", "required": True}}}


def test_a_package_that_is_written_in_another_way_is_refused():
    with pytest.raises(SchemaUnreadable, match="the type of name is not known"):
        read_schemas(archive(CODE % "getColourAttribute"), "example")
    with pytest.raises(SchemaUnreadable, match="only code or declarations of queue"):
        read_schemas(archive(CODE % "getNumberAttribute", declarations=False), "example")
    with pytest.raises(SchemaUnreadable, match="no version of the provider example"):
        read_schemas(archive("", declarations=True), "example")
