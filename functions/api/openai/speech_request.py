"""The body of OpenAI's `POST /v1/audio/speech`, checked.

https://platform.openai.com/docs/api-reference/audio/createSpeech
Unknown members are ignored; `model` and `instructions` are accepted and mean nothing here.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from functions.api.problems import Problem
from shared.synthesis.output_formats import OPENAI_FORMATS, OutputFormat
from shared.synthesis.ssml import Manner, Passage, Script
from shared.synthesis.synthesizer import Span

MAX_CHARACTERS = 4096
DEFAULT_LOCALE = "en-US"


class CustomVoice(BaseModel):
    """A voice given as an object."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True)

    id: str


class SpeechRequest(BaseModel):
    """What a client asks for. Nothing in the contract tells the language: the voice does."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True)

    input: Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS)]
    voice: str | CustomVoice
    model: str = "tts-1"
    instructions: str | None = None
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = "mp3"
    speed: Annotated[float, Field(ge=0.25, le=4.0, strict=False)] = 1.0
    stream_format: Literal["audio"] = "audio"


def read_speech_request(body: bytes) -> tuple[Script, OutputFormat]:
    """Script and format of a request.

    Raises
    ------
    Problem: 400, naming the member that is missing or not valid, never what it held.
    """
    try:
        asked = SpeechRequest.model_validate_json(body)
    except ValidationError as error:
        problem = _problem(error)
    else:
        voice = asked.voice if isinstance(asked.voice, str) else asked.voice.id
        manner = Manner(voice=voice, voice_locale=DEFAULT_LOCALE, speed=asked.speed)
        return (Passage((Span(asked.input),), manner),), OPENAI_FORMATS[asked.response_format]
    raise problem


def _problem(error: ValidationError) -> Problem:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return Problem(400, "The body is not valid JSON.", inner_code="InvalidRequestBodyFormat")
    member = str(first["loc"][0]) if first["loc"] else "body"
    missing = first["type"] == "missing"
    return Problem(
        400,
        f"The member `{member}` is missing." if missing else f"The member `{member}` is not valid.",
        code="InvalidArgument",
        inner_code="InvalidParameterValue",
    )
