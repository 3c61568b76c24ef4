"""Download from client-supplied URLs, behind a guard against server-side request forgery.

`post.py` sends through the same guard; no other code connects to a client-supplied address.

The guard acts where the connection is made: it resolves the name once, checks every address of
it, and connects to one of the checked addresses. A second answer of the name server (DNS
rebinding) or two parsers that read a URL differently therefore cannot bypass it. TLS is still
verified against the host name, and every redirect makes a new, checked connection.

Proxies of the environment are not used: a proxy would resolve the name again, unchecked.
`SSL_CERT_FILE` is used, for certificates of an operator's own authority.
"""

import functools
import ssl
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from shared.address_guard import (
    RESOLVE_TIMEOUT_S,
    Address,
    Network,
    Resolver,
    allowed_addresses,
    require_plain_host,
    resolve_host,
)
from shared.errors import AddressRefused, FetchFailed, FetchRefused
from shared.version import USER_AGENT

CONNECT_TIMEOUT_S = 5.0

_TRANSIENT_STATUSES = frozenset({408, 425, 429})  # transient, like 5xx
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """Limits of one download from a client-supplied URL.

    timeout_s bounds the time spent waiting for the network, over all redirects and pieces; the
    time that the reader spends on a piece does not count, so a download may feed recognition.
    """

    max_bytes: int
    timeout_s: float = 60.0
    max_redirects: int = 3


@contextmanager
def fetch(
    url: str,
    *,
    limits: FetchLimits,
    allowed_networks: Sequence[Network] = (),
    resolve: Resolver | None = None,
) -> Iterator[Iterator[bytes]]:
    """Open an http(s) URL and yield its body in pieces of up to 64 KiB, as they arrive.

    `allowed_networks` are exceptions from the guard (`SOTTO_ALLOWED_NETWORKS`); `resolve`
    replaces `resolve_host`. Blocks: use it from a worker thread. The pieces end with the
    context.

    Raises
    ------
    AddressRefused: another scheme, credentials in the URL, a host that is no plain name or
        address, or one of its addresses is refused. Also for any redirect, and for a redirect
        from https to http.
    FetchFailed: no such host, no connection, bad certificate, out of time, too many redirects,
        a status other than 200, an encoded body, or more than `max_bytes`. The pieces raise it
        too: for `max_bytes`, time and a cut connection. `FetchRefused` where a retry is
        pointless.
        No message holds any part of the URL.
    """
    with (
        guarded_pool(limits.timeout_s, allowed_networks, resolve) as pool,
        _follow(pool, url, limits) as response,
    ):
        yield _pieces(response, limits.max_bytes)


@contextmanager
def guarded_pool(
    timeout_s: float, allowed_networks: Sequence[Network] = (), resolve: Resolver | None = None
) -> Iterator[httpcore.ConnectionPool]:
    """Pool of connections to checked addresses only, which take `timeout_s` in all."""
    budget = _TimeBudget(timeout_s)
    backend = _GuardedBackend(tuple(allowed_networks), budget, resolve or resolve_host)
    with httpcore.ConnectionPool(ssl_context=_tls_context(), network_backend=backend) as pool:
        yield pool


def require_allowed(
    url: str, allowed_networks: Sequence[Network] = (), resolve: Resolver | None = None
) -> None:
    """Refuse an https URL that the guard would refuse at present. Blocks up to 1.5 s.

    A name that cannot be resolved here passes: the connection checks it again.

    Raises
    ------
    AddressRefused: not https, no plain host, or one of its addresses is refused.
    """
    target = parse_https(url)
    host, port = target.raw_host.decode("ascii"), target.port or 443
    with suppress(FetchFailed):
        allowed_addresses(
            host,
            allowed_networks,
            lambda: (resolve or resolve_host)(host, port, RESOLVE_TIMEOUT_S),
        )


def require_public_host(url: str, allowed_networks: Sequence[Network] = ()) -> None:
    """Refuse an http(s) URL that the guard refuses whatever its name resolves to; resolves none.

    Raises
    ------
    AddressRefused: another scheme, credentials, no plain host, or an address that is refused.
    """
    host = _parse(url).raw_host.decode("ascii")
    # RFC 6761, section 6.3: such names are loopback everywhere.
    is_loopback = host.rstrip(".").lower().rpartition(".")[2] == "localhost"
    allowed_addresses(host, allowed_networks, lambda: ("127.0.0.1",) if is_loopback else ())


def parse_https(url: str) -> httpx.URL:
    """Parse the https URL of a request to send. Raises `AddressRefused`."""
    if not url.lower().startswith("https://"):
        raise AddressRefused("The address must begin with https://.")
    return _parse(url)


def wire_url(target: httpx.URL) -> httpcore.URL:
    """Convert a parsed URL to the form of the connection pool."""
    return httpcore.URL(
        scheme=target.raw_scheme,
        host=target.raw_host,
        port=target.port,
        target=target.raw_path,
    )


@contextmanager
def _follow(
    pool: httpcore.ConnectionPool, url: str, limits: FetchLimits
) -> Iterator[httpcore.Response]:
    """Request a URL and follow its redirects to the first response that is none."""
    target = _parse(url)
    for _ in range(limits.max_redirects + 1):
        with (
            translated_failures(),
            pool.stream(
                "GET",
                wire_url(target),
                headers={
                    "Host": target.netloc,
                    "User-Agent": USER_AGENT,
                    "Accept": "*/*",
                    "Accept-Encoding": "identity",
                },
            ) as response,
        ):
            if response.status not in _REDIRECTS:
                _require_plain_body(response)
                yield response
                return
            target = _redirect_target(target, response)
    raise FetchRefused(f"The address redirects more than {limits.max_redirects} times.")


