"""Text to speech: SSML, OpenAI's JSON, and the lists of voices."""

from typing import Literal

from pydantic import Field

from functions.api.openai.speech_request import SpeechRequest
from functions.api.problems import Shape
from functions.api.reference.errors import BUSY, RECEIVED, error_answers
from functions.api.reference.operation import (
    Answer,
    Body,
    Content,
    Operation,
    Parameter,
    json_answer,
    json_body,
)
from functions.api.reference.schemas import Bytes, PascalCase, SnakeCase
from functions.api.text_to_speech.routes import SPEECH_MODELS
from shared.synthesis.output_formats import OPENAI_FORMATS, OUTPUT_FORMATS
from shared.synthesis.voice_catalogue import PIPER, Voice
from shared.synthesis.voice_list import azure_voice_list, openai_voice_list

TAG = "Text to speech"


class VoiceEntry(PascalCase):
    """A voice in Azure's list."""

    name: str = Field(description="The long name.")
    display_name: str
    local_name: str
    short_name: str = Field(description="The name that SSML takes.")
    gender: str
    locale: str
    locale_name: str
    sample_rate_hertz: str = Field(description="A number, as text.")
    voice_type: Literal["Neural", "Standard"]
    status: Literal["GA"]


class OpenAIVoice(SnakeCase):
    """A voice in the list that OpenAI's clients read."""

    id: str = Field(description="The name that `voice` takes.")
    name: str
    language: str
    gender: str


class OpenAIVoices(SnakeCase):
    """The voices of this server."""

    voices: list[OpenAIVoice]


class SpeechModel(SnakeCase):
    """A name of a model of speech."""

    id: str
    name: str


class SpeechModels(SnakeCase):
    """The names of models of speech."""

    models: list[SpeechModel]


_VOICES = (
    Voice(
        name="Joe",
        locale="en-US",
        gender="Male",
        engine=PIPER,
        speaker="joe",
        sample_rate=22_050,
    ),
)
_NO_VOICE = {503: "No voice is set up; the message says what to install."}
_SPEECH = "The speech, sentence by sentence."

OPERATIONS = (
    Operation(
        id="speak_ssml",
        method="POST",
        path="/cognitiveservices/v1",
        tag=TAG,
        summary="Speak SSML",
        description="Synthesise an SSML document. The audio starts before the last sentence is "
        "synthesised.",
        parameters=(
            Parameter(
                name="X-Microsoft-OutputFormat",
                place="header",
                description="Format of the audio.",
                values=tuple(OUTPUT_FORMATS),
                example="riff-24khz-16bit-mono-pcm",
                is_required=True,
            ),
        ),
        body=Body(
            (
                Content(
                    str,
                    "application/ssml+xml",
                    {
                        "sentence": "<speak version='1.0' xml:lang='en-US'>"
                        "<voice name='en-US-JennyNeural'>Remind me at 5.</voice></speak>"
                    },
                ),
            )
        ),
        answers={
            200: Answer(
                _SPEECH,
                tuple(
                    Content(Bytes, media_type)
                    for media_type in sorted({one.media_type for one in OUTPUT_FORMATS.values()})
                ),
                {"X-RequestId": "Id of the request, for questions about it."},
            ),
            **error_answers(
                Shape.WRAPPED,
                RECEIVED,
                BUSY,
                _NO_VOICE,
                {
                    400: "The SSML, its voice or the output format is not valid.",
                    415: "The content type is not `application/ssml+xml`.",
                },
            ),
        },
    ),
    Operation(
        id="list_voices",
        method="GET",
        path="/cognitiveservices/voices/list",
        tag=TAG,
        summary="List voices",
        description="List the voices of this server, preferred ones first.",
        answers={
            200: json_answer(
                "The voices.", list[VoiceEntry], {"voices": azure_voice_list(_VOICES)}
            ),
            **error_answers(Shape.WRAPPED, _NO_VOICE),
        },
    ),
    Operation(
        id="createSpeech",
        method="POST",
        path="/v1/audio/speech",
        tag=TAG,
        summary="Speak text (OpenAI)",
        description="Synthesise a text, as OpenAI's audio API does.",
        body=json_body(
            SpeechRequest,
            {
                "sentence": {
                    "model": SPEECH_MODELS[0],
                    "voice": "alloy",
                    "input": "Remind me at 5.",
                    "response_format": "mp3",
                }
            },
        ),
        answers={
            200: Answer(
                _SPEECH,
                tuple(
                    Content(Bytes, media_type)
                    for media_type in dict.fromkeys(
                        one.media_type for one in OPENAI_FORMATS.values()
                    )
                ),
            ),
            **error_answers(
                Shape.OPENAI,
                RECEIVED,
                BUSY,
                _NO_VOICE,
                {400: "A member of the body is missing or not valid."},
            ),
        },
    ),
    Operation(
        id="list_openai_voices",
        method="GET",
        path="/v1/audio/voices",
        tag=TAG,
        summary="List voices (OpenAI's clients)",
        description="List the voices of this server by the names that `voice` takes. OpenAI itself "
        "has no such route; voice pickers of its clients request it.",
        answers={
            200: json_answer(
                "The voices, preferred ones first.",
                OpenAIVoices,
                {"voices": openai_voice_list(_VOICES)},
            ),
            **error_answers(Shape.OPENAI, _NO_VOICE),
        },
    ),
    Operation(
        id="list_speech_models",
        method="GET",
        path="/v1/audio/models",
        tag=TAG,
        summary="List models of speech (OpenAI's clients)",
        description="List OpenAI's models of speech. The voice alone decides, whichever is named.",
        answers={
            200: json_answer(
                "The names.",
                SpeechModels,
                {"names": {"models": [{"id": one, "name": one} for one in SPEECH_MODELS]}},
            ),
            **error_answers(Shape.OPENAI),
        },
    ),
)
