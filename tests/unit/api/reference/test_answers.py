"""The document describes each answer that the code renders, with every member and no other."""

import json

import pytest
from described import component_errors, document, errors_of
from rendered_answers import EVENTS, RENDERED


@pytest.mark.parametrize(("name", "value"), RENDERED)
def test_a_rendered_answer_has_the_described_members_and_no_others(name, value):
    assert component_errors(name, json.loads(json.dumps(value))) == []


def test_events_of_a_stream_are_described():
    content = document()["paths"]["/v1/audio/transcriptions"]["post"]["responses"]["200"]["content"]
    schema = content["text/event-stream"]["schema"]
    assert len(EVENTS) == 5
    assert [error for event in EVENTS for error in errors_of(schema, event)] == []


def members(schema, value):
    """Yield the component and the members of each object in a value."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        component = document()["components"]["schemas"][name]
        if "properties" in component:
            yield name, frozenset(value)
        yield from members(component, value)
    for one in schema.get("anyOf", ()):
        if errors_of(one, value) == []:
            yield from members(one, value)
            break
    if isinstance(value, list):
        for item in value:
            yield from members(schema.get("items", {}), item)
    if isinstance(value, dict):
        for key, item in value.items():
            inner = schema.get("properties", {}).get(key, schema.get("additionalProperties", {}))
            yield from members(inner, item)


def test_a_member_is_required_just_where_it_is_always_there():
    """Of the optional members of an answer each is once there and once not."""
    seen = {}
    for name, value in RENDERED:
        for component, names in members({"$ref": f"#/components/schemas/{name}"}, value):
            seen.setdefault(component, []).append(names)
    del seen["WebHookEvents"]  # subscriptions are the caller's choice
    schemas = document()["components"]["schemas"]
    doubtful = {
        f"{component}.{member}"
        for component, objects in seen.items()
        for member in schemas[component]["properties"].keys()
        - set(schemas[component].get("required", ()))
        if len({member in names for names in objects}) < 2
    }
    # The route adds it to the rendered result, see test_served_answers.py.
    assert doubtful == {"SpeechTranslationResult.speech"}
    assert len(seen) > 60


def test_a_member_that_is_not_described_is_a_deviation():
    whole = {"status": "Succeeded", "source": "a.wav"}
    assert component_errors("ReportDetail", whole) == []
    assert len(component_errors("ReportDetail", whole | {"kind": "audio"})) == 1
    assert len(component_errors("ReportDetail", {"status": "Succeeded"})) == 1
    assert len(component_errors("ReportDetail", whole | {"errorKind": None})) == 1
