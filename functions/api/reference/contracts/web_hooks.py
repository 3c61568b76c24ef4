"""Web hooks: notifications of transcriptions, in both generations of the contract."""

from typing import Annotated, Any

from pydantic import Field, create_model

from functions.api.problems import Shape
from functions.api.reference.contracts import samples
from functions.api.reference.contracts.generations import (
    GENERATIONS,
    INVALID_PAGE,
    JSON_BODY,
    PAGING,
    RATE_LIMIT,
    EntityError,
    Generation,
    Page,
    filter_parameter,
)
from functions.api.reference.errors import error_answers
from functions.api.reference.operation import (
    Answer,
    Body,
    Content,
    Operation,
    Parameter,
    json_answer,
    json_body,
)
from functions.api.reference.schemas import CamelCase, Moment, RemovableText, Url, Uuid
from functions.api.web_hooks.definition import (
    MAX_CUSTOM_PROPERTIES,
    MAX_DESCRIPTION_CHARACTERS,
    MAX_KEY_CHARACTERS,
    MAX_NAME_CHARACTERS,
    MAX_SECRET_CHARACTERS,
    MAX_URL_CHARACTERS,
    MAX_VALUE_CHARACTERS,
)
from functions.api.web_hooks.routes import PATCH_TYPES
from shared.web_hooks.hook import EVENT_NAMES, ApiAddress, HookStatus, described

TAG = "Web hooks"

# The names of events are the code's, so the model is made from them.
_SUBSCRIPTIONS: Any = dict.fromkeys(EVENT_NAMES, (bool | None, None))
WebHookEvents: Any = create_model(
    "WebHookEvents",
    __doc__="Subscribed events. Only those of transcriptions, `ping` and `challenge` occur.",
    **_SUBSCRIPTIONS,
)
HookProperties = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=MAX_KEY_CHARACTERS)],
        Annotated[RemovableText, Field(json_schema_extra={"maxLength": MAX_VALUE_CHARACTERS})],
    ],
    Field(description=f"Up to {MAX_CUSTOM_PROPERTIES} of the caller's own; null removes one."),
]


class WebHookSecret(CamelCase):
    """Properties of a request."""

    secret: str | None = Field(
        None,
        max_length=MAX_SECRET_CHARACTERS,
        description="Key of the signatures; no answer shows it.",
    )


class _WrittenHook(CamelCase):
    custom_properties: HookProperties | None = None
    properties: WebHookSecret | None = None


class NewWebHook(_WrittenHook):
    """A new web hook."""

    display_name: str = Field(min_length=1, max_length=MAX_NAME_CHARACTERS)
    description: str | None = Field(None, max_length=MAX_DESCRIPTION_CHARACTERS)
    web_url: Url = Field(max_length=MAX_URL_CHARACTERS, description="An https address.")
    events: WebHookEvents


class WebHookUpdate(_WrittenHook):
    """A change of a web hook. Events that are not named stay as they are."""

    display_name: str | None = Field(None, min_length=1, max_length=MAX_NAME_CHARACTERS)
    description: RemovableText | None = Field(None, description="Null removes it.")
    web_url: Url | None = Field(None, max_length=MAX_URL_CHARACTERS)
    events: WebHookEvents | None = None


class WebHookLinks(CamelCase):
    """Addresses of the actions on a web hook."""

    ping: Url
    test: Url


class WebHookProperties(CamelCase):
    """Properties of an answer."""

    api_version: str = Field(description="Such as `v3.2` or `v2024-11-15`.")
    error: EntityError | None = Field(None, description="Why the challenge has failed.")


class WebHook(CamelCase):
    """A web hook, without its secret."""

    self: Url
    display_name: str
    description: str | None = None
    web_url: Url
    events: WebHookEvents
    links: WebHookLinks
    properties: WebHookProperties
    status: HookStatus
    created_date_time: Moment
    last_action_date_time: Moment
    custom_properties: dict[str, str] | None = None


class WebHooks(Page):
    """A page of web hooks."""

    values: list[WebHook]


_NEW = {
    "displayName": "finished calls",
    "webUrl": "https://me.example/notices",
    "events": {"transcriptionCompletion": True},
    "properties": {"secret": "a long random text"},
}
_MISSING = {404: "There is no such web hook."}
_NO_BATCH = {
    501: "Web hooks are not available: no container of jobs is set up.",
    503: "Storage is not available at the moment, or has no room left.",
}
_HOOK_ID = Parameter(
    name="hook_id",
    place="path",
    description="Id of the web hook.",
    kind=Uuid,
    example=samples.HOOK_ID,
)


