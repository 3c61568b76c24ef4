"""The API reference: OpenAPI as JSON, and a page that shows it and sends requests.

The page is Swagger UI, of which the package `fastapi-swagger` has the script and the style. Its
code is not run: FastAPI's own way would load scripts from a content delivery network, and the
package's has them in the page, which a strict policy refuses.
https://swagger.io/docs/open-source-tools/swagger-ui/usage/configuration/
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from functions.api.problems import Problem
from functions.api.static_files import StaticFile, file_response, page_headers, read_folder

_FOLDER = Path(__file__).parent / "files"
_PAGE = "reference.html"
_SWAGGER_UI = ("swagger-ui-bundle.js", "swagger-ui.css")
_HEADERS = page_headers(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def create_router(app: FastAPI) -> APIRouter:
    """Routes `/swagger`, `/swagger/{name}` and `/openapi.json`, for GET and HEAD; without a key.

    Addresses in the page are relative, and those of its files begin with `swagger/`, so the page
    works below a prefix. At `/swagger/` and `/swagger/index.html` they would lead elsewhere, so
    both lead to `/swagger`.
    """
    router = APIRouter(include_in_schema=False)

    def page(request: Request) -> Response:
        if request.scope["ends_with_slash"]:
            return page_elsewhere()
        return file_response(_files()[_PAGE], request, _HEADERS)

    def page_elsewhere() -> Response:
        return RedirectResponse("../swagger")

    def file(name: str, request: Request) -> Response:
        found = _files().get(name)
        if found is None or name == _PAGE:
            raise Problem(404)
        return file_response(found, request, _HEADERS)

    @cache
    def document_file() -> StaticFile:
        return StaticFile.of(json.dumps(app.openapi()).encode(), "application/json")

    # In a thread, since the first request builds the document.
    def document(request: Request) -> Response:
        return file_response(document_file(), request, {"Cache-Control": "no-cache"})

    methods = ["GET", "HEAD"]
    router.add_api_route("/swagger", page, methods=methods)
    router.add_api_route("/swagger/index.html", page_elsewhere, methods=methods)
    for path in ("/openapi.json", "/swagger/v1/swagger.json"):
        router.add_api_route(path, document, methods=methods)
    router.add_api_route("/swagger/{name}", file, methods=methods)
    return router


@cache
def _files() -> Mapping[str, StaticFile]:
    """Own files and Swagger UI's by name, read at the first request. No other name is served."""
    found = find_spec("fastapi_swagger")
    if found is None or found.origin is None:
        raise RuntimeError("fastapi-swagger is missing: requirements.txt")
    resources = Path(found.origin).parent / "resources"
    return read_folder(_FOLDER) | {name: StaticFile.read(resources / name) for name in _SWAGGER_UI}
