"""Files of a page, sent as they are, under a policy that lets the page reach this server alone.

https://www.w3.org/TR/CSP3/
"""

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fastapi import Request
from fastapi.responses import Response

_MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """Content of a file. compressed: the same by gzip. etag: a weak validator of both."""

    content: bytes
    compressed: bytes
    media_type: str
    etag: str

    @classmethod
    def of(cls, content: bytes, media_type: str) -> "StaticFile":
        """Return a file with the validator of its content."""
        etag = f'W/"{sha256(content).hexdigest()[:32]}"'
        return cls(content, gzip.compress(content, mtime=0), media_type, etag)

    @classmethod
    def read(cls, path: Path) -> "StaticFile":
        """Read a file, whose suffix names its type."""
        return cls.of(path.read_bytes(), _MEDIA_TYPES[path.suffix])


def read_folder(folder: Path) -> dict[str, StaticFile]:
    """Files of a folder by name. No other name is served, so none leads out of the folder."""
    return {
        path.name: StaticFile.read(path)
        for path in sorted(folder.iterdir())
        if path.suffix in _MEDIA_TYPES
    }


def page_headers(policy: str, *, microphone: bool = False) -> dict[str, str]:
    """Headers of a page and of its files. policy: its Content-Security-Policy."""
    allowed = "self" if microphone else ""
    return {
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": (
            f"camera=(), display-capture=(), geolocation=(), microphone=({allowed})"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        # A copy is used only if the server confirms its ETag, so page and modules are of one
        # version.
        "Cache-Control": "no-cache",
    }


def file_response(file: StaticFile, request: Request, headers: Mapping[str, str]) -> Response:
    """Send a file, by gzip if the client takes it; or 304 if the client has a copy.

    Behind a load balancer of AWS an answer of Lambda has 1 MB at most, and one script has more.
    """
    sent = {**headers, "ETag": file.etag, "Vary": "Accept-Encoding"}
    known = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
    if file.etag in known:
        return Response(status_code=304, headers=sent)
    if not _takes_gzip(request) or len(file.compressed) >= len(file.content):
        return Response(file.content, headers=sent, media_type=file.media_type)
    sent["Content-Encoding"] = "gzip"
    return Response(file.compressed, headers=sent, media_type=file.media_type)


def _takes_gzip(request: Request) -> bool:
    """Whether the client names gzip among its encodings, and does not refuse it by `q=0`."""
    for offered in request.headers.get("accept-encoding", "").split(","):
        name, *parameters = (part.strip().lower() for part in offered.split(";"))
        if name == "gzip":
            return not any(re.fullmatch(r"q=0(\.0*)?", one) for one in parameters)
    return False
