"""Uploads: multipart forms with audio, read and validated while they arrive.

`receive_form` reads any form. `read_upload` reads forms with the parts `audio` and `definition`, as
in fast transcription; the audio is the part, or the file at `definition.audioUrl`.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic

from fastapi import Request

from functions.api.admission import AdmittedRequest
from functions.api.incoming_body import (
    LEAST_BYTES_PER_S,
    LEAST_BYTES_PER_S_WHILE_RECORDING,
    IncomingBody,
)
from functions.api.multipart import MAX_PARTS, MAX_TEXT_BYTES, Part, read_multipart
from functions.api.problems import Problem
from functions.api.request_record import record_of
from functions.api.service import SpeechService
from functions.api.transcription_definition import (
    Definition,
    TranscriptionDefinition,
    invalid_argument,
    parse_definition,
    require_locale,
)
from shared.audio.stream import AudioLimits, AudioStream, open_audio
from shared.errors import FeatureUnavailable
from shared.recognition.options import RecognitionOptions
from shared.scheduling import Priority
from shared.settings import Settings
from shared.translation.speech import SpeechTranslationPlan, plan_speech_translation

# Boundaries and headers of the parts, of which OpenAI's keywords make hundreds.
_OVERHEAD_BYTES = MAX_TEXT_BYTES + 500_000


def upload_limits(settings: Settings) -> AudioLimits:
    """Limits on the size and duration of uploaded audio."""
    return AudioLimits(max_bytes=settings.max_upload_bytes, max_duration_s=settings.max_audio_s)


async def receive_form(
    request: Request,
    settings: Settings,
    admitted: AdmittedRequest,
    *,
    audio_part: str,
    max_parts: int = MAX_PARTS,
) -> tuple[tuple[Part, ...], IncomingBody]:
    """Read all parts of a form with audio of at most `SOTTO_MAX_UPLOAD_BYTES`, then begin to work.

    Returns the parts, and the body that they were read from.

    Raises
    ------
    Problem: 415 for another content type.
    MalformedMultipart, AudioTooLarge, QueueFull, ClientDisconnected, ClientStalled: while it is
        read.
    """
    announced_bytes = _content_length(request)
    body = IncomingBody(
        request.receive,
        max_bytes=settings.max_upload_bytes + _OVERHEAD_BYTES,
        request=admitted,
        least_bytes_per_s=LEAST_BYTES_PER_S_WHILE_RECORDING
        if announced_bytes is None
        else LEAST_BYTES_PER_S,
    )
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != "multipart/form-data":
        raise Problem(415, "The content type must be multipart/form-data.")
    if announced_bytes is not None and announced_bytes <= body.max_bytes:
        admitted.expect_bytes(announced_bytes)
    try:
        parts = await read_multipart(
            aiter(body),
            content_type,
            max_bytes=body.max_bytes,
            audio_part=audio_part,
            content_length=announced_bytes,
            max_parts=max_parts,
        )
    finally:
        record_of(request).body_bytes = body.n_bytes
    admitted.begin_work()
    return parts, body


@dataclass(frozen=True, slots=True)
class Upload(Generic[Definition]):
    """A received form. audio: None if the definition has an `audioUrl`."""

    audio: Part | None
    definition: Definition
    body: IncomingBody


async def read_upload(
    service: SpeechService, request: Request, admitted: AdmittedRequest, kind: type[Definition]
) -> Upload[Definition]:
    """Read the form of a request, and validate it before any audio is decoded.

    Raises
    ------
    Problem: 415 for another content type, 400 for an invalid form.
    MalformedMultipart, AudioTooLarge, QueueFull, ClientDisconnected, ClientStalled: while it is
        read.
    FeatureUnavailable: the definition needs a feature that this server lacks.
    """
    settings = service.settings
    parts, body = await receive_form(request, settings, admitted, audio_part="audio")
    audio = _only_part(parts, "audio")
    definition_part = _only_part(parts, "definition")
    json_text = bytes(definition_part.data) if definition_part else b""
    definition = await asyncio.to_thread(parse_definition, json_text, kind)
    _refuse_unsupported(definition, settings)
    if audio is None and not definition.audio_url:
        raise Problem(
            400,
            "The request has neither a part audio nor definition.audioUrl.",
            code="InvalidRequest",
            inner_code="EmptyRequest",
        )
    return Upload(audio, definition, body)


def recognition_options(
    service: SpeechService, definition: TranscriptionDefinition
) -> RecognitionOptions:
    """Recognition options of a definition.

    Raises
    ------
    UnsupportedLocale: the model does not support one of its locales.
    """
    return RecognitionOptions(
        locales=tuple(
            require_locale(service.transcriber, locale, f"definition.locales[{index}]")
            for index, locale in enumerate(definition.locales or ())
        ),
        word_timestamps=True,  # every answer of this contract has `words`
        profanity=definition.profanity,
        speakers=definition.speakers,
        phrases=definition.phrases,
        phrase_weight=definition.phrase_weight,
        priority=Priority.FILE,
    )


async def plan_translation(
    service: SpeechService, options: RecognitionOptions, targets: Sequence[str]
) -> SpeechTranslationPlan:
    """Choose translators for every language that may be spoken, before any audio is decoded.

    Raises
    ------
    UnknownLanguage, UnsupportedPair: see `plan_speech_translation`.
    """
    return await asyncio.to_thread(
        lambda: plan_speech_translation(service.translators(), options.locales, targets)
    )


def separate_channels(definition: TranscriptionDefinition, stream: AudioStream) -> tuple[int, ...]:
    """Channels to recognise separately; the contract ignores them for mono audio."""
    return tuple(definition.channels or ()) if stream.n_channels > 1 else ()


@contextmanager
def open_upload(upload: Upload[Definition], settings: Settings) -> Iterator[AudioStream]:
    """Open the audio of the form, or of the URL if the form has none. Blocks."""
    limits = upload_limits(settings)
    if upload.audio is not None:
        with open_audio(upload.audio.data, limits=limits) as stream:
            yield stream
        return
    # The import takes 75 ms, which a start without any audioUrl saves.
    from shared.fetch import FetchLimits, fetch  # noqa: PLC0415

    with (
        fetch(
            upload.definition.audio_url or "",
            limits=FetchLimits(max_bytes=settings.max_upload_bytes),
            allowed_networks=settings.allowed_networks,
        ) as pieces,
        open_audio(pieces, limits=limits) as stream,
    ):
        yield stream


def _content_length(request: Request) -> int | None:
    """Length that the request announces; None if it is chunked."""
    announced = request.headers.get("content-length", "")
    return int(announced) if announced.isascii() and announced.isdigit() else None


def _only_part(parts: Iterable[Part], name: str) -> Part | None:
    """Return the part of that name; two parts of one name are ambiguous and refused."""
    named = [part for part in parts if part.name == name]
    if len(named) > 1:
        raise Problem(
            400,
            f"The form has more than one part {name}.",
            code="InvalidRequest",
            inner_code="InvalidPayload",
        )
    return named[0] if named else None


def _refuse_unsupported(definition: TranscriptionDefinition, settings: Settings) -> None:
    """Refuse unsupported options, rather than silently ignore them."""
    for model in (definition.models or {}).values():
        if model.rstrip("/").rpartition("/")[2] != settings.model:
            raise invalid_argument("definition.models names an unknown model.", "InvalidModel")
    if definition.diarizes and not settings.diarization:
        raise FeatureUnavailable("definition.diarization is not available on this server.")