def _operations(generation: Generation) -> tuple[Operation, ...]:
    """Operations on web hooks, as one generation of the contract has them."""
    api = ApiAddress(f"{samples.ORIGIN}{generation.version.root}", generation.version.name)
    example = described(samples.web_hook(api), api)
    hooks_path = generation.path("/webhooks")
    hook_path = f"{hooks_path}/{{hook_id}}"

    def operation(
        name: str, answers: dict[int, Answer], *errors: dict[int, str], **described: Any
    ) -> Operation:
        return Operation(
            id=f"WebHooks_{name}{generation.suffix}",
            tag=TAG,
            parameters=(generation.parameter, *described.pop("parameters", ())),
            answers=answers
            | error_answers(Shape.FLAT, generation.errors, *errors, RATE_LIMIT, _NO_BATCH),
            **described,
        )

    def one_hook(headers: dict[str, str] | None = None) -> Answer:
        return json_answer("The web hook.", WebHook, {"hook": example}, headers or {})

    return (
        operation(
            "Create",
            {201: one_hook({"Location": "Address of the web hook, its `self`."})},
            JSON_BODY,
            {400: "A member is not valid; `innerError` names it. Or there are too many hooks."},
            method="POST",
            path=hooks_path,
            summary="Create a web hook",
            description="Create a web hook. Its address is challenged first: a POST with "
            "`?validationToken=…`, to be answered with 200 and the token. No event is sent before "
            "that.",
            body=json_body(NewWebHook, {"hook": _NEW}),
        ),
        operation(
            "List",
            {
                200: json_answer(
                    "A page of web hooks, oldest first.", WebHooks, {"page": {"values": [example]}}
                )
            },
            INVALID_PAGE,
            method="GET",
            path=hooks_path,
            summary="List web hooks",
            description="List the web hooks, the oldest first.",
            parameters=(
                *PAGING,
                filter_parameter(
                    "`displayName`, `description`, `status`, `createdDateTime` and "
                    "`lastActionDateTime`",
                    "status eq 'Succeeded'",
                ),
            ),
        ),
        operation(
            "Get",
            {200: one_hook()},
            _MISSING,
            method="GET",
            path=hook_path,
            summary="Get a web hook",
            description="Get a web hook, without its secret.",
            parameters=(_HOOK_ID,),
        ),
        operation(
            "Update",
            {200: one_hook()},
            JSON_BODY,
            _MISSING,
            {
                400: "A member is not valid, or something else was to be changed.",
                409: "Another caller changes it at the same moment.",
            },
            method="PATCH",
            path=hook_path,
            summary="Change a web hook",
            description="Change a web hook. Without `properties.secret` its requests are not "
            "signed from now on. Another `webUrl` is challenged before an event is sent to it.",
            parameters=(_HOOK_ID,),
            body=Body(
                tuple(
                    Content(WebHookUpdate, media_type, {"events": {"events": {"ping": True}}})
                    for media_type in PATCH_TYPES
                )
            ),
        ),
        operation(
            "Delete",
            {204: Answer("There is no such web hook any more.")},
            method="DELETE",
            path=hook_path,
            summary="Delete a web hook",
            description="Delete a web hook. Notifications in the queue are not sent any more.",
            parameters=(_HOOK_ID,),
        ),
        operation(
            "Ping",
            {
                202: Answer("The ping is on its way."),
                204: Answer("Its address has not answered the challenge: nothing is sent."),
            },
            _MISSING,
            method="POST",
            path=f"{hook_path}:ping",
            summary="Ping a web hook",
            description="Send the hook itself to its address. Version v3.0 writes `/ping`.",
            parameters=(_HOOK_ID,),
        ),
        operation(
            "Test",
            {
                202: Answer("The requests are on their way."),
                204: Answer("There is nothing to send."),
            },
            _MISSING,
            method="POST",
            path=f"{hook_path}:test",
            summary="Test a web hook",
            description="Send each event of a hook, about the latest transcription that it has "
            "happened to. Version v3.0 writes `/test`.",
            parameters=(_HOOK_ID,),
        ),
    )


OPERATIONS = tuple(operation for generation in GENERATIONS for operation in _operations(generation))
