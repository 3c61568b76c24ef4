"""Who may call: keys and tokens of a request, and which addresses may be open without them."""

import hashlib
import hmac
import ipaddress
from collections.abc import Iterator, Mapping
from enum import Enum, auto

from starlette.requests import HTTPConnection

from functions.api.problems import Problem, Shape
from functions.api.tokens import MAX_CREDENTIAL_CHARACTERS, TokenIssuer
from shared.errors import ConfigurationError
from shared.settings import Settings
from shared.signing_keys import key_bytes

_KEY_HEADERS = ("ocp-apim-subscription-key", "api-key")


class Access(Enum):
    """What the credentials of a request amount to."""

    GRANTED = auto()
    MISSING = auto()
    WRONG = auto()


class Authenticator:
    """Compares what a client presents with the configured keys.

    Presented in `Ocp-Apim-Subscription-Key`, in `api-key`, or as `Authorization: Bearer` with a
    token or a key. One right credential is enough. Without configured keys everybody may call,
    which `require_safe_binding` allows on loopback only.

    As a FastAPI dependency: `Depends(authenticator.require)`, on the short audio routes
    `Depends(authenticator.require_short_audio)`; both run before the body is read.

    Raises
    ------
    ConfigurationError: a configured key is longer than any credential that is looked at.
    """

    def __init__(self, settings: Settings, tokens: TokenIssuer | None = None) -> None:
        if any(len(key_bytes(key)) > MAX_CREDENTIAL_CHARACTERS for key in settings.keys):
            raise ConfigurationError(
                f"SOTTO_KEYS: a key must have no more than {MAX_CREDENTIAL_CHARACTERS} bytes."
            )
        self._key_digests = tuple(_digest(key_bytes(key)) for key in settings.keys)
        self.tokens = TokenIssuer(settings.keys) if tokens is None else tokens

    def check(self, headers: Mapping[str, str], *, query_key: str | None = None) -> Access:
        """Judge the headers of a request; names are lower case unless the mapping folds case.

        `query_key` is a key from the query string, which browsers' WebSockets need.
        """
        if not self._key_digests:
            return Access.GRANTED
        access = Access.MISSING
        for presented in _presented(headers, query_key):
            if self._is_key(presented) or self.tokens.verify(presented) is not None:
                return Access.GRANTED
            access = Access.WRONG
        return access

    def check_key(self, headers: Mapping[str, str]) -> Access:
        """Judge a configured key alone: a token must not buy the next token."""
        if not self._key_digests:
            return Access.GRANTED
        presented = [headers[name] for name in _KEY_HEADERS if headers.get(name)]
        if not presented:
            return Access.MISSING
        return Access.GRANTED if any(map(self._is_key, presented)) else Access.WRONG

    async def require(self, connection: HTTPConnection) -> None:
        """Let a request with a right key or token pass.

        Raises
        ------
        Problem: 401, missing or wrong.
        """
        _refuse(self.check(connection.headers), missing_status=401)

    async def require_short_audio(self, connection: HTTPConnection) -> None:
        """Let a request with a right key or token pass.

        Raises
        ------
        Problem: 403 if missing, 401 if wrong, as the short audio contract wants.
        """
        _refuse(self.check(connection.headers), missing_status=403)

    async def require_key(self, connection: HTTPConnection) -> None:
        """Let a request with a right key pass, as `issueToken` wants.

        Raises
        ------
        Problem: 401, missing or wrong.
        """
        _refuse(self.check_key(connection.headers), missing_status=401)

    def _is_key(self, presented: str) -> bool:
        """Compare with every key, in a time that tells neither which fits nor how far."""
        if len(presented) > MAX_CREDENTIAL_CHARACTERS:
            return False
        digest = _digest(_header_bytes(presented))
        is_key = False
        for key_digest in self._key_digests:
            is_key |= hmac.compare_digest(digest, key_digest)
        return is_key


def require_safe_binding(settings: Settings) -> None:
    """Refuse to listen beyond loopback without keys, or without encryption.

    Raises
    ------
    ConfigurationError: names the key to set.
    """
    if is_loopback(settings.host):
        return
    if not settings.keys:
        raise ConfigurationError(
            "SOTTO_KEYS must be set to listen beyond loopback: without keys anybody who reaches "
            "SOTTO_HOST could use the service."
        )
    if settings.tls_cert is None and not settings.tls_terminated:
        raise ConfigurationError(
            "SOTTO_TLS_CERT and SOTTO_TLS_KEY must be set to listen beyond loopback, or "
            "SOTTO_TLS_TERMINATED=true if a proxy in front ends TLS."
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address; a name other than `localhost` is not."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _refuse(access: Access, *, missing_status: int) -> None:
    if access is Access.GRANTED:
        return
    status, message = (
        (missing_status, "Access denied: the request carries no subscription key or token.")
        if access is Access.MISSING
        else (401, "Access denied: the subscription key or token is not valid here.")
    )
    # RFC 9110, 15.5.2: a 401 names a scheme that would be accepted.
    headers = {"WWW-Authenticate": 'Bearer realm="sotto"'} if status == 401 else {}
    raise Problem(status, message, headers=headers, shape=Shape.WRAPPED)


def _presented(headers: Mapping[str, str], query_key: str | None) -> Iterator[str]:
    for name in _KEY_HEADERS:
        if key := headers.get(name):
            yield key
    if authorization := headers.get("authorization"):
        scheme, _, credential = authorization.partition(" ")
        # Another scheme is a wrong credential, not a missing one.
        yield credential.strip() if scheme.lower() == "bearer" else ""
    if query_key:
        yield query_key


def _header_bytes(value: str) -> bytes:
    """Undo the Latin-1 that ASGI servers read headers as, to compare with the key's UTF-8."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


def _digest(key: bytes) -> bytes:
    """Bytes of one length, so that comparing them does not tell the key's."""
    return hashlib.sha256(key).digest()
