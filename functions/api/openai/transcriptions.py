"""OpenAI's transcription API: one form in, one transcript out or phrase by phrase, nothing kept.

https://platform.openai.com/docs/api-reference/audio/createTranscription
"""

import threading
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from functions.api.incoming_body import ClientGone, IncomingBody
from functions.api.openai import descriptions
from functions.api.openai.event_stream import Emit, EventStream
from functions.api.openai.problems import RequiresKey, in_openai_words
from functions.api.openai.transcription_request import (
    ResponseFormat,
    TranscriptionRequest,
    read_transcription_request,
)
from functions.api.recogniser import collect_transcript
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
from shared.transcript import Phrase, Transcript
from shared.transcription.local_transcriber import RecognitionStatistics

_MAX_FIELDS = 1_000  # most of them keywords


def create_router(service: SpeechService) -> APIRouter:
    """Route `POST /v1/audio/transcriptions`."""
    router = APIRouter(
        tags=["OpenAI audio"], dependencies=[Depends(RequiresKey(service.authenticator))]
    )

    async def transcribe(request: Request) -> Response:
        """Transcribe an audio file, as OpenAI's audio API does.

        The format of the audio is found in its bytes; file name and content type are ignored.
        """
        with ExitStack() as opened:
            opened.enter_context(service.admission.admit())
            work = await _read_work(service, request)
            if not work.asked.streams:
                return written(work.asked, await service.threads.run(work.transcribe, work.body))
            # The request stays under way until its last event.
            return EventStream(work.stream, service.threads, work.body, opened.pop_all().close)

    router.add_api_route(
        "/v1/audio/transcriptions",
        transcribe,
        methods=["POST"],
        summary="Transcribe an audio file (OpenAI)",
        operation_id="create_transcription",
        openapi_extra=descriptions.TRANSCRIPTION,
    )
    return router


class _Work:
    """One request to be served, in a thread."""

    def __init__(
        self,
        service: SpeechService,
        asked: TranscriptionRequest,
        body: IncomingBody,
        record: RequestRecord,
    ) -> None:
        self.asked = asked
        self.body = body
        self._recogniser = service.recogniser
        self._limits = upload_limits(service.settings)
        self._record = record
        self._statistics = record.statistics = RecognitionStatistics()

    def transcribe(self, cancelled: threading.Event) -> Transcript:
        """Recognise all of the audio."""
        with self._opened() as stream:
            transcript = collect_transcript(
                self._recogniser, stream, self.asked.options, self._statistics, cancelled
            )
        self._record.n_phrases = len(transcript.phrases)
        return transcript

    def stream(self, cancelled: threading.Event, emit: Emit) -> None:
        """Recognise phrase by phrase.

        Speakers need all of the audio: where they are asked for, the events come at its end.
        """
        if self.asked.response_format is ResponseFormat.DIARIZED_JSON:
            for event in diarized_events(self.transcribe(cancelled)):
                emit(event)
            return
        text = ""
        phrases: list[Phrase] = []
        with self._opened() as stream:
            for phrase in self._phrases(stream, cancelled):
                delta = continuation(text, phrase.best.display)
                phrases.append(phrase)
                text += delta
                emit(delta_event(delta))
        self._record.n_phrases = len(phrases)
        emit(done_event(text, languages_of(phrases)))

    def _phrases(self, stream: AudioStream, cancelled: threading.Event) -> Iterator[Phrase]:
        results = self._recogniser.recognise(stream, self.asked.options, self._statistics)
        try:
            for result in results:
                if cancelled.is_set():
                    raise ClientGone
                if isinstance(result, Phrase) and result.best.display:
                    yield result
        finally:
            if isinstance(results, Generator):
                results.close()  # now, not when it is collected: others wait for the engine

    @contextmanager
    def _opened(self) -> Iterator[AudioStream]:
        with in_openai_words(), open_audio(self.asked.audio, limits=self._limits) as stream:
            yield stream


async def _read_work(service: SpeechService, request: Request) -> _Work:
    asked, body = await read_openai_form(service, request)
    return _Work(service, asked, body, record_of(request))


async def read_openai_form(
    service: SpeechService, request: Request
) -> tuple[TranscriptionRequest, IncomingBody]:
    """Read the form and check it before any of the audio is decoded.

    Raises
    ------
    Problem: 415 for another content type, 400 or 404 for what is wrong in a field.
    MalformedMultipart, AudioTooLarge, ClientGone, ClientStalled: while it is read.
    """
    parts, body = await receive_form(request, service.settings, _MAX_FIELDS)
    return read_transcription_request(parts, service.settings.model, service.recogniser), body


def written(asked: TranscriptionRequest, transcript: Transcript) -> Response:
    """Write the answer in the format that was asked for."""
    match asked.response_format:
        case ResponseFormat.TEXT:
            return PlainTextResponse(transcription_text(transcript))
        case ResponseFormat.SRT:
            return PlainTextResponse(srt(transcript))
        case ResponseFormat.VTT:
            return PlainTextResponse(webvtt(transcript), media_type="text/vtt")
        case ResponseFormat.VERBOSE_JSON:
            locale = next(iter(asked.options.locales), None)
            return JSONResponse(verbose_json(transcript, asked.granularities, locale))
        case ResponseFormat.DIARIZED_JSON:
            return JSONResponse(diarized_json(transcript))
    return JSONResponse(transcription_json(transcript))
