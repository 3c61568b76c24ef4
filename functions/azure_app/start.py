"""The start of a worker process: settings, log, model, app and triggers."""

import sys
from collections.abc import Mapping

import azure.functions as func

from functions.azure_app.platform_limits import ANSWER_WITHIN_S, function_app_settings
from functions.model_loading import ModelLoading
from shared.errors import ConfigurationError
from shared.privacy.logs import configure_logging
from shared.settings import Settings


def create_function_app(environment: Mapping[str, str]) -> func.FunctionApp:
    """Function app of this process; its model is being loaded when this returns.

    Where the settings cannot be served, standard error says why, and every request is
    answered 503.
    """
    try:
        return _with_settings(function_app_settings(environment), environment)
    except ConfigurationError as error:
        sys.stderr.write(f"sotto: {error}\n")
        return _without_settings()


def _with_settings(settings: Settings, environment: Mapping[str, str]) -> func.FunctionApp:
    configure_logging(settings.log_level)
    # Loads while the host indexes the functions; requests wait for the rest meanwhile.
    loading = ModelLoading(settings)

    from functions.api.app import create_app  # noqa: PLC0415
    from functions.azure_app import batch_triggers, http, warm_up  # noqa: PLC0415
    from functions.azure_app.answer_deadline import AnswerDeadline  # noqa: PLC0415
    from functions.azure_app.web_server_log import silence_web_server  # noqa: PLC0415

    silence_web_server()
    batch = batch_triggers.open_app_batch(settings)
    transcriber = loading.transcriber()
    app = AnswerDeadline(create_app(settings, transcriber, batch), ANSWER_WITHIN_S)
    return _joined(
        http.create_blueprint(app),
        warm_up.create_blueprint(transcriber.load),
        *batch_triggers.create_blueprints(settings, environment, transcriber, batch),
    )


def _without_settings() -> func.FunctionApp:
    configure_logging()

    from functions.azure_app import http  # noqa: PLC0415
    from functions.azure_app.not_set_up import not_set_up  # noqa: PLC0415
    from functions.azure_app.web_server_log import silence_web_server  # noqa: PLC0415

    silence_web_server()
    return _joined(http.create_blueprint(not_set_up))


def _joined(*blueprints: func.Blueprint) -> func.FunctionApp:
    app = func.FunctionApp()
    for blueprint in blueprints:
        app.register_functions(blueprint)
    return app
