"""Requests of Translator in both formats, validated and converted to one form.

Version 3.0 has languages in the query and texts in an array; later versions use one object:

    POST /translate?api-version=3.0&from=en&to=de   [{"Text": "Hello"}]
    POST /translate?api-version=2026-06-06
         {"inputs": [{"text": "Hello", "language": "en", "targets": [{"language": "de"}]}]}

https://learn.microsoft.com/azure/ai-services/translator/reference/v3-0-translate
Unknown members are ignored. No message quotes a text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    FailFast,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel
from starlette.datastructures import QueryParams

from functions.api.problems import Problem
from functions.api.query import is_known_api_version
from functions.api.request_limits import MAX_LOCALE_CHARACTERS, MAX_NAME_CHARACTERS
from functions.api.transcription_definition import Flag, member_path
from shared.errors import UnknownLanguage
from shared.translation.languages import language_code

MAX_TEXTS = 1_000
MAX_CHARACTERS = 50_000
MAX_TARGETS = 100
MAX_WRITTEN_TARGETS = 10_000
"""Of one text, in a body: languages that are written several times count once."""

# An answer has one translation for each text and target, even for empty texts.
MAX_TRANSLATIONS = 1_000
VERSION_3 = "3.0"

# Details of Translator's error codes, after the status.
_BAD_INPUT, _BAD_LANGUAGE, _BAD_TEXT, _BAD_VERSION, _BAD_SOURCE, _BAD_TARGET = 0, 3, 5, 21, 35, 36
_TOO_LONG, _BAD_TEXT_TYPE, _TOO_MANY, _NO_JSON, _NO_CUSTOM_SYSTEM, _NO_SCRIPTS = (
    50, 71, 72, 74, 79, 80,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """A target language. client_code: the client's spelling, which the answer repeats."""

    client_code: str
    language: str


@dataclass(frozen=True, slots=True)
class Text:
    """One text with its languages. source: None: to be detected."""

    text: str
    source: str | None
    suggested_source: str | None
    is_html: bool
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class TranslationRequest:
    """A whole request. with_lengths: add the lengths of the sentences, in version 3.0."""

    texts: tuple[Text, ...]
    with_lengths: bool = False

    @property
    def n_translations(self) -> int:
        """Translations in the answer."""
        return sum(len(text.targets) for text in self.texts)

    @property
    def n_characters(self) -> int:
        """Characters of the sources, counted once for each target as in the cloud."""
        return sum(len(text.text) * len(text.targets) for text in self.texts)


_CODE_RULE = f"a code such as de, of up to {MAX_LOCALE_CHARACTERS} characters"
_Code = Annotated[str, Field(max_length=MAX_LOCALE_CHARACTERS)]
_Word = Annotated[str, Field(max_length=MAX_NAME_CHARACTERS)]
_SourceText = Annotated[str, Field(max_length=MAX_CHARACTERS)]


class _Member(BaseModel):
    model_config = ConfigDict(
        strict=True, extra="ignore", alias_generator=to_camel, hide_input_in_errors=True
    )


