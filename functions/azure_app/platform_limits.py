"""Limits of Azure Functions that are lower than those of the contracts.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#limits
"""

from collections.abc import Mapping
from dataclasses import replace

from functions.api.shared_keys import require_shared_keys
from functions.azure_app.host_storage import with_host_storage
from shared.errors import ConfigurationError
from shared.settings import Settings

# The load balancer drops a request that has no answer after 230 s, regardless of
# `functionTimeout`. Ten of these seconds are for the way to it.
ANSWER_WITHIN_S = 220.0

_BODY_LIMIT_KEY = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"
_DEFAULT_BODY_LIMIT_BYTES = 104_857_600

# A form may have 1 MB beside its audio; another 1 MB is the distance to the host's limit. Beyond
# it the host answers 500 (azure-functions-host#10519), after which clients repeat the upload.
_BODY_MARGIN_BYTES = 2_000_000


def function_app_settings(environment: Mapping[str, str]) -> Settings:
    """Settings of a function app, with the upload limit below that of the host.

    Where they name no storage account, `azure:` addresses mean the host's.

    Raises
    ------
    ConfigurationError: a value that cannot be served; neither keys nor an issuer, or no keys
        for the addresses of results. A function app is reachable from the internet, or from a
        network; there is no loopback to be open on.
    """
    settings = with_host_storage(Settings.from_environment(environment), environment)
    if not settings.is_protected:
        raise ConfigurationError(
            "SOTTO_KEYS must be set, or SOTTO_OIDC_ISSUER: without keys everyone who reaches this "
            "function app could use it."
        )
    require_shared_keys(settings)
    allowed_bytes = _body_limit_bytes(environment) - _BODY_MARGIN_BYTES
    return replace(
        settings,
        max_upload_bytes=min(settings.max_upload_bytes, allowed_bytes),
        tls_terminated=True,  # by the platform
    )


def _body_limit_bytes(environment: Mapping[str, str]) -> int:
    written = environment.get(_BODY_LIMIT_KEY, "").strip() or str(_DEFAULT_BODY_LIMIT_BYTES)
    if not (written.isascii() and written.isdigit() and int(written) > 2 * _BODY_MARGIN_BYTES):
        raise ConfigurationError(
            f"{_BODY_LIMIT_KEY} must be a number of bytes over {2 * _BODY_MARGIN_BYTES}."
        )
    return int(written)
