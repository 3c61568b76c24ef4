"""OpenAI's transcription API: one form in, a transcript or an event stream out, nothing stored.

https://platform.openai.com/docs/api-reference/audio/createTranscription
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from functions.api.admission import AdmittedRequest, caller_of
from functions.api.incoming_body import IncomingBody
from functions.api.openai.event_stream import Emit, EventStream
from functions.api.openai.problems import RequireKey, as_openai_problems
from functions.api.openai.transcription_request import (
    ResponseFormat,
    TranscriptionRequest,
    read_transcription_request,
)
from functions.api.request_record import RequestRecord, record_of
from functions.api.service import SpeechService
from functions.api.uploads import receive_form, upload_limits
from shared.audio.stream import AudioStream, open_audio
from shared.formats.openai_audio import (
    continuation,
    delta_event,
    diarized_events,
    diarized_json,
    done_event,
    languages_of,
    transcription_json,
    transcription_text,
    verbose_json,
)
from shared.formats.subtitles import srt, webvtt
from shared.scheduling import CheckCancelled
from shared.transcript import Phrase, RecognitionCost, Transcript
from shared.transcription.transcribe import transcribe

_MAX_FIELDS = 1_000  # most of them keywords


def create_router(service: SpeechService) -> APIRouter:
    """Route `POST /v1/audio/transcriptions`."""
    router = APIRouter(dependencies=[Depends(RequireKey(service.authenticator))])

    async def create_transcription(request: Request) -> Response:
        """Transcribe an audio file, as OpenAI's audio API does.

        The format of the audio is detected from its bytes; file name and content type are ignored.
        """
        with ExitStack() as opened:
            admitted = opened.enter_context(service.admission.enter(caller_of(request)))
            work = await _read_work(service, request, admitted)
            if not work.request.streams:
                return write_response(
                    work.request, await service.threads.run(work.transcribe, work.body)
                )
            # The request stays under way until its work ends.
            return EventStream(work.stream, service.threads, work.body, opened.pop_all().close)

    router.add_api_route("/v1/audio/transcriptions", create_transcription, methods=["POST"])
    return router


class _TranscriptionWork:
    """The work of one request, which runs in a thread."""

    def __init__(
        self,
        service: SpeechService,
        request: TranscriptionRequest,
        body: IncomingBody,
        record: RequestRecord,
    ) -> None:
        self.request = request
        self.body = body
        self._transcriber = service.transcriber
        self._limits = upload_limits(service.settings)
        self._record = record

    def transcribe(self, check_cancelled: CheckCancelled) -> Transcript:
        """Recognise the whole audio."""
        with self._open_audio() as stream:
            transcript = transcribe(
                self._transcriber, stream, self.request.options, check_cancelled
            )
        self._record.add_transcript(transcript)
        return transcript

    def stream(self, check_cancelled: CheckCancelled, emit: Emit) -> None:
        """Recognise and emit phrase by phrase.

        Diarization needs the whole audio: with it, all events come at the end.
        """
        if self.request.response_format is ResponseFormat.DIARIZED_JSON:
            for event in diarized_events(self.transcribe(check_cancelled)):
                emit(event)
            return
        text = ""
        phrases: list[Phrase] = []
        with self._open_audio() as stream:
            for phrase in self._phrases(stream, check_cancelled):
                delta = continuation(text, phrase.best.display)
                phrases.append(phrase)
                text += delta
                emit(delta_event(delta))
        self._record.n_phrases = len(phrases)
        emit(done_event(text, languages_of(phrases)))

    def _phrases(self, stream: AudioStream, check_cancelled: CheckCancelled) -> Iterator[Phrase]:
        # Closed at once, not by the garbage collector: other work waits for the slot.
        with closing(
            self._transcriber.recognise(stream, self.request.options, check_cancelled)
        ) as results:
            for result in results:
                check_cancelled()
                if isinstance(result, RecognitionCost):
                    self._record.cost = result
                elif isinstance(result, Phrase) and result.best.display:
                    yield result

    @contextmanager
    def _open_audio(self) -> Iterator[AudioStream]:
        with (
            as_openai_problems(),
            self._record.recognising(),
            open_audio(self.request.audio, limits=self._limits) as stream,
        ):
            yield stream


async def _read_work(
    service: SpeechService, request: Request, admitted: AdmittedRequest
) -> _TranscriptionWork:
    parsed, body = await read_openai_form(service, request, admitted)
    return _TranscriptionWork(service, parsed, body, record_of(request))


async def read_openai_form(
    service: SpeechService, request: Request, admitted: AdmittedRequest
) -> tuple[TranscriptionRequest, IncomingBody]:
    """Read the form and validate it before any audio is decoded.

    Raises
    ------
    Problem: 415 for another content type, 400 or 404 for an invalid field.
    MalformedMultipart, AudioTooLarge, QueueFull, ClientDisconnected, ClientStalled: while it is
        read.
    """
    parts, body = await receive_form(
        request, service.settings, admitted, audio_part="file", max_parts=_MAX_FIELDS
    )
    parsed = read_transcription_request(
        parts, service.settings.model, service.transcriber, request.scope.get("deployment")
    )
    return parsed, body


def write_response(request: TranscriptionRequest, transcript: Transcript) -> Response:
    """Write the response in the requested format."""
    match request.response_format:
        case ResponseFormat.TEXT:
            return PlainTextResponse(transcription_text(transcript))
        case ResponseFormat.SRT:
            return PlainTextResponse(srt(transcript))
        case ResponseFormat.VTT:
            return PlainTextResponse(webvtt(transcript), media_type="text/vtt")
        case ResponseFormat.VERBOSE_JSON:
            locale = next(iter(request.options.locales), None)
            return JSONResponse(verbose_json(transcript, request.granularities, locale))
        case ResponseFormat.DIARIZED_JSON:
            return JSONResponse(diarized_json(transcript))
    return JSONResponse(transcription_json(transcript))
