"""Keys in a secret of Secrets Manager (moto): the real runtime client reads it at its start."""

import socket
import time

import pytest
from aws_places import REGION
from http_events import FunctionSession
from runtime_api import run_function

from shared.storage.aws_session import aws_client

MODELS = "/v1/models"
MISSING = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:sotto-missing-AbCdEf"
SECRET = "first-canary-key, second-canary-key"


@pytest.fixture
def make_secret(aws_url):
    """Maker of secrets; gives their ARN."""
    client = aws_client("secretsmanager", region=REGION, endpoint_url=aws_url)
    made = []

    def make(**value):
        made.append(client.create_secret(Name=f"sotto-{time.monotonic_ns()}", **value)["ARN"])
        return made[-1]

    yield make
    for arn in made:
        client.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


def run(arn, aws_url, model_folder, **settings):
    """Run a function whose region is another than that of the secret."""
    return run_function(
        {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": aws_url,
            "SOTTO_KEYS_SECRET": arn,
            "SOTTO_MODEL_FOLDER": str(model_folder),
            **settings,
        }
    )


def status(function, key):
    return FunctionSession(function, headers={"api-key": key}).send("GET", MODELS).status_code


def test_the_keys_of_the_secret_open_the_function_and_no_others(make_secret, aws_url, tmp_path):
    with run(make_secret(SecretString=SECRET), aws_url, tmp_path) as function:
        found = [status(function, key) for key in ("first-canary-key", "second-canary-key", "k")]
    assert found == [200, 200, 401]
    assert "canary" not in function.log


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"SecretString": '{"SOTTO_KEYS": "canary"}'}, "must be the value of SOTTO_KEYS itself"),
        ({"SecretString": " , "}, "the secret has no key in it"),
        ({"SecretBinary": b"canary"}, "the secret has no key in it"),
        ({"SecretString": "canary" * 1000}, "a key must have no more than 4096 bytes"),
        (None, "the secret, or a value of it, does not exist"),
    ],
)
def test_a_secret_without_usable_keys_is_named_and_requests_are_answered_503(
    make_secret, aws_url, tmp_path, value, named
):
    arn = MISSING if value is None else make_secret(**value)
    with run(arn, aws_url, tmp_path) as function:
        assert status(function, "canary") == 503
    (line,) = [line for line in function.lines if line.startswith("sotto: SOTTO_KEYS")]
    assert named in line
    assert "canary" not in function.log
    assert "Traceback" not in function.log
    assert function.api.init_error is None


@pytest.mark.parametrize("accepts", [False, True])
def test_a_service_that_does_not_answer_is_named_and_not_waited_for(tmp_path, accepts):
    """It refuses connections, or accepts them and stays silent."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if accepts:
            silent.listen()
        with run(MISSING, f"http://127.0.0.1:{silent.getsockname()[1]}", tmp_path) as function:
            assert status(function, "k") == 503
    assert "SOTTO_KEYS_SECRET cannot be read: Secrets Manager does not answer" in function.log


def test_other_handlers_do_not_read_the_secret(aws_url):
    """Only the role of the HTTP function may."""
    settings = {
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": aws_url,
        "SOTTO_KEYS_SECRET": MISSING,
        "SOTTO_JOBS": "s3://sotto-jobs",
        "SOTTO_QUEUE": f"https://sqs.{REGION}.amazonaws.com/123456789012/work",
        "SOTTO_DEAD_LETTERS": f"https://sqs.{REGION}.amazonaws.com/123456789012/dead",
        "SOTTO_DROP_FOLDERS": "calls=s3://sotto-in>s3://sotto-out",
    }
    with run_function(settings, handler="functions.aws_lambda.s3_batch.handler") as function:
        assert "sotto:" not in function.log
