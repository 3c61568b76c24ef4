"""Fast transcription: one upload, one answer, nothing stored.

https://learn.microsoft.com/rest/api/speechtotext/transcriptions/transcribe
"""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from functions.api.admission import AdmittedRequest, caller_of
from functions.api.query import is_known_api_version, query_parameters
from functions.api.request_record import record_of
from functions.api.service import SpeechService
from functions.api.transcription_definition import TranscriptionDefinition, invalid_argument
from functions.api.uploads import (
    open_upload,
    plan_translation,
    read_upload,
    recognition_options,
    separate_channels,
)
from shared.formats.dropped_field import dropped_headers
from shared.formats.fast_transcription import fast_transcription_result
from shared.scheduling import CheckCancelled
from shared.transcription.transcribe import transcribe
from shared.translation.speech import replace_with_translation

_LOCALES_PATH = "/speechtotext/transcriptions/locales"


def create_router(service: SpeechService) -> APIRouter:
    """Routes `POST /speechtotext/transcriptions:transcribe` and `GET …/transcriptions/locales`."""
    router = APIRouter(
        dependencies=[Depends(service.authenticator.require), Depends(require_api_version)],
    )

    async def transcribe(request: Request) -> Response:
        """Transcribe an audio file in one request.

        The audio is the part `audio`, or the file at `definition.audioUrl`. Its format is
        detected from its bytes; file name and content type are ignored.
        """
        with service.admission.enter(caller_of(request)) as admitted:
            return await _transcribe(service, request, admitted)

    async def locales() -> Response:
        """List the locales that this server's model can transcribe."""
        supported = service.transcriber.supported_locales()
        return JSONResponse({"Submit": supported, "Transcribe": supported})

    router.add_api_route("/speechtotext/transcriptions:transcribe", transcribe, methods=["POST"])
    router.add_api_route(_LOCALES_PATH, locales, methods=["GET", "HEAD"])
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


async def _transcribe(
    service: SpeechService, request: Request, admitted: AdmittedRequest
) -> Response:
    upload = await read_upload(service, request, admitted, TranscriptionDefinition)
    options = recognition_options(service, upload.definition)
    target = upload.definition.translation_target
    plan = None if target is None else await plan_translation(service, options, (target,))
    options = options if plan is None else plan.options(options)
    record = record_of(request)

    def work(check_cancelled: CheckCancelled) -> tuple[dict[str, Any], dict[str, str]]:
        with record.recognising(), open_upload(upload, service.settings) as stream:
            channels = separate_channels(upload.definition, stream)
            transcript = transcribe(
                service.transcriber, stream, replace(options, channels=channels), check_cancelled
            )
        record.add_transcript(transcript)
        if plan is not None and target is not None:
            transcript = replace_with_translation(plan.translated(transcript), target)
        return fast_transcription_result(transcript, channels), dropped_headers(transcript)

    result, headers = await service.threads.run(work, upload.body)
    return JSONResponse(result, headers=headers)
