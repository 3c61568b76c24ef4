"""Messages to an https address that somebody else named, behind the guard of `fetch.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.address_guard import Network, Resolver
from shared.fetch import failures_named, guarded_pool, parse_https, wire_url
from shared.version import USER_AGENT


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. body: no more of it than was wanted."""

    status: int
    body: bytes = field(repr=False)


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    timeout_s: float = 10.0,
    max_answer_bytes: int = 1024,
    allowed_networks: Sequence[Network] = (),
    resolve: Resolver | None = None,
) -> Answer:
    """Send a body, follow no redirect, and read the beginning of the answer.

    Whatever the status is: it is the caller's to judge. `timeout_s` is for all of it. Blocks.

    Raises
    ------
    AddressRefused: not https, or a host or address that the guard refuses.
    FetchFailed: no such host, no connection, a certificate that is not valid, out of time.
        No message holds any part of the URL, the body or the answer.
    """
    target = parse_https(url)
    sent = [
        ("Host", target.netloc.decode("ascii")),
        ("User-Agent", USER_AGENT),
        ("Accept-Encoding", "identity"),
        ("Content-Length", str(len(body))),
        *headers.items(),
    ]
    with (
        guarded_pool(timeout_s, allowed_networks, resolve) as pool,
        failures_named(),
        pool.stream("POST", wire_url(target), headers=sent, content=body) as response,
    ):
        answer = bytearray()
        for piece in response.iter_stream():
            answer += piece
            if len(answer) >= max_answer_bytes:
                break
        return Answer(response.status, bytes(answer[:max_answer_bytes]))
