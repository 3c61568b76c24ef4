"""The OpenAPI document: the descriptions of all routes.

https://spec.openapis.org/oas/v3.1.0
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from functions.api import descriptions


def _remove_validation_errors(document: dict[str, Any]) -> None:
    """Remove the 422 that FastAPI adds to paths with parameters; the app never sends it."""
    for methods in document["paths"].values():
        for operation in methods.values():
            if "HTTPValidationError" in str(operation["responses"].get("422")):
                del operation["responses"]["422"]
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """OpenAPI document with the schemas that the routers describe."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        components = document.setdefault("components", {})
        components["securitySchemes"] = descriptions.SECURITY_SCHEMES
        components["schemas"] = components.get("schemas", {}) | descriptions.COMPONENT_SCHEMAS
        _remove_validation_errors(document)
        app.openapi_schema = document
    return app.openapi_schema
