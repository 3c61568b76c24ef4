"""POST to a client-supplied https address, behind the guard of `fetch.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.address_guard import Network, Resolver
from shared.fetch import guarded_pool, parse_https, translated_failures, wire_url
from shared.version import USER_AGENT


@dataclass(frozen=True, slots=True)
class Answer:
    """The response. body: its first bytes, `max_answer_bytes` at most."""

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

    Any status is returned: the caller checks it. `timeout_s` bounds the whole exchange. Blocks.

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
        translated_failures(),
        pool.stream("POST", wire_url(target), headers=sent, content=body) as response,
    ):
        answer = bytearray()
        for piece in response.iter_stream():
            answer += piece
            if len(answer) >= max_answer_bytes:
                break
        return Answer(response.status, bytes(answer[:max_answer_bytes]))
