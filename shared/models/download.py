"""Download over HTTP with the standard library: resumed, retried, with progress.

A partial download is kept in a `.part` file and resumed (HTTP Range, RFC 9110 section 14). Proxies
are taken from the environment, as `urllib` does. Credentials in a URL become an `Authorization`
header, which a redirect keeps only for the same host: hubs redirect to signed addresses elsewhere,
which refuse or would learn the token.
"""

import base64
import errno
import http.client
import socket
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit, urlunsplit

from shared.errors import FetchFailed
from shared.models.progress import NullProgress, Progress
from shared.version import USER_AGENT

TIMEOUT_S = 30.0  # without a single byte
PIECE_BYTES = 256 * 1024
RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
LOOPBACK_HOSTS = frozenset(
    {
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.EACCES,
        errno.EROFS,
        errno.ENOSPC,
        errno.EDQUOT,
    }
)


@dataclass(frozen=True, slots=True)
class Retries:
    """Attempts at one byte position, and the wait before the second one.

    Waits double: 1, 2, 4 s. An attempt that makes progress resets the count.
    """

    attempts: int = 4
    first_wait_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Document:
    """A small response, read whole. `url` is the one after redirects."""

    url: str
    content_type: str
    body: bytes


class Downloader:
    """HTTP client for models and packages.

    Parameters
    ----------
    certificates: PEM bundle to trust besides the system's; pip's setting `cert`.
    proxy: for every URL; None takes the environment's.
    """

    def __init__(
        self,
        *,
        certificates: Path | None = None,
        proxy: str | None = None,
        retries: Retries | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.progress = progress or NullProgress()
        self._retries = retries or Retries()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=_tls_context(certificates)),
            urllib.request.ProxyHandler({"http": proxy, "https": proxy} if proxy else None),
            _RedirectHandler(),
        )

    def read(self, url: str, *, accept: str = "*/*", authorization: str | None = None) -> Document:
        """Read a small document.

        Raises
        ------
        FetchFailed: final, or after the retries. The message has no query and no credentials.
        """
        failures = 0
        while True:
            try:
                with self._open(url, {"Accept": accept}, authorization) as answer:
                    return Document(
                        url=answer.url,
                        content_type=answer.headers.get_content_type(),
                        body=answer.read(),
                    )
            except (OSError, http.client.HTTPException) as error:
                failures += 1
                self._wait_or_give_up(url, error, failures)

    def download(
        self,
        url: str,
        part: Path,
        *,
        label: str,
        size_bytes: int | None = None,
        authorization: str | None = None,
    ) -> None:
        """Complete the file `part` from `url`, keeping the bytes that it has.

        The caller verifies the hash.

        Raises
        ------
        FetchFailed: final, or after the retries; received bytes stay in `part`.
        """
        failures, furthest_bytes = 0, _length(part)
        try:
            while size_bytes is None or _length(part) != size_bytes:
                try:
                    self._continue(url, part, label, size_bytes, authorization)
                except (OSError, http.client.HTTPException) as error:
                    if _length(part) > furthest_bytes:
                        failures, furthest_bytes = 0, _length(part)
                    failures += 1
                    self._wait_or_give_up(url, error, failures)
                else:
                    break
        finally:
            self.progress.end()

    def _continue(
        self, url: str, part: Path, label: str, size_bytes: int | None, authorization: str | None
    ) -> None:
        offset = _length(part)
        if size_bytes is not None and offset > size_bytes:
            part.unlink()
            offset = 0
        headers = {"Accept-Encoding": "identity"}
        if offset:
            headers["Range"] = f"bytes={offset}-"
        try:
            answer = self._open(url, headers, authorization)
        except urllib.error.HTTPError as error:
            if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                error.close()
                if error.headers.get("Content-Range") == f"bytes */{offset}":
                    return  # `part` is complete
                part.unlink()
                raise http.client.IncompleteRead(b"") from error
            raise
        with answer:
            if answer.status == http.HTTPStatus.PARTIAL_CONTENT:
                if not answer.headers.get("Content-Range", "").startswith(f"bytes {offset}-"):
                    part.unlink()
                    raise http.client.IncompleteRead(b"")
            else:
                offset = 0  # the server ignores ranges and sends the whole file
            total = _total(answer, offset)
            if None not in (total, size_bytes) and total != size_bytes:
                raise FetchFailed(
                    f"{_without_query(url)} has {total} bytes, {size_bytes} are expected"
                )
            self.progress.begin(label, offset, total)
            self._append(answer, part, offset)
        if total is not None and _length(part) != total:
            raise http.client.IncompleteRead(b"", total - _length(part))

    def _append(self, answer: IO[bytes], part: Path, offset: int) -> None:
        with part.open("ab" if offset else "wb") as file:
            while piece := answer.read(PIECE_BYTES):
                file.write(piece)
                self.progress.advance(len(piece))

    def _open(self, url: str, headers: dict[str, str], authorization: str | None) -> Any:
        address, from_url = _without_credentials(url)
        request = urllib.request.Request(  # noqa: S310 - http, https or a file index of pip's settings
            address, headers={"User-Agent": USER_AGENT, **headers}
        )
        if credentials := authorization or from_url:
            request.add_unredirected_header("Authorization", credentials)
        return self._opener.open(request, timeout=TIMEOUT_S)

    def _wait_or_give_up(self, url: str, error: Exception, failures: int) -> None:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        if _is_permanent(error) or failures >= self._retries.attempts:
            raise FetchFailed(f"{_without_query(url)}: {_reason(error)}") from None
        wait_s = self._retries.first_wait_s * 2 ** (failures - 1)
        self.progress.note(f"{_reason(error)}; once more in {wait_s:g} s")
        time.sleep(wait_s)


