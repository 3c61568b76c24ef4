"""Web hooks: notifications of transcriptions to addresses of clients.

https://learn.microsoft.com/rest/api/speechtotext/web-hooks
"""

import asyncio
import copy
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from functions.api.management.json_body import read_json_body
from functions.api.management.odata_filter import Kind, Value, parse_filter
from functions.api.management.pagination import Paging
from functions.api.management.speech_versions import (
    NO_STORE,
    Addresses,
    SpeechVersion,
    routes_of,
    speech_version,
)
from functions.api.management.waiting import waiting_headers
from functions.api.problems import Problem
from functions.api.query import query_parameters
from functions.api.service import SpeechService
from functions.api.transcription_definition import invalid_argument
from functions.api.web_hooks.definition import changed_hook, judge_address, new_hook
from shared.errors import Changed, FeatureUnavailable
from shared.json_fields import JsonFields, is_uuid
from shared.web_hooks.hook import ApiAddress, HookStatus, WebHook, described
from shared.web_hooks.notices import announce_again, send_challenge, send_ping

if TYPE_CHECKING:
    from shared.jobs.batch_services import BatchServices  # behind it are 75 ms of import

MAX_HOOKS = 100
"""Each is read before an event is sent."""

_NO_HOOK = "There is no such web hook."
PATCH_TYPES = ("application/json", "application/merge-patch+json")
_MOST_CHANGES = 5  # by others, between reading a hook and writing it

_FILTERED = {
    "displayName": Kind.TEXT,
    "description": Kind.TEXT,
    "status": Kind.TEXT,
    "webUrl": Kind.TEXT,
    "createdDateTime": Kind.TIME,
    "lastActionDateTime": Kind.TIME,
}

_CHALLENGED = frozenset({HookStatus.NOT_STARTED, HookStatus.RUNNING})

Version = Annotated[SpeechVersion, Depends(speech_version)]


def create_router(service: SpeechService, batch: "BatchServices | None") -> APIRouter:
    """Routes `/webhooks` and below, in both generations.

    batch: where hooks are kept; None answers 501.
    """
    router = APIRouter(
        dependencies=[
            Depends(service.authenticator.require),
            Depends(service.management_limit.require),
            Depends(speech_version),
        ],
    )
    hooks = _WebHooks(service, batch)
    served: list[tuple[str, str, Callable[..., Any]]] = [
        ("POST", "", hooks.create),
        ("GET", "", hooks.list_all),
        ("GET", "/{hook_id}", hooks.get),
        ("PATCH", "/{hook_id}", hooks.update),
        ("DELETE", "/{hook_id}", hooks.delete),
        ("POST", "/{hook_id}:ping", hooks.ping),
        ("POST", "/{hook_id}:test", hooks.test),
    ]
    for method, path, endpoint in served:
        for route in routes_of(f"/webhooks{path}"):
            router.add_api_route(route, endpoint, methods=[method])
    for action, endpoint in (("ping", hooks.ping), ("test", hooks.test)):  # as v3.0 writes them
        route = routes_of(f"/webhooks/{{hook_id}}/{action}")[1]
        router.add_api_route(route, endpoint, methods=["POST"])
    return router


