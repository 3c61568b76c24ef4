"""The guard around every URL that somebody else named, and downloads behind it.

`post.py` sends through the same guard; nothing else connects to what a client has named.

The guard sits where the connection is made: the name is resolved once, every address it has is
judged, and the connection goes to one of the addresses that were judged. A second answer of
the name server (DNS rebinding), or two parsers that read a URL differently, find nothing to
slip past. TLS is still verified against the host name, and every redirect makes a new,
judged connection.

Proxies of the environment are not used: a proxy would resolve the name again, out of sight.
`SSL_CERT_FILE` is, for certificates of an operator's own authority.
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
    judged,
    require_plain_host,
    resolve_host,
)
from shared.errors import AddressRefused, FetchFailed, FetchRefused
from shared.version import USER_AGENT

CONNECT_TIMEOUT_S = 5.0

_PASSING = frozenset({408, 425, 429})  # like 5xx, a later answer may be another one
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How much of somebody else's server is endured.

    timeout_s bounds the time spent waiting for the network, over all redirects and pieces; the
    time the reader takes with a piece does not count, so a download may feed recognition.
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
    """Open an http(s) URL and give its body in pieces of up to 64 KiB, as they arrive.

    `allowed_networks` are exceptions from the guard (`SOTTO_ALLOWED_NETWORKS`); `resolve`
    replaces `resolve_host`. Blocks: use it from a worker thread. The pieces end with the
    context.

    Raises
    ------
    AddressRefused: another scheme, credentials in the URL, a host that is no plain name or
        address, or one of its addresses is refused. Also for any redirect, and for a redirect
        from https to http.
    FetchFailed: no such host, no connection, bad certificate, out of time, too many redirects,
        a status other than 200, an encoded body, or more than `max_bytes`. The last, time and
        a cut connection may also arise from the pieces. `FetchRefused` where trying again
        would not help.
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
    """Connections that lead to judged addresses alone, and take `timeout_s` in all."""
    budget = _TimeBudget(timeout_s)
    backend = _GuardedBackend(tuple(allowed_networks), budget, resolve or resolve_host)
    with httpcore.ConnectionPool(ssl_context=_tls_context(), network_backend=backend) as pool:
        yield pool


def require_allowed(
    url: str, allowed_networks: Sequence[Network] = (), resolve: Resolver | None = None
) -> None:
    """Refuse an https URL that the guard would refuse as it stands now. Blocks up to 1.5 s.

    A name that can not be resolved here passes: the connection judges it again.

    Raises
    ------
    AddressRefused: not https, no plain host, or one of its addresses is refused.
    """
    target = parse_https(url)
    host, port = target.raw_host.decode("ascii"), target.port or 443
    with suppress(FetchFailed):
        judged(
            host,
            allowed_networks,
            lambda: (resolve or resolve_host)(host, port, RESOLVE_TIMEOUT_S),
        )


def require_plausible(url: str, allowed_networks: Sequence[Network] = ()) -> None:
    """Refuse an http(s) URL that the guard refuses whatever a name server says; asks nobody.

    Raises
    ------
    AddressRefused: another scheme, credentials, no plain host, or an address that is refused.
    """
    host = _parse(url).raw_host.decode("ascii")
    # RFC 6761, section 6.3: such names are loopback everywhere.
    is_loopback = host.rstrip(".").lower().rpartition(".")[2] == "localhost"
    judged(host, allowed_networks, lambda: ("127.0.0.1",) if is_loopback else ())


def parse_https(url: str) -> httpx.URL:
    """Parse a URL that may be sent to. Raises `AddressRefused`."""
    if not url.lower().startswith("https://"):
        raise AddressRefused("The address must begin with https://.")
    return _parse(url)


def wire_url(target: httpx.URL) -> httpcore.URL:
    """Write a parsed URL as the connection pool takes it."""
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
    """Request a URL and whatever it redirects to, up to the first answer that is none."""
    target = _parse(url)
    for _ in range(limits.max_redirects + 1):
        with (
            failures_named(),
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
    """Parse a URL, relative to `base` if given, into one that may be tried."""
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
        raise FetchRefused("The address redirects to nowhere.")
    target = _parse(location.decode("latin-1"), base=current)
    if current.scheme == "https" and target.scheme == "http":
        raise AddressRefused("The address redirects from https to http.")
    return target


def _require_plain_body(response: httpcore.Response) -> None:
    """Refuse other statuses, and encodings: a megabyte of gzip can hold a gigabyte."""
    if response.status != 200:
        may_change = response.status in _PASSING or response.status >= 500
        kind = FetchFailed if may_change else FetchRefused
        raise kind(f"The address answers with status {response.status}.")
    if (_header(response, b"content-encoding") or b"identity").lower() != b"identity":
        raise FetchRefused("The address sends an encoded body, which was not asked for.")


def _pieces(response: httpcore.Response, max_bytes: int) -> Iterator[bytes]:
    too_large = f"The address sends more than {max_bytes} bytes."
    announced = _header(response, b"content-length") or b""
    if announced.isdigit() and int(announced) > max_bytes:
        raise FetchRefused(too_large)
    n_bytes = 0
    with failures_named():
        for piece in response.iter_stream():
            n_bytes += len(piece)
            if n_bytes > max_bytes:
                raise FetchRefused(too_large)
            yield piece


def _header(response: httpcore.Response, name: bytes) -> bytes | None:
    return next((value for key, value in response.headers if key.lower() == name), None)


@contextmanager
def failures_named() -> Iterator[None]:
    """Turn the client's errors into ours, without their text: it may quote what was sent."""
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
    """Seconds the network may still take; only time spent inside of it is taken off."""

    def __init__(self, seconds: float) -> None:
        self._remaining_s = seconds

    @contextmanager
    def spend(self, at_most_s: float | None = None) -> Iterator[float]:
        """Give the time-out of one operation, and take off what it needed."""
        timeout_s = self._remaining_s if at_most_s is None else min(at_most_s, self._remaining_s)
        if timeout_s <= 0:
            raise httpcore.ReadTimeout
        started = time.monotonic()
        try:
            yield timeout_s
        finally:
            self._remaining_s -= time.monotonic() - started


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects to addresses it has judged itself."""

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
        """Connect to the first address that answers, if none of them is refused."""
        for address in self._judged(host, port):
            try:
                with self._budget.spend(CONNECT_TIMEOUT_S) as timeout_s:
                    stream = self._plain.connect_tcp(
                        str(address), port, timeout_s, local_address, socket_options
                    )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
            return _BudgetedStream(stream, self._budget)
        raise httpcore.ConnectError

    def _judged(self, host: str, port: int) -> list[Address]:
        def ask() -> Sequence[str]:
            with self._budget.spend(RESOLVE_TIMEOUT_S) as timeout_s:
                return self._resolve(host, port, timeout_s)

        return judged(host, self._allowed_networks, ask)


class _BudgetedStream(httpcore.NetworkStream):
    """A connection whose every wait comes off the budget, so that dripping bytes gain nothing."""

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
