"""The JSON body of a request, read in memory and strictly: what it may hold is asked for by name.

Members that nobody asks for are ignored, and null counts as absent, as in fast transcription.
"""

import asyncio
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from starlette.requests import Request

from functions.api.incoming_body import IncomingBody
from functions.api.problems import Problem
from functions.api.request_record import record_of
from shared.json_fields import FieldError, JsonFields

MAX_BODY_BYTES = 4 * 1024 * 1024
"""1,000 presigned addresses of S3 with a session token have about 2 MB."""

_JSON_TYPE = "application/json"
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


async def read_json_body(
    request: Request, media_types: Iterable[str] = (_JSON_TYPE,)
) -> JsonFields:
    """Read the object that is the body of a request.

    Raises
    ------
    Problem: 415 another content type (none is taken for JSON); 400 `EmptyRequest`, or
        `InvalidRequestBodyFormat` for what is no JSON in UTF-8 or no object.
    AudioTooLarge: more than `MAX_BODY_BYTES`.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type and media_type not in media_types:
        raise Problem(415, f"The content type must be {_JSON_TYPE}.")
    incoming = IncomingBody(request.receive, max_bytes=MAX_BODY_BYTES)
    try:
        body = b"".join([piece async for piece in incoming])
    finally:
        record_of(request).body_bytes = incoming.n_bytes
    if not body.strip():
        raise Problem(400, "The request has no body.", inner_code="EmptyRequest")
    return await asyncio.to_thread(_fields_of, body)


def _fields_of(body: bytes) -> JsonFields:
    try:
        fields = JsonFields.parse(body, MAX_BODY_BYTES)
    except FieldError as error:
        message = f"The body can not be read: {error}."
    else:
        if not _has_half_characters(body):
            return fields
        message = "The body has half of a character in it, which is no text in UTF-8."
    raise Problem(400, message, inner_code="InvalidRequestBodyFormat")


def _has_half_characters(body: bytes) -> bool:
    """Tell whether JSON has one half of a surrogate pair: nobody could answer with it."""
    if _SURROGATE.search(body):
        try:
            json.dumps(json.loads(body), ensure_ascii=False).encode()
        except UnicodeEncodeError:
            return True
    return False


@contextmanager
def refused_as(inner_code: str, place: str = "") -> Iterator[None]:
    """Turn what `JsonFields` raises in the block into a refusal with an inner code.

    The message names the member and what it may be, never what it was.

    Raises
    ------
    Problem: 400.
    """
    try:
        yield
    except FieldError as error:
        message = f"{place}{error}."
    else:
        return
    raise Problem(400, message, code="InvalidArgument", inner_code=inner_code)
