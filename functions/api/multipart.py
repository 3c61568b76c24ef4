"""Uploads (`multipart/form-data`, RFC 7578) parsed in memory while they arrive.

Starlette's form parser spools every part over 1 MB to a temporary file, where audio must never
end up, and decodes a part without a filename as text, though the Azure SDK sends audio that way.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from multipart import (
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
    parse_options_header,
)

from shared.errors import AudioTooLarge, SpeechError

MAX_HEADER_LINE_BYTES = 4096
MAX_HEADERS_PER_PART = 8
MAX_PARTS = 16
# All parts but the audio: a definition, or OpenAI's fields. They are parsed as text and JSON, which
# takes 13 times their size.
MAX_TEXT_BYTES = 1_000_000
MAX_BOUNDARY_BYTES = 200  # RFC 2046 allows 70


class MalformedMultipart(SpeechError):
    """The body is not a complete multipart form."""


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form.

    `data` is a read-only view of the only copy; it lives as long as the part or a slice of it.
    `content_type` is lower case without parameters. Neither it nor `filename` identifies the
    format of the bytes: clients leave both out, or invent them.
    """

    name: str
    filename: str | None
    content_type: str | None
    data: memoryview

    def text(self) -> str:
        """Decode the part as UTF-8, with or without a byte order mark.

        Raises
        ------
        MalformedMultipart: the bytes are not UTF-8.
        """
        try:
            return str(self.data, "utf-8-sig")
        except UnicodeDecodeError:
            # Not chained: the error holds the bytes.
            pass
        raise MalformedMultipart("A text part of the form is not UTF-8.")


async def read_multipart(
    chunks: AsyncIterator[bytes],
    content_type: str,
    *,
    max_bytes: int,
    audio_part: str,
    content_length: int | None = None,
    max_parts: int = MAX_PARTS,
) -> tuple[Part, ...]:
    """Read a form of at most `max_bytes` in total; parts keep their order.

    All parts with another name than `audio_part` have at most `MAX_TEXT_BYTES` together.

    Holds one copy of the data, up to an eighth of it in growth, and one chunk. Stops reading
    once a limit is exceeded.

    `chunks` is the body as it arrives, such as `request.stream()`; `content_type` the request's
    header, with its boundary; `content_length` likewise, None if absent: an upload that
    announces too much is refused before it is read.

    Raises
    ------
    AudioTooLarge: more than `max_bytes`, or `MAX_TEXT_BYTES`.
    MalformedMultipart: not `multipart/form-data`, broken or cut off, too many parts, or
        headers that are too long.
    """
    if content_length is not None and content_length > max_bytes:
        raise _too_large(max_bytes)
    form = _Form(_boundary(content_type), max_parts, audio_part)
    n_bytes = 0
    async for chunk in chunks:
        n_bytes += len(chunk)
        if n_bytes > max_bytes:
            raise _too_large(max_bytes)
        form.feed(chunk)
    return form.finish()


class _Form:
    """Parts parsed so far, fed chunk by chunk."""

    def __init__(self, boundary: bytes, max_parts: int, audio_part: str) -> None:
        self._parser = PushMultipartParser(
            boundary,
            max_header_size=MAX_HEADER_LINE_BYTES,
            max_header_count=MAX_HEADERS_PER_PART,
            max_segment_count=max_parts,
        )
        self._parts: list[tuple[MultipartSegment, bytearray]] = []
        self._audio_part = audio_part
        self._n_text_bytes = 0

    def feed(self, chunk: bytes) -> None:
        """Parse one more chunk of the body; an empty chunk does not end it."""
        if not chunk:
            return
        for event in self._events(chunk):
            if isinstance(event, MultipartSegment):
                self._parts.append((event, bytearray()))
            elif event is not None:
                segment, data = self._parts[-1]
                if segment.name != self._audio_part:
                    self._n_text_bytes += len(event)
                if self._n_text_bytes > MAX_TEXT_BYTES:
                    raise AudioTooLarge(
                        f"The parts beside the audio have more than {MAX_TEXT_BYTES} bytes."
                    )
                data.extend(event)

    def finish(self) -> tuple[Part, ...]:
        """Return the parts after the end of the body."""
        for _ in self._events(b""):
            pass
        return tuple(
            Part(
                name=segment.name or "",
                filename=segment.filename,
                content_type=segment.content_type,
                data=memoryview(data).toreadonly(),
            )
            for segment, data in self._parts
        )

    def _events(self, chunk: bytes) -> Iterator[MultipartSegment | bytes | None]:
        # The parser's messages are not passed on: they may quote the input.
        try:
            yield from self._parser.parse(chunk)
        except ParserLimitReached:
            message = "The form has too many parts, or headers that are too long."
        except (MultipartError, ValueError):
            message = "The body is not a complete multipart form."
        else:
            return
        raise MalformedMultipart(message)


def _boundary(content_type: str) -> bytes:
    media_type, options = parse_options_header(content_type)
    if media_type.strip().lower() != "multipart/form-data":
        raise MalformedMultipart("The content type must be multipart/form-data.")
    boundary: bytes = options.get("boundary", "").encode("utf-8", "replace")
    if not 0 < len(boundary) <= MAX_BOUNDARY_BYTES or b"\n" in boundary or b"\r" in boundary:
        raise MalformedMultipart("The content type must name the boundary of the form.")
    return boundary


def _too_large(max_bytes: int) -> AudioTooLarge:
    return AudioTooLarge(f"The request is larger than the {max_bytes} bytes allowed here.")
