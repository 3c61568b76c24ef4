"""The client keys of a function, from a secret of AWS Secrets Manager (`SOTTO_KEYS_SECRET`).

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
"""

from dataclasses import replace
from typing import Any

from shared.errors import ConfigurationError
from shared.settings import Settings
from shared.settings.values import comma_separated
from shared.storage.aws_session import aws_client

# Two tries and a second between them fit in the 10 s of an initialisation.
CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 2.0
_N_TRIES = 2

_REASONS = {
    "ResourceNotFoundException": "the secret, or a value of it, does not exist",
    "AccessDeniedException": "the function's role needs secretsmanager:GetSecretValue on it, and "
    "kms:Decrypt where it has a key of its own",
    "DecryptionFailure": "the function's role needs kms:Decrypt on the key of the secret",
    "InvalidRequestException": "the secret is marked for deletion, or not in a state to be read",
}


def with_keys_of_secret(settings: Settings) -> Settings:
    """Settings with the keys of the secret, if they name one. Blocks for at most 10 s.

    Raises
    ------
    ConfigurationError: the secret cannot be read, or has no keys in it. The message quotes
        neither the secret nor the service.
    """
    if settings.keys_secret is None:
        return settings
    text = _read(settings.keys_secret)
    if text.lstrip().startswith("{"):
        raise ConfigurationError(
            "SOTTO_KEYS_SECRET: the text of the secret must be the value of SOTTO_KEYS itself, not "
            "JSON. Store it as plaintext, not as key and value."
        )
    keys = comma_separated(text)
    if not keys:
        raise ConfigurationError("SOTTO_KEYS_SECRET: the secret has no key in it.")
    return replace(settings, keys=keys)


def _read(arn: str) -> str:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    client = aws_client(
        "secretsmanager",
        region=arn.split(":")[3],
        connect_timeout_s=CONNECT_TIMEOUT_S,
        read_timeout_s=READ_TIMEOUT_S,
        tries=_N_TRIES,
        connections=1,
    )
    try:
        value: dict[str, Any] = client.get_secret_value(SecretId=arn)
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code"))
        reason = _REASONS.get(code, "Secrets Manager refuses the request")
    except BotoCoreError:
        reason = "Secrets Manager does not answer; a function in a network needs a way to it"
    else:
        # A secret of bytes has `SecretBinary` instead.
        return str(value.get("SecretString", ""))
    raise ConfigurationError(f"SOTTO_KEYS_SECRET cannot be read: {reason}.")
