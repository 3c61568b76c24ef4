"""Loading of the model beside the start of the app."""

import contextlib
from collections.abc import Callable

import azure.functions as func
from azure.functions.warmup import WarmUpContext

from shared.errors import SpeechError


def create_blueprint(load: Callable[[], None]) -> func.Blueprint:
    """Function `warmup`: the platform waits for it before a further instance gets requests.

    https://learn.microsoft.com/azure/azure-functions/functions-bindings-warmup
    """
    blueprint = func.Blueprint()  # type: ignore[no-untyped-call]

    @blueprint.function_name("warmup")  # the name is the platform's
    @blueprint.warm_up_trigger("context_of_warmup")
    def warmup(context_of_warmup: WarmUpContext) -> None:  # noqa: ARG001 - it carries nothing
        with contextlib.suppress(SpeechError):  # in the log already
            load()

    return blueprint
