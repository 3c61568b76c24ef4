"""The `definition` of Sotto's speech translation: that of fast transcription, with targets."""

from typing import Annotated

from pydantic import Field

from functions.api.transcription_definition import Member, TranscriptionDefinition

Target = Annotated[str, Field(min_length=2, max_length=20)]


class SpokenTranslation(Member):
    """Options of synthesised translations.

    voices: name of a voice by target; the default is the first voice of the target language.
    output_format: a format of text to speech's `X-Microsoft-OutputFormat`.
    """

    voices: dict[str, str] | None = None
    output_format: str = "riff-24khz-16bit-mono-pcm"


class SpeechTranslationDefinition(TranscriptionDefinition):
    """Options of one speech translation."""

    targets: Annotated[list[Target], Field(min_length=1, max_length=10)]
    speech: SpokenTranslation | None = None
