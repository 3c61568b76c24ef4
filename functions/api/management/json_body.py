"""The JSON body of a request, read into memory and validated strictly, member by member.

Unknown members are ignored, null counts as absent, and numbers and truth values may be strings, as
in fast transcription.
"""

import asyncio
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from starlette.requests import Request

from functions.api.admission import Admission, caller_of
from functions.api.incoming_body import IncomingBody
from functions.api.problems import Problem
from functions.api.request_record import record_of
from shared.json_fields import FieldError, JsonFields

MAX_BODY_BYTES = 4 * 1024 * 1024
"""1,000 presigned addresses of S3 with a session token have about 2 MB."""

MAX_BODY_COMMAS = 100_000
"""Parsing holds the interpreter: a million values took 0.1 to 0.3 s of every other request. The
largest job has some 3 000 values, and signed addresses have next to no commas."""

_JSON_TYPE = "application/json"
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


async def read_json_body(
    request: Request,
    admission: Admission,
    media_types: Iterable[str] = (_JSON_TYPE,),
    too_many: Problem | None = None,
) -> JsonFields:
    """Read the body of a request as a JSON object.

    Raises
    ------
    Problem: 415 for another content type (a missing one counts as JSON); 400 `EmptyRequest`, or
        `InvalidRequestBodyFormat` if the body is not JSON in UTF-8, or not an object, or has more
        than `MAX_BODY_COMMAS`; `too_many` in place of the last, if it is given.
    AudioTooLarge: more than `MAX_BODY_BYTES`.
    QueueFull: too many requests are being received.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type and media_type not in media_types:
        raise Problem(415, f"The content type must be {_JSON_TYPE}.")
    with admission.receive(caller_of(request)) as admitted:
        incoming = IncomingBody(request.receive, max_bytes=MAX_BODY_BYTES, request=admitted)
        try:
            body = await incoming.read_whole()
        finally:
            record_of(request).body_bytes = incoming.n_bytes
        if not body.strip():
            raise Problem(400, "The request has no body.", inner_code="EmptyRequest")
        if body.count(b",") > MAX_BODY_COMMAS:
            message = f"The body has more than {MAX_BODY_COMMAS} values."
            raise too_many or Problem(400, message, inner_code="InvalidRequestBodyFormat")
        return await asyncio.to_thread(_fields_of, body)


def _fields_of(body: bytes) -> JsonFields:
    try:
        fields = JsonFields.parse(body, MAX_BODY_BYTES, reads_text=True)
    except FieldError as error:
        message = f"The body cannot be read: {error}."
    else:
        if not _has_lone_surrogates(body):
            return fields
        message = "The body has a lone surrogate, which UTF-8 cannot encode."
    raise Problem(400, message, inner_code="InvalidRequestBodyFormat")


def _has_lone_surrogates(body: bytes) -> bool:
    """Whether the JSON has a lone surrogate: no response could contain it."""
    if _SURROGATE.search(body):
        try:
            json.dumps(json.loads(body), ensure_ascii=False).encode()
        except UnicodeEncodeError:
            return True
    return False


@contextmanager
def refused_as(inner_code: str) -> Iterator[None]:
    """Convert a `FieldError` of the block into a problem with an inner code.

    The message names the member and its accepted values, never its value.

    Raises
    ------
    Problem: 400.
    """
    try:
        yield
    except FieldError as error:
        message = f"{error}."
    else:
        return
    raise Problem(400, message, code="InvalidArgument", inner_code=inner_code)
