"""Settings of a function: those of the environment, adapted to the platform."""

from collections.abc import Mapping
from dataclasses import replace

from functions.api.shared_keys import require_shared_keys
from shared.errors import ConfigurationError
from shared.settings import Settings

# Memory that comes with one vCPU.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
_MEGABYTES_PER_CORE = 1769

# A function stores nothing in folders, and its user may have no home folder.
_NO_DATA_FOLDER = {"SOTTO_DATA_FOLDER": "/nonexistent"}


def function_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings and adapt them to the function.

    Lambda shows at least two cores to a function that has the time of one, so `SOTTO_THREADS=0`
    follows the configured memory, not the visible cores.

    Raises
    ------
    ConfigurationError: a bad value; no model folder and no home folder that could have one.
    """
    try:
        settings = Settings.from_environment(_NO_DATA_FOLDER | dict(environment))
    except RuntimeError:  # the user of the function has no home folder
        raise ConfigurationError(
            "SOTTO_MODEL_FOLDER must name the folder of the image that holds the models."
        ) from None
    memory_megabytes = environment.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
    if settings.threads == 0 and memory_megabytes.isdecimal():
        n_cores = max(1, round(int(memory_megabytes) / _MEGABYTES_PER_CORE))
        settings = replace(settings, threads=n_cores)
    return settings


def http_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings of a function that is reachable from the internet.

    Keys in a secret are not read yet: `keys_secret.with_keys_of_secret` does it.

    Raises
    ------
    ConfigurationError: as above; keys both here and in a secret; neither keys nor an issuer, or
        no keys for the addresses of results.
    """
    settings = function_settings(environment)
    if settings.keys and settings.keys_secret is not None:
        raise ConfigurationError("SOTTO_KEYS and SOTTO_KEYS_SECRET exclude each other: set one.")
    if not settings.is_protected and settings.keys_secret is None:
        raise ConfigurationError(
            "SOTTO_KEYS must be set on AWS Lambda, or SOTTO_KEYS_SECRET or SOTTO_OIDC_ISSUER: "
            "without keys everyone who knows the address could use the service."
        )
    if settings.keys_secret is None:
        require_shared_keys(settings)
    return replace(settings, tls_terminated=True)  # by the platform
