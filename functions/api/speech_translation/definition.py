"""The `definition` of Sotto's speech translation: fast transcription's, with targets."""

from typing import Annotated

from pydantic import Field

from functions.api.transcription_definition import Member, TranscriptionDefinition

Target = Annotated[str, Field(min_length=2, max_length=20)]


class SpokenTranslation(Member):
    """Translations as speech.

    voices: name of a voice by target; a target without one has the first voice of its language.
    output_format: a name of text to speech's `X-Microsoft-OutputFormat`.
    """

    voices: dict[str, str] | None = None
    output_format: str = "riff-24khz-16bit-mono-pcm"


class SpeechTranslationDefinition(TranscriptionDefinition):
    """What one speech translation is asked for."""

    targets: Annotated[list[Target], Field(min_length=1, max_length=10)]
    speech: SpokenTranslation | None = None
