"""Text to speech: SSML or OpenAI's JSON in, encoded audio out, sentence by sentence.

https://learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech
https://platform.openai.com/docs/api-reference/audio/createSpeech
"""

from functools import cache
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from functions.api.openai.problems import RequireKey
from functions.api.service import SpeechService

SPEECH_MODELS = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts")

if TYPE_CHECKING:
    from functions.api.text_to_speech.answers import SpeechAnswers


def create_router(service: SpeechService) -> APIRouter:
    """Route `/cognitiveservices/v1`, `/cognitiveservices/voices/list` and OpenAI's `/v1/audio/...`.

    Voice pickers of OpenAI's clients request `/v1/audio/voices` and `/v1/audio/models`, which
    OpenAI itself does not have.
    """
    router = APIRouter()
    azure = [Depends(service.authenticator.require)]
    openai = [Depends(RequireKey(service.authenticator))]

    @cache
    def answers() -> "SpeechAnswers":
        from functions.api.text_to_speech.answers import SpeechAnswers  # noqa: PLC0415

        return SpeechAnswers(service)

    @router.post("/cognitiveservices/v1", dependencies=azure)
    async def speak_ssml(request: Request) -> Response:
        """Synthesise an SSML document.

        The audio starts before the last sentence is synthesised; the header
        `X-Microsoft-OutputFormat` selects its format.
        """
        return await answers().speak_ssml(request)

    @router.get("/cognitiveservices/voices/list", dependencies=azure)
    async def list_voices() -> Response:
        """List the voices of this server, preferred ones first."""
        return await answers().list_voices()

    @router.post("/v1/audio/speech", dependencies=openai)
    async def create_speech(request: Request) -> Response:
        """Synthesise a text, as OpenAI's audio API does."""
        return await answers().create_speech(request)

    @router.get("/v1/audio/voices", dependencies=openai)
    async def list_openai_voices() -> Response:
        """List the voices of this server by the names that `voice` takes."""
        return await answers().list_openai_voices()

    @router.get("/v1/audio/models", dependencies=openai)
    async def list_speech_models() -> Response:
        """List OpenAI's models of speech: the voice alone decides, whichever is named."""
        return JSONResponse({"models": [{"id": name, "name": name} for name in SPEECH_MODELS]})

    return router
