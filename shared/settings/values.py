"""Parsers of environment variables; they raise `ValueError` for invalid text.

The text of that error is never shown, since `int("s3cret")` quotes the value: `key` shows the
values that the setting accepts instead.
"""

import ipaddress
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from shared.durations import parse_duration

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def text(value: str) -> str:
    """Any text."""
    return value


def flag(value: str) -> bool:
    """Parse `true`, `1`, `yes`, `on` and their opposites, in any case."""
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


def name_or_number(names: Sequence[str], low: float, high: float) -> Callable[[str], str]:
    """Make the parser of one of these names or a number from `low` to `high`; both stay text."""

    def parse(value: str) -> str:
        if value not in names and not low <= float(value) <= high:
            raise ValueError
        return value

    return parse


def some_of(*names: str) -> Callable[[str], tuple[str, ...]]:
    """Make the parser of some of these names, comma-separated, in the given order, each once."""

    def parse(value: str) -> tuple[str, ...]:
        chosen = comma_separated(value)
        if len(set(chosen)) < len(chosen) or not set(chosen) <= set(names):
            raise ValueError
        return chosen

    return parse


def comma_separated(value: str) -> tuple[str, ...]:
    """Split text at commas, without blanks around the parts."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def networks(value: str) -> tuple[Network, ...]:
    """Parse networks such as `10.1.0.0/16` and `fd00::/8`, comma-separated."""
    return tuple(ipaddress.ip_network(part) for part in comma_separated(value))


def region(value: str) -> str:
    """Parse an Azure region; it becomes part of a host name, so no other characters are allowed."""
    if not re.fullmatch("[a-z0-9]+", value):
        raise ValueError
    return value


def web_address(value: str) -> str:
    """Parse the base of HTTP addresses: no user, query or fragment, no slash at its end."""
    parts = urlsplit(value.rstrip("/"))
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError
    return parts.geturl()


def web_addresses(value: str) -> tuple[str, ...]:
    """Parse web addresses, comma-separated; a slash at the end stays, since issuers have one."""
    addresses = comma_separated(value)
    for address in addresses:
        web_address(address)
    return addresses


def secret_arn(value: str) -> str:
    """Parse the ARN of a secret of AWS Secrets Manager; its region is the fourth part."""
    if not re.fullmatch(
        r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[\w/+=.@-]+", value
    ):
        raise ValueError
    return value


def duration_up_to(longest: timedelta) -> Callable[[str], timedelta | None]:
    """Make the parser of an ISO 8601 duration; zero is None."""

    def parse(value: str) -> timedelta | None:
        duration = parse_duration(value)
        if duration > longest:
            raise ValueError
        return duration or None

    return parse
