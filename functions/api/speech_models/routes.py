"""Routes that clients of batch transcription query: models, locales, health, empty lists.

The server has one model. It is listed once for each locale that it recognises, because clients
look for a base model of their locale. Nothing can be trained, so all other collections are empty.

https://learn.microsoft.com/rest/api/speechtotext/models/list-base-models
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from functions.api.management.odata_filter import Kind, Value, parse_filter
from functions.api.management.pagination import Paging
from functions.api.management.speech_versions import (
    NO_STORE,
    Addresses,
    SpeechVersion,
    routes_of,
    speech_version,
)
from functions.api.problems import Problem
from functions.api.query import query_parameters
from functions.api.service import SpeechService
from functions.api.speech_models.base_model import base_model_id
from functions.api.speech_models.rendering import (
    CREATED_AT,
    base_model_body,
    display_name,
    health_body,
    manifest_body,
)
from shared.errors import StorageError
from shared.web_hooks.store import HOOKS_PREFIX

if TYPE_CHECKING:
    from shared.jobs.batch_services import BatchServices  # behind it are 75 ms of import

EMPTY_COLLECTIONS = ("models", "projects", "datasets", "endpoints", "evaluations")

_FILTER_PROPERTIES = {
    "displayName": Kind.TEXT,
    "description": Kind.TEXT,
    "locale": Kind.TEXT,
    "status": Kind.TEXT,
    "createdDateTime": Kind.TIME,
    "lastActionDateTime": Kind.TIME,
}

Version = Annotated[SpeechVersion, Depends(speech_version)]


def create_router(service: SpeechService, batch: "BatchServices | None") -> APIRouter:
    """Routes of models, locales, health and empty collections, in both generations.

    `transcriptions/locales` of the second generation is fast transcription's. Include this router
    before that of jobs, whose routes would match `locales` as the id of a job.
    """
    router = APIRouter(
        dependencies=[
            Depends(service.authenticator.require),
            Depends(service.management_limit.require),
            Depends(speech_version),
        ],
    )
    models = _Models(service, batch)
    served: dict[str, Callable[..., Any]] = {
        "/models/base": models.list_base,
        "/models/base/locales": models.locales,
        "/models/base/{model_id}": models.get_base,
        "/models/base/{model_id}/manifest": models.manifest,
        "/models/locales": models.locales,
        "/healthstatus": models.health,
        **{f"/{name}": _empty for name in EMPTY_COLLECTIONS},
    }
    for path, endpoint in served.items():
        for route in routes_of(path):
            router.add_api_route(route, endpoint, methods=["GET"])
    locales_of_jobs = routes_of("/transcriptions/locales")[1]
    router.add_api_route(locales_of_jobs, models.locales, methods=["GET"])
    return router


class _Models:
    """Endpoints of the model of this server."""

    def __init__(self, service: SpeechService, batch: "BatchServices | None") -> None:
        self._service = service
        self._model = service.settings.model
        self._batch = batch

    async def list_base(self, request: Request, contract: Version) -> Response:
        """List this server's model, once for each locale that it recognises."""
        addresses = Addresses.of(request, contract, self._service.settings)
        paging = Paging.of(request)
        text = query_parameters(request).get("filter", "")
        matches = parse_filter(text, _FILTER_PROPERTIES) if text else None
        locales, next_skip = paging.page(
            locale
            for locale in self._service.transcriber.supported_locales()
            if matches is None or matches(self._filter_values(locale))
        )
        values = [
            base_model_body(self._model, base_model_id(self._model, locale), locale, addresses)
            for locale in locales
        ]
        body = paging.answer(values, next_skip, addresses, "models", "base")
        return JSONResponse(body, headers=NO_STORE)

    async def get_base(self, request: Request, contract: Version, model_id: str) -> Response:
        """Get a base model."""
        addresses = Addresses.of(request, contract, self._service.settings)
        locale = self._locale_of(model_id)
        body = base_model_body(self._model, model_id, locale, addresses)
        return JSONResponse(body, headers=NO_STORE)

    async def manifest(self, request: Request, contract: Version, model_id: str) -> Response:
        """Return a manifest without files: other containers cannot use a model of this server."""
        self._locale_of(model_id)
        addresses = Addresses.of(request, contract, self._service.settings)
        return JSONResponse(manifest_body(model_id, addresses), headers=NO_STORE)

    async def locales(self) -> Response:
        """List the locales that this server's model recognises."""
        return JSONResponse(self._service.transcriber.supported_locales())

    async def health(self) -> Response:
        """Report whether the storage of jobs is available."""
        return JSONResponse(health_body(is_healthy=await asyncio.to_thread(self._has_job_storage)))

    def _has_job_storage(self) -> bool:
        """List one name of the container of jobs; True without a container."""
        if self._batch is None:
            return True
        try:
            next(self._batch.store.container.list(HOOKS_PREFIX, page_size=1), None)
        except StorageError:
            return False
        return True

    def _locale_of(self, model_id: str) -> str:
        """Locale of an id; the id of the model itself has en-US, or else the first locale."""
        supported = self._service.transcriber.supported_locales()
        if model_id == base_model_id(self._model):
            return "en-US" if "en-US" in supported else supported[0]
        for locale in supported:
            if model_id == base_model_id(self._model, locale):
                return locale
        raise Problem(404, "There is no such model.")

    def _filter_values(self, locale: str) -> dict[str, Value]:
        return {
            "displayName": display_name(self._model, locale),
            "description": None,
            "locale": locale,
            "status": "Succeeded",
            "createdDateTime": CREATED_AT,
            "lastActionDateTime": CREATED_AT,
        }


async def _empty() -> Response:
    """Return an empty list: this server creates no such resources."""
    return JSONResponse({"values": []})
