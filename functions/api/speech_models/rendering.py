"""The base model, its manifest and the health as JSON, in the version of the request."""

from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from functions.api.management.speech_versions import Addresses, time_text

CREATED_AT = datetime(2022, 9, 21, tzinfo=UTC)
"""OpenAI published Whisper's weights on this day; a server does not know the date of its own."""

# Clients choose a model whose end is in the future. This one is available while it is configured.
_ENDS_AT = datetime(2099, 12, 31, tzinfo=UTC)


def display_name(model: str, locale: str) -> str:
    """Name of the model for a locale. The setting may be the path of a folder: only its end."""
    return f"{locale} Whisper {PurePath(model).name}"


def base_model_body(model: str, model_id: str, locale: str, addresses: Addresses) -> dict[str, Any]:
    """JSON object of the model for one locale.

    Parameters
    ----------
    model: name of this server's.
    """
    submits = (
        {"supportsTranscriptionsSubmit": True, "supportsTranscriptionsTranscribe": True}
        if addresses.version.is_dated
        else {"supportsTranscriptions": True}
    )
    ends_at = time_text(_ENDS_AT)
    return {
        "self": addresses.of_resource("models", "base", model_id),
        "displayName": display_name(model, locale),
        "locale": locale,
        "createdDateTime": time_text(CREATED_AT),
        "lastActionDateTime": time_text(CREATED_AT),
        "status": "Succeeded",
        "links": {"manifest": addresses.of_resource("models", "base", model_id, "manifest")},
        "properties": {
            "deprecationDates": {
                "adaptationDateTime": ends_at,
                "transcriptionDateTime": ends_at,
            },
            "features": {
                **submits,
                "supportsEndpoints": False,
                "supportsTranscriptionsOnSpeechContainers": False,
                "supportsAdaptationsWith": [],
                "supportedOutputFormats": ["Display", "Lexical"],
            },
            "chargeForAdaptation": False,
        },
    }


def manifest_body(model_id: str, addresses: Addresses) -> dict[str, Any]:
    """JSON object of a manifest without files: other containers cannot use this model."""
    model = {"self": addresses.of_resource("models", "base", model_id)}
    return {"model": model, "properties": {}, "modelFiles": []}


def health_body(*, is_healthy: bool) -> dict[str, Any]:
    """JSON object of the health of the service: that of the storage of jobs."""
    status = "Healthy" if is_healthy else "Unhealthy"
    component = {"name": "Database", "type": "SpeechServicesDbContext", "status": status}
    return {"status": status, "components": [component]}
