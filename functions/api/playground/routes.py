"""The page at `/`, and its modules, style and icon below `/playground/`.

They are the files of the folder `files`, as they are, read at the first request. The page stores
nothing and may load from and connect to this server alone.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from functions.api.problems import Problem
from functions.api.static_files import StaticFile, file_response, page_headers, read_folder
from shared.settings import Settings
from shared.version import VERSION

_FOLDER = Path(__file__).parent / "files"
_PAGE = "playground.html"
_HEADERS = page_headers(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    microphone=True,
)


def create_router(settings: Settings, *, has_websockets: bool) -> APIRouter:
    """Routes `/` and `/playground/{name}`, for GET and HEAD; they need no key.

    has_websockets: whether the host serves real time; without it the page has no microphone.
    """
    router = APIRouter()

    @cache
    def page() -> StaticFile:
        facts = {
            "real-time": "yes" if has_websockets else "no",
            "needs-key": "yes" if settings.is_protected else "no",
            "version": VERSION,
        }
        written = "".join(f' data-{name}="{value}"' for name, value in facts.items())
        file = _files()[_PAGE]
        content = file.content.replace(b'<html lang="en"', f'<html lang="en"{written}'.encode(), 1)
        return StaticFile.of(content, file.media_type)

    def playground(request: Request) -> Response:
        """Show the playground, with links to the reference and the probes."""
        return file_response(page(), request, _HEADERS)

    def file(name: str, request: Request) -> Response:
        found = _files().get(name)
        if found is None or name == _PAGE:
            raise Problem(404)
        return file_response(found, request, _HEADERS)

    router.add_api_route("/", playground, methods=["GET", "HEAD"])
    router.add_api_route("/playground/{name}", file, methods=["GET", "HEAD"])
    return router


@cache
def _files() -> Mapping[str, StaticFile]:
    return read_folder(_FOLDER)
