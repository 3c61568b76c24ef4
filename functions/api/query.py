"""Query parameters with case-insensitive names."""

import re
from datetime import date

from starlette.requests import Request

_API_VERSION = re.compile(r"(\d{4}-\d{2}-\d{2})(-preview(\.\d+)?)?", re.ASCII)
_OLDEST_API_VERSION = date(2024, 5, 15)


def query_parameters(request: Request) -> dict[str, str]:
    """Query parameters by name in lower case; the first of repeated ones counts."""
    parameters: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        parameters.setdefault(name.lower(), value.strip())
    return parameters


def is_known_api_version(text: str) -> bool:
    """Whether this is a version of fast transcription: a date from 2024-05-15, maybe a preview."""
    match = _API_VERSION.fullmatch(text)
    if match is None:
        return False
    try:
        return date.fromisoformat(match[1]) >= _OLDEST_API_VERSION
    except ValueError:
        return False
