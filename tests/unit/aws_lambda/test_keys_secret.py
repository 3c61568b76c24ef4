"""Keys in a secret: how it is asked for, and the sentence for each refusal."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from functions.aws_lambda import keys_secret
from shared.errors import ConfigurationError
from shared.settings import Settings

ARN = "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:sotto-keys-AbCdEf"


class Service:
    """Secrets Manager that gives one answer, or fails with it."""

    def __init__(self, answer):
        self._answer = answer
        self.asked = {}

    def client(self, service, **options):
        """Stand in for `aws_client`."""
        self.asked = {"service": service, **options}
        return self

    def get_secret_value(self, **question):
        """Answer or fail."""
        self.asked |= question
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.fixture
def serve(monkeypatch):
    def make(answer):
        service = Service(answer)
        monkeypatch.setattr(keys_secret, "aws_client", service.client)
        return service

    return make


def test_the_region_is_that_of_the_secret(serve):
    service = serve({"SecretString": "new-key, old-key"})
    settings = keys_secret.with_keys_of_secret(Settings(keys_secret=ARN))
    assert settings.keys == ("new-key", "old-key")
    assert (service.asked["service"], service.asked["region"]) == ("secretsmanager", "cn-north-1")
    assert service.asked["SecretId"] == ARN


def test_without_a_secret_nothing_is_asked(serve):
    service = serve({})
    settings = Settings(keys=("k",))
    assert keys_secret.with_keys_of_secret(settings) is settings
    assert service.asked == {}


@pytest.mark.parametrize(
    ("error", "named"),
    [
        ("AccessDeniedException", "secretsmanager:GetSecretValue"),
        ("DecryptionFailure", "kms:Decrypt"),
        ("InvalidRequestException", "marked for deletion"),
        ("ThrottlingException", "refuses the request"),
    ],
)
def test_a_refusal_says_what_to_do_and_quotes_nothing(serve, error, named):
    answer = {"Error": {"Code": error, "Message": "User canary is not authorized"}}
    serve(ClientError(answer, "GetSecretValue"))
    with pytest.raises(ConfigurationError, match=named) as raised:
        keys_secret.with_keys_of_secret(Settings(keys_secret=ARN))
    assert "canary" not in str(raised.value)
    assert raised.value.__cause__ is raised.value.__context__ is None


def test_no_connection_is_named(serve):
    serve(EndpointConnectionError(endpoint_url="https://canary.example"))
    with pytest.raises(ConfigurationError, match="does not answer") as raised:
        keys_secret.with_keys_of_secret(Settings(keys_secret=ARN))
    assert "canary" not in str(raised.value)
