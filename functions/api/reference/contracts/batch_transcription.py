"""Batch transcription: operations on jobs and their files, in both generations of the contract."""

from typing import Annotated, Any

from pydantic import Field

from functions.api.batch_jobs.files import DEFAULT_LIFETIME_S, LONGEST_LIFETIME_S
from functions.api.batch_jobs.rendering import file_body, job_body
from functions.api.batch_jobs.routes import MERGE_PATCH_TYPE
from functions.api.problems import Shape
from functions.api.reference.contracts import samples
from functions.api.reference.contracts.generations import (
    GENERATIONS,
    INVALID_PAGE,
    JSON_BODY,
    PAGING,
    RATE_LIMIT,
    WAITING,
    Generation,
    filter_parameter,
)
from functions.api.reference.contracts.job_results import EXAMPLES as RESULT_EXAMPLES
from functions.api.reference.contracts.job_results import TranscriptionReport, TranscriptionResult
from functions.api.reference.contracts.jobs import (
    JobFile,
    JobFiles,
    NewTranscription,
    NewTranscriptionV3,
    TranscriptionJob,
    TranscriptionJobs,
    TranscriptionJobsV3,
    TranscriptionJobV3,
    TranscriptionUpdate,
)
from functions.api.reference.errors import error_answers
from functions.api.reference.operation import (
    Access,
    Answer,
    Body,
    Content,
    Header,
    Operation,
    Parameter,
    json_answer,
    json_body,
)
from functions.api.reference.schemas import Int32, Url, Uuid

TAG = "Batch transcription"

_NO_JOB = {404: "There is no such job, or not any more."}
_NO_BATCH = {
    501: "Batch work is not set up on this server.",
    503: "Storage is not available at the moment, or has no room left.",
}
_JOB_ID = Parameter(
    name="id", place="path", description="Id of the job.", kind=Uuid, example=samples.JOB_ID
)
_FILE_ID = Parameter(
    name="fileId", place="path", description="Id of the file.", kind=Uuid, example=samples.FILE_ID
)
_CONTENT = f"/speechtotext/transcriptions/{samples.JOB_ID}/files/{samples.FILE_ID}/content"
_CONTENT_URL = f"{samples.ORIGIN}{_CONTENT}?se=1790000000&sig=c2lnbmF0dXJl"


