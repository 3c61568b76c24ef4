"""Names of blobs in the container of jobs.

    jobs/<id>/job.json                the job; written once, when it is accepted
    jobs/<id>/labels.json             name, description, properties; only after a PATCH
    jobs/<id>/started                 empty: a worker has taken a file of a REST job
    jobs/<id>/finished/<index>.json   outcome of one file
    jobs/<id>/results/<index>.json    transcripts of a REST job, and report.json
    jobs/<id>/closed                  summary of the job; created only if absent
    expires/<UTC minute>/<id>         empty: expiry entry of a job or of its tombstone
    gone/<id>                         tombstone: the job was deleted or purged
    created/<id>                      empty: a REST job; ids are sorted by time
    hooks/<id>/hook.json              a web hook (`shared/web_hooks/store.py`)

Results are named by the index of their file: a container need not accept its name as part of a
longer one. Listings are sorted by name, so that of `expires/` begins with the longest overdue.
"""

import re
import secrets
import uuid
from datetime import UTC, datetime, timedelta

from shared.json_fields import is_uuid

JOBS_PREFIX = "jobs/"
EXPIRES_PREFIX = "expires/"
TOMBSTONES_PREFIX = "gone/"
CREATED_PREFIX = "created/"
LABELS_NAME = "labels.json"
REPORT_NAME = "report.json"

JOB_KEY = "sottojob"
"""Metadata key with the id of the job that wrote a blob."""

_INDEX_DIGITS = 5
_MINUTE = "%Y%m%dT%H%MZ"
_EXPIRES = re.compile(r"expires/(\d{8}T\d{4}Z)/([^/]+)", re.ASCII)
_RESULT = re.compile(rf"(\d{{{_INDEX_DIGITS}}})\.json", re.ASCII)
_FINISHED = re.compile(rf"jobs/[^/]+/finished/(\d{{{_INDEX_DIGITS}}})\.json", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DROPPED = uuid.UUID("6f0d5a0e-93a5-4a4f-9d0a-6b8f4a2f8c11")


def new_job_id(created_at: datetime) -> str:
    """Make the id of a job: a UUID (version 7, RFC 9562) in lower case.

    Ids of later jobs are greater, to the microsecond: a listing of them is in order of time, and
    the entry in it is found by the id alone.
    """
    microseconds = (created_at - _EPOCH) // timedelta(microseconds=1)
    milliseconds, rest = divmod(microseconds, 1000)
    # Method 3 of section 6.2: a fraction of the millisecond leads the random bits.
    fields = (milliseconds << 80) | (7 << 76) | ((rest * 4096 // 1000) << 64) | (0b10 << 62)
    return str(uuid.UUID(int=fields | secrets.randbits(62)))


def job_moment(job_id: str) -> datetime | None:
    """When a job was accepted, in UTC, from an id of `new_job_id`; None for another id."""
    fields = uuid.UUID(job_id)
    if fields.version != 7:
        return None
    milliseconds, fraction = fields.int >> 80, (fields.int >> 64) & 0xFFF
    microseconds = 1000 * milliseconds + -(-1000 * fraction // 4096)
    return _EPOCH + timedelta(microseconds=microseconds)


def dropped_job_id(container: str, name: str, version: str) -> str:
    """Id of the job for one version of a blob in a drop folder.

    The same event always gives the same id (UUID version 5, RFC 9562), so an event that is
    delivered twice finds its job there already; a blob that was written again is another job.
    """
    return str(uuid.uuid5(_DROPPED, f"{container}\n{name}\n{version}"))


def is_job_id(text: str) -> bool:
    """Whether a text is a job's id; only then it may become part of a name."""
    return is_uuid(text)


def job_prefix(job_id: str) -> str:
    """Prefix of all blobs of a job."""
    if not is_job_id(job_id):
        raise ValueError("not the id of a job")
    return f"{JOBS_PREFIX}{job_id}/"


def job_name(job_id: str) -> str:
    """Name of the job's record."""
    return job_prefix(job_id) + "job.json"


def labels_name(job_id: str) -> str:
    """Name of the labels that the caller has changed."""
    return job_prefix(job_id) + LABELS_NAME


def closed_name(job_id: str) -> str:
    """Name of the job's summary."""
    return job_prefix(job_id) + "closed"


def started_name(job_id: str) -> str:
    """Name of the mark that work on a job has begun."""
    return job_prefix(job_id) + "started"


def finished_prefix(job_id: str) -> str:
    """Prefix of the outcomes of files."""
    return job_prefix(job_id) + "finished/"


def finished_name(job_id: str, file_index: int) -> str:
    """Name of the outcome of a file; they are sorted by file."""
    return f"{finished_prefix(job_id)}{file_index:0{_INDEX_DIGITS}}.json"


def finished_index(name: str) -> int | None:
    """Index of the file of an outcome; None for any other name."""
    found = _FINISHED.fullmatch(name)
    return int(found[1]) if found else None


def results_prefix(job_id: str) -> str:
    """Prefix of transcripts and report."""
    return job_prefix(job_id) + "results/"


def result_name(job_id: str, name: str) -> str:
    """Name of a transcript (`transcript_name`) or the report among all blobs."""
    return results_prefix(job_id) + name


def transcript_name(file_index: int) -> str:
    """Name of the transcript of a file among the results of its job."""
    return f"{file_index:0{_INDEX_DIGITS}}.json"


def transcript_index(name: str) -> int | None:
    """Index of the file of a transcript; None for the report."""
    found = _RESULT.fullmatch(name)
    return int(found[1]) if found else None


def expiry_name(expires_at: datetime, job_id: str) -> str:
    """Name of the expiry entry of a job; `expires_at` is aware.

    The job expires within this minute; `closed` has the second.
    """
    job_prefix(job_id)
    moment = expires_at.astimezone(UTC)
    # `%Y` has fewer than four digits before the year 1000, and no sorted place among the others.
    return f"{EXPIRES_PREFIX}{moment.year:04}{moment:%m%dT%H%MZ}/{job_id}"


def created_name(job_id: str) -> str:
    """Name of the entry that lists a job of the batch API."""
    job_prefix(job_id)
    return f"{CREATED_PREFIX}{job_id}"


def tombstone_name(job_id: str) -> str:
    """Name of the tombstone of a job."""
    job_prefix(job_id)
    return f"{TOMBSTONES_PREFIX}{job_id}"


def parse_expiry_name(name: str) -> tuple[datetime, str] | None:
    """Minute in UTC and job id of an expiry entry; None for any other name."""
    found = _EXPIRES.fullmatch(name)
    if found is None or not is_job_id(found[2]):
        return None
    try:
        minute = datetime.strptime(found[1], _MINUTE).replace(tzinfo=UTC)
    except ValueError:  # the 31st of a February
        return None
    return minute, found[2]


def is_due(minute: datetime, now: datetime) -> bool:
    """Whether jobs of this minute may have expired; if not, no later entry has."""
    return minute <= now
