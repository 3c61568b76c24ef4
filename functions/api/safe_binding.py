"""The addresses at which a server may be reached without keys, or without encryption."""

import ipaddress
from urllib.parse import urlsplit

from shared.errors import ConfigurationError, KeysMissing
from shared.settings import Settings


def require_safe_binding(settings: Settings) -> None:
    """Refuse to be reached from beyond loopback without keys or issuer, or without encryption.

    Raises
    ------
    KeysMissing: there is neither a key nor an issuer of access tokens.
    ConfigurationError: names the setting of TLS to set.
    """
    if not settings.is_protected and _is_behind_proxy(settings):
        raise KeysMissing(
            "SOTTO_KEYS (or SOTTO_OIDC_ISSUER) must be set where SOTTO_TLS_TERMINATED or "
            "SOTTO_PUBLIC_URL says that others come in through a proxy: without keys they all "
            "could use the service."
        )
    if is_loopback(settings.host):
        return
    if not settings.is_protected:
        raise KeysMissing(
            "SOTTO_KEYS (or SOTTO_OIDC_ISSUER) must be set to listen beyond loopback: without keys "
            "everyone who reaches SOTTO_HOST could use the service."
        )
    if settings.tls_cert is None and not settings.tls_terminated:
        raise ConfigurationError(
            "SOTTO_TLS_CERT and SOTTO_TLS_KEY must be set to listen beyond loopback, or "
            "SOTTO_TLS_TERMINATED=true if a proxy in front ends TLS."
        )


def _is_behind_proxy(settings: Settings) -> bool:
    """Whether a setting says that requests come from other machines."""
    if settings.tls_terminated:
        return True
    host = urlsplit(settings.public_url or "").hostname
    return host is not None and not is_loopback(host) and not host.endswith(".localhost")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address; a name other than `localhost` is not."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
