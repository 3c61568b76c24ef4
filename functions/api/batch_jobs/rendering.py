"""Jobs and their files as JSON, in the version of the request."""

import math
from datetime import timedelta
from typing import Any

from functions.api.batch_jobs.properties import CONTINUOUS, PROFANITY_MODES, SINGLE
from functions.api.management.speech_versions import Addresses, time_text
from functions.api.speech_models.base_model import base_model_id
from shared.durations import duration_text
from shared.jobs.job import Job, RestTarget
from shared.jobs.queries import JobState, ResultFile

TRANSCRIPTIONS = "transcriptions"

_PROFANITY_WORDS = {mode: word for word, mode in PROFANITY_MODES.items()}


def job_body(state: JobState, addresses: Addresses, model: str) -> dict[str, Any]:
    """JSON object of a job, without its sources: addresses may be signed.

    Parameters
    ----------
    model: name of this server's.
    """
    job, labels, version = state.job, state.labels, addresses.version
    body: dict[str, Any] = {
        "self": addresses.of_resource(TRANSCRIPTIONS, job.id),
        "displayName": labels.display_name,
    }
    if labels.description is not None:
        body["description"] = labels.description
    body |= {
        "locale": job.options.locales[0],
        "createdDateTime": time_text(job.created_at),
        "lastActionDateTime": time_text(state.last_action_at),
        "links": {"files": addresses.of_resource(TRANSCRIPTIONS, job.id, "files")},
    }
    if _target(job).requested.names_model or not version.is_dated:
        body["model"] = _model(addresses, model, job.options.locales[0])
    body["properties"] = _properties(state, addresses, model)
    if labels.custom_properties:
        body["customProperties"] = dict(labels.custom_properties)
    body["status"] = state.status
    return body


def file_body(
    found: ResultFile, job_id: str, addresses: Addresses, content_url: str
) -> dict[str, Any]:
    """JSON object of a transcript or the report.

    Parameters
    ----------
    content_url: address for reading without a key.
    """
    return {
        "self": addresses.of_resource(TRANSCRIPTIONS, job_id, "files", found.id),
        "name": found.name,
        "kind": file_kind(found),
        "links": {"contentUrl": content_url},
        "properties": {"size": found.size_bytes},
        "createdDateTime": time_text(found.created_at),
    }


def file_kind(found: ResultFile) -> str:
    """The contract's word for the kind of a file."""
    return "TranscriptionReport" if found.is_report else "Transcription"


def _properties(state: JobState, addresses: Addresses, model: str) -> dict[str, Any]:
    job, options, version = state.job, state.job.options, addresses.version
    target = _target(job)
    properties: dict[str, Any] = {
        "wordLevelTimestampsEnabled": options.word_timestamps,
        "displayFormWordLevelTimestampsEnabled": options.display_word_timestamps,
        "channels": list(options.channels),
        "punctuationMode": target.requested.punctuation,
        "profanityFilterMode": _PROFANITY_WORDS[options.profanity],
    }
    properties |= _time_to_live(job, is_in_hours=version.is_dated)
    properties |= _diarization(job, is_dated=version.is_dated)
    if target.requested.candidate_locales:
        properties["languageIdentification"] = _identification(job, addresses, model)
    if target.destination is not None:
        properties["destinationContainerUrl"] = target.destination
    if state.summary is not None:
        properties |= version.duration(state.summary.audio_s)
        if state.summary.error_kind is not None:
            properties["error"] = {
                "code": state.summary.error_kind,
                "message": state.summary.error_message,
            }
    return properties


def _time_to_live(job: Job, *, is_in_hours: bool) -> dict[str, Any]:
    if (
        job.time_to_live is None
    ):  # kept until it is deleted, as only the first generation can request
        return {}
    if is_in_hours:
        return {"timeToLiveHours": math.ceil(job.time_to_live / timedelta(hours=1))}
    return {"timeToLive": duration_text(job.time_to_live)}


def _diarization(job: Job, *, is_dated: bool) -> dict[str, Any]:
    speakers = job.options.speakers
    if speakers is None:
        return {} if is_dated else {"diarizationEnabled": False}
    if is_dated:
        return {"diarization": {"enabled": True, "maxSpeakers": speakers.most}}
    counts = {"minCount": speakers.least, "maxCount": speakers.most}
    return {"diarizationEnabled": True, "diarization": {"speakers": counts}}


def _identification(job: Job, addresses: Addresses, model: str) -> dict[str, Any]:
    target = _target(job)
    identification: dict[str, Any] = {
        "candidateLocales": list(target.requested.candidate_locales),
        "mode": CONTINUOUS if job.options.language_per_phrase else SINGLE,
    }
    if target.requested.mapped_locales:
        identification["speechModelMapping"] = {
            locale: _model(addresses, model, locale) for locale in target.requested.mapped_locales
        }
    return identification


def _target(job: Job) -> RestTarget:
    return job.target if isinstance(job.target, RestTarget) else RestTarget()


def _model(addresses: Addresses, model: str, locale: str) -> dict[str, str]:
    return {"self": addresses.of_resource("models", "base", base_model_id(model, locale))}
