"""The `definition` part of a fast transcription: what a client may ask for, checked.

https://learn.microsoft.com/rest/api/speechtotext/transcriptions/transcribe
Unknown members are ignored, a member that is null counts as absent, a wrong type is refused.
"""

from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from functions.api.problems import Problem
from shared.diarization.speaker_range import SpeakerRange
from shared.text_forms.profanity import ProfanityMode


class Member(BaseModel):
    """An object of a definition, in the names of the contract."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        hide_input_in_errors=True,
    )


class ProfanityFilterMode(StrEnum):
    """Names of this contract for what happens to profane words."""

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
    """Telling speakers apart. The Python client never sends `enabled`: absent means true."""

    enabled: bool | None = None
    max_speakers: Annotated[int, Field(ge=2, le=35)] | None = None


class PhraseList(Member):
    """Phrases that are likely in the audio."""

    phrases: list[str] | None = None
    biasing_weight: Annotated[float, Field(ge=0, le=2)] | None = None


class EnhancedMode(Member):
    """What the cloud has a large language model for. Its prompt is accepted and not used."""

    enabled: bool | None = None
    task: Literal["transcribe", "translate"] | None = None
    target_language: str | None = None
    prompt: list[str] | None = None


class TranscriptionDefinition(Member):
    """What one fast transcription is asked for."""

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
        """Profanity mode of recognition; masked unless another is asked for."""
        return _PROFANITY_MODES[self.profanity_filter_mode or ProfanityFilterMode.MASKED]

    @property
    def tells_speakers_apart(self) -> bool:
        """Whether diarization is on: any object turns it on that does not say `enabled: false`."""
        return self.diarization is not None and self.diarization.enabled is not False

    @property
    def speakers(self) -> SpeakerRange | None:
        """How many speakers there may be; None where they are not told apart."""
        if self.diarization is None or not self.tells_speakers_apart:
            return None
        return SpeakerRange(most=self.diarization.max_speakers)

    @property
    def translation_target(self) -> str | None:
        """Language that enhanced mode is asked to translate to, English where none is named."""
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
        """How strongly the phrases bind, 0 to 2; 1 unless another weight is asked for."""
        weight = None if self.phrase_list is None else self.phrase_list.biasing_weight
        return 1.0 if weight is None else weight


# Codes of the cloud's error model for what is wrong with a member; all else is a value.
_INNER_CODES = {"locales": "InvalidLocale", "channels": "InvalidChannels", "models": "InvalidModel"}

# Shells hand over the white space, and those that know no single quotes the quotes, around it.
_AROUND_JSON = b" \t\r\n'\"\xef\xbb\xbf"


Definition = TypeVar("Definition", bound=TranscriptionDefinition)


def parse_definition(json_text: bytes, kind: type[Definition]) -> Definition:
    """Read the `definition` part; empty means `{}`.

    Raises
    ------
    Problem: 400, naming the member and what it may be, never what it was.
    """
    try:
        definition = kind.model_validate_json(json_text.strip(_AROUND_JSON) or b"{}")
    except ValidationError as error:
        raise _problem(error) from None
    channels = definition.channels or []
    if len(set(channels)) != len(channels):
        raise invalid_argument("definition.channels names a channel twice.", "InvalidChannels")
    if len(channels) > 1 and definition.tells_speakers_apart:
        raise invalid_argument(
            "definition.channels with two channels and definition.diarization exclude each other.",
            "InvalidChannels",
        )
    return definition


def invalid_argument(message: str, inner_code: str = "InvalidParameterValue") -> Problem:
    """Refusal of one argument of a request, in the codes of the cloud's error model."""
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
    # The message names what is accepted; the value, which may be speech, is not repeated.
    return invalid_argument(
        f"{member}: {first['msg']}.",
        _INNER_CODES.get(str(first["loc"][0]) if first["loc"] else "", "InvalidParameterValue"),
    )
