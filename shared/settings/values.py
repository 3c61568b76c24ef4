"""From the text of an environment variable to a value; a `ValueError` where it is none.

What the error says is never shown, since `int("s3cret")` quotes the text: `key` says instead what
the setting accepts.
"""

import ipaddress
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from shared.durations import parse_duration

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def text(value: str) -> str:
    """Any text."""
    return value


def flag(value: str) -> bool:
    """`true`, `1`, `yes`, `on` and their opposites, in any case."""
    lowered = value.lower()
    if lowered in {"true", "1", "yes", "on"}:
        return True
    if lowered in {"false", "0", "no", "off"}:
        return False
    raise ValueError


def between(low: int, high: int) -> Callable[[str], int]:
    """Make the parser of a whole number from `low` to `high`."""

    def parse(value: str) -> int:
        number = int(value)
        if not low <= number <= high:
            raise ValueError
        return number

    return parse


def one_of(*names: str) -> Callable[[str], str]:
    """Make the parser of one of these names."""

    def parse(value: str) -> str:
        if value not in names:
            raise ValueError
        return value

    return parse


def some_of(*names: str) -> Callable[[str], tuple[str, ...]]:
    """Make the parser of some of these names by commas, in the order given, each once."""

    def parse(value: str) -> tuple[str, ...]:
        chosen = by_commas(value)
        if len(set(chosen)) < len(chosen) or not set(chosen) <= set(names):
            raise ValueError
        return chosen

    return parse


def by_commas(value: str) -> tuple[str, ...]:
    """Whatever stands between commas, without blanks around it."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def networks(value: str) -> tuple[Network, ...]:
    """Networks such as `10.1.0.0/16` and `fd00::/8` by commas."""
    return tuple(ipaddress.ip_network(part) for part in by_commas(value))


def region(value: str) -> str:
    """A region of Azure's; it becomes a part of a host name, so nothing else may be in it."""
    if not re.fullmatch("[a-z0-9]+", value):
        raise ValueError
    return value


def web_address(value: str) -> str:
    """An HTTP address that paths can follow: no user, query or fragment, no slash at its end."""
    parts = urlsplit(value.rstrip("/"))
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError
    return parts.geturl()


def duration_up_to(longest: timedelta) -> Callable[[str], timedelta | None]:
    """Make the parser of an ISO 8601 duration; one of no length is None."""

    def parse(value: str) -> timedelta | None:
        duration = parse_duration(value)
        if duration > longest:
            raise ValueError
        return duration or None

    return parse
