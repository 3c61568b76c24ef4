"""HTTP on AWS Lambda: `functions.aws_lambda.http.handler`.

Serves function URLs, API Gateway and Application Load Balancers. The model is loaded while this
module is imported, in the initialisation that Lambda does before the first event: it is not
waited for with provisioned concurrency, and has the full processor in any case.
"""

import json
import os
from typing import TYPE_CHECKING, Any

from functions.aws_lambda.configuration import http_settings
from functions.aws_lambda.events import Event, EventSource, source_of, without_stage
from functions.aws_lambda.keys_secret import with_keys_of_secret
from functions.aws_lambda.start import INITIALISATION_S, print_startup_error
from functions.model_loading import ModelLoading
from shared.errors import ConfigurationError, FeatureUnavailable, SpeechError
from shared.privacy.core_dumps import forbid_core_dumps
from shared.privacy.logs import configure_logging
from shared.privacy.telemetry_off import switch_telemetry_off
from shared.settings import Settings

if TYPE_CHECKING:
    from mangum.types import ASGI, LambdaContext
    from starlette.types import Receive, Scope, Send


# Text types of the API in addition to those of Mangum; other types are sent as base64.
_TEXT_TYPES = ["text/", "application/json", "application/jwt", "application/javascript"]


class HttpHandler:
    """Answers HTTP events with an ASGI app.

    Parameters
    ----------
    app: the ASGI app; it gets no lifespan events.
    """

    def __init__(self, app: "ASGI") -> None:
        from mangum import Mangum  # noqa: PLC0415

        self._adapter = Mangum(app, lifespan="off", text_mime_types=_TEXT_TYPES)

    def __call__(self, event: Event, context: "LambdaContext") -> dict[str, Any]:
        """Answer one event in the format of its sender.

        Raises
        ------
        FeatureUnavailable: the event is not HTTP. The invocation fails on purpose, so that its
            sender tries again or moves it to a dead-letter queue: nothing is lost.
        """
        source = source_of(event)
        if source is EventSource.S3_TEST:
            return {"served": False}
        if source is not EventSource.HTTP:
            raise FeatureUnavailable(f"Events of the kind {source} are not served here.")
        try:
            return self._adapter(without_stage(event), context)
        except Exception as error:  # noqa: BLE001 - the trigger's edge
            return _malformed(event, error)


def _malformed(event: Event, error: Exception) -> dict[str, Any]:
    """Answer an event that cannot be read as a request, such as one with an impossible Host.

    Unhandled, the error would be in the function's log with quotes of the request.
    """
    import structlog  # noqa: PLC0415

    from functions.api.paths import canonical_path  # noqa: PLC0415
    from functions.api.problems import Problem, shape_of_path  # noqa: PLC0415
    from shared.privacy.log_fields import exception_fields  # noqa: PLC0415

    structlog.get_logger().error("malformed_event", status=400, **exception_fields(error))
    path = event.get("rawPath") or event.get("path")
    shape = shape_of_path(canonical_path(path if isinstance(path, str) else ""))
    answer: dict[str, Any] = {
        "statusCode": 400,
        "body": json.dumps(Problem(400).body(shape)),
        "isBase64Encoded": False,
    }
    if "multiValueHeaders" in event:
        return answer | {"multiValueHeaders": {"content-type": ["application/json"]}}
    return answer | {"headers": {"content-type": "application/json"}}


def start() -> HttpHandler:
    """Make the handler of this process and load the model.

    Never fails for a setting or a model: a function that cannot be initialised is started
    again and again and answers 502. The error is one line on standard error, and every request
    is answered 503.
    """
    forbid_core_dumps()
    switch_telemetry_off()
    try:
        settings = http_settings(os.environ)
    except SpeechError as error:
        configure_logging()
        print_startup_error(error)
        return HttpHandler(_refusing_app())
    configure_logging(settings.log_level)
    loading = ModelLoading(settings)
    try:
        # The model loads while boto3 is imported and reads the secret.
        handler = HttpHandler(_serving_app(with_keys_of_secret(settings), loading))
    except ConfigurationError as error:
        print_startup_error(error)
        handler = HttpHandler(_refusing_app())
    loading.wait(INITIALISATION_S)
    return handler


def _serving_app(settings: Settings, loading: ModelLoading) -> "ASGI":
    from starlette.middleware import Middleware  # noqa: PLC0415

    from functions.api.app import create_app  # noqa: PLC0415
    from functions.aws_lambda.invocation_limits import InvocationLimits  # noqa: PLC0415
    from shared.jobs.batch_setup import configured_addresses  # noqa: PLC0415

    batch = None
    if configured_addresses(settings) is not None:
        from functions.aws_lambda.batch_setup import open_function_batch  # noqa: PLC0415

        batch = open_function_batch(settings)
    app = create_app(settings, loading.transcriber(), batch)
    app.user_middleware.append(Middleware(InvocationLimits))  # the innermost
    return app


def _refusing_app() -> "ASGI":
    """App that answers 503 to everything, in the shape of the contract."""
    from starlette.responses import JSONResponse  # noqa: PLC0415

    from functions.api.paths import CanonicalPaths  # noqa: PLC0415
    from functions.api.problems import Problem, shape_of_path  # noqa: PLC0415

    problem = Problem(503, "This function is not set up. Its log says why.")

    async def refuse(scope: "Scope", receive: "Receive", send: "Send") -> None:
        response = JSONResponse(problem.body(shape_of_path(scope["path"])), problem.status)
        await response(scope, receive, send)

    return CanonicalPaths(refuse)


handler = start()
