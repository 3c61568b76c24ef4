"""Result files of a job: list, metadata, and content behind signed addresses."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from functions.api.batch_jobs.rendering import TRANSCRIPTIONS, file_body, file_kind
from functions.api.batch_jobs.signed_urls import SignatureStatus, SignedUrls
from functions.api.management.odata_filter import Kind, parse_filter
from functions.api.management.pagination import Paging
from functions.api.management.speech_versions import NO_STORE, Addresses, SpeechVersion
from functions.api.management.waiting import waiting_headers
from functions.api.problems import Problem
from functions.api.query import query_parameters
from shared.jobs.batch_services import BatchServices
from shared.jobs.queries import (
    JobState,
    ResultFile,
    find_job,
    find_result,
    read_result,
    result_files,
)
from shared.settings import Settings

DEFAULT_LIFETIME_S = 12 * 3600
LONGEST_LIFETIME_S = 31 * 24 * 3600

_FILE_PROPERTIES: Mapping[str, Kind] = {
    "name": Kind.TEXT,
    "kind": Kind.TEXT,
    "createdDateTime": Kind.TIME,
}


class JobFiles:
    """Answers about files of jobs."""

    def __init__(self, settings: Settings, batch: BatchServices) -> None:
        self._settings = settings
        self._batch = batch
        self._signed_urls = SignedUrls(settings.keys)

    async def list(self, request: Request, job_id: str, version: SpeechVersion) -> Response:
        """Answer with a page of the files of a job."""
        addresses = Addresses.of(request, version, self._settings)
        paging, lifetime_s = Paging.of(request), _lifetime_s(request, version)
        text = query_parameters(request).get("filter", "")
        is_meant = parse_filter(text, _FILE_PROPERTIES) if text else None

        def read() -> JSONResponse:
            state = find_job(self._batch, job_id)
            files: Iterator[ResultFile] = result_files(self._batch, state)
            if is_meant is not None:
                files = (found for found in files if is_meant(_values(found)))
            page, next_skip = paging.page(files)
            bodies = [self._body(found, state, addresses, lifetime_s) for found in page]
            answer = paging.answer(bodies, next_skip, addresses, TRANSCRIPTIONS, job_id, "files")
            waiting = waiting_headers(is_under_way=state.summary is None)
            return JSONResponse(answer, headers={**NO_STORE, **waiting})

        return await run_in_threadpool(read)

    async def get(
        self, request: Request, job_id: str, file_id: str, version: SpeechVersion
    ) -> Response:
        """Answer with one file of a job."""
        addresses = Addresses.of(request, version, self._settings)
        lifetime_s = _lifetime_s(request, version)

        def read() -> dict[str, Any]:
            state = find_job(self._batch, job_id)
            found = find_result(self._batch, state, file_id)
            return self._body(found, state, addresses, lifetime_s)

        return JSONResponse(await run_in_threadpool(read), headers=NO_STORE)

    async def content(self, request: Request, job_id: str, file_id: str) -> Response:
        """Answer with the content of a file for a signed address.

        Raises
        ------
        Problem: 403, the signature is not valid or has expired.
        JobNotFound: the job or its file is gone.
        """
        status = self._signed_urls.verify(_signed_name(job_id, file_id), request.query_params)
        if status is SignatureStatus.EXPIRED:
            raise Problem(403, "The address has expired. List the files of the job again.")
        if status is not SignatureStatus.VALID:
            raise Problem(403, "The address is not signed by this service.")
        data = await run_in_threadpool(read_result, self._batch, job_id, file_id)
        return Response(data, media_type="application/json", headers=NO_STORE)

    def _body(
        self, found: ResultFile, state: JobState, addresses: Addresses, lifetime_s: int
    ) -> dict[str, Any]:
        content_url = found.address
        if content_url is None:
            # Without a version: the address belongs to neither generation.
            path = f"/speechtotext/{TRANSCRIPTIONS}/{state.job.id}/files/{found.id}/content"
            signature = self._signed_urls.sign(_signed_name(state.job.id, found.id), lifetime_s)
            content_url = f"{addresses.base}{path}?{urlencode(signature)}"
        return file_body(found, state.job.id, addresses, content_url)


def _signed_name(job_id: str, file_id: str) -> str:
    return f"{job_id}/{file_id}"


def _values(found: ResultFile) -> dict[str, Any]:
    """Values of a file for a filter; its time in whole seconds, as it is shown."""
    return {
        "name": found.name,
        "kind": file_kind(found),
        "createdDateTime": found.created_at.replace(microsecond=0),
    }


def _lifetime_s(request: Request, version: SpeechVersion) -> int:
    """How long addresses of files are to be good: `sasLifetimeMinutes`, `sasValidityInSeconds`.

    Raises
    ------
    Problem: 400 `InvalidSasValidityDuration`.
    """
    name, unit_s = ("sasLifetimeMinutes", 60) if version.is_dated else ("sasValidityInSeconds", 1)
    text = query_parameters(request).get(name.lower(), "")
    if not text:
        return DEFAULT_LIFETIME_S
    longest = LONGEST_LIFETIME_S // unit_s
    if text.isascii() and text.isdigit() and len(text) <= 10 and 1 <= int(text) <= longest:
        return int(text) * unit_s
    raise Problem(
        400,
        f"The query parameter {name} must be 1 to {longest}.",
        code="InvalidArgument",
        inner_code="InvalidSasValidityDuration",
    )
