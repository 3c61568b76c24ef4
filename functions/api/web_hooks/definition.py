"""Request bodies of web hooks, read and checked.

https://learn.microsoft.com/rest/api/speechtotext/web-hooks/create
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from functions.api.management.json_body import refused_as
from functions.api.problems import Problem
from functions.api.transcription_definition import invalid_argument
from shared.address_guard import Network
from shared.errors import AddressRefused
from shared.json_fields import FieldError, JsonFields
from shared.web_hooks.hook import EVENT_NAMES, ApiAddress, HookStatus, WebHook

MAX_NAME_CHARACTERS = 500
MAX_DESCRIPTION_CHARACTERS = 2000
MAX_URL_CHARACTERS = 2000
MAX_SECRET_CHARACTERS = 1000

MAX_CUSTOM_PROPERTIES = 10
MAX_KEY_CHARACTERS, MAX_VALUE_CHARACTERS = 64, 256

_INVALID = "InvalidPayload"
_CHANGEABLE = frozenset(
    {"displayName", "description", "customProperties", "webUrl", "events", "properties"}
)


def new_hook(fields: JsonFields, api: ApiAddress) -> WebHook:
    """Hook that a request asks for, not challenged yet. Its address is not judged here.

    Raises
    ------
    Problem: 400 `InvalidPayload`, `InvalidWebHookEventKind` or `InvalidCallbackUri`.
    """
    now = datetime.now(UTC)
    with refused_as(_INVALID):
        hook = WebHook(
            id=str(uuid.uuid4()),
            created_at=now,
            last_action_at=now,
            display_name=_name(fields),
            description=_description(fields) if fields.has("description") else None,
            custom_properties=_custom_properties(fields, ()),
            web_url=_web_url(fields),
            events=_events(fields, ()),
            api=api,
            challenge_id=str(uuid.uuid4()),
            secret=_secret(fields),
        )
    return _with_events(hook)


def changed_hook(hook: WebHook, fields: JsonFields) -> WebHook:
    """Hook as a request changes it: with a new challenge where its address is another one.

    An address that has failed may be named again, to be challenged again. Signing ends where
    the request names no secret.

    Raises
    ------
    Problem: as `new_hook`; 400 `UnsupportedDelta` where something else is to be changed.
    """
    if not set(fields.names()) <= _CHANGEABLE:
        raise invalid_argument(
            f"Only {', '.join(sorted(_CHANGEABLE))} can be changed.", "UnsupportedDelta"
        )
    removes_description = "description" in fields.names()
    with refused_as(_INVALID):
        changed = replace(
            hook,
            display_name=_name(fields) if fields.has("displayName") else hook.display_name,
            custom_properties=_custom_properties(fields, hook.custom_properties),
            events=_events(fields, hook.events),
            secret=_secret(fields),
        )
        if fields.has("description"):
            changed = replace(changed, description=_description(fields))
        elif removes_description:
            changed = replace(changed, description=None)
        web_url = _web_url(fields) if fields.has("webUrl") else None
    if web_url is not None and (web_url != hook.web_url or hook.status is HookStatus.FAILED):
        changed = replace(
            changed,
            web_url=web_url,
            challenge_id=str(uuid.uuid4()),
            status=HookStatus.NOT_STARTED,
            failure=None,
            last_action_at=datetime.now(UTC),
        )
    return _with_events(changed)


def judge_address(url: str, allowed_networks: Sequence[Network]) -> None:
    """Refuse an address that no event may be sent to. Blocks while its name is resolved.

    Raises
    ------
    Problem: 400 `InvalidCallbackUri`.
    """
    # 75 ms of import that a start without web hooks need not pay.
    from shared.fetch import require_allowed  # noqa: PLC0415

    try:
        require_allowed(url, allowed_networks)
    except AddressRefused as error:
        message = f"webUrl: {error}"
    else:
        return
    raise invalid_argument(message, "InvalidCallbackUri")


def _with_events(hook: WebHook) -> WebHook:
    if hook.events:
        return hook
    raise invalid_argument("events must subscribe to one event or more.", _INVALID)


def _name(fields: JsonFields) -> str:
    name = fields.text("displayName", MAX_NAME_CHARACTERS)
    if not name.strip():
        raise FieldError("displayName must not be empty")
    return name


def _description(fields: JsonFields) -> str:
    return fields.text("description", MAX_DESCRIPTION_CHARACTERS)


def _web_url(fields: JsonFields) -> str:
    with refused_as("InvalidCallbackUri"):
        return fields.text("webUrl", MAX_URL_CHARACTERS)


def _secret(fields: JsonFields) -> str:
    if not fields.has("properties"):
        return ""
    properties = fields.fields("properties")
    return properties.text("secret", MAX_SECRET_CHARACTERS) if properties.has("secret") else ""


def _events(fields: JsonFields, before: Sequence[str]) -> tuple[str, ...]:
    """Events that are subscribed to: those of before, as far as they are not named now."""
    if not fields.has("events"):
        return tuple(before)
    wanted = dict.fromkeys(before, True)
    named = fields.fields("events", len(EVENT_NAMES))
    for name in named.names():
        if name not in EVENT_NAMES:
            raise _unknown_event()
        wanted[name] = named.flag(name) if named.has(name) else False
    return tuple(name for name in EVENT_NAMES if wanted.get(name))


def _custom_properties(
    fields: JsonFields, before: Sequence[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    if not fields.has("customProperties"):
        return tuple(before)
    # Twice as many: each of the greatest number may be replaced by another.
    values, named = dict(before), fields.fields("customProperties", 2 * MAX_CUSTOM_PROPERTIES)
    for key in named.names():
        if not 0 < len(key) <= MAX_KEY_CHARACTERS:
            raise FieldError(
                f"keys of customProperties must have 1 to {MAX_KEY_CHARACTERS} characters"
            )
        if not named.has(key):
            values.pop(key, None)
            continue
        try:
            values[key] = named.text(key, MAX_VALUE_CHARACTERS)
        except FieldError:  # names the key, which is the caller's own
            raise fields.refusal(
                "customProperties",
                f"must have values that are texts of up to {MAX_VALUE_CHARACTERS} characters",
            ) from None
    if len(values) > MAX_CUSTOM_PROPERTIES:
        raise FieldError(f"customProperties must have no more than {MAX_CUSTOM_PROPERTIES} entries")
    return tuple(values.items())


def _unknown_event() -> Problem:
    return invalid_argument(
        "events names an event that does not exist; names are such as transcriptionCompletion.",
        "InvalidWebHookEventKind",
    )
