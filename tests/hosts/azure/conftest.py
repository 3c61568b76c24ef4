"""A function app that all tests of the session share, and a starter of others."""

import os
import sys

import pytest
import requests

from tests.hosts.azure.batch_host import BatchAccount, BatchHost
from tests.hosts.azure.functions_host import KEY, PROJECT, FunctionsHost


@pytest.fixture(scope="session")
def azure_python():
    """Skip on a Python that has no worker, or fail where `SOTTO_REQUIRE_AZURE=1`, as in CI."""
    if sys.version_info >= (3, 13):
        return
    reason = (
        "azure-functions-runtime, the worker that Azure runs, needs Python 3.13; "
        f"this is {sys.version_info.major}.{sys.version_info.minor}"
    )
    if os.environ.get("SOTTO_REQUIRE_AZURE") == "1":
        pytest.fail(f"{reason}, and this run must have the worker.")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def start_host(request, model_folder):
    """Make a function app with settings of its own, to be started by `with`."""
    request.getfixturevalue("azure_python")

    def make(command=(), app=PROJECT, worker=None, **settings):
        defaults = {"SOTTO_KEYS": KEY, "SOTTO_MODEL_FOLDER": str(model_folder)}
        return FunctionsHost(defaults | settings, command, app, worker)

    return make


@pytest.fixture(scope="session")
def azure_host(start_host):
    """Run a function app that the tests of the session share."""
    with start_host() as host:
        yield host
    assert host.failures == []


@pytest.fixture
def http():
    """Open a `requests` session that carries the key."""
    with requests.Session() as session:
        session.headers["Ocp-Apim-Subscription-Key"] = KEY
        yield session


@pytest.fixture(scope="session")
def batch_host(start_host, azure_storage):
    """Run a function app with drop folders on Azurite."""
    account = BatchAccount(azure_storage.connection_string)
    account.make_containers()
    with start_host(**account.settings()) as host:
        yield BatchHost(host, account)
