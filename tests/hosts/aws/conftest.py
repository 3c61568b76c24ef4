"""A function in a process of its own, run by the real runtime client."""

import pytest
from http_events import FunctionSession
from runtime_api import run_function

KEY = "k7-of-the-function"


@pytest.fixture(scope="session")
def function(model_folder):
    """Run a function that all tests of the session share."""
    with run_function({"SOTTO_KEYS": KEY, "SOTTO_MODEL_FOLDER": str(model_folder)}) as running:
        yield running


@pytest.fixture
def send(function):
    """Give a sender of requests with the key, through the event that `as_event` makes."""

    def send_as(as_event, method, url, **request):
        headers = {"Ocp-Apim-Subscription-Key": KEY} | request.pop("headers", {})
        return FunctionSession(function, as_event, headers).send(method, url, **request)

    return send_as
