"""Authentication: keys and tokens of requests, and the addresses that may be open without keys."""

import hashlib
import hmac
import ipaddress
from collections.abc import Iterator, Mapping
from enum import Enum, auto
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from functions.api.problems import Problem, Shape
from functions.api.tokens import MAX_CREDENTIAL_CHARACTERS, TokenIssuer
from shared.errors import ConfigurationError, KeysMissing
from shared.settings import Settings
from shared.signing_keys import key_bytes

_KEY_HEADERS = ("ocp-apim-subscription-key", "api-key")


class Access(Enum):
    """Result of checking the credentials of a request."""

    GRANTED = auto()
    MISSING = auto()
    WRONG = auto()


class Authenticator:
    """Compares the credentials of a request with the configured keys.

    A client presents them in `Ocp-Apim-Subscription-Key`, in `api-key`, or as
    `Authorization: Bearer` with a token or a key. One valid credential is enough. Without
    configured keys every request is granted access; `require_safe_binding` allows that on
    loopback only.

    As a FastAPI dependency: `Depends(authenticator.require)`, on the short audio routes
    `Depends(authenticator.require_short_audio)`; both run before the body is read.

    Raises
    ------
    ConfigurationError: a configured key is longer than the longest credential that is checked.
    """

    def __init__(self, settings: Settings, tokens: TokenIssuer | None = None) -> None:
        if any(len(key_bytes(key)) > MAX_CREDENTIAL_CHARACTERS for key in settings.keys):
            raise ConfigurationError(
                f"SOTTO_KEYS: a key must have no more than {MAX_CREDENTIAL_CHARACTERS} bytes."
            )
        self._key_digests = tuple(_digest(key_bytes(key)) for key in settings.keys)
        self.tokens = TokenIssuer(settings.keys) if tokens is None else tokens

    def check(self, headers: Mapping[str, str], *, query_key: str | None = None) -> Access:
        """Check the headers of a request; names are lower case unless the mapping folds case.

        `query_key` is a key from the query string: WebSockets of browsers cannot set headers.
        """
        access, _ = self._identify(headers, query_key)
        return access

    def authenticate(self, connection: HTTPConnection) -> Access:
        """Check the headers of a request, and note in its state which key it came with."""
        access, connection.state.caller = self._identify(connection.headers, None)
        return access

    def check_key(self, headers: Mapping[str, str]) -> Access:
        """Check for a configured key only: a token must not obtain the next token."""
        if not self._key_digests:
            return Access.GRANTED
        presented = [headers[name] for name in _KEY_HEADERS if headers.get(name)]
        if not presented:
            return Access.MISSING
        return Access.GRANTED if any(map(self._is_key, presented)) else Access.WRONG

    async def require(self, connection: HTTPConnection) -> None:
        """Require a valid key or token.

        Raises
        ------
        Problem: 401, missing or wrong.
        """
        _refuse(self.authenticate(connection), missing_status=401)

    async def require_short_audio(self, connection: HTTPConnection) -> None:
        """Require a valid key or token.

        Raises
        ------
        Problem: 403 if missing, 401 if wrong, as the short audio contract specifies.
        """
        _refuse(self.authenticate(connection), missing_status=403)

    async def require_key(self, connection: HTTPConnection) -> None:
        """Require a valid key, as `issueToken` specifies.

        Raises
        ------
        Problem: 401, missing or wrong.
        """
        _refuse(self.check_key(connection.headers), missing_status=401)
        self.authenticate(connection)

    def _identify(self, headers: Mapping[str, str], query_key: str | None) -> tuple[Access, str]:
        """Result of the check, and the identifier of the key; empty without keys or access."""
        if not self._key_digests:
            return Access.GRANTED, ""
        access = Access.MISSING
        for presented in _presented_credentials(headers, query_key):
            if self._is_key(presented):
                return Access.GRANTED, self.tokens.caller(_header_bytes(presented))
            if (token := self.tokens.read(presented)) is not None:
                return Access.GRANTED, token.caller
            access = Access.WRONG
        return access, ""

    def _is_key(self, presented: str) -> bool:
        """Compare with every key, in a time that reveals neither which one matches nor how far."""
        if len(presented) > MAX_CREDENTIAL_CHARACTERS:
            return False
        digest = _digest(_header_bytes(presented))
        is_key = False
        for key_digest in self._key_digests:
            is_key |= hmac.compare_digest(digest, key_digest)
        return is_key


def require_safe_binding(settings: Settings) -> None:
    """Refuse to be reached from beyond loopback without keys, or without encryption.

    Raises
    ------
    KeysMissing: there is no key.
    ConfigurationError: names the setting of TLS to set.
    """
    if not settings.keys and _is_behind_proxy(settings):
        raise KeysMissing(
            "SOTTO_KEYS must be set where SOTTO_TLS_TERMINATED or SOTTO_PUBLIC_URL says that "
            "others come in through a proxy: without keys they all could use the service."
        )
    if is_loopback(settings.host):
        return
    if not settings.keys:
        raise KeysMissing(
            "SOTTO_KEYS must be set to listen beyond loopback: without keys everyone who reaches "
            "SOTTO_HOST could use the service."
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


def _refuse(access: Access, *, missing_status: int) -> None:
    if access is Access.GRANTED:
        return
    status, message = (
        (missing_status, "Access denied: the request carries no subscription key or token.")
        if access is Access.MISSING
        else (401, "Access denied: the subscription key or token is not valid here.")
    )
    # RFC 9110, 15.5.2: a 401 names an accepted scheme.
    headers = {"WWW-Authenticate": 'Bearer realm="sotto"'} if status == 401 else {}
    raise Problem(status, message, headers=headers, shape=Shape.WRAPPED)


def _presented_credentials(headers: Mapping[str, str], query_key: str | None) -> Iterator[str]:
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
    """Bytes of fixed length, so that comparing them does not reveal the length of the key."""
    return hashlib.sha256(key).digest()
