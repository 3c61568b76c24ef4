"""Request bodies of POST and PATCH on transcriptions.

https://learn.microsoft.com/rest/api/speechtotext/transcriptions/submit
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from functions.api.batch_jobs.properties import (
    JobProperties,
    ServerCapabilities,
    read_properties,
)
from functions.api.management.json_body import refused_as
from functions.api.management.speech_versions import SpeechVersion
from functions.api.problems import Problem
from functions.api.request_limits import MAX_LOCALE_CHARACTERS, MAX_URL_CHARACTERS
from functions.api.transcription_definition import invalid_argument, require_locale
from shared.jobs.labels import JobLabels
from shared.json_fields import FieldError, JsonFields, TooManyItems

MAX_NAME_CHARACTERS = 512
MAX_DESCRIPTION_CHARACTERS = 4_000
MAX_CONTENT_URLS = 1000

MAX_CUSTOM_PROPERTIES = 10
MAX_KEY_CHARACTERS, MAX_VALUE_CHARACTERS = 64, 256


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDefinition:
    """A job as requested, with either `content_urls` or `content_container`."""

    labels: JobLabels
    properties: JobProperties
    content_urls: tuple[str, ...] = field(repr=False)
    content_container: str | None = field(repr=False)


def read_definition(body: JsonFields, server: ServerCapabilities) -> JobDefinition:
    """Read the body of a new job.

    Raises
    ------
    Problem: 400, with the inner code of the first error.
    UnsupportedLocale: a locale that the model does not know.
    """
    with refused_as("InvalidPayload"):
        display_name = _display_name(body)
        description = _description(body) if body.has("description") else None
        custom_properties = _custom_properties(body) if body.has("customProperties") else {}
        _refuse_project(body)
    with refused_as("InvalidLocale"):
        locale_text = body.text("locale", MAX_LOCALE_CHARACTERS)
    content_urls, content_container = _sources(body)
    properties = read_properties(
        body, require_locale(server.transcriber, locale_text, "locale"), server
    )
    return JobDefinition(
        labels=JobLabels(
            display_name=display_name,
            description=description,
            custom_properties=tuple((k, v) for k, v in custom_properties.items() if v is not None),
        ),
        properties=properties,
        content_urls=content_urls,
        content_container=content_container,
    )


def too_many_addresses() -> Problem:
    """Problem of a job with more addresses, or far more values, than it may have."""
    return invalid_argument(
        f"contentUrls must have no more than {MAX_CONTENT_URLS} items.",
        "ExceededNumberOfRecordingsUris",
    )


def read_delta(
    body: JsonFields, version: SpeechVersion, *, merges: bool
) -> Callable[[JobLabels], JobLabels]:
    """Read the body of a PATCH: a change of labels.

    Parameters
    ----------
    merges: custom properties are merged into the current ones, and null removes one (RFC 7396);
        else they replace them.

    Raises
    ------
    Problem: 400; `UnsupportedDelta` for a member that cannot be changed.
    """
    names = set(body.names())  # a null counts here: it removes
    changeable = {"displayName", "description", "customProperties"}
    if version.has_projects:
        changeable.add("project")
    if not names <= changeable:
        message = f"Only {', '.join(sorted(changeable))} can be changed."
        raise Problem(400, message, code="InvalidArgument", inner_code="UnsupportedDelta")
    changes: list[Callable[[JobLabels], JobLabels]] = []
    with refused_as("InvalidPayload"):
        _refuse_project(body)
        if "displayName" in names:
            display_name = _display_name(body)
            changes.append(lambda labels: replace(labels, display_name=display_name))
        if "description" in names:
            description = _description(body) if body.has("description") else None
            changes.append(lambda labels: replace(labels, description=description))
        if "customProperties" in names:
            given = _custom_properties(body, merges) if body.has("customProperties") else None
            changes.append(lambda labels: _with_properties(labels, given, merges=merges))

    def change(labels: JobLabels) -> JobLabels:
        for apply in changes:
            labels = apply(labels)
        return labels

    return change


def _with_properties(
    labels: JobLabels, given: dict[str, str | None] | None, *, merges: bool
) -> JobLabels:
    """Labels with other custom properties; None removes all."""
    kept = dict(labels.custom_properties) if merges and given is not None else {}
    merged = {k: v for k, v in (kept | (given or {})).items() if v is not None}
    if len(merged) > MAX_CUSTOM_PROPERTIES:
        raise invalid_argument(
            f"customProperties must have no more than {MAX_CUSTOM_PROPERTIES} members.",
            "InvalidPayload",
        )
    return replace(labels, custom_properties=tuple(merged.items()))


def _display_name(body: JsonFields) -> str:
    name = body.text("displayName", MAX_NAME_CHARACTERS)
    if not name.strip():
        raise FieldError("displayName must not be empty")
    return name


def _description(body: JsonFields) -> str:
    return body.text("description", MAX_DESCRIPTION_CHARACTERS)


def _custom_properties(body: JsonFields, may_be_null: bool = False) -> dict[str, str | None]:
    members = body.fields("customProperties", MAX_CUSTOM_PROPERTIES)
    names = members.names()
    found: dict[str, str | None] = {}
    for name in names:
        if not 1 <= len(name) <= MAX_KEY_CHARACTERS:
            raise FieldError(
                f"names of customProperties must have 1 to {MAX_KEY_CHARACTERS} characters"
            )
        if members.has(name):
            found[name] = _value(members, name)
        elif may_be_null:
            found[name] = None
        else:
            raise FieldError("values of customProperties must be text")
    return found


def _value(members: JsonFields, name: str) -> str:
    """Take a value. The member's name is the caller's content, and not in the message."""
    try:
        return members.text(name, MAX_VALUE_CHARACTERS)
    except FieldError:
        pass
    raise FieldError(
        f"values of customProperties must be text of up to {MAX_VALUE_CHARACTERS} characters"
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
        try:
            urls = body.items(
                "contentUrls", MAX_CONTENT_URLS, lambda item: item.text("item", MAX_URL_CHARACTERS)
            )
        except TooManyItems:
            urls = None
        if urls == []:
            raise body.refusal("contentUrls", "must name an address")
    if urls is None:
        raise too_many_addresses()
    return tuple(urls), None
