"""The `definition` part of a fast transcription, validated.

https://learn.microsoft.com/rest/api/speechtotext/transcriptions/transcribe
Unknown members are ignored, null counts as absent, a wrong type is refused.
"""

from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from functions.api.problems import Problem
from shared.diarization.speaker_range import SpeakerRange
from shared.text_forms.profanity import ProfanityMode


class Member(BaseModel):
    """An object of a definition, with the contract's names of members."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        hide_input_in_errors=True,
    )


class ProfanityFilterMode(StrEnum):
    """Profanity modes by the contract's names."""

    NONE = "None"
    REMOVED = "Removed"
    TAGS = "Tags"
    MASKED = "Masked"


_PROFANITY_MODES = {
    ProfanityFilterMode.NONE: ProfanityMode.RAW,
    ProfanityFilterMode.REMOVED: ProfanityMode.REMOVED,
    ProfanityFilterMode.TAGS: ProfanityMode.TAGS,
    ProfanityFilterMode.MASKED: ProfanityMode.MASKED,
}


class Diarization(Member):
    """Options of diarization. The Python client never sends `enabled`: absent means true."""

    enabled: bool | None = None
    max_speakers: Annotated[int, Field(ge=2, le=35)] | None = None


class PhraseList(Member):
    """Phrases that are likely in the audio."""

    phrases: list[str] | None = None
    biasing_weight: Annotated[float, Field(ge=0, le=2)] | None = None


class EnhancedMode(Member):
    """Options of the cloud's large language model. Its prompt is accepted and ignored."""

    enabled: bool | None = None
    task: Literal["transcribe", "translate"] | None = None
    target_language: str | None = None
    prompt: list[str] | None = None


class TranscriptionDefinition(Member):
    """Options of one fast transcription."""

    locales: list[str] | None = None
    models: dict[str, str] | None = None
    profanity_filter_mode: ProfanityFilterMode | None = None
    diarization: Diarization | None = None
    channels: list[Annotated[int, Field(ge=0, le=1)]] | None = Field(None, max_length=2)
    phrase_list: PhraseList | None = None
    enhanced_mode: EnhancedMode | None = None
    audio_url: str | None = None

    @property
    def profanity(self) -> ProfanityMode:
        """Profanity mode of recognition; the default is masked."""
        return _PROFANITY_MODES[self.profanity_filter_mode or ProfanityFilterMode.MASKED]

    @property
    def diarizes(self) -> bool:
        """Whether diarization is on: any object without `enabled: false` turns it on."""
        return self.diarization is not None and self.diarization.enabled is not False

    @property
    def speakers(self) -> SpeakerRange | None:
        """Possible numbers of speakers; None without diarization."""
        if self.diarization is None or not self.diarizes:
            return None
        return SpeakerRange(most=self.diarization.max_speakers)

    @property
    def translation_target(self) -> str | None:
        """Target language of enhanced mode, English by default; None without translation."""
        mode = self.enhanced_mode
        if mode is None or mode.enabled is False or mode.task != "translate":
            return None
        return mode.target_language or "en"

    @property
    def phrases(self) -> tuple[str, ...]:
        """Phrases of the phrase list, without empty ones."""
        phrases = (None if self.phrase_list is None else self.phrase_list.phrases) or []
        return tuple(phrase.strip() for phrase in phrases if phrase.strip())

    @property
    def phrase_weight(self) -> float:
        """Weight of phrase biasing, 0 to 2; the default is 1."""
        weight = None if self.phrase_list is None else self.phrase_list.biasing_weight
        return 1.0 if weight is None else weight


# Inner codes of the cloud's error model by member; all others have `InvalidParameterValue`.
_INNER_CODES = {"locales": "InvalidLocale", "channels": "InvalidChannels", "models": "InvalidModel"}

# Shells leave white space around JSON, and shells without single quotes leave the quotes.
_AROUND_JSON = b" \t\r\n'\"\xef\xbb\xbf"


Definition = TypeVar("Definition", bound=TranscriptionDefinition)


def parse_definition(json_text: bytes, kind: type[Definition]) -> Definition:
    """Parse the `definition` part; empty means `{}`.

    Raises
    ------
    Problem: 400, naming the member and its accepted values, never its value.
    """
    try:
        definition = kind.model_validate_json(json_text.strip(_AROUND_JSON) or b"{}")
    except ValidationError as error:
        raise _problem(error) from None
    channels = definition.channels or []
    if len(set(channels)) != len(channels):
        raise invalid_argument("definition.channels names a channel twice.", "InvalidChannels")
    if len(channels) > 1 and definition.diarizes:
        raise invalid_argument(
            "definition.channels with two channels and definition.diarization exclude each other.",
            "InvalidChannels",
        )
    return definition


def invalid_argument(message: str, inner_code: str = "InvalidParameterValue") -> Problem:
    """Problem with one argument of a request, with the codes of the cloud's error model."""
    return Problem(400, message, code="InvalidArgument", inner_code=inner_code)


def _problem(error: ValidationError) -> Problem:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return invalid_argument(
            "The part definition is not valid JSON.", inner_code="InvalidRequestBodyFormat"
        )
    member = "definition"
    for step in first["loc"]:
        member += f"[{step}]" if isinstance(step, int) else f".{step}"
    # The message names the accepted values; it does not quote the value, which may be speech.
    return invalid_argument(
        f"{member}: {first['msg']}.",
        _INNER_CODES.get(str(first["loc"][0]) if first["loc"] else "", "InvalidParameterValue"),
    )
