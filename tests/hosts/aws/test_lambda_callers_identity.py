"""Access tokens of an issuer on Lambda, where each event has an event loop of its own."""

import pytest
from http_events import FunctionSession
from runtime_api import run_function

from tests.issuer import AUDIENCE, KEYS, public_jwk, running_issuer

MODELS = "/v1/models"


@pytest.fixture
def issuer():
    with running_issuer() as running:
        yield running


def test_a_function_without_keys_accepts_tokens_of_its_issuer_alone(issuer, tmp_path):
    settings = {
        "SOTTO_MODEL_FOLDER": str(tmp_path),
        "SOTTO_OIDC_ISSUER": issuer.url,
        "SOTTO_OIDC_AUDIENCE": AUDIENCE,
    }
    issuer.published = [public_jwk("first"), public_jwk("second")]
    with run_function(settings) as function:

        def status(credential):
            headers = {"Authorization": f"Bearer {credential}"}
            return FunctionSession(function, headers=headers).send("GET", MODELS).status_code

        found = [
            status(credential)
            for credential in (issuer.token(), issuer.token("second"), issuer.token(exp=1), "k")
        ]
        missing = FunctionSession(function, headers={}).send("GET", MODELS).status_code
    assert (found, missing) == ([200, 200, 401, 401], 401)
    assert issuer.n_requests[KEYS] == 1
    assert "caller-1" not in function.log


def test_jobs_need_keys_beside_an_issuer(issuer, tmp_path):
    """Each instance would sign the addresses of results with a key of its own."""
    settings = {
        "SOTTO_MODEL_FOLDER": str(tmp_path),
        "SOTTO_OIDC_ISSUER": issuer.url,
        "SOTTO_OIDC_AUDIENCE": AUDIENCE,
        "SOTTO_JOBS": "s3://sotto-jobs",
    }
    with run_function(settings) as function:
        answer = FunctionSession(function, headers={}).send("GET", MODELS)
    assert answer.status_code == 503
    assert "sotto: SOTTO_KEYS must be set where SOTTO_JOBS is" in function.log
