"""The OpenAPI document: the operations of all contracts.

https://spec.openapis.org/oas/v3.1.0
The first request for the document imports this module and builds it; a start imports none of it.
"""

import re
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from functions.api.reference.contracts import (
    batch_transcription,
    fast_transcription,
    models,
    openai_audio,
    server,
    short_audio,
    speech_translation,
    text_to_speech,
    tokens,
    translator,
    web_hooks,
)
from functions.api.reference.operation import Json, Operation
from functions.api.reference.schemas import Schemas

# In the order of reading, each with its sentence.
_CONTRACTS: Mapping[Any, str] = {
    tokens: "A key exchanged for a bearer token of a few minutes, as Azure AI Speech does.",
    short_audio: "One clip of up to a minute and one result, in Azure AI Speech's REST API for "
    "short audio, with scores of the pronunciation on request.",
    fast_transcription: "One upload and one transcript, in Azure AI Speech's fast transcription.",
    batch_transcription: "Jobs over many files, and their results, in both generations of Azure AI "
    "Speech's batch transcription.",
    web_hooks: "Notifications of jobs, in both generations of Azure AI Speech's contract.",
    models: "The model of this server as clients of batch transcription ask for it.",
    speech_translation: "Transcript, translations and their speech in one call: Sotto's own route.",
    text_to_speech: "Speech from SSML as Azure AI Speech does it, and from text as OpenAI does.",
    translator: "Texts in other languages, in Azure AI Translator's contract.",
    openai_audio: "Transcriptions and translations in OpenAI's audio API.",
    server: "Probes, metrics, the playground and this reference.",
}
OPERATIONS: tuple[Operation, ...] = tuple(
    operation for contract in _CONTRACTS for operation in contract.OPERATIONS
)

_DESCRIPTION = """Names of query parameters ignore case. In JSON bodies, unknown members are
ignored, null counts as absent (in a PATCH it removes), and numbers and truth values may be text.
Errors quote no content.

As in Azure, paths may begin with `/stt`, `/tts` or `/translator/text/v3.0`, and paths of OpenAI's
API with `/openai/v1` or `/openai/deployments/{name}` in place of `/v1`.

Real time is not in this document, since OpenAPI has no WebSockets: clients are Azure's Speech SDK,
and OpenAI's for `/v1/realtime`."""

_SECURITY_SCHEMES: Json = {
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": "Ocp-Apim-Subscription-Key",
        "description": "One of the keys of SOTTO_KEYS; the header `api-key` takes it as well.",
    },
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of `POST /sts/v1.0/issueToken`, an access token of the identity "
        "provider, or a key.",
    },
}


def openapi_document(app: FastAPI) -> Json:
    """OpenAPI document of the routes that an app has; built once for each app."""
    if app.openapi_schema is None:
        served = _served(app)
        app.openapi_schema = _document(
            app, [one for one in OPERATIONS if (one.method, _without_names(one.path)) in served]
        )
    return app.openapi_schema


def _served(app: FastAPI) -> set[tuple[str, str]]:
    """Methods and paths of an app: a host may have fewer than are described."""
    return {
        (method, _without_names(route.path_format or ""))
        for route in iter_route_contexts(app.routes)
        for method in getattr(route, "methods", None) or ()
    }


def _without_names(path: str) -> str:
    """Path without the names of its parameters, which mean nothing to OpenAPI."""
    return re.sub(r"{\w+}", "{}", path)


def _document(app: FastAPI, operations: list[Operation]) -> Json:
    schemas = Schemas(kind for operation in operations for kind in operation.kinds())
    paths: Json = {}
    for operation in operations:
        methods = paths.setdefault(operation.path, {})
        methods[operation.method.lower()] = operation.described(schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": app.title,
            "version": app.version,
            "summary": app.description,
            "description": _DESCRIPTION,
            "license": {"name": "MIT License", "identifier": "MIT"},
        },
        "tags": [
            {"name": contract.TAG, "description": text} for contract, text in _CONTRACTS.items()
        ],
        "paths": paths,
        "components": {"schemas": schemas.components, "securitySchemes": _SECURITY_SCHEMES},
    }