def _parse(url: str, base: httpx.URL | None = None) -> httpx.URL:
    """Parse and check the syntax of a URL, relative to `base` if given."""
    try:
        target = httpx.URL(url) if base is None else base.join(url)
    except (httpx.InvalidURL, TypeError, ValueError):
        target = None
    if target is None:
        raise AddressRefused("The address is not a valid URL.")
    if target.scheme not in {"http", "https"}:
        raise AddressRefused("The address must begin with https:// or http://.")
    if target.userinfo:
        raise AddressRefused("The address must not hold a user name or password.")
    if target.port is not None and not 0 < target.port < 65536:
        raise AddressRefused("The address has no valid port.")
    require_plain_host(target.raw_host.decode("ascii"))
    return target


def _redirect_target(current: httpx.URL, response: httpcore.Response) -> httpx.URL:
    location = _header(response, b"location")
    if not location:
        raise FetchRefused("The address redirects without a target.")
    target = _parse(location.decode("latin-1"), base=current)
    if current.scheme == "https" and target.scheme == "http":
        raise AddressRefused("The address redirects from https to http.")
    return target


def _require_plain_body(response: httpcore.Response) -> None:
    """Refuse statuses other than 200, and encodings: a megabyte of gzip can hold a gigabyte."""
    if response.status != 200:
        may_change = response.status in _TRANSIENT_STATUSES or response.status >= 500
        kind = FetchFailed if may_change else FetchRefused
        raise kind(f"The address answers with status {response.status}.")
    if (_header(response, b"content-encoding") or b"identity").lower() != b"identity":
        raise FetchRefused("The address sends an encoded body, which was not requested.")


def _pieces(response: httpcore.Response, max_bytes: int) -> Iterator[bytes]:
    too_large = f"The address sends more than {max_bytes} bytes."
    announced = _header(response, b"content-length") or b""
    if announced.isdigit() and int(announced) > max_bytes:
        raise FetchRefused(too_large)
    n_bytes = 0
    with translated_failures():
        for piece in response.iter_stream():
            n_bytes += len(piece)
            if n_bytes > max_bytes:
                raise FetchRefused(too_large)
            yield piece


def _header(response: httpcore.Response, name: bytes) -> bytes | None:
    return next((value for key, value in response.headers if key.lower() == name), None)


@contextmanager
def translated_failures() -> Iterator[None]:
    """Translate the HTTP client's errors to ours, without their text: it may quote the request."""
    try:
        yield
    except httpcore.TimeoutException:
        message = "The address did not answer in time."
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError):
        message = "The connection to the address could not be made, or broke."
    else:
        return
    raise FetchFailed(message) from None


@functools.cache
def _tls_context() -> ssl.SSLContext:
    """Certificates of `SSL_CERT_FILE`, else of certifi; loading them takes 10 to 20 ms."""
    return httpx.create_ssl_context()


class _TimeBudget:
    """Seconds that the network may still take; only time inside `spend` is deducted."""

    def __init__(self, seconds: float) -> None:
        self._remaining_s = seconds

    @contextmanager
    def spend(self, at_most_s: float | None = None) -> Iterator[float]:
        """Yield the time-out of one operation, and deduct the time that it took."""
        timeout_s = self._remaining_s if at_most_s is None else min(at_most_s, self._remaining_s)
        if timeout_s <= 0:
            raise httpcore.ReadTimeout
        started = time.monotonic()
        try:
            yield timeout_s
        finally:
            self._remaining_s -= time.monotonic() - started


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects only to addresses that it has checked itself."""

    def __init__(
        self, allowed_networks: tuple[Network, ...], budget: _TimeBudget, resolve: Resolver
    ) -> None:
        self._allowed_networks = allowed_networks
        self._budget = budget
        self._resolve = resolve
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the budget decides
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers, unless the guard refuses any of them."""
        for address in self._allowed_addresses(host, port):
            try:
                with self._budget.spend(CONNECT_TIMEOUT_S) as timeout_s:
                    stream = self._plain.connect_tcp(
                        str(address), port, timeout_s, local_address, socket_options
                    )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
            return _BudgetedStream(stream, self._budget)
        raise httpcore.ConnectError

    def _allowed_addresses(self, host: str, port: int) -> list[Address]:
        def resolve() -> Sequence[str]:
            with self._budget.spend(RESOLVE_TIMEOUT_S) as timeout_s:
                return self._resolve(host, port, timeout_s)

        return allowed_addresses(host, self._allowed_networks, resolve)


class _BudgetedStream(httpcore.NetworkStream):
    """A connection that deducts every wait from the budget: dripping bytes gain no time."""

    def __init__(self, stream: httpcore.NetworkStream, budget: _TimeBudget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with self._budget.spend(timeout) as timeout_s:
            return self._stream.read(max_bytes, timeout_s)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with self._budget.spend(timeout) as timeout_s:
            self._stream.write(buffer, timeout_s)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        with self._budget.spend(timeout) as timeout_s:
            stream = self._stream.start_tls(ssl_context, server_hostname, timeout_s)
        return _BudgetedStream(stream, self._budget)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
