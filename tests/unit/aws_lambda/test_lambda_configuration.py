"""Settings of a function: HTTP must have keys, threads follow the memory."""

import pwd
from pathlib import Path

import pytest

from functions.aws_lambda.configuration import function_settings, http_settings
from shared.errors import ConfigurationError

GIVEN = {"SOTTO_KEYS": "k", "SOTTO_MODEL_FOLDER": "/opt/models"}


@pytest.mark.parametrize(
    ("megabytes", "threads"),
    [("512", 1), ("1769", 1), ("3008", 2), ("3538", 2), ("5307", 3), ("10240", 6)],
)
def test_threads_follow_the_memory(megabytes, threads):
    """One vCPU comes with 1,769 MB, six with 10,240 MB."""
    environment = GIVEN | {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": megabytes}
    assert function_settings(environment).threads == threads


def test_chosen_threads_stay():
    environment = GIVEN | {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "10240", "SOTTO_THREADS": "3"}
    assert function_settings(environment).threads == 3


def test_without_a_memory_size_every_core_is_taken():
    assert function_settings(GIVEN).threads == 0


def test_keys_are_compulsory_for_http():
    """SOTTO_HOST changes nothing: a function does not listen on it."""
    with pytest.raises(ConfigurationError, match="SOTTO_KEYS"):
        http_settings({"SOTTO_HOST": "127.0.0.1"} | GIVEN | {"SOTTO_KEYS": ""})


ISSUER = {"SOTTO_OIDC_ISSUER": "https://login.example", "SOTTO_OIDC_AUDIENCE": "api://sotto"}
OPEN = {key: value for key, value in GIVEN.items() if key != "SOTTO_KEYS"}


def test_an_issuer_is_enough_for_http_without_jobs():
    """Addresses of results are signed with the keys, which all instances share."""
    assert http_settings(OPEN | ISSUER).keys == ()
    jobs = {"SOTTO_JOBS": "s3://sotto-jobs"}
    with pytest.raises(ConfigurationError, match="SOTTO_KEYS must be set where SOTTO_JOBS is"):
        http_settings(OPEN | ISSUER | jobs)
    assert http_settings(OPEN | ISSUER | jobs | {"SOTTO_BATCH": "false"}).keys == ()
    assert http_settings(GIVEN | ISSUER | jobs).keys == ("k",)


ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:sotto-keys-AbCdEf"


def test_keys_may_be_in_a_secret_which_is_read_later():
    settings = http_settings(OPEN | {"SOTTO_KEYS_SECRET": ARN, "SOTTO_JOBS": "s3://sotto-jobs"})
    assert (settings.keys, settings.keys_secret) == ((), ARN)


def test_keys_are_here_or_in_a_secret():
    with pytest.raises(ConfigurationError, match="SOTTO_KEYS_SECRET exclude each other"):
        http_settings(GIVEN | {"SOTTO_KEYS_SECRET": ARN})


def test_without_http_there_are_no_keys_to_have():
    given = {key: value for key, value in GIVEN.items() if key != "SOTTO_KEYS"}
    assert function_settings(given).keys == ()


def test_a_user_without_a_home_folder_must_name_the_models(monkeypatch):
    def unknown(_uid):
        raise KeyError

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises(ConfigurationError, match="SOTTO_MODEL_FOLDER"):
        function_settings({"SOTTO_KEYS": "k"})
    assert function_settings(GIVEN).model_folder == Path("/opt/models")
