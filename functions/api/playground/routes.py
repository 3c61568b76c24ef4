"""The page at `/`, and its modules, style and icon below `/playground/`.

They are the files of the folder `files`, as they are, read at the first request. The page stores
nothing and may load from and connect to this server alone:
https://www.w3.org/TR/CSP3/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from functions.api.problems import Problem
from shared.settings import Settings
from shared.version import VERSION

_FOLDER = Path(__file__).parent / "files"
_PAGE = "playground.html"
_MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "media-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # A copy is used only if the server confirms its ETag, so page and modules are of one version.
    "Cache-Control": "no-cache",
}


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    media_type: str

    @property
    def etag(self) -> str:
        return f'"{sha256(self.content).hexdigest()[:32]}"'


def create_router(settings: Settings, *, has_websockets: bool) -> APIRouter:
    """Routes `/` and `/playground/{name}`, for GET and HEAD; they need no key.

    has_websockets: whether the host serves real time; without it the page has no microphone.
    """
    router = APIRouter()

    @cache
    def page() -> _File:
        facts = {
            "real-time": "yes" if has_websockets else "no",
            "needs-key": "yes" if settings.is_protected else "no",
            "version": VERSION,
        }
        written = "".join(f' data-{name}="{value}"' for name, value in facts.items())
        file = _files()[_PAGE]
        content = file.content.replace(b'<html lang="en"', f'<html lang="en"{written}'.encode(), 1)
        return _File(content, file.media_type)

    def playground(request: Request) -> Response:
        """Show the playground, with links to the reference and the probes."""
        return _answer(page(), request)

    def file(name: str, request: Request) -> Response:
        found = _files().get(name)
        if found is None or name == _PAGE:
            raise Problem(404)
        return _answer(found, request)

    router.add_api_route("/", playground, methods=["GET", "HEAD"])
    router.add_api_route("/playground/{name}", file, methods=["GET", "HEAD"])
    return router


@cache
def _files() -> Mapping[str, _File]:
    """Files by name. No other name is served, so none leads out of the folder."""
    return {
        path.name: _File(path.read_bytes(), _MEDIA_TYPES[path.suffix])
        for path in sorted(_FOLDER.iterdir())
        if path.suffix in _MEDIA_TYPES
    }


def _answer(file: _File, request: Request) -> Response:
    headers = {**_HEADERS, "ETag": file.etag}
    known = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
    if file.etag in known or f"W/{file.etag}" in known:  # a proxy that compresses weakens the tag
        return Response(status_code=304, headers=headers)
    return Response(file.content, headers=headers, media_type=file.media_type)
