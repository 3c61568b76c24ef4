"""Fast transcription: one upload, one answer, nothing kept.

https://learn.microsoft.com/rest/api/speechtotext/transcriptions/transcribe
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from functions.api import descriptions
from functions.api.incoming_body import IncomingBody
from functions.api.multipart import Part, read_multipart
from functions.api.problems import Problem
from functions.api.query import is_known_api_version, query_parameters
from functions.api.recogniser import collect_transcript, find_supported_locale
from functions.api.request_record import record_of
from functions.api.service import SpeechService
from functions.api.transcription_definition import (
    TranscriptionDefinition,
    invalid_argument,
    parse_definition,
)
from shared.audio.stream import AudioLimits, AudioStream, open_audio
from shared.errors import FeatureUnavailable
from shared.formats.fast_transcription import fast_transcription_result
from shared.recognition.options import Priority, RecognitionOptions
from shared.recognition.recogniser import RecognitionStatistics
from shared.settings import Settings

# The definition, the boundaries and the headers of the parts beside the audio.
_FORM_OVERHEAD_BYTES = 1_000_000

_LOCALES_PATH = "/speechtotext/transcriptions/locales"


def create_router(service: SpeechService) -> APIRouter:
    """Routes `POST /speechtotext/transcriptions:transcribe` and `GET …/transcriptions/locales`."""
    router = APIRouter(
        tags=["Fast transcription"],
        dependencies=[Depends(service.authenticator.require), Depends(require_api_version)],
    )

    async def transcribe(request: Request) -> Response:
        """Transcribe an audio file in one request.

        The audio is the part `audio`, or what `definition.audioUrl` leads to. Its format is
        found in its bytes; file name and content type are ignored.
        """
        with service.recogniser.admit():
            return JSONResponse(await _transcribe(service, request))

    async def locales() -> Response:
        """List the locales that this server's model can transcribe."""
        supported = service.recogniser.supported_locales()
        return JSONResponse({"Submit": supported, "Transcribe": supported})

    router.add_api_route(
        "/speechtotext/transcriptions:transcribe",
        transcribe,
        methods=["POST"],
        summary="Transcribe an audio file",
        openapi_extra=descriptions.FAST_TRANSCRIPTION,
    )
    router.add_api_route(
        _LOCALES_PATH,
        locales,
        methods=["GET"],
        summary="List supported locales",
        openapi_extra=descriptions.LOCALES,
    )
    router.add_api_route(_LOCALES_PATH, locales, methods=["HEAD"], include_in_schema=False)
    return router


async def require_api_version(request: Request) -> None:
    """Refuse a request without a known `api-version`.

    Raises
    ------
    Problem: 400.
    """
    version = query_parameters(request).get("api-version")
    if not version:
        raise invalid_argument("The query parameter api-version is missing.")
    if not is_known_api_version(version):
        raise invalid_argument(
            "The query parameter api-version must be a date from 2024-05-15, such as 2025-10-15."
        )


async def _transcribe(service: SpeechService, request: Request) -> dict[str, Any]:
    settings, record = service.settings, record_of(request)
    body = IncomingBody(request.receive, max_bytes=settings.max_upload_bytes + _FORM_OVERHEAD_BYTES)
    try:
        parts = await _read_form(request, body)
    finally:
        record.body_bytes = body.n_bytes
    audio = _only_part(parts, "audio")
    definition_part = _only_part(parts, "definition")
    definition = parse_definition(bytes(definition_part.data) if definition_part else b"")
    _refuse_unserved(definition, settings)
    options = _recognition_options(service, definition)
    if audio is None and not definition.audio_url:
        raise Problem(
            400,
            "The request has neither a part audio nor definition.audioUrl.",
            code="InvalidRequest",
            inner_code="EmptyRequest",
        )
    record.statistics = statistics = RecognitionStatistics()

    def work(cancelled: threading.Event) -> dict[str, Any]:
        with _opened(audio, definition, settings) as stream:
            # Nothing to separate in mono; the contract ignores `channels` there.
            channels = tuple(definition.channels or ()) if stream.n_channels > 1 else ()
            transcript = collect_transcript(
                service.recogniser,
                stream,
                replace(options, channels=channels),
                statistics,
                cancelled,
            )
        record.n_phrases = len(transcript.phrases)
        return fast_transcription_result(transcript, channels)

    return await service.threads.run(work, body)


async def _read_form(request: Request, body: IncomingBody) -> tuple[Part, ...]:
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != "multipart/form-data":
        raise Problem(415, "The content type must be multipart/form-data.")
    return await read_multipart(
        aiter(body),
        content_type,
        max_bytes=body.max_bytes,
        content_length=content_length(request),
    )


def content_length(request: Request) -> int | None:
    """Length that the request announces, None where it is chunked."""
    announced = request.headers.get("content-length", "")
    return int(announced) if announced.isascii() and announced.isdigit() else None


def _only_part(parts: Iterable[Part], name: str) -> Part | None:
    """Return the part of that name; which of two was meant is not guessed."""
    named = [part for part in parts if part.name == name]
    if len(named) > 1:
        raise Problem(
            400,
            f"The form has more than one part {name}.",
            code="InvalidRequest",
            inner_code="InvalidPayload",
        )
    return named[0] if named else None


def _refuse_unserved(definition: TranscriptionDefinition, settings: Settings) -> None:
    """Say no to what this release does not do, rather than leave it out of the answer."""
    for model in (definition.models or {}).values():
        if model.rstrip("/").rpartition("/")[2] != settings.model:
            raise invalid_argument("definition.models names an unknown model.", "InvalidModel")
    if definition.tells_speakers_apart and not settings.diarization:
        raise FeatureUnavailable("definition.diarization is not available on this server.")
    if definition.translates:
        raise FeatureUnavailable(
            "definition.enhancedMode.task translate is not available on this server."
        )


def _recognition_options(
    service: SpeechService, definition: TranscriptionDefinition
) -> RecognitionOptions:
    return RecognitionOptions(
        locales=tuple(
            find_supported_locale(service.recogniser, locale) for locale in definition.locales or ()
        ),
        word_timestamps=True,  # `words` is there in every answer of this contract
        profanity=definition.profanity,
        speakers=definition.speakers,
        phrases=definition.phrases,
        phrase_weight=definition.phrase_weight,
        priority=Priority.FILE,
    )


@contextmanager
def _opened(
    audio: Part | None, definition: TranscriptionDefinition, settings: Settings
) -> Iterator[AudioStream]:
    """Audio of the form, or of the URL where the form has none. Blocks."""
    limits = AudioLimits(max_bytes=settings.max_upload_bytes, max_duration_s=settings.max_audio_s)
    if audio is not None:
        with open_audio(audio.data, limits=limits) as stream:
            yield stream
        return
    # 75 ms of import that a start without any audioUrl need not pay.
    from shared.fetch import FetchLimits, fetch  # noqa: PLC0415

    with (
        fetch(
            definition.audio_url or "",
            limits=FetchLimits(max_bytes=settings.max_upload_bytes),
            allowed_networks=settings.allowed_networks,
        ) as pieces,
        open_audio(pieces, limits=limits) as stream,
    ):
        yield stream
