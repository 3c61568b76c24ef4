"""Attributes of a tag."""

import re

_ATTRIBUTE = re.compile(r"([^\s=/\"'<>]++)(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s>]++))?+")


def read_attributes(text: str) -> dict[str, str]:
    """Values by name in lower case, without their quotes; character references stay."""
    return {name.lower(): _unquoted(value) for name, value in _ATTRIBUTE.findall(text)}


def _unquoted(value: str) -> str:
    if value[:1] in {'"', "'"} and value[0] == value[-1] and len(value) > 1:
        return value[1:-1]
    return value
