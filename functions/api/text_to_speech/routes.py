"""Text to speech: SSML or OpenAI's JSON in, encoded audio out, sentence by sentence.

https://learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech
https://platform.openai.com/docs/api-reference/audio/createSpeech
"""

from functools import cache
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from functions.api.service import SpeechService
from functions.api.text_to_speech import descriptions

if TYPE_CHECKING:
    from functions.api.text_to_speech.answers import SpeechAnswers


def create_router(service: SpeechService) -> APIRouter:
    """Route `/cognitiveservices/v1`, `/cognitiveservices/voices/list` and `/v1/audio/speech`."""
    router = APIRouter(
        tags=["Text to speech"], dependencies=[Depends(service.authenticator.require)]
    )

    @cache
    def answers() -> "SpeechAnswers":
        from functions.api.text_to_speech.answers import SpeechAnswers  # noqa: PLC0415

        return SpeechAnswers(service)

    @router.post(
        "/cognitiveservices/v1",
        summary="Speak SSML",
        operation_id="speak_ssml",
        openapi_extra=descriptions.SPEAK_SSML,
    )
    async def speak_ssml(request: Request) -> Response:
        """Synthesise an SSML document.

        The audio starts before the last sentence is synthesised; the header
        `X-Microsoft-OutputFormat` selects its format.
        """
        return await answers().speak_ssml(request)

    @router.get(
        "/cognitiveservices/voices/list",
        summary="List voices",
        operation_id="list_voices",
        openapi_extra=descriptions.LIST_VOICES,
    )
    async def list_voices() -> Response:
        """List the voices of this server, preferred ones first."""
        return await answers().list_voices()

    @router.post(
        "/v1/audio/speech",
        summary="Speak text (OpenAI)",
        operation_id="create_speech",
        openapi_extra=descriptions.CREATE_SPEECH,
    )
    async def create_speech(request: Request) -> Response:
        """Synthesise a text, as OpenAI's audio API does."""
        return await answers().create_speech(request)

    return router
