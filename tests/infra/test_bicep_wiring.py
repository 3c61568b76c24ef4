"""Modules, parameters, variables and outputs of the templates fit each other."""

import pytest
from bicep_functions import RESULTS
from bicep_templates import (
    MAIN,
    decorated,
    expressions,
    is_secure,
    module_body,
    module_path,
    root_of,
    strings,
    templates,
)

PATHS = sorted(templates())
MODULES = [
    (path, name) for path, document in templates().items() for name in sorted(document["modules"])
]


def declarations(document):
    """Names that a template declares, without those of loops."""
    kinds = ("params", "vars", "resources", "modules")
    return {name for kind in kinds for name in document[kind]}


def used_names(document):
    """Names that expressions of a template use."""
    return {one["name"] for one in expressions(document) if one["kind"] == "name"}


def parameters_of(declared):
    """Parameters that a module call passes, by name."""
    found = [
        one["value"]
        for one in module_body(declared)["properties"]
        if one["key"]["value"] == "params"
    ]
    return {one["key"]["value"]: one["value"] for one in found[0]["properties"]} if found else {}


@pytest.mark.parametrize(("path", "name"), MODULES)
def test_a_module_receives_the_parameters_that_it_declares(path, name):
    declared = templates()[path]["modules"][name]
    known = templates()[module_path(path, declared)]["params"]
    required = {name for name, one in known.items() if one["default"] is None}
    passed = set(parameters_of(declared))
    assert (passed - set(known), required - passed) == (set(), set())


@pytest.mark.parametrize(("path", "name"), MODULES)
def test_a_module_is_deployed_into_the_resource_group(path, name):
    """A module at the scope of the subscription has to name the group."""
    declared = templates()[path]["modules"][name]
    assert templates()[path]["target_scope"] == "subscription"
    scope = [
        one["value"]["name"]
        for one in module_body(declared)["properties"]
        if one["key"]["value"] == "scope"
    ]
    assert scope == ["group"]
    assert templates()[module_path(path, declared)]["target_scope"] == "resourceGroup"


def test_every_module_is_used():
    called = {module_path(path, templates()[path]["modules"][name]) for path, name in MODULES}
    assert called == set(PATHS) - {MAIN}


@pytest.mark.parametrize("path", PATHS)
def test_an_output_of_a_module_that_is_read_exists(path):
    document = templates()[path]
    members = [one for one in expressions(document) if one["kind"] == "member"]
    read = [
        (root_of(one), one["name"])
        for one in members
        if one["of"]["kind"] == "member"
        and one["of"]["name"] == "outputs"
        and root_of(one) in document["modules"]
    ]
    for module, output in read:
        template = templates()[module_path(path, document["modules"][module])]
        assert output in template["outputs"], (module, output)
    assert len(read) > 20 or path != MAIN


@pytest.mark.parametrize("path", PATHS)
def test_every_name_is_declared(path):
    document = templates()[path]
    loops = {name for one in expressions(document) if one["kind"] == "for" for name in one["names"]}
    assert used_names(document) - declarations(document) - loops == set()


@pytest.mark.parametrize("path", PATHS)
def test_every_parameter_and_variable_is_used(path):
    document = templates()[path]
    assert set(document["params"]) | set(document["vars"]) <= used_names(document)


@pytest.mark.parametrize("path", PATHS)
def test_every_function_is_one_of_bicep(path):
    document = templates()[path]
    decorators = {
        id(call)
        for kind in ("params", "outputs", "resources")
        for one in document[kind].values()
        for call in one["decorators"]
    }
    calls = [one for one in expressions(document) if one["kind"] == "call"]
    assert {one["name"] for one in calls if id(one) not in decorators} <= set(RESULTS)


@pytest.mark.parametrize("path", PATHS)
def test_every_parameter_and_output_is_typed_and_described(path):
    document = templates()[path]
    for kind in ("params", "outputs"):
        for name, one in document[kind].items():
            assert one["type"] in {"string", "int", "bool", "array", "object"}, name
            assert value_of(decorated(one, "description")).endswith("."), name


@pytest.mark.parametrize("path", PATHS)
def test_every_resource_is_described(path):
    """A role assignment has a property for it."""
    for name, one in templates()[path]["resources"].items():
        if not one["is_existing"] and "roleAssignments" not in one["reference"]:
            assert value_of(decorated(one, "description")), name


def test_every_parameter_of_the_whole_is_bounded():
    """Texts and lists by a length, numbers by both ends or by their values."""
    for name, one in templates()[MAIN]["params"].items():
        bounds = {
            decorator["name"] for decorator in one["decorators"] if decorator["name"] != "secure"
        }
        wanted = {
            "string": {"minLength", "maxLength"},
            "array": {"maxLength"},
            "int": {"minValue", "allowed"},
        }
        assert bounds & wanted.get(one["type"], bounds), name
        assert "minValue" not in bounds or "maxValue" in bounds, name


def test_a_default_is_within_the_bounds_of_its_parameter():
    for name, one in templates()[MAIN]["params"].items():
        default = one["default"]
        if default is None or "value" not in default:
            continue
        value, allowed = default["value"], decorated(one, "allowed")
        size = len(value) if isinstance(value, str) else value
        low, high = decorated(one, "minValue"), decorated(one, "maxValue")
        if isinstance(value, str):
            low, high = decorated(one, "minLength"), decorated(one, "maxLength")
        assert allowed is None or value in [item["value"] for item in allowed["items"]], name
        assert low is None or low["value"] <= size, name
        assert high is None or size <= high["value"], name


@pytest.mark.parametrize("path", PATHS)
def test_a_secure_parameter_has_no_default_and_reaches_secure_parameters_only(path):
    document = templates()[path]
    secure = {name for name, one in document["params"].items() if is_secure(one)}
    assert all(document["params"][name]["default"] is None for name in secure)
    assert secure == ({"clientKeys"} if path in {MAIN, "modules/key-vault.bicep"} else set())
    for declared in document["modules"].values():
        known = templates()[module_path(path, declared)]["params"]
        for name, value in parameters_of(declared).items():
            if secure & used_names(value):
                assert is_secure(known[name]), name


@pytest.mark.parametrize("path", PATHS)
def test_an_output_has_no_secret(path):
    document = templates()[path]
    secure = {name for name, one in document["params"].items() if is_secure(one)}
    for name, output in document["outputs"].items():
        assert not secure & used_names(output["value"]), name
        calls = [one["name"] for one in expressions(output["value"]) if one["kind"] == "call"]
        assert not [one for one in calls if one.lower().startswith("list")], name
        texts = " ".join(strings(output["value"])).lower()
        assert not {"key=", "accountkey", "sharedaccess"} & set(texts.split()), name


def test_the_outputs_are_those_that_the_pages_and_the_other_templates_name():
    assert list(templates()[MAIN]["outputs"]) == [
        "endpoint",
        "functionAppName",
        "resourceGroupName",
        "storageAccountName",
        "inputContainers",
        "outputContainers",
        "keyVaultName",
        "applicationInsightsName",
        "identityClientId",
    ]


def value_of(one):
    """Literal of an expression; empty where there is none."""
    return "" if one is None else one["value"]
