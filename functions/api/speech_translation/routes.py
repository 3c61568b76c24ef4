"""Speech translation, Sotto's own route: transcript and translations in one call.

Fast transcription has one target, whose text replaces the transcript (`enhancedMode`). Here every
phrase has its words and a translation to each target, and on request the translations are
synthesised. Nothing is stored.
"""

import base64
import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from functions.api.admission import AdmittedRequest, caller_of
from functions.api.problems import Problem
from functions.api.request_record import record_of
from functions.api.service import SpeechService
from functions.api.speech_translation.definition import SpeechTranslationDefinition
from functions.api.uploads import (
    open_upload,
    plan_translation,
    read_upload,
    recognition_options,
    separate_channels,
)
from shared.formats.dropped_field import dropped_headers
from shared.formats.speech_translation import speech_translation_result
from shared.scheduling import CheckCancelled
from shared.transcription.transcribe import transcribe

if TYPE_CHECKING:
    from functions.api.speech_translation.translation_voices import (
        TranslatedSpeech,
        TranslationVoices,
    )

PATH = "/sotto/v1/speech-translations"
_MULTIPART, _JSON = "multipart/mixed", "application/json"


def create_router(service: SpeechService) -> APIRouter:
    """Route `POST /sotto/v1/speech-translations`."""
    router = APIRouter(dependencies=[Depends(service.authenticator.require)])

    @router.post(PATH)
    async def translate_speech(request: Request) -> Response:
        """Recognise speech and translate it to one language or several.

        The answer is JSON, with synthesised translations in base64; or, if `Accept` prefers
        `multipart/mixed`, that JSON and one part for each synthesised translation.
        """
        wants_parts = _wants_parts(request.headers.get("accept", ""))
        with service.admission.enter(caller_of(request)) as admitted:
            result, spoken, headers = await _translate(service, request, admitted)
        if wants_parts:
            return _multipart(result, spoken, headers)
        if spoken:
            result["speech"] = [
                _describe(speech) | {"data": base64.b64encode(speech.audio).decode()}
                for speech in spoken
            ]
        return JSONResponse(result, headers=headers)

    return router


async def _translate(
    service: SpeechService, request: Request, admitted: AdmittedRequest
) -> "tuple[dict[str, Any], list[TranslatedSpeech], dict[str, str]]":
    upload = await read_upload(service, request, admitted, SpeechTranslationDefinition)
    definition = upload.definition
    targets = tuple(dict.fromkeys(definition.targets))
    requested = recognition_options(service, definition)
    plan = await plan_translation(service, requested, targets)
    options = plan.options(requested)
    record = record_of(request)

    def work(
        check_cancelled: CheckCancelled,
    ) -> "tuple[dict[str, Any], list[TranslatedSpeech], dict[str, str]]":
        voices = _find_voices(service, definition, targets)
        with record.recognising(), open_upload(upload, service.settings) as stream:
            channels = separate_channels(definition, stream)
            recognised = transcribe(
                service.transcriber, stream, replace(options, channels=channels), check_cancelled
            )
        record.add_transcript(recognised)
        transcript = plan.translated(recognised)
        spoken = (
            []
            if voices is None
            else [voices.speak(transcript.phrases, target) for target in targets]
        )
        result = speech_translation_result(transcript, targets, channels)
        return result, spoken, dropped_headers(recognised)

    return await service.threads.run(work, upload.body)


def _find_voices(
    service: SpeechService, definition: SpeechTranslationDefinition, targets: Sequence[str]
) -> "TranslationVoices | None":
    """Find a voice for each target before any audio is decoded; None without `speech`."""
    if definition.speech is None:
        return None
    # Imports all of synthesis, which requests without `speech` do not need.
    from functions.api.speech_translation.translation_voices import TranslationVoices  # noqa: PLC0415

    return TranslationVoices(service.synthesis(), targets, definition.speech)


def _wants_parts(accept: str) -> bool:
    """Whether the client prefers `multipart/mixed` to JSON; the first of both in `Accept` counts.

    Raises
    ------
    Problem: 406, the client accepts neither.
    """
    kinds = [kind.partition(";")[0].strip().lower() for kind in accept.split(",") if kind.strip()]
    for kind in kinds:
        if kind in {_JSON, "application/*", "*/*"}:
            return False
        if kind in {_MULTIPART, "multipart/*"}:
            return True
    if kinds:
        raise Problem(406, f"The answer is {_JSON} or {_MULTIPART}.", code="InvalidRequest")
    return False


def _multipart(
    result: dict[str, Any], spoken: "Sequence[TranslatedSpeech]", headers: dict[str, str]
) -> Response:
    """Multipart response (RFC 2046): JSON, then each synthesised translation."""
    boundary = secrets.token_hex(16)
    described = result | ({"speech": list(map(_describe, spoken))} if spoken else {})
    body = b"".join(_parts(described, spoken, boundary))
    return Response(body, headers=headers, media_type=f"{_MULTIPART}; boundary={boundary}")


def _parts(
    described: dict[str, Any], spoken: "Sequence[TranslatedSpeech]", boundary: str
) -> Iterator[bytes]:
    json_text = json.dumps(described, ensure_ascii=False).encode()
    yield f"--{boundary}\r\nContent-Type: {_JSON}\r\n\r\n".encode() + json_text
    for number, speech in enumerate(spoken):
        header = f"Content-Type: {speech.media_type}\r\nContent-ID: <speech-{number}>\r\n"
        yield f"\r\n--{boundary}\r\n{header}\r\n".encode() + speech.audio
    yield f"\r\n--{boundary}--\r\n".encode()


def _describe(speech: "TranslatedSpeech") -> dict[str, str]:
    return {"target": speech.target, "voice": speech.voice, "contentType": speech.media_type}
