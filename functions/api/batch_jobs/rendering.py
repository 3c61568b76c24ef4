"""Jobs and their files as JSON, in the version that the caller asked in."""

import math
from datetime import timedelta
from typing import Any

from functions.api.batch_jobs.properties import CONTINUOUS, PROFANITY_MODES, SINGLE
from functions.api.management.speech_versions import Addresses, time_text
from functions.api.speech_models.base_model import base_model_id
from shared.durations import duration_text
from shared.jobs.inquiry import JobState, ResultFile
from shared.jobs.job import Job

TRANSCRIPTIONS = "transcriptions"

_PROFANITY_WORDS = {mode: word for word, mode in PROFANITY_MODES.items()}


def job_body(state: JobState, addresses: Addresses, model: str) -> dict[str, Any]:
    """JSON object of a job. What was transcribed is never said: addresses may be signed.

    Parameters
    ----------
    model: name of this server's.
    """
    job, version = state.job, addresses.version
    body: dict[str, Any] = {
        "self": addresses.of_resource(TRANSCRIPTIONS, job.id),
        "displayName": job.display_name,
    }
    if job.description is not None:
        body["description"] = job.description
    body |= {
        "locale": job.options.locales[0],
        "createdDateTime": time_text(job.created_at),
        "lastActionDateTime": time_text(state.last_action_at),
        "links": {"files": addresses.of_resource(TRANSCRIPTIONS, job.id, "files")},
    }
    if job.asked.names_model or not version.is_dated:
        body["model"] = _model(addresses, model, job.options.locales[0])
    body["properties"] = _properties(state, addresses, model)
    if job.custom_properties:
        body["customProperties"] = dict(job.custom_properties)
    body["status"] = state.status
    return body


def file_body(
    found: ResultFile, job_id: str, addresses: Addresses, content_url: str
) -> dict[str, Any]:
    """JSON object of a transcript or the report.

    Parameters
    ----------
    content_url: where it can be read without a key.
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
    """The contract's word for what a file is."""
    return "TranscriptionReport" if found.is_report else "Transcription"


def _properties(state: JobState, addresses: Addresses, model: str) -> dict[str, Any]:
    job, options, version = state.job, state.job.options, addresses.version
    properties: dict[str, Any] = {
        "wordLevelTimestampsEnabled": options.word_timestamps,
        "displayFormWordLevelTimestampsEnabled": options.display_word_timestamps,
        "channels": list(options.channels),
        "punctuationMode": job.asked.punctuation,
        "profanityFilterMode": _PROFANITY_WORDS[options.profanity],
    }
    properties |= _time_to_live(job, is_in_hours=version.is_dated)
    properties |= _diarization(job, is_dated=version.is_dated)
    if job.asked.candidate_locales:
        properties["languageIdentification"] = _identification(job, addresses, model)
    if job.destination is not None:
        properties["destinationContainerUrl"] = job.destination
    if state.closing is not None:
        properties |= version.duration(state.closing.audio_s)
        if state.closing.error_kind is not None:
            properties["error"] = {
                "code": state.closing.error_kind,
                "message": state.closing.error_message,
            }
    return properties


def _time_to_live(job: Job, *, is_in_hours: bool) -> dict[str, Any]:
    if job.time_to_live is None:  # kept until it is deleted; only the first generation can ask so
        return {}
    if is_in_hours:
        return {"timeToLiveHours": math.ceil(job.time_to_live / timedelta(hours=1))}
    return {"timeToLive": duration_text(job.time_to_live)}


def _diarization(job: Job, *, is_dated: bool) -> dict[str, Any]:
    most = job.options.max_speakers
    if is_dated:
        return {} if most is None else {"diarization": {"enabled": True, "maxSpeakers": most}}
    if most is None:
        return {"diarizationEnabled": False}
    speakers = {"minCount": job.options.min_speakers, "maxCount": most}
    return {"diarizationEnabled": True, "diarization": {"speakers": speakers}}


def _identification(job: Job, addresses: Addresses, model: str) -> dict[str, Any]:
    identification: dict[str, Any] = {
        "candidateLocales": list(job.asked.candidate_locales),
        "mode": CONTINUOUS if job.options.language_per_phrase else SINGLE,
    }
    if job.asked.mapped_locales:
        identification["speechModelMapping"] = {
            locale: _model(addresses, model, locale) for locale in job.asked.mapped_locales
        }
    return identification


def _model(addresses: Addresses, model: str, locale: str) -> dict[str, str]:
    return {"self": addresses.of_resource("models", "base", base_model_id(model, locale))}