class _RedirectHandler(urllib.request.HTTPRedirectHandler):
    """Keeps `Authorization` for redirects to the same host only."""

    def redirect_request(self, req: urllib.request.Request, *args: Any) -> Any:
        redirected = super().redirect_request(req, *args)
        authorization = req.unredirected_hdrs.get("Authorization")
        if redirected is not None and authorization and _origin(redirected) == _origin(req):
            redirected.add_unredirected_header("Authorization", authorization)
        return redirected


def _origin(request: urllib.request.Request) -> tuple[str, str]:
    parts = urlsplit(request.full_url)
    return parts.scheme, parts.netloc


def _tls_context(certificates: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if certificates is not None:
        context.load_verify_locations(certificates)
    elif not context.cert_store_stats()["x509_ca"]:
        # A slim image has no system certificates; pip works there with its own bundle, certifi,
        # which httpx has installed for Sotto too.
        import certifi  # noqa: PLC0415

        context.load_verify_locations(certifi.where())
    return context


def _without_credentials(url: str) -> tuple[str, str | None]:
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, None
    encoded = base64.b64encode(unquote(user).encode()).decode()
    return urlunsplit(parts._replace(netloc=host)), f"Basic {encoded}"


def _without_query(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _total(answer: Any, offset: int) -> int | None:
    length = answer.headers.get("Content-Length")
    return None if length is None else offset + int(length)


def _length(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _is_permanent(error: Exception) -> bool:
    """Whether the same request would fail again: a wrong address, key or certificate."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code not in RETRIED_STATUSES
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, socket.gaierror):
        return cause.errno != socket.EAI_AGAIN
    if isinstance(cause, OSError) and cause.errno in LOOPBACK_HOSTS:
        return True
    # `urllib` has text as the reason for an unknown scheme
    return isinstance(cause, str | ssl.SSLCertVerificationError)


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code}"
    if isinstance(error, http.client.IncompleteRead):
        return "the connection was cut"
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return "timed out"
    return getattr(cause, "strerror", None) or type(cause).__name__
