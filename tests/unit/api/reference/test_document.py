"""The OpenAPI document: valid, complete, the same for every host, with examples that fit."""

import json
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from described import document, errors_of, make_app, media_types, operations
from fastapi.routing import iter_route_contexts
from openapi_spec_validator import OpenAPIV31SpecValidator

from functions.api.reference.document import OPERATIONS
from shared.synthesis.output_formats import OPENAI_FORMATS
from shared.web_hooks.hook import EVENT_NAMES

PROJECT = Path(__file__).resolve().parents[4]
MADE = [(f"{method.upper()} {path}", operation) for method, path, operation in operations()]

# Routes that the document leaves out, each with the reason.
HIDDEN = {
    "GET /swagger/index.html": "another address of GET /swagger",
    "GET /swagger/v1/swagger.json": "another address of GET /openapi.json",
    "GET /playground/{name}": "files that the page at / loads",
    "GET /swagger/{name}": "files that the page at /swagger loads",
    "POST /transliterate": "refuses every request",
    "POST /speechtotext/{version}/webhooks/{hook_id}/ping": "v3.0's spelling of :ping",
    "POST /speechtotext/{version}/webhooks/{hook_id}/test": "v3.0's spelling of :test",
}
# Of a host without WebSockets: their upgrade is refused with the name of the host that has them.
REAL_TIME = re.compile(r"GET /(speech/.*|cognitiveservices/websocket/v1|v1/realtime)")

# Of JSON Schema 2020-12 and OpenAPI 3.1. A validator ignores every other word.
KEYWORDS = {
    "$ref", "additionalProperties", "anyOf", "const", "contentEncoding", "contentMediaType",
    "contentSchema", "default", "description", "enum", "examples", "exclusiveMaximum", "format",
    "items", "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength",
    "minimum", "oneOf", "pattern", "properties", "propertyNames", "required", "type", "uniqueItems",
}  # fmt: skip


def routes_of(app):
    """Method and path of each route of an app, `GET /ready`; HEAD is that of its GET."""
    return {
        unnamed(f"{method} {route.path_format}")
        for route in iter_route_contexts(app.routes)
        for method in (getattr(route, "methods", None) or set()) - {"HEAD"}
    }


def unnamed(route):
    """Route without the names of its parameters: those of the document are the contract's."""
    return re.sub(r"{\w+}", "{}", route)


def schemas_in(value):
    """All schema objects of a schema, itself included."""
    yield value
    inner = [*value.get("properties", {}).values(), *value.get("anyOf", ())]
    inner += [value[name] for name in ("items", "propertyNames", "contentSchema") if name in value]
    if isinstance(value.get("additionalProperties"), dict):
        inner.append(value["additionalProperties"])
    for one in inner:
        yield from schemas_in(one)


def test_the_document_is_valid_openapi():
    assert [str(error) for error in OpenAPIV31SpecValidator(document()).iter_errors()] == []


def test_the_document_is_json():
    assert json.loads(json.dumps(document())) == document()


def test_every_route_is_documented_or_hidden_for_a_reason():
    documented, hidden = {unnamed(name) for name, _ in MADE}, set(map(unnamed, HIDDEN))
    assert routes_of(make_app()) - documented == hidden
    without_sockets = routes_of(make_app(sessions=False)) - documented - hidden
    assert all(REAL_TIME.fullmatch(route) for route in without_sockets)
    assert len(without_sockets) == 7


def test_every_described_operation_has_a_route():
    described = {unnamed(f"{operation.method} {operation.path}") for operation in OPERATIONS}
    assert described - routes_of(make_app()) == set()
    assert len(described) == len(OPERATIONS) == len(MADE)


def test_hosts_differ_only_in_the_routes_that_they_lack():
    """Only the container has metrics; real time is not in the document."""
    bare = make_app(sessions=False, exposition=False).openapi()
    whole = document()
    assert whole["paths"].keys() - bare["paths"].keys() == {"/metrics"}
    assert all(whole["paths"][path] == methods for path, methods in bare["paths"].items())
    assert bare["components"] == whole["components"]
    assert {**bare, "paths": {}} == {**whole, "paths": {}}