class TextElement(_Member):
    """An element of version 3.0; its member is `Text` or `text`."""

    text: _SourceText = Field(alias="Text")

    @model_validator(mode="before")
    @classmethod
    def _any_case(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {
                "Text" if key.lower() == "text" else key: member for key, member in value.items()
            }
        return value


class TargetLanguage(_Member):
    """A target of one text. Only the general system is here, and no other script."""

    language: _Code = Field(description="Target language, such as `es`.")
    profanity_action: _Word | None = Field(None, description="`NoAction`.")
    deployment_name: _Word | None = Field(
        None, description="`general`; another one falls back to it."
    )
    allow_fallback: Flag | None = Field(
        None, description="False refuses another deployment than `general`."
    )
    script: _Word | None = Field(None, description="Must be left out.")


class TranslationInput(_Member):
    """A text of the later versions, with its targets."""

    text: _SourceText
    language: _Code | None = Field(None, description="Source language; without it, it is detected.")
    text_type: _Word | None = Field(
        None, description="`Plain`, the default, or `Html`, whose markup is kept."
    )
    targets: Annotated[
        list[TargetLanguage], Field(min_length=1, max_length=MAX_WRITTEN_TARGETS), FailFast()
    ]


class TranslationInputs(_Member):
    """The body of the later versions."""

    inputs: Annotated[list[TranslationInput], Field(min_length=1, max_length=MAX_TEXTS), FailFast()]


# A list ends at its first wrong item: a megabyte of wrong ones would be as many errors.
_ARRAY = TypeAdapter(
    Annotated[list[TextElement], Field(max_length=MAX_TEXTS), FailFast()],
    config=ConfigDict(hide_input_in_errors=True),
)


def read_version(query: QueryParams) -> str:
    """`api-version` of a request.

    Raises
    ------
    Problem: 400021, missing or unknown.
    """
    version = _parameter(query, "api-version")
    if version == VERSION_3 or is_known_api_version(version):
        return version
    raise Problem(
        400,
        "The api-version is missing or not valid: 3.0, or a date such as 2026-06-06.",
        detail=_BAD_VERSION,
    )


def read_translation(version: str, query: QueryParams, body: bytes) -> TranslationRequest:
    """Read the texts and languages of a translation.

    Raises
    ------
    Problem: 400, with Translator's code of the error.
    """
    request = _version_3(query, body) if version == VERSION_3 else _later_version(body)
    _refuse_too_much(request.texts, request.n_characters)
    if request.n_translations > MAX_TRANSLATIONS:
        message = f"There are more than {MAX_TRANSLATIONS} translations, one for each target."
        raise Problem(400, message, detail=_TOO_MANY)
    return request


def read_language(query: QueryParams) -> str | None:
    """Read the language of `POST /breaksentence`; None: to be detected.

    Raises
    ------
    Problem: 400003.
    """
    return _source(_parameter(query, "language"), _BAD_LANGUAGE)


def read_texts(body: bytes) -> list[str]:
    """Read the texts of `POST /detect` and `POST /breaksentence`.

    Raises
    ------
    Problem: see `read_translation`.
    """
    texts = [element.text for element in _array(body)]
    _refuse_too_much(texts, sum(map(len, texts)))
    return texts


def _version_3(query: QueryParams, body: bytes) -> TranslationRequest:
    codes = [
        code.strip()
        for name, value in query.multi_items()
        if name.lower() == "to"
        for code in value.split(",")
        if code.strip()
    ]
    targets = _targets(codes)
    _refuse_unsupported(_parameter(query, "profanityAction"), _parameter(query, "toScript"))
    may_fall_back = _parameter(query, "allowFallback").lower() != "false"
    _refuse_custom_system(_parameter(query, "category"), may_fall_back=may_fall_back)
    source = _source(_parameter(query, "from"))
    suggested = _source(_parameter(query, "suggestedFrom"))
    is_html = _is_html(_parameter(query, "textType"))
    return TranslationRequest(
        tuple(Text(element.text, source, suggested, is_html, targets) for element in _array(body)),
        with_lengths=_parameter(query, "includeSentenceLength").lower() == "true",
    )


def _later_version(body: bytes) -> TranslationRequest:
    try:
        inputs = TranslationInputs.model_validate_json(body).inputs
    except ValidationError as error:
        problem = _problem(error, TranslationInputs)
    else:
        return TranslationRequest(tuple(map(_text, inputs)))
    raise problem


def _text(given: TranslationInput) -> Text:
    for target in given.targets:
        _refuse_unsupported(target.profanity_action or "", target.script or "")
        may_fall_back = target.allow_fallback is not False
        _refuse_custom_system(target.deployment_name or "", may_fall_back=may_fall_back)
    return Text(
        given.text,
        _source(given.language or ""),
        None,
        _is_html(given.text_type or ""),
        _targets([target.language for target in given.targets]),
    )


def _array(body: bytes) -> list[TextElement]:
    try:
        return _ARRAY.validate_json(body)
    except ValidationError as error:
        problem = _problem(error, TextElement)
    raise problem


def _source(code: str, detail: int = _BAD_SOURCE) -> str | None:
    if not code:
        return None
    try:
        return _language_of(code)
    except UnknownLanguage:
        message = f"The source language is not valid: {_CODE_RULE}."
    raise Problem(400, message, detail=detail)


def _language_of(code: str) -> str:
    """Language of a code. A longer code is refused: the answer repeats it for each text."""
    if len(code) > MAX_LOCALE_CHARACTERS:
        raise UnknownLanguage(f"A language has no more than {MAX_LOCALE_CHARACTERS} characters.")
    return language_code(code)


def _targets(codes: Sequence[str]) -> tuple[Target, ...]:
    """Each language once, in its first spelling."""
    by_language: dict[str, Target] = {}
    try:
        for code in codes:
            target = Target(code, _language_of(code))
            by_language.setdefault(target.language, target)
            if len(by_language) > MAX_TARGETS:
                message = f"There are more than {MAX_TARGETS} target languages."
                raise Problem(400, message, detail=_TOO_MANY)
    except UnknownLanguage:
        by_language = {}
    targets = tuple(by_language.values())
    if not targets:
        message = f"The target language is missing or not valid: {_CODE_RULE}."
        raise Problem(400, message, detail=_BAD_TARGET)
    return targets


def _is_html(text_type: str) -> bool:
    if text_type.lower() not in {"", "plain", "html"}:
        raise Problem(400, "The textType must be plain or html.", detail=_BAD_TEXT_TYPE)
    return text_type.lower() == "html"


def _refuse_unsupported(profanity_action: str, script: str) -> None:
    if profanity_action.lower() not in {"", "noaction"}:
        raise Problem(
            400, "The profanityAction must be NoAction on this server.", detail=_BAD_INPUT
        )
    if script:
        raise Problem(400, "Scripts are not converted on this server.", detail=_NO_SCRIPTS)


def _refuse_custom_system(name: str, *, may_fall_back: bool) -> None:
    """Refuse a category or deployment that may not fall back to the general one."""
    if name.lower() not in {"", "general"} and not may_fall_back:
        message = "There is only the general system on this server, and allowFallback is false."
        raise Problem(400, message, detail=_NO_CUSTOM_SYSTEM)


def _refuse_too_much(texts: Sequence[object], n_characters: int) -> None:
    if not texts:
        raise Problem(400, "The input texts are missing.", detail=_BAD_TEXT)
    if len(texts) > MAX_TEXTS:
        raise Problem(400, f"There are more than {MAX_TEXTS} texts.", detail=_TOO_MANY)
    if n_characters > MAX_CHARACTERS:
        message = f"There are more than {MAX_CHARACTERS} characters, counted for each target."
        raise Problem(400, message, detail=_TOO_LONG)


def _parameter(query: QueryParams, name: str) -> str:
    """First value of a parameter; its name is case-insensitive."""
    named = (value for key, value in query.multi_items() if key.lower() == name.lower())
    return next(named, "").strip()


def _problem(error: ValidationError, kind: type[_Member]) -> Problem:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return Problem(400, "The body is not valid JSON.", detail=_NO_JSON)
    member = member_path(error, kind, "") or "the body"
    rule = f"{member}: {first['msg']}."
    if first["type"] == "too_long":
        return Problem(400, f"There are too many. {rule}", detail=_TOO_MANY)
    if first["type"] == "string_too_long" and first["loc"][-1] in {"Text", "text"}:
        return Problem(400, f"A text is too long. {rule}", detail=_TOO_LONG)
    if "targets" in first["loc"]:
        message, detail = "The target languages are missing or not valid.", _BAD_TARGET
    else:
        message, detail = "An input text is missing or not valid.", _BAD_TEXT
    return Problem(400, f"{message} {rule}", detail=detail)
