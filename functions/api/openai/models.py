"""The model of this server under the names that OpenAI's clients use.

https://platform.openai.com/docs/api-reference/models
There is one model. It has its own name and those of OpenAI's transcription models, so that clients
only need to change the address.
"""

from pathlib import PurePath
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response

from functions.api.openai.problems import OpenAIProblem, RequireKey
from functions.api.service import SpeechService

OPENAI_NAMES = (
    "whisper-1",
    "gpt-transcribe",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "gpt-4o-mini-transcribe-2025-12-15",
    "gpt-4o-transcribe-diarize",
)

# Unix time of 2022-09-21, when Whisper's weights were published; clients sort by it.
_CREATED = 1_663_718_400


def model_names(model: str) -> tuple[str, ...]:
    """Names of the configured model; of a folder the last part is its own name."""
    own = PurePath(model).name
    return (own, *(name for name in OPENAI_NAMES if name != own))


def refuses_granularities(name: str, model: str) -> bool:
    """Whether granularities need verbose JSON under a name: OpenAI's rule for Whisper.

    Clients send them with every request to `gpt-4o-transcribe`, which answers with JSON only, and
    to deployments, whose names do not say what they are. They have no effect there.
    """
    return name in {"whisper-1", PurePath(model).name}


def require_model(name: str, model: str) -> None:
    """Refuse a name that the model does not have.

    Raises
    ------
    OpenAIProblem: 404.
    """
    if name not in model_names(model):
        raise OpenAIProblem(
            404,
            "The model does not exist here. GET /v1/models lists those that do.",
            code="model_not_found",
            param="model",
        )


def create_router(service: SpeechService) -> APIRouter:
    """Route `GET /v1/models` and `GET /v1/models/{model}`."""
    router = APIRouter(dependencies=[Depends(RequireKey(service.authenticator))])

    async def list_models() -> Response:
        """List the names of this server's model, its own name first."""
        names = model_names(service.settings.model)
        return JSONResponse({"object": "list", "data": [model_object(name) for name in names]})

    async def get_model(model: str) -> Response:
        """Describe a model by one of its names."""
        require_model(model, service.settings.model)
        return JSONResponse(model_object(model))

    router.add_api_route("/v1/models", list_models, methods=["GET"])
    router.add_api_route("/v1/models/{model}", get_model, methods=["GET"])
    return router


def model_object(name: str) -> dict[str, Any]:
    """JSON object of one name of the model."""
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": "sotto"}