def _lifetime(generation: Generation) -> Parameter:
    name, unit_s = generation.lifetime
    return Parameter(
        name=name,
        description="How long each `contentUrl` is valid.",
        kind=Annotated[Int32, Field(ge=1, le=LONGEST_LIFETIME_S // unit_s)],
        default=DEFAULT_LIFETIME_S // unit_s,
        example=3600 // unit_s,
    )


def _new_jobs(generation: Generation) -> dict[str, Any]:
    """Examples of a new job by name."""
    job = {"displayName": "calls of monday", "locale": "en-US", "contentUrls": [samples.AUDIO_URL]}
    kept: dict[str, Any] = {"timeToLiveHours": 48} if generation.is_dated else {"timeToLive": "P2D"}
    speakers: dict[str, Any] = (
        {"diarization": {"maxSpeakers": 4}}
        if generation.is_dated
        else {"diarizationEnabled": True, "diarization": {"speakers": {"maxCount": 4}}}
    )
    languages = {"languageIdentification": {"candidateLocales": ["en-US", "de-DE"]}}
    return {
        "words": job | {"properties": {"wordLevelTimestampsEnabled": True, **kept}},
        "speakers and languages": job | {"properties": speakers | languages | kept},
    }


def _operations(generation: Generation) -> tuple[Operation, ...]:
    """Operations on jobs, as one generation of the contract has them."""
    # mypy reads a class in an expression as its constructor.
    job: Any = TranscriptionJob if generation.is_dated else TranscriptionJobV3
    jobs: Any = TranscriptionJobs if generation.is_dated else TranscriptionJobsV3
    new_job: Any = NewTranscription if generation.is_dated else NewTranscriptionV3
    new_example, job_example = (
        job_body(state, generation.addresses, samples.MODEL)
        for state in (samples.NEW_JOB, samples.ENDED_JOB)
    )
    file_example = file_body(
        samples.RESULT_FILE, samples.JOB_ID, generation.addresses, _CONTENT_URL
    )
    jobs_path = generation.path("/transcriptions")
    job_path, files_path = f"{jobs_path}/{{id}}", f"{jobs_path}/{{id}}/files"

    def operation(
        name: str, answers: dict[int, Answer], *errors: dict[int, str], **described: Any
    ) -> Operation:
        parameters = (generation.parameter, *described.pop("parameters", ()))
        own_name = described.pop("own_name", False)
        return Operation(
            id=f"Transcriptions_{name}{'' if own_name else generation.suffix}",
            tag=TAG,
            parameters=parameters,
            answers=answers
            | error_answers(Shape.FLAT, generation.errors, *errors, RATE_LIMIT, _NO_BATCH),
            **described,
        )

    def one_job(example: Any, headers: dict[str, Header] | None = None) -> Answer:
        return json_answer("The job.", job, {"job": example}, headers or {})

    return (
        operation(
            "Submit" if generation.is_dated else "Create",
            {
                201: one_job(
                    new_example, {"Location": Header("Address of the job, its `self`.", Url)}
                )
            },
            JSON_BODY,
            {
                400: "A member is not valid; `innerError.code` names the error.",
                501: "Diarization is off on this server.",
            },
            own_name=True,
            method="POST",
            path=f"{jobs_path}:submit" if generation.is_dated else jobs_path,
            summary="Create a transcription",
            description="Create a job. Its files are transcribed one by one, its results are kept "
            "for the time to live.",
            body=json_body(new_job, _new_jobs(generation)),
        ),
        operation(
            "List",
            {
                200: json_answer(
                    "A page of jobs, oldest first.",
                    jobs,
                    {"page": {"values": [job_example]}},
                    WAITING,
                )
            },
            INVALID_PAGE,
            method="GET",
            path=jobs_path,
            summary="List transcriptions",
            description="List the jobs, oldest first.",
            parameters=(
                *PAGING,
                filter_parameter(
                    "`displayName`, `description`, `createdDateTime`, `lastActionDateTime`, "
                    "`status` and `locale`",
                    "status eq 'Failed'",
                ),
            ),
        ),
        operation(
            "Get",
            {
                200: one_job(job_example, WAITING),
            },
            _NO_JOB,
            method="GET",
            path=job_path,
            summary="Get a transcription",
            description="Get a job. Before its end, `Retry-After` says when to ask again.",
            parameters=(_JOB_ID,),
        ),
        operation(
            "Update",
            {200: one_job(job_example, WAITING)},
            JSON_BODY,
            {
                400: "A member is not valid, or something else was to be changed.",
                409: "Another caller changes it at the same moment.",
            },
            _NO_JOB,
            method="PATCH",
            path=job_path,
            summary="Update a transcription",
            description="Change name, description or custom properties of a job.",
            parameters=(_JOB_ID,),
            body=Body(
                tuple(
                    Content(
                        TranscriptionUpdate, media_type, {"name": {"displayName": "calls, checked"}}
                    )
                    for media_type in ("application/json", MERGE_PATCH_TYPE)
                )
            ),
        ),
        operation(
            "Delete",
            {204: Answer("There is no such job any more.")},
            method="DELETE",
            path=job_path,
            summary="Delete a transcription",
            description="Delete a job and its results at once, also while it runs. The answer is "
            "the same where there is no such job.",
            parameters=(_JOB_ID,),
        ),
        operation(
            "ListFiles",
            {
                200: json_answer(
                    "A page of files; none before the job has ended.",
                    JobFiles,
                    {"page": {"values": [file_example]}},
                    WAITING,
                )
            },
            {400: "`skip`, `top`, `filter` or the lifetime is not valid."},
            _NO_JOB,
            method="GET",
            path=files_path,
            summary="List files of a transcription",
            description="List the results of a job: a transcript for each file that succeeded, and "
            "a report.",
            parameters=(
                _JOB_ID,
                *PAGING,
                filter_parameter(
                    "`name`, `kind` and `createdDateTime`", "kind eq 'TranscriptionReport'"
                ),
                _lifetime(generation),
            ),
        ),
        operation(
            "GetFile",
            {200: json_answer("The file.", JobFile, {"file": file_example})},
            {400: "The lifetime is not valid."},
            {404: "There is no such file, or not any more."},
            method="GET",
            path=f"{files_path}/{{fileId}}",
            summary="Get a file of a transcription",
            description="Get one file of a job.",
            parameters=(_JOB_ID, _FILE_ID, _lifetime(generation)),
        ),
    )


OPERATIONS = (
    *(operation for generation in GENERATIONS for operation in _operations(generation)),
    Operation(
        id="Transcriptions_ReadFile",
        method="GET",
        path="/speechtotext/transcriptions/{id}/files/{fileId}/content",
        tag=TAG,
        summary="Read a file",
        description="Read a file by its signed address, the `contentUrl` of the file, without a "
        "key. Clients take the address as it is.",
        access=Access.NOTHING,
        parameters=(
            _JOB_ID,
            _FILE_ID,
            Parameter(
                name="se", description="End, in Unix time.", example="1790000000", is_required=True
            ),
            Parameter(
                name="sig", description="Signature.", example="c2lnbmF0dXJl", is_required=True
            ),
        ),
        answers={
            200: json_answer(
                "The transcript, or the report.",
                TranscriptionResult | TranscriptionReport,
                RESULT_EXAMPLES,
            ),
            **error_answers(
                Shape.FLAT,
                {
                    403: "The address has expired, or is not signed by this service.",
                    404: "The job was deleted.",
                },
                _NO_BATCH,
                needs_key=False,
            ),
        },
    ),
)
