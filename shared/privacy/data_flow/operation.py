"""Features of keys, health, models and the command line."""

from shared.privacy.data_flow.entries import MEMORY, managed
from shared.privacy.data_flow.flow import (
    Command,
    Condition,
    Data,
    Feature,
    Flow,
    Place,
    Platform,
    Route,
    Socket,
    Stay,
    Trigger,
)

OPERATION: tuple[Feature, ...] = (
    Feature(
        "Tokens",
        (Route("POST", "/sts/v1.0/issueToken"),),
        (
            Flow((Data.KEYS,), MEMORY, Stay.REQUEST, source=Place.CLIENT, settings=("SOTTO_KEYS",)),
            Flow((Data.TOKENS,), (Place.CLIENT,), Stay.TEN_MINUTES),
        ),
    ),
    Feature(
        "Configured keys",
        (Command("serve"), Trigger(Platform.FUNCTIONS, "http"), Trigger(Platform.LAMBDA, "http")),
        (
            Flow((Data.KEYS,), MEMORY, Stay.PROCESS, settings=("SOTTO_KEYS",)),
            Flow(
                (Data.KEYS,),
                MEMORY,
                Stay.PROCESS,
                source=Place.SECRETS,
                only_with=Condition("SOTTO_KEYS_SECRET"),
            ),
        ),
    ),
    Feature(
        "HTTP on Functions and Lambda",
        (Trigger(Platform.FUNCTIONS, "http"), Trigger(Platform.LAMBDA, "http")),
        (
            Flow(
                (Data.AUDIO, Data.TEXT, Data.TRANSCRIPT, Data.KEYS, Data.TOKENS),
                (Place.PLATFORM,),
                Stay.RECEIVER,
                source=Place.CLIENT,
            ),
        ),
    ),
    Feature(
        "Lists of models, voices and languages",
        (
            Route("GET", "/speechtotext/transcriptions/locales"),
            Route("GET", "/speechtotext/{version}/transcriptions/locales"),
            *managed("GET", "/models/base"),
            *managed("GET", "/models/base/locales"),
            *managed("GET", "/models/base/{model_id}"),
            *managed("GET", "/models/base/{model_id}/manifest"),
            *managed("GET", "/models/locales"),
            *managed("GET", "/models"),
            *managed("GET", "/projects"),
            *managed("GET", "/datasets"),
            *managed("GET", "/endpoints"),
            *managed("GET", "/evaluations"),
            Route("GET", "/cognitiveservices/voices/list"),
            Route("GET", "/v1/audio/voices"),
            Route("GET", "/v1/audio/models"),
            Route("GET", "/v1/models"),
            Route("GET", "/v1/models/{model}"),
            Route("GET", "/languages"),
        ),
        (
            Flow((Data.NOTHING,), (Place.CLIENT,), Stay.REQUEST),
            Flow(
                (Data.NOTHING,),
                (Place.AZURE_SPEECH,),
                Stay.RECEIVER,
                only_with=Condition("SOTTO_VOICES", ("azure",)),
            ),
        ),
    ),
    Feature(
        "Health and reference",
        (
            Route("GET", "/"),
            Route("GET", "/playground/{name}"),
            Route("GET", "/ready"),
            Route("GET", "/status"),
            Route("GET", "/healthz"),
            *managed("GET", "/healthstatus"),
            Route("GET", "/swagger"),
            Route("GET", "/swagger/index.html"),
            Route("GET", "/swagger/{name}"),
            Route("GET", "/swagger/v1/swagger.json"),
            Route("GET", "/openapi.json"),
            Socket("/{path:path}"),  # refuses every other path
            Trigger(Platform.FUNCTIONS, "warmup"),
        ),
        (Flow((Data.NOTHING,), (Place.CLIENT,), Stay.REQUEST),),
    ),
    Feature(
        "Metrics",
        (Route("GET", "/metrics"),),
        (
            Flow(
                (Data.MEASURES,),
                (Place.MEMORY, Place.MONITORING),
                Stay.PROCESS,
                settings=("SOTTO_METRICS_PORT",),
            ),
        ),
    ),
    Feature(
        "Models",
        (
            Command("models list"),
            Command("models fetch"),
            Command("models verify"),
            Command("models convert"),
            Command("models remove"),
        ),
        (Flow((Data.NOTHING,), (Place.MODEL_SOURCE,), Stay.RECEIVER),),
    ),
    Feature(
        "Doctor",
        (Command("doctor"),),
        (
            Flow((Data.KEYS,), MEMORY, Stay.PROCESS, settings=("SOTTO_KEYS",)),
            Flow((Data.NOTHING,), (Place.TERMINAL,), Stay.RECEIVER),
            *(
                Flow((Data.NOTHING,), (place,), Stay.RECEIVER, only_with=condition)
                for place, condition in (
                    (Place.AZURE_SPEECH, Condition("SOTTO_AZURE_SPEECH_KEY")),
                    (Place.AZURE_TRANSLATOR, Condition("SOTTO_TRANSLATORS", ("azure",))),
                    (Place.AMAZON_TRANSLATE, Condition("SOTTO_TRANSLATORS", ("amazon",))),
                    (Place.ISSUER, Condition("SOTTO_OIDC_ISSUER")),
                )
            ),
        ),
    ),
    Feature(
        "Jobs of a server, on the command line",
        tuple(Command(f"jobs {action}") for action in ("submit", "list", "show", "wait", "delete")),
        (
            Flow(
                (Data.ADDRESSES, Data.LABELS, Data.KEYS),
                (Place.NAMED_SERVER,),
                Stay.RECEIVER,
                source=Place.TERMINAL,
            ),
            Flow(
                (Data.TRANSCRIPT, Data.FILE_NAMES),
                (Place.TERMINAL,),
                Stay.OPERATOR,
                source=Place.NAMED_SERVER,
            ),
        ),
    ),
    Feature(
        "Privacy check",
        (Command("privacy-check"),),
        (
            Flow((Data.AUDIO, Data.TRANSCRIPT), MEMORY, Stay.FILE, source=Place.TERMINAL),
            Flow((Data.KEYS,), MEMORY, Stay.PROCESS, settings=("SOTTO_KEYS",)),
            Flow((Data.MEASURES,), (Place.TERMINAL,), Stay.RECEIVER),
        ),
    ),
    Feature(
        "Assessment on the command line",
        (Command("assess"),),
        (
            Flow((Data.AUDIO, Data.TEXT), MEMORY, Stay.FILE, source=Place.TERMINAL),
            Flow((Data.TRANSCRIPT, Data.SCORES), (Place.TERMINAL,), Stay.RECEIVER),
        ),
    ),
    Feature(
        "Calibration of a model",
        (Command("models calibrate"),),
        (
            Flow((Data.AUDIO, Data.TRANSCRIPT), MEMORY, Stay.FILE, source=Place.TERMINAL),
            Flow((Data.MEASURES,), (Place.TERMINAL,), Stay.RECEIVER),
        ),
    ),
)
