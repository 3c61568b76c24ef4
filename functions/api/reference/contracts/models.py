"""Models, locales, health, and the collections that are always empty, in both generations."""

from typing import Annotated, Any, Literal

from pydantic import Field

from functions.api.problems import Shape
from functions.api.reference.contracts import samples
from functions.api.reference.contracts.generations import (
    GENERATIONS,
    INVALID_PAGE,
    PAGING,
    RATE_LIMIT,
    EntityReference,
    Generation,
    Page,
    filter_parameter,
)
from functions.api.reference.errors import error_answers
from functions.api.reference.operation import Answer, Content, Operation, Parameter
from functions.api.reference.schemas import CamelCase, Int32, Moment, Url, Uuid
from functions.api.speech_models.base_model import base_model_id
from functions.api.speech_models.rendering import base_model_body, health_body, manifest_body
from functions.api.speech_models.routes import EMPTY_COLLECTIONS

TAG = "Models"


class ModelDeprecationDates(CamelCase):
    """Ends of a model. It is available while it is configured, so they are far."""

    adaptation_date_time: Moment
    transcription_date_time: Moment


class _Features(CamelCase):
    supports_endpoints: Literal[False]
    supports_transcriptions_on_speech_containers: Literal[False]
    supports_adaptations_with: Annotated[list[str], Field(max_length=0)]
    supported_output_formats: list[Literal["Display", "Lexical"]]


class ModelFeatures(_Features):
    """Abilities of a model."""

    supports_transcriptions_submit: Literal[True]
    supports_transcriptions_transcribe: Literal[True]


class ModelFeaturesV3(_Features):
    """Abilities of a model in the first generation."""

    supports_transcriptions: Literal[True]


class _ModelProperties(CamelCase):
    deprecation_dates: ModelDeprecationDates
    charge_for_adaptation: Literal[False]


class ModelProperties(_ModelProperties):
    """Properties of a model."""

    features: ModelFeatures


class ModelPropertiesV3(_ModelProperties):
    """Properties of a model in the first generation."""

    features: ModelFeaturesV3


class ModelLinks(CamelCase):
    """Addresses below a model."""

    manifest: Url


class _Model(CamelCase):
    self: Url
    display_name: str
    locale: str
    created_date_time: Moment
    last_action_date_time: Moment
    status: Literal["Succeeded"]
    links: ModelLinks


class BaseSpeechModel(_Model):
    """The model of this server, for one locale."""

    properties: ModelProperties


class BaseSpeechModelV3(_Model):
    """The model of this server, for one locale, in the first generation."""

    properties: ModelPropertiesV3


class BaseSpeechModels(Page):
    """A page of models."""

    values: list[BaseSpeechModel]


class BaseSpeechModelsV3(Page):
    """A page of models in the first generation."""

    values: list[BaseSpeechModelV3]


class ModelManifest(CamelCase):
    """A manifest without files: other containers cannot use a model of this server."""

    model: EntityReference
    properties: dict[str, Any]
    model_files: Annotated[list[Any], Field(max_length=0)]


class EmptyCollection(CamelCase):
    """A list of resources that this server does not create."""

    values: Annotated[list[Any], Field(max_length=0)]


class HealthComponent(CamelCase):
    """The status of a part of the service: of the storage of jobs."""

    name: Literal["Database"]
    type: Literal["SpeechServicesDbContext"]
    status: Literal["Healthy", "Unhealthy"]


class ServiceHealth(CamelCase):
    """The status of the service."""

    status: Literal["Healthy", "Unhealthy"]
    components: list[HealthComponent]


_LOCALE = "en-US"
_MODEL_ID = base_model_id(samples.MODEL, _LOCALE)
_MISSING = {404: "There is no such model."}


def _operations(generation: Generation) -> tuple[Operation, ...]:
    """Operations on models and the like, as one generation of the contract has them."""
    addresses = generation.addresses
    model: Any = BaseSpeechModel if generation.is_dated else BaseSpeechModelV3
    models: Any = BaseSpeechModels if generation.is_dated else BaseSpeechModelsV3
    example = base_model_body(samples.MODEL, _MODEL_ID, _LOCALE, addresses)
    model_id = Parameter(
        name="id",
        place="path",
        description="Id of the model.",
        kind=Uuid,
        example=_MODEL_ID,
    )

    def get(
        name: str,
        path: str,
        summary: str,
        description: str,
        content: Content,
        *parameters: Parameter,
        errors: tuple[dict[int, str], ...] = (),
    ) -> Operation:
        return Operation(
            id=f"{name}{generation.suffix}",
            method="GET",
            path=generation.path(path),
            tag=TAG,
            summary=summary,
            description=description,
            parameters=(generation.parameter, *parameters),
            answers={
                200: Answer(summary.partition(" ")[2].capitalize() + ".", (content,)),
                **error_answers(Shape.FLAT, generation.errors, *errors, RATE_LIMIT),
            },
        )

    def locales(name: str, path: str) -> Operation:
        return get(
            name,
            path,
            "List supported locales",
            "List the locales that this server's model recognises.",
            Content(list[str], examples={"locales": ["de-DE", _LOCALE, "es-ES"]}),
        )

    return (
        get(
            "Models_ListBaseModels",
            "/models/base",
            "List base models",
            "List this server's model, once for each locale that it recognises.",
            Content(models, examples={"page": {"values": [example]}}),
            *PAGING,
            filter_parameter(
                "`displayName`, `description`, `locale`, `status`, `createdDateTime` and "
                "`lastActionDateTime`",
                f"locale eq '{_LOCALE}'",
            ),
            errors=(INVALID_PAGE,),
        ),
        locales("Models_ListBaseModelLocales", "/models/base/locales"),
        get(
            "Models_GetBaseModel",
            "/models/base/{id}",
            "Get a base model",
            "Get this server's model for one locale.",
            Content(model, examples={"model": example}),
            model_id,
            errors=(_MISSING,),
        ),
        get(
            "Models_GetBaseModelManifest",
            "/models/base/{id}/manifest",
            "Get the manifest of a base model",
            "Return a manifest without files: other containers cannot use a model of this server.",
            Content(ModelManifest, examples={"manifest": manifest_body(_MODEL_ID, addresses)}),
            model_id,
            Parameter(
                name=generation.lifetime[0],
                description="Without effect: there is no file to give the address of.",
                kind=Int32,
                example=360,
            ),
            errors=(_MISSING,),
        ),
        locales("Models_ListSupportedLocales", "/models/locales"),
        get(
            "ServiceHealth_Get",
            "/healthstatus",
            "Get the health of the service",
            "Report whether the storage of jobs is available.",
            Content(ServiceHealth, examples={"healthy": health_body(is_healthy=True)}),
        ),
        *(
            get(
                "Models_ListCustomModels"
                if collection == "models"
                else f"{collection.capitalize()}_List",
                f"/{collection}",
                f"List {collection}",
                "Return an empty list: this server creates no such resources.",
                Content(EmptyCollection, examples={"empty": {"values": []}}),
            )
            for collection in EMPTY_COLLECTIONS
        ),
        *(
            ()
            if generation.is_dated  # where it is fast transcription's
            else (locales("Transcriptions_ListSupportedLocales", "/transcriptions/locales"),)
        ),
    )


OPERATIONS = tuple(operation for generation in GENERATIONS for operation in _operations(generation))
