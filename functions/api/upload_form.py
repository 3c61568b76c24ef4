"""The form of an upload, read while it arrives, and counted."""

from fastapi import Request

from functions.api.incoming_body import IncomingBody
from functions.api.multipart import MAX_PARTS, Part, read_multipart
from functions.api.problems import Problem
from functions.api.request_record import record_of
from shared.settings import Settings

# The fields beside the audio, the boundaries and the headers of the parts.
_OVERHEAD_BYTES = 1_000_000


async def receive_form(
    request: Request, settings: Settings, max_parts: int = MAX_PARTS
) -> tuple[tuple[Part, ...], IncomingBody]:
    """Read all parts of a form with audio of at most `SOTTO_MAX_UPLOAD_BYTES`; also the body.

    Raises
    ------
    Problem: 415 for another content type.
    MalformedMultipart, AudioTooLarge, ClientGone, ClientStalled: while it is read.
    """
    body = IncomingBody(request.receive, max_bytes=settings.max_upload_bytes + _OVERHEAD_BYTES)
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != "multipart/form-data":
        raise Problem(415, "The content type must be multipart/form-data.")
    try:
        parts = await read_multipart(
            aiter(body),
            content_type,
            max_bytes=body.max_bytes,
            content_length=_content_length(request),
            max_parts=max_parts,
        )
    finally:
        record_of(request).body_bytes = body.n_bytes
    return parts, body


def _content_length(request: Request) -> int | None:
    """Length that the request announces, None where it is chunked."""
    announced = request.headers.get("content-length", "")
    return int(announced) if announced.isascii() and announced.isdigit() else None
