"""The OpenAPI document of a host that has every route, and validators of what it describes."""

import copy
from functools import cache

from jsonschema import Draft202012Validator, FormatChecker

from functions.api.app import create_app
from functions.api.realtime.sessions import Sessions
from shared.settings import Settings
from shared.transcription.scripted_transcriber import ScriptedTranscriber


def make_app(*, sessions=True, exposition=True):
    """App of a host with or without real time and metrics."""
    return create_app(
        Settings(),
        ScriptedTranscriber(),
        sessions=Sessions(1) if sessions else None,
        exposition=(lambda: (b"", "text/plain")) if exposition else None,
    )


@cache
def document():
    """OpenAPI document of a host with every route."""
    return make_app().openapi()


@cache
def _strict_components():
    """Components whose objects have the described members and no others."""
    components = copy.deepcopy(document()["components"])
    for schema in components["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return components


def errors_of(schema, value, *, strict=True):
    """Deviations of a value from a schema of the document, as sentences.

    strict: a member that is not described is a deviation.
    """
    components = _strict_components() if strict else document()["components"]
    validator = Draft202012Validator(
        {**schema, "components": components}, format_checker=FormatChecker()
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def component_errors(name, value):
    """Deviations of a value from a component, with members that it lacks."""
    return errors_of({"$ref": f"#/components/schemas/{name}"}, value)


def operations():
    """Yield method, path and operation object of each operation."""
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def media_types(operation):
    """Yield place and media type object of each body of an operation."""
    yield from operation.get("requestBody", {}).get("content", {}).items()
    for status, answer in operation["responses"].items():
        for media_type, content in answer.get("content", {}).items():
            yield f"{status} {media_type}", content
