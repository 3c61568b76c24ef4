"""Origins of web pages and names of servers, as browsers send them in `Origin` and `Host`."""

import re
from typing import NamedTuple

_DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
_AUTHORITY = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^][:/@\s]+)(?::([0-9]{1,5}))?")


class Authority(NamedTuple):
    """Name or address in lower case, and port."""

    name: str
    port: int


def parse_authority(text: str, scheme: str) -> Authority | None:
    """Parse `name[:port]`; None for anything else."""
    match = _AUTHORITY.fullmatch(text.strip())
    if match is None:
        return None
    name, port = match.groups()
    return Authority(name.lower().removesuffix("."), int(port or _DEFAULT_PORTS[scheme]))


def parse_origin(url: str) -> tuple[str, Authority] | None:
    """Scheme and authority of a web address; None for `null` and other schemes."""
    scheme, _, rest = url.partition("://")
    scheme = scheme.lower()
    if scheme not in {"http", "https"}:
        return None
    authority = parse_authority(rest.partition("/")[0], scheme)
    return None if authority is None else (scheme, authority)
