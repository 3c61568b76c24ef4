"""The `definition` of Sotto's speech translation: that of fast transcription, with targets."""

from typing import Annotated

from pydantic import FailFast, Field

from functions.api.request_limits import MAX_LOCALE_CHARACTERS, MAX_NAME_CHARACTERS
from functions.api.transcription_definition import Member, TranscriptionDefinition, at_most

MAX_TARGETS = 10

Target = Annotated[str, Field(min_length=2, max_length=MAX_LOCALE_CHARACTERS)]
Voice = Annotated[str, Field(max_length=MAX_NAME_CHARACTERS)]


class SpokenTranslation(Member):
    """Options of synthesised translations; an empty object is enough."""

    voices: Annotated[dict[Target, Voice], at_most(MAX_TARGETS)] | None = Field(
        None,
        description="Name of a voice by target; the default is the first of the target language.",
    )
    output_format: Voice = Field(
        "riff-24khz-16bit-mono-pcm",
        description="A format of text to speech's `X-Microsoft-OutputFormat`.",
    )


class SpeechTranslationDefinition(TranscriptionDefinition):
    """Options of one speech translation."""

    targets: Annotated[list[Target], Field(min_length=1, max_length=MAX_TARGETS), FailFast()] = (
        Field(description="Languages to translate to, such as `es`.")
    )
    speech: SpokenTranslation | None = Field(None, description="Synthesise the translations too.")
