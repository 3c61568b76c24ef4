"""What a job is asked to be, and asked to be called from now on: the bodies of POST and PATCH.

https://learn.microsoft.com/rest/api/speechtotext/transcriptions/submit
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from functions.api.batch_jobs.properties import (
    MAX_URL_CHARACTERS,
    JobProperties,
    Served,
    read_properties,
)
from functions.api.management.json_body import refused_as
from functions.api.management.speech_versions import SpeechVersion
from functions.api.problems import Problem
from functions.api.transcription_definition import invalid_argument
from shared.jobs.job import Job
from shared.json_fields import FieldError, JsonFields
from shared.transcription.transcriber import find_supported_locale

MAX_NAME_CHARACTERS = 512
MAX_DESCRIPTION_CHARACTERS = 4_000
MAX_CONTENT_URLS = 1000

_MAX_PROPERTIES = 10
_MAX_KEY_CHARACTERS, _MAX_VALUE_CHARACTERS = 64, 256
_ANY_NUMBER = 1_000_000  # the size of the body is the limit; a list that is too long has its code

CustomProperties = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDefinition:
    """A job as it is asked for. One of `content_urls` and `content_container` is there."""

    display_name: str = field(repr=False)
    description: str | None = field(repr=False)
    custom_properties: CustomProperties = field(repr=False)
    properties: JobProperties
    content_urls: tuple[str, ...] = field(repr=False)
    content_container: str | None = field(repr=False)


def read_definition(body: JsonFields, served: Served) -> JobDefinition:
    """Read the body of a new job.

    Raises
    ------
    Problem: 400, with the inner code of what is wrong first.
    UnsupportedLocale: a locale that the model does not know.
    """
    with refused_as("InvalidPayload"):
        display_name = _display_name(body)
        description = _description(body) if body.has("description") else None
        custom_properties = _custom_properties(body) if body.has("customProperties") else {}
        _refuse_project(body)
    with refused_as("InvalidLocale"):
        locale_text = body.text("locale", 100)
    content_urls, content_container = _sources(body)
    properties = read_properties(
        body, find_supported_locale(served.transcriber, locale_text), served
    )
    return JobDefinition(
        display_name=display_name,
        description=description,
        custom_properties=tuple((k, v) for k, v in custom_properties.items() if v is not None),
        properties=properties,
        content_urls=content_urls,
        content_container=content_container,
    )


def read_delta(body: JsonFields, version: SpeechVersion, *, merges: bool) -> Callable[[Job], Job]:
    """Read the body of a PATCH: how a job is to be called.

    Parameters
    ----------
    merges: custom properties are joined with those there are, and null takes one away (RFC 7396);
        else they replace them.

    Raises
    ------
    Problem: 400; `UnsupportedDelta` for what can not be changed.
    """
    names = set(body.names())  # a null counts here: it takes away
    changeable = {"displayName", "description", "customProperties"}
    if not version.is_dated:
        changeable.add("project")
    if not names <= changeable:
        message = f"Only {', '.join(sorted(changeable))} can be changed."
        raise Problem(400, message, code="InvalidArgument", inner_code="UnsupportedDelta")
    changes: list[Callable[[Job], Job]] = []
    with refused_as("InvalidPayload"):
        _refuse_project(body)
        if "displayName" in names:
            display_name = _display_name(body)
            changes.append(lambda job: replace(job, display_name=display_name))
        if "description" in names:
            description = _description(body) if body.has("description") else None
            changes.append(lambda job: replace(job, description=description))
        if "customProperties" in names:
            given = _custom_properties(body, merges) if body.has("customProperties") else None
            changes.append(lambda job: _with_properties(job, given, merges=merges))

    def change(job: Job) -> Job:
        for apply in changes:
            job = apply(job)
        return job

    return change


def _with_properties(job: Job, given: dict[str, str | None] | None, *, merges: bool) -> Job:
    """Job with other custom properties; None takes all away."""
    kept = dict(job.custom_properties) if merges and given is not None else {}
    merged = {k: v for k, v in (kept | (given or {})).items() if v is not None}
    if len(merged) > _MAX_PROPERTIES:
        raise invalid_argument(
            f"customProperties must have no more than {_MAX_PROPERTIES} members.", "InvalidPayload"
        )
    return replace(job, custom_properties=tuple(merged.items()))


def _display_name(body: JsonFields) -> str:
    name = body.text("displayName", MAX_NAME_CHARACTERS)
    if not name.strip():
        raise FieldError("displayName must not be empty")
    return name


def _description(body: JsonFields) -> str:
    return body.text("description", MAX_DESCRIPTION_CHARACTERS)


def _custom_properties(body: JsonFields, may_be_null: bool = False) -> dict[str, str | None]:
    members = body.fields("customProperties")
    names = members.names()
    if len(names) > _MAX_PROPERTIES:
        raise FieldError(f"customProperties must have no more than {_MAX_PROPERTIES} members")
    found: dict[str, str | None] = {}
    for name in names:
        if not 1 <= len(name) <= _MAX_KEY_CHARACTERS:
            raise FieldError(
                f"names of customProperties must have 1 to {_MAX_KEY_CHARACTERS} characters"
            )
        if members.has(name):
            found[name] = _value(members, name)
        elif may_be_null:
            found[name] = None
        else:
            raise FieldError("values of customProperties must be text")
    return found


def _value(members: JsonFields, name: str) -> str:
    """Take a value. The name of the member is the caller's and stays out of the message."""
    try:
        return members.text(name, _MAX_VALUE_CHARACTERS)
    except FieldError:
        pass
    raise FieldError(
        f"values of customProperties must be text of up to {_MAX_VALUE_CHARACTERS} characters"
    )


def _refuse_project(body: JsonFields) -> None:
    if body.has("project"):
        raise FieldError("project must be null: there are no projects here")


def _sources(body: JsonFields) -> tuple[tuple[str, ...], str | None]:
    given = [name for name in ("contentUrls", "contentContainerUrl", "dataset") if body.has(name)]
    if len(given) != 1:
        raise invalid_argument(
            "One of contentUrls, contentContainerUrl and dataset must be there, and no other.",
            "OnlyOneOfUrlsOrContainerOrDataset",
        )
    if given == ["dataset"]:
        raise invalid_argument("dataset names no dataset: there are none here.")
    with refused_as("InvalidRecordingsUri"):
        if given == ["contentContainerUrl"]:
            return (), body.text("contentContainerUrl", MAX_URL_CHARACTERS)
        urls = body.items(
            "contentUrls", _ANY_NUMBER, lambda item: item.text("item", MAX_URL_CHARACTERS)
        )
    if not urls:
        raise invalid_argument("contentUrls must name an address.", "InvalidRecordingsUri")
    if len(urls) > MAX_CONTENT_URLS:
        raise invalid_argument(
            f"contentUrls must have no more than {MAX_CONTENT_URLS} addresses.",
            "ExceededNumberOfRecordingsUris",
        )
    return tuple(urls), None