class _WebHooks:
    """The endpoints. The storage blocks, so each step of it has a thread."""

    def __init__(self, service: SpeechService, batch: "BatchServices | None") -> None:
        self._settings = service.settings
        self._admission = service.admission
        self._configured = batch

    async def create(self, request: Request, contract: Version) -> Response:
        """Create a web hook.

        Its address is challenged first: a POST with `?validationToken=…`, to be answered with
        200 and the token. No event is sent before that.
        """
        batch, fields = self._batch, await read_json_body(request, self._admission)
        hook = await asyncio.to_thread(new_hook, fields, self._api(request, contract))
        await asyncio.to_thread(self._write_new, batch, hook)
        api = self._api(request, contract)
        headers = {"Location": api.of_hook(hook.id), **NO_STORE}
        return JSONResponse(described(hook, api), 201, headers)

    async def list_all(self, request: Request, contract: Version) -> Response:
        """List the web hooks, the oldest first."""
        paging = Paging.of(request)
        text = query_parameters(request).get("filter", "")
        fits = parse_filter(text, _FILTERED) if text else None
        found = await asyncio.to_thread(self._batch.web_hooks.all)
        hooks, next_skip = paging.page(
            hook for hook in found if fits is None or fits(_filtered(hook))
        )
        api = self._api(request, contract)
        values = [described(hook, api) for hook in hooks]
        addresses = Addresses.of(request, contract, self._settings)
        body = paging.answer(values, next_skip, addresses, "webhooks")
        return JSONResponse(body, headers=_headers(*hooks))

    async def get(self, request: Request, contract: Version, hook_id: str) -> Response:
        """Get a web hook, without its secret."""
        return self._answer(request, contract, await self._found(hook_id))

    async def update(self, request: Request, contract: Version, hook_id: str) -> Response:
        """Change a web hook.

        Without `properties.secret` its requests are not signed from now on. Another `webUrl` is
        challenged before an event is sent to it.
        """
        await self._found(hook_id)
        fields = await read_json_body(request, self._admission, PATCH_TYPES)
        hook = await asyncio.to_thread(self._change, hook_id, fields)
        return self._answer(request, contract, hook)

    async def delete(self, hook_id: str) -> Response:
        """Delete a web hook. Notifications in the queue are not sent any more."""
        store = self._batch.web_hooks
        if is_uuid(hook_id):
            await asyncio.to_thread(store.delete, hook_id)
        return Response(status_code=204)

    async def ping(self, hook_id: str) -> Response:
        """Send the hook itself to its address."""
        hook = await self._found(hook_id)
        if hook.status is not HookStatus.SUCCEEDED:
            return Response(status_code=204)
        await asyncio.to_thread(send_ping, hook, self._batch.queue)
        return Response(status_code=202)

    async def test(self, hook_id: str) -> Response:
        """Send each event of a hook, about the latest transcription that it has happened to."""
        hook = await self._found(hook_id)
        if hook.status is not HookStatus.SUCCEEDED:
            return Response(status_code=204)
        n_sent = await asyncio.to_thread(self._send_tests, hook)
        return Response(status_code=202 if n_sent else 204)

    @property
    def _batch(self) -> "BatchServices":
        if self._configured is None:
            raise FeatureUnavailable(
                "Web hooks are not available: no container of jobs is set up (SOTTO_JOBS)."
            )
        return self._configured

    async def _found(self, hook_id: str) -> WebHook:
        store = self._batch.web_hooks
        found = await asyncio.to_thread(store.find, hook_id) if is_uuid(hook_id) else None
        if found is None:
            raise Problem(404, _NO_HOOK)
        return found[0]

    def _write_new(self, batch: "BatchServices", hook: WebHook) -> None:
        judge_address(hook.web_url, self._settings.allowed_networks)
        store = batch.web_hooks
        if sum(1 for _ in store.ids()) >= MAX_HOOKS:
            raise invalid_argument(f"There can be {MAX_HOOKS} web hooks.", "QuotaViolation")
        hook.to_json()  # raises before anything is sent
        send_challenge(hook, batch.queue)
        store.create(hook)

    def _change(self, hook_id: str, fields: JsonFields) -> WebHook:
        store = self._batch.web_hooks
        for _ in range(_MOST_CHANGES):
            found = store.find(hook_id)
            if found is None:
                raise Problem(404, _NO_HOOK)
            hook, etag = found
            changed = changed_hook(hook, copy.deepcopy(fields))
            changed.to_json()  # as above
            if changed.challenge_id != hook.challenge_id:
                judge_address(changed.web_url, self._settings.allowed_networks)
                send_challenge(changed, self._batch.queue)
            try:
                store.replace(changed, etag)
            except Changed:  # such as by the challenge
                continue
            return changed
        raise Problem(409)

    def _send_tests(self, hook: WebHook) -> int:
        batch = self._batch
        from shared.jobs.queries import latest_jobs  # noqa: PLC0415 - 75 ms of import

        jobs = latest_jobs(batch, hook.events)
        for event, job_id in jobs.items():
            announce_again(hook, event, job_id, batch.queue)
        return len(jobs)

    def _answer(self, request: Request, contract: SpeechVersion, hook: WebHook) -> JSONResponse:
        return JSONResponse(described(hook, self._api(request, contract)), headers=_headers(hook))

    def _api(self, request: Request, contract: SpeechVersion) -> ApiAddress:
        addresses = Addresses.of(request, contract, self._settings)
        return ApiAddress(f"{addresses.base}{contract.root}", contract.name)


def _headers(*hooks: WebHook) -> dict[str, str]:
    """Headers of an answer about web hooks: a challenge may be under way."""
    is_under_way = any(hook.status in _CHALLENGED for hook in hooks)
    return {**NO_STORE, **waiting_headers(is_under_way=is_under_way)}


def _filtered(hook: WebHook) -> dict[str, Value]:
    return {
        "displayName": hook.display_name,
        "description": hook.description,
        "status": hook.status,
        "webUrl": hook.web_url,
        "createdDateTime": _whole_second(hook.created_at),
        "lastActionDateTime": _whole_second(hook.last_action_at),
    }


def _whole_second(moment: datetime) -> datetime:
    """A time as answers show it, so that a filter finds it."""
    return moment.replace(microsecond=0)
