"""Batch transcription over REST, in both generations of the contract.

https://learn.microsoft.com/azure/ai-services/speech-service/batch-transcription
A request is read and checked here and stored by `shared.jobs.submission`. Any worker handles its
messages, and `shared.jobs.queries` reads its state.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from functions.api.batch_jobs.definition import (
    JobDefinition,
    read_definition,
    read_delta,
    too_many_addresses,
)
from functions.api.batch_jobs.files import JobFiles
from functions.api.batch_jobs.properties import ServerCapabilities
from functions.api.batch_jobs.rendering import TRANSCRIPTIONS, job_body
from functions.api.batch_jobs.sources import (
    OwnContainers,
    check_destination,
    files_of_container,
    files_of_urls,
)
from functions.api.management.json_body import read_json_body
from functions.api.management.odata_filter import Kind, Predicate, Value, parse_filter
from functions.api.management.pagination import Paging
from functions.api.management.speech_versions import (
    NO_STORE,
    Addresses,
    SpeechVersion,
    base_address,
    routes_of,
    speech_version,
)
from functions.api.management.waiting import waiting_headers
from functions.api.query import query_parameters
from functions.api.service import SpeechService
from shared.errors import FeatureUnavailable, QueueNotFound
from shared.jobs.batch_services import BatchServices
from shared.jobs.blob_names import new_job_id
from shared.jobs.job import Job, RestTarget
from shared.jobs.outcome import JobStatus
from shared.jobs.queries import (
    JobState,
    JobView,
    change_labels,
    delete_job,
    find_job,
    job_states,
    page_of_jobs,
)
from shared.jobs.submission import submit

MERGE_PATCH_TYPE = "application/merge-patch+json"

_JOB_PROPERTIES = {
    "displayName": Kind.TEXT,
    "description": Kind.TEXT,
    "createdDateTime": Kind.TIME,
    "lastActionDateTime": Kind.TIME,
    "status": Kind.TEXT,
    "locale": Kind.TEXT,
}

_JOBS, _JOB = "/transcriptions", "/transcriptions/{job_id}"
_FILES, _FILE = f"{_JOB}/files", f"{_JOB}/files/{{file_id}}"
_ROUTES = (
    ("POST", _JOBS, "create"),
    ("GET", _JOBS, "list"),
    ("GET", _JOB, "get"),
    ("PATCH", _JOB, "update"),
    ("DELETE", _JOB, "delete"),
    ("GET", _FILES, "list_files"),
    ("GET", _FILE, "get_file"),
)

Version = Annotated[SpeechVersion, Depends(speech_version)]


def create_router(service: SpeechService, batch: BatchServices | None) -> APIRouter:
    """Routes `/speechtotext/[v3.x/]transcriptions…`; they answer 501 where no batch is set up."""
    router = APIRouter()
    managed = APIRouter(
        dependencies=[
            Depends(service.authenticator.require),
            Depends(service.management_limit.require),
        ]
    )
    jobs = BatchJobs(service, batch) if batch is not None else None
    for method, path, name in _ROUTES:
        endpoint = _refuse if jobs is None else getattr(jobs, name)
        dated, versioned = routes_of(path)
        submit = f"{dated}:submit" if name == "create" else dated
        for route in (submit, versioned):
            managed.add_api_route(route, endpoint, methods=[method])
    content = _refuse if jobs is None else jobs.content
    router.add_api_route(f"{routes_of(_FILE)[0]}/content", content, methods=["GET"])
    router.include_router(managed)
    return router


class BatchJobs:
    """The endpoints, one method each."""

    def __init__(self, service: SpeechService, batch: BatchServices) -> None:
        self._service = service
        self._settings = service.settings
        self._batch = batch
        self._files = JobFiles(service.settings, batch)

    async def create(self, request: Request, contract: Version) -> Response:
        """Create a job. Its files are transcribed one by one, its results are kept for a time."""
        addresses = Addresses.of(request, contract, self._settings)
        server = ServerCapabilities(contract, self._settings.model, self._service.transcriber)
        body = await read_json_body(request, self._service.admission, too_many=too_many_addresses())
        # In a thread, as below: 1 000 addresses of 8 000 characters are read one by one.
        definition = await run_in_threadpool(read_definition, body, server)
        labels_speakers = definition.properties.options.speakers is not None
        if labels_speakers and not self._settings.diarization:
            raise FeatureUnavailable("Diarization is off on this server.")
        own = OwnContainers(self._own_bases(request), self._batch)
        job = await run_in_threadpool(self._submit, definition, own)
        state = JobState(job, job.labels, JobStatus.NOT_STARTED, job.created_at)
        answer = self._body(state, addresses)
        return JSONResponse(answer, 201, {"Location": answer["self"], **NO_STORE})

    async def list(self, request: Request, contract: Version) -> Response:
        """List the jobs, oldest first."""
        addresses, paging = Addresses.of(request, contract, self._settings), Paging.of(request)
        text = query_parameters(request).get("filter", "")
        is_meant = parse_filter(text, _JOB_PROPERTIES) if text else None
        states, next_skip = await run_in_threadpool(self._page, paging, is_meant)
        bodies = [self._body(state, addresses) for state in states]
        answer = paging.answer(bodies, next_skip, addresses, TRANSCRIPTIONS)
        return JSONResponse(answer, headers=_headers(*states))

    async def get(self, request: Request, job_id: str, contract: Version) -> Response:
        """Get a job. Before its end, `Retry-After` says when to ask again."""
        addresses = Addresses.of(request, contract, self._settings)
        state = await run_in_threadpool(find_job, self._batch, job_id)
        return JSONResponse(self._body(state, addresses), headers=_headers(state))

    async def update(self, request: Request, job_id: str, contract: Version) -> Response:
        """Change name, description or custom properties of a job."""
        addresses = Addresses.of(request, contract, self._settings)
        media_types = ("application/json", MERGE_PATCH_TYPE)
        body = await read_json_body(request, self._service.admission, media_types)
        merges = request.headers.get("content-type", "").lower().startswith(MERGE_PATCH_TYPE)
        change = await run_in_threadpool(lambda: read_delta(body, contract, merges=merges))
        state = await run_in_threadpool(change_labels, self._batch, job_id, change)
        return JSONResponse(self._body(state, addresses), headers=_headers(state))

    async def delete(self, job_id: str, contract: Version) -> Response:  # noqa: ARG002
        """Delete a job and its results at once, also while it runs; also 204 if it is missing."""
        await run_in_threadpool(delete_job, self._batch, job_id)
        return Response(status_code=204)

    async def list_files(self, request: Request, job_id: str, contract: Version) -> Response:
        """List the results of a job: a transcript for each file that succeeded, and a report."""
        return await self._files.list(request, job_id, contract)

    async def get_file(
        self, request: Request, job_id: str, file_id: str, contract: Version
    ) -> Response:
        """Get one file of a job."""
        return await self._files.get(request, job_id, file_id, contract)

    async def content(self, request: Request, job_id: str, file_id: str) -> Response:
        """Read a file by its signed address, without a key."""
        return await self._files.content(request, job_id, file_id)

    def _submit(self, definition: JobDefinition, own: OwnContainers) -> Job:
        """Make the job and store it. Blocks."""
        properties, container = definition.properties, definition.content_container
        if properties.destination is not None:
            check_destination(properties.destination, self._batch)
        files = (
            files_of_urls(definition.content_urls, own)
            if container is None
            else files_of_container(container, own)
        )
        created_at = datetime.now(UTC)
        job = Job(
            id=new_job_id(created_at),
            created_at=created_at,
            files=files,
            options=properties.options,
            target=RestTarget(
                source_container=None if own.find(container or "") else container,
                destination=properties.destination,
                requested=properties.requested,
            ),
            time_to_live=properties.time_to_live,
            labels=definition.labels,
        )
        try:
            submit(job, self._batch)
        except QueueNotFound:  # on Functions the first sender creates it
            self._batch.queue.prepare()
            submit(job, self._batch)
        structlog.get_logger().info("job_accepted", job_id=job.id)
        return job

    def _page(
        self, paging: Paging, is_meant: Predicate | None
    ) -> tuple[tuple[JobState, ...], int | None]:
        """The requested part of the jobs, and where the next part begins. Blocks."""
        if is_meant is None:
            page = page_of_jobs(self._batch, paging.skip, paging.top)
            return page.states, page.next_skip
        states, next_skip = paging.page(
            job_states(self._batch, lambda view: is_meant(_JobValues(view)))
        )
        return tuple(states), next_skip

    def _own_bases(self, request: Request) -> tuple[str, ...]:
        local = (f"//{host}:{self._settings.port}" for host in ("127.0.0.1", "localhost", "[::1]"))
        return (base_address(request, self._settings), *local)

    def _body(self, state: JobState, addresses: Addresses) -> dict[str, Any]:
        return job_body(state, addresses, self._settings.model)


def _headers(*states: JobState) -> dict[str, str]:
    """Headers of an answer about jobs."""
    is_under_way = any(state.summary is None for state in states)
    return {**NO_STORE, **waiting_headers(is_under_way=is_under_way)}


async def _refuse() -> Response:
    """Refuse: batch work is not configured."""
    raise FeatureUnavailable(
        "Batch transcription is not set up on this server: SOTTO_JOBS names where jobs are kept."
    )


class _JobValues(Mapping[str, Value]):
    """Values of a job for a filter, read on demand; times in whole seconds, as they are shown.

    A filter by status or time reads a record less of each job, one by creation time reads none.
    """

    def __init__(self, view: JobView) -> None:
        self._view = view

    def __getitem__(self, name: str) -> Value:
        return _VALUES[name](self._view)

    def __iter__(self) -> Iterator[str]:
        return iter(_VALUES)

    def __len__(self) -> int:
        return len(_VALUES)


_VALUES: Mapping[str, Callable[[JobView], Value]] = {
    "displayName": lambda view: view.labels.display_name,
    "description": lambda view: view.labels.description,
    "createdDateTime": lambda view: view.created_at.replace(microsecond=0),
    "lastActionDateTime": lambda view: view.last_action_at.replace(microsecond=0),
    "status": lambda view: str(view.status),
    "locale": lambda view: view.job.options.locales[0],
}
