"""Speech to text for short audio: one clip in, one result out, decoded while it arrives.

https://learn.microsoft.com/azure/ai-services/speech-service/rest-speech-to-text-short
With the header `Pronunciation-Assessment` the result has scores, see `assessment_options.py`.
"""

from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from functions.api.admission import AdmittedRequest, caller_of
from functions.api.assessment_options import UnusableAssessment, read_assessment_header
from functions.api.incoming_body import ClientDisconnected, ClientStalled, IncomingBody
from functions.api.problems import Problem
from functions.api.query import query_parameters
from functions.api.request_record import record_of
from functions.api.service import SpeechService
from shared.assessment import AssessmentOptions
from shared.audio.source import AudioSource
from shared.audio.stream import AudioLimits, open_audio
from shared.errors import AudioTooLong, EmptyAudio, SpeechError
from shared.formats.pronunciation import AssessedSpeech, flat_result
from shared.formats.short_audio import detailed_result, error_result, simple_result
from shared.privacy.log_fields import exception_fields
from shared.recognition.options import RecognitionOptions
from shared.scheduling import CheckCancelled
from shared.text_forms.profanity import ProfanityMode
from shared.transcript import Transcript
from shared.transcription.assess import AssessedTranscript, assess
from shared.transcription.transcribe import transcribe
from shared.transcription.transcriber import find_supported_locale

MAX_AUDIO_S = 60
MAX_ASSESSED_AUDIO_S = 30
# A minute that is sent while it is recorded, in any codec, and as much again for the network.
MAX_UPLOAD_S = 120.0
MODES = ("conversation", "dictation", "interactive")

# A minute of 32 bit stereo at 48 kHz is 23 MB; longer uploads cannot be within the limit.
_MAX_BODY_BYTES = 32_000_000

PROFANITY_MODES = {
    "masked": ProfanityMode.MASKED,
    "removed": ProfanityMode.REMOVED,
    "remove": ProfanityMode.REMOVED,  # spelling of one page of the documentation
    "raw": ProfanityMode.RAW,
}
FORMATS = ("simple", "detailed")

# The format is detected from the bytes. `audio/…` adds nothing to that, curl's `--data-binary`
# without a header sends a form's type, and only types that cannot be audio are refused.
_UNTYPED = {"", "application/octet-stream", "application/ogg", "application/x-www-form-urlencoded"}

_NO_AUDIO = Transcript(duration_s=0.0, n_channels=1, phrases=(), dropped=())
_ASSESSMENT_HEADER = "Pronunciation-Assessment"


@dataclass(frozen=True, slots=True)
class _ShortAudioRequest:
    """Options of one request. assessment: None where there is none."""

    recognition: RecognitionOptions
    is_detailed: bool
    assessment: AssessmentOptions | None

    @property
    def max_audio_s(self) -> int:
        """Longest audio."""
        return MAX_AUDIO_S if self.assessment is None else MAX_ASSESSED_AUDIO_S


def create_router(service: SpeechService) -> APIRouter:
    """Route `POST /speech/recognition/{mode}/cognitiveservices/v1` for the three modes."""
    router = APIRouter(dependencies=[Depends(service.authenticator.require_short_audio)])

    async def recognise(request: Request) -> Response:
        """Recognise up to 60 seconds of speech.

        The body is the audio itself, which may be sent in chunks while it is being recorded.
        """
        wanted = _read_request(service, request)
        with service.admission.enter(caller_of(request)) as admitted:
            recognised = await _recognise(service, request, wanted, admitted)
        return _json(error_result() if recognised is None else _result(wanted, recognised))

    for mode in MODES:
        path = f"/speech/recognition/{mode}/cognitiveservices/v1"
        router.add_api_route(path, recognise, methods=["POST"])
    return router


