"""The body of OpenAI's `POST /v1/audio/speech`, validated.

https://platform.openai.com/docs/api-reference/audio/createSpeech
Unknown members are ignored, as are `model` and `instructions`. Null counts as absent.
"""

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from functions.api.problems import Problem
from functions.api.request_limits import MAX_NAME_CHARACTERS
from shared.json_values import read_number
from shared.synthesis.output_formats import OPENAI_FORMATS, OutputFormat
from shared.synthesis.ssml import Passage, Script, VoiceStyle
from shared.synthesis.synthesizer import Span

MAX_CHARACTERS = 4096
"""Of `input`, and of `instructions`: the contract's limit."""

DEFAULT_LOCALE = "en-US"


Name = Annotated[str, Field(max_length=MAX_NAME_CHARACTERS)]


class CustomVoice(BaseModel):
    """A voice as an object."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True)

    id: Name


class SpeechRequest(BaseModel):
    """Body of a request. The contract has no member for the language: the voice implies it."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True)

    input: Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS)] = Field(
        description="The text to speak."
    )
    voice: Name | CustomVoice = Field(
        description="A voice that `GET /v1/audio/voices` lists, or a name of OpenAI's."
    )
    model: Name = Field("tts-1", description="Accepted and ignored: the voice decides.")
    instructions: Annotated[str, Field(max_length=MAX_CHARACTERS)] | None = Field(
        None, description="Accepted and ignored."
    )
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = "mp3"
    speed: Annotated[float, Field(ge=0.25, le=4.0), BeforeValidator(read_number)] = 1.0
    stream_format: Literal["audio"] = "audio"

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, body: Any) -> Any:
        """Null counts as absent: clients with typed requests send every member."""
        if not isinstance(body, dict):
            return body
        required = {"input", "voice"}
        return {k: value for k, value in body.items() if value is not None or k in required}


def read_speech_request(body: bytes) -> tuple[Script, OutputFormat]:
    """Parse the script and the output format of a request.

    Raises
    ------
    Problem: 400, naming the missing or invalid member, never its value.
    """
    try:
        request = SpeechRequest.model_validate_json(body)
    except ValidationError as error:
        problem = _problem(error)
    else:
        voice = request.voice if isinstance(request.voice, str) else request.voice.id
        style = VoiceStyle(voice=voice, voice_locale=DEFAULT_LOCALE, speed=request.speed)
        return (Passage((Span(request.input),), style),), OPENAI_FORMATS[request.response_format]
    raise problem


def _problem(error: ValidationError) -> Problem:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return Problem(400, "The body is not valid JSON.", inner_code="InvalidRequestBodyFormat")
    member = str(first["loc"][0]) if first["loc"] else "body"
    missing = first["type"] == "missing"
    return Problem(
        400,
        f"The member `{member}` is missing."
        if missing
        else f"The member `{member}` is not valid: {first['msg']}.",
        code="InvalidArgument",
        inner_code="InvalidParameterValue",
    )
