"""OpenAI's translation API: speech of any language in, English text out, nothing stored.

https://platform.openai.com/docs/api-reference/audio/createTranslation
"""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from functions.api.admission import caller_of
from functions.api.openai.problems import OpenAIProblem, RequireKey, as_openai_problems
from functions.api.openai.transcription_request import ResponseFormat, TranscriptionRequest
from functions.api.openai.transcriptions import read_openai_form, write_response
from functions.api.request_record import record_of
from functions.api.service import SpeechService
from functions.api.uploads import plan_translation, upload_limits
from shared.audio.stream import open_audio
from shared.errors import UnsupportedPair
from shared.formats.openai_audio import verbose_json
from shared.scheduling import CheckCancelled
from shared.transcript import Transcript
from shared.transcription.transcribe import transcribe
from shared.translation.speech import SpeechTranslationPlan, replace_with_translation

FORMATS = tuple(one for one in ResponseFormat if one is not ResponseFormat.DIARIZED_JSON)

_TARGET = "en"


def create_router(service: SpeechService) -> APIRouter:
    """Route `POST /v1/audio/translations`."""
    router = APIRouter(dependencies=[Depends(RequireKey(service.authenticator))])

    @router.post("/v1/audio/translations")
    async def translate(request: Request) -> Response:
        """Translate speech to English, as OpenAI's audio API does.

        A field `language`, which that API does not have, names the language of the speech.
        """
        with service.admission.enter(caller_of(request)) as admitted:
            parsed, body = await read_openai_form(service, request, admitted)
            plan = await _plan(service, parsed)
            record = record_of(request)
            limits = upload_limits(service.settings)

            def work(check_cancelled: CheckCancelled) -> Transcript:
                options = plan.options(parsed.options)
                with (
                    as_openai_problems(),
                    record.recognising(),
                    open_audio(parsed.audio, limits=limits) as stream,
                ):
                    transcript = transcribe(service.transcriber, stream, options, check_cancelled)
                record.add_transcript(transcript)
                return replace_with_translation(plan.translated(transcript), _TARGET)

            return _write_response(parsed, await service.threads.run(work, body))

    return router


async def _plan(service: SpeechService, request: TranscriptionRequest) -> SpeechTranslationPlan:
    """Choose the translators to English.

    Raises
    ------
    OpenAIProblem: 400, no translator does, or the format exists for transcripts only.
    """
    if request.streams or request.response_format not in FORMATS:
        message = "Translations support neither stream nor diarized_json."
        raise OpenAIProblem(400, message, code="unsupported_parameter", param="response_format")
    try:
        return await plan_translation(service, request.options, (_TARGET,))
    except UnsupportedPair as error:
        problem = OpenAIProblem(400, str(error), code="unsupported_language")
    raise problem


def _write_response(request: TranscriptionRequest, transcript: Transcript) -> Response:
    if request.response_format is ResponseFormat.VERBOSE_JSON:
        answer = verbose_json(transcript, ("segment",))
        return JSONResponse(answer | {"task": "translate", "language": "english"})
    return write_response(request, transcript)