def _read_request(service: SpeechService, request: Request) -> _ShortAudioRequest:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in _UNTYPED and not media_type.startswith(("audio/", "video/")):
        raise Problem(415, "The content type must name audio, such as audio/wav or audio/ogg.")
    query = query_parameters(request)
    if not query.get("language"):
        raise Problem(400, "The query parameter language is missing, such as language=en-US.")
    result_format = query.get("format", "simple").lower()
    if result_format not in FORMATS:
        raise Problem(400, "The query parameter format must be simple or detailed.")
    profanity = PROFANITY_MODES.get(query.get("profanity", "masked").lower())
    if profanity is None:
        raise Problem(400, "The query parameter profanity must be masked, removed or raw.")
    detailed = result_format == "detailed"
    recognition = RecognitionOptions(
        locales=(find_supported_locale(service.transcriber, query["language"]),),
        word_timestamps=detailed and query.get("wordleveltimestamps", "").lower() == "true",
        profanity=profanity,
        batch_segments=1,  # speech is recognised while the client still records
    )
    assessment = _read_assessment(request)
    return _ShortAudioRequest(recognition, detailed or assessment is not None, assessment)


def _read_assessment(request: Request) -> AssessmentOptions | None:
    header = request.headers.get(_ASSESSMENT_HEADER)
    if header is None:
        return None
    try:
        return read_assessment_header(header)
    except UnusableAssessment as error:
        raise Problem(400, str(error)) from None


async def _recognise(
    service: SpeechService,
    request: Request,
    wanted: _ShortAudioRequest,
    admitted: AdmittedRequest,
) -> AssessedTranscript | None:
    """Transcript of the body, and its assessment; None after an unexpected error."""
    record = record_of(request)
    max_bytes = min(_MAX_BODY_BYTES, service.settings.max_upload_bytes)
    limits = AudioLimits(max_bytes=max_bytes, max_duration_s=wanted.max_audio_s)
    body = IncomingBody(
        request.receive,
        max_bytes=max_bytes,
        least_bytes_per_s=0,
        total_s=MAX_UPLOAD_S,
        request=admitted,
    )
    source: AudioSource = body

    def work(check_cancelled: CheckCancelled) -> AssessedTranscript:
        with record.recognising(), open_audio(source, limits=limits) as stream:
            model, options = service.transcriber, wanted.recognition
            if wanted.assessment is not None:
                return assess(model, stream, options, wanted.assessment, check_cancelled)
            return AssessedTranscript(transcribe(model, stream, options, check_cancelled), None)

    try:
        if not admitted.begin_work_on_arriving():
            source = await body.read_whole()
            admitted.begin_work()
        recognised = await service.threads.run(work, body)
    except EmptyAudio:
        recognised = AssessedTranscript(_NO_AUDIO, None)
    except AudioTooLong:
        raise _too_long(wanted) from None
    except (SpeechError, ClientDisconnected, ClientStalled):
        raise
    except Exception as error:  # noqa: BLE001 - the contract has a status for it
        structlog.get_logger().error("recognition_failed", **exception_fields(error))
        return None
    finally:
        record.body_bytes = body.n_bytes
    record.add_transcript(recognised.transcript)
    record.add_assessment(recognised.assessment)
    return recognised


def _result(wanted: _ShortAudioRequest, recognised: AssessedTranscript) -> dict[str, Any]:
    transcript, assessment = recognised.transcript, recognised.assessment
    if wanted.assessment is not None and assessment is not None:
        return flat_result(transcript.phrases, AssessedSpeech(assessment, wanted.assessment))
    return detailed_result(transcript) if wanted.is_detailed else simple_result(transcript)


def _too_long(wanted: _ShortAudioRequest) -> Problem:
    instead = (
        "For longer audio use fast transcription: "
        "POST /speechtotext/transcriptions:transcribe?api-version=2025-10-15."
        if wanted.assessment is None
        else "To assess longer audio use the Speech SDK: real time."
    )
    return Problem(400, f"The audio is longer than {wanted.max_audio_s} seconds. {instead}")


def _json(result: dict[str, Any]) -> Response:
    return JSONResponse(result, media_type="application/json; charset=utf-8")