def test_operations_have_names_of_their_own_and_a_tag():
    names = Counter(operation["operationId"] for _, operation in MADE)
    assert max(names.values()) == 1
    tags = [tag["name"] for tag in document()["tags"]]
    assert list(dict.fromkeys(operation["tags"][0] for _, operation in MADE)) == tags
    assert all(tag["description"].endswith(".") for tag in document()["tags"])


@pytest.mark.parametrize(("name", "operation"), MADE)
def test_an_operation_explains_itself(name, operation):
    """Summary, description and the meaning and an example of every parameter."""
    assert operation["summary"]
    assert operation["description"].endswith(".")
    assert all(answer["description"].endswith(".") for answer in operation["responses"].values())
    in_path = set(re.findall(r"{(\w+)}", name))
    parameters = operation.get("parameters", [])
    assert {one["name"] for one in parameters if one["in"] == "path"} == in_path
    for parameter in parameters:
        assert parameter["description"]
        if parameter["schema"].get("contentEncoding") != "base64":
            assert errors_of(parameter["schema"], parameter["example"]) == []
            assert (
                errors_of(
                    parameter["schema"], parameter["schema"].get("default", parameter["example"])
                )
                == []
            )


@pytest.mark.parametrize(("name", "operation"), MADE)
def test_bodies_of_json_and_text_have_examples_that_fit(name, operation):
    """An example has no member that the schema lacks; the text of an event has no schema."""
    for place, content in media_types(operation):
        if re.search(r"json|text|jwt|ssml", place):
            assert content["examples"], f"{name} {place}"
        for example in content.get("examples", {}).values():
            assert errors_of(content["schema"], example["value"]) == [], f"{name} {place}"


def test_examples_of_members_fit():
    for name, component in document()["components"]["schemas"].items():
        for schema in schemas_in(component):
            for example in schema.get("examples", ()):
                assert errors_of({**schema}, example) == [], name


def test_durations_may_have_fractions_of_a_second():
    """RFC 3339's have none, so the format `duration` would refuse them."""
    schema = document()["components"]["schemas"]["TranscriptionResult"]["properties"]["duration"]
    assert "format" not in schema
    assert [
        value for value in ("PT1.6S", "P7D", "PT12H30M", "P2W") if errors_of(schema, value)
    ] == []
    assert errors_of(schema, "1.6 s")


def test_components_are_described_and_named_as_classes():
    for name, component in document()["components"]["schemas"].items():
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", name)
        assert component.get("description", "").strip(), name


def test_components_are_all_used():
    text = json.dumps(document())
    unused = [
        name
        for name in document()["components"]["schemas"]
        if f'"#/components/schemas/{name}"' not in text
    ]
    assert unused == []


def test_schemas_use_no_word_that_validators_do_not_know():
    schemas = [*document()["components"]["schemas"].values()]
    schemas += [content["schema"] for _, one in MADE for _, content in media_types(one)]
    schemas += [parameter["schema"] for _, one in MADE for parameter in one.get("parameters", ())]
    used = {word for schema in schemas for inner in schemas_in(schema) for word in inner}
    assert used <= KEYWORDS


def test_only_members_that_a_contract_sends_as_null_may_be_null():
    nullable = {
        f"{name}.{member}"
        for name, component in document()["components"]["schemas"].items()
        for member, schema in component.get("properties", {}).items()
        if "null" in json.dumps(schema)
    }
    assert nullable == {
        "OpenAIErrorDetail.param",
        "TranscriptionUpdate.description",
        "TranscriptionUpdate.customProperties",
        "NewWebHook.customProperties",
        "WebHookUpdate.customProperties",
        "WebHookUpdate.description",
    }


def test_enumerations_are_those_of_the_code():
    """Where the code that enforces them writes them in another form."""
    schemas = document()["components"]["schemas"]
    formats = schemas["SpeechRequest"]["properties"]["response_format"]["enum"]
    assert formats == list(OPENAI_FORMATS)
    assert set(schemas["WebHookEvents"]["properties"]) == set(EVENT_NAMES)


def test_the_license_is_that_of_the_project():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    assert document()["info"]["license"]["identifier"] == project["license"]
    assert (
        (PROJECT / "LICENSE").read_text("utf-8").startswith(document()["info"]["license"]["name"])
    )
