"""The `definition` part of a fast transcription, validated.

https://learn.microsoft.com/rest/api/speechtotext/transcriptions/transcribe
Unknown members are ignored, null counts as absent, numbers and truth values may be strings, any
other type is refused.
"""

import re
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, FailFast, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from functions.api.problems import Problem
from functions.api.request_limits import (
    MAX_LOCALE_CHARACTERS,
    MAX_PHRASE_CHARACTERS,
    MAX_PHRASES,
    MAX_PROMPT_CHARACTERS,
    MAX_PROMPTS,
    MAX_URL_CHARACTERS,
)
from shared.diarization.speaker_range import SpeakerRange
from shared.errors import UnsupportedLocale
from shared.jobs.limits import MAX_REQUESTED_LOCALES, MAX_SPEAKERS
from shared.json_values import read_number, read_truth_value, read_whole_number
from shared.text_forms.profanity import ProfanityMode
from shared.transcription.transcriber import Transcriber, find_supported_locale

MAX_CHANNELS = 2
"""Channels that fast transcription recognises separately: the contract's limit."""

# Lists end at their first wrong item: a megabyte of wrong ones would be as many errors.
Locale = Annotated[str, Field(max_length=MAX_LOCALE_CHARACTERS)]
Url = Annotated[str, Field(max_length=MAX_URL_CHARACTERS, json_schema_extra={"format": "uri"})]
Phrase = Annotated[str, Field(max_length=MAX_PHRASE_CHARACTERS)]
Prompt = Annotated[str, Field(max_length=MAX_PROMPT_CHARACTERS)]


def at_most(n_members: int) -> BeforeValidator:
    """Bound the members of an object, before any of them is validated."""

    def count(value: Any) -> Any:
        if isinstance(value, dict) and len(value) > n_members:
            message = "Object should have at most {n_members} members"
            raise PydanticCustomError("too_long", message, {"n_members": n_members})
        return value

    return BeforeValidator(count)


# Formats of the contract, which its reference shows and no validator reads.
_INT32, _DOUBLE = {"format": "int32"}, {"format": "double"}

# Clients also write these as strings. A validator comes last, behind bounds, whose schema pydantic
# writes for the bare type only.
WHOLE_NUMBER = BeforeValidator(read_whole_number)
NUMBER = BeforeValidator(read_number)
Flag = Annotated[bool, BeforeValidator(read_truth_value)]


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

    enabled: Flag | None = Field(None, description="False turns labels of speakers off.")
    max_speakers: (
        Annotated[int, Field(ge=2, le=MAX_SPEAKERS, json_schema_extra=_INT32), WHOLE_NUMBER] | None
    ) = Field(None, description="Greatest number of speakers.")


class PhraseList(Member):
    """Phrases that are likely in the audio."""

    phrases: Annotated[list[Phrase], Field(max_length=MAX_PHRASES), FailFast()] | None = None
    biasing_weight: (
        Annotated[float, Field(ge=0, le=2, json_schema_extra=_DOUBLE), NUMBER] | None
    ) = Field(None, description="Strength of the phrases; 1 without it.")


class EnhancedMode(Member):
    """Options of the cloud's large language model. Its prompt is accepted and ignored."""

    enabled: Flag | None = Field(None, description="False ignores the other members.")
    task: Literal["transcribe", "translate"] | None = Field(
        None, description="`translate` answers with the translation in place of the transcript."
    )
    target_language: Locale | None = Field(
        None, description="Language of the translation; English without it."
    )
    prompt: Annotated[list[Prompt], Field(max_length=MAX_PROMPTS), FailFast()] | None = Field(
        None, description="Accepted and ignored."
    )


class TranscriptionDefinition(Member):
    """Options of one fast transcription."""

    locales: Annotated[list[Locale], Field(max_length=MAX_REQUESTED_LOCALES), FailFast()] | None = (
        Field(
            None,
            description="Locales of the speech. Of several one is identified for the whole audio; "
            "without any, the language of each phrase is identified.",
        )
    )
    models: Annotated[dict[Locale, Url], at_most(MAX_REQUESTED_LOCALES)] | None = Field(
        None, description="Address of a model by locale; it must be this server's."
    )
    profanity_filter_mode: ProfanityFilterMode | None = Field(
        None, description="Treatment of profane words; `Masked` without it."
    )
    diarization: Diarization | None = Field(
        None, description="Labels of speakers; an empty object turns them on."
    )
    channels: (
        Annotated[
            list[
                Annotated[
                    int, Field(ge=0, le=MAX_CHANNELS - 1, json_schema_extra=_INT32), WHOLE_NUMBER
                ]
            ],
            Field(max_length=MAX_CHANNELS),
            FailFast(),
        ]
        | None
    ) = Field(
        None,
        description="Channels to transcribe separately; without it they are mixed. Two channels "
        "and diarization exclude each other.",
    )
    phrase_list: PhraseList | None = None
    enhanced_mode: EnhancedMode | None = None
    audio_url: Url | None = Field(
        None, description="Address of the audio, where the form has no part `audio`."
    )

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

# A key of `models` or `voices`: quoted in a message where it can only be a language.
_LANGUAGE_KEY = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}", re.ASCII)

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
        problem = _problem(error, kind)
    else:
        return _checked(definition)
    raise problem


def _checked(definition: Definition) -> Definition:
    """Check what depends on several members."""
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


def require_locale(transcriber: Transcriber, text: str, member: str) -> str:
    """Return the canonical spelling of a locale that the model can recognise.

    member: full name of what holds the locale in the request.

    Raises
    ------
    UnsupportedLocale: there is none. The message names the member.
    """
    try:
        return find_supported_locale(transcriber, text)
    except UnsupportedLocale as error:
        # A text that can be no locale may be anything: it is not quoted.
        message = f"{error} See {member}." if _LANGUAGE_KEY.fullmatch(text) else ""
    raise UnsupportedLocale(message or f"{member} must be a locale such as en-US.")


def member_path(error: ValidationError, kind: type[BaseModel], root: str) -> str:
    """Return the member of the first error as the caller spells it: `definition.channels[0]`.

    root: name of the whole object; empty for the body of a request.
    Keys that the caller chose end the path, unless they are languages.
    """
    path = root
    for step in error.errors(include_url=False, include_input=False, include_context=False)[0][
        "loc"
    ]:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step in _contract_names(kind) or _LANGUAGE_KEY.fullmatch(step):
            path += f".{step}" if path else step
        else:
            break
    return path


@cache
def _contract_names(kind: type[BaseModel]) -> frozenset[str]:
    """Names of all members of an object and of the objects within it."""
    schema = kind.model_json_schema()
    objects = [schema, *schema.get("$defs", {}).values()]
    return frozenset(name for one in objects for name in one.get("properties", {}))


def _problem(error: ValidationError, kind: type[BaseModel]) -> Problem:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return invalid_argument(
            "The part definition is not valid JSON.", inner_code="InvalidRequestBodyFormat"
        )
    # The message names the accepted values; it does not quote the value, which may be speech.
    return invalid_argument(
        f"{member_path(error, kind, 'definition')}: {first['msg']}.",
        _INNER_CODES.get(str(first["loc"][0]) if first["loc"] else "", "InvalidParameterValue"),
    )
