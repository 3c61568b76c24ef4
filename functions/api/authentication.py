"""Authentication: keys and tokens of requests."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from functions.api.access import Access, refusal_headers, refusal_of
from functions.api.problems import Problem, Shape
from functions.api.tokens import MAX_CREDENTIAL_CHARACTERS, TokenIssuer
from shared.errors import ConfigurationError
from shared.settings import Settings
from shared.signing_keys import key_bytes

if TYPE_CHECKING:
    from functions.api.identity.access_tokens import AccessTokens

_KEY_HEADERS = ("ocp-apim-subscription-key", "api-key")

# The Speech SDK sends `aad#<id of the resource>#<token>` where an app sets a token of Entra ID.
# https://learn.microsoft.com/azure/ai-services/speech-service/how-to-configure-azure-ad-auth
_ENTRA_PREFIX = "aad#"


@dataclass(frozen=True, slots=True)
class Identified:
    """Result of checking the credentials of a request.

    caller: identifier of the key or of the identity; empty without access or without keys.
    expires_at: end of the access token, seconds since the epoch; None for other credentials.
    """

    access: Access
    caller: str = ""
    expires_at: int | None = None


class Authenticator:
    """Compares the credentials of a request with the configured keys and issuers.

    A client presents them in `Ocp-Apim-Subscription-Key`, in `api-key`, or as
    `Authorization: Bearer` with a token or a key. One valid credential is enough. Without
    configured keys and issuers every request is granted access; `require_safe_binding` allows
    that on loopback only.

    As a FastAPI dependency: `Depends(authenticator.require)`, on the short audio routes
    `Depends(authenticator.require_short_audio)`; both run before the body is read.

    Raises
    ------
    ConfigurationError: a configured key is longer than the longest credential that is checked, or
        an issuer's address is not safe.
    """

    def __init__(self, settings: Settings, tokens: TokenIssuer | None = None) -> None:
        if any(len(key_bytes(key)) > MAX_CREDENTIAL_CHARACTERS for key in settings.keys):
            raise ConfigurationError(
                f"SOTTO_KEYS: a key must have no more than {MAX_CREDENTIAL_CHARACTERS} bytes."
            )
        self._is_open = not settings.is_protected
        self._key_digests = tuple(_digest(key_bytes(key)) for key in settings.keys)
        self._access_tokens = _access_tokens(settings) if settings.oidc_issuer else None
        self.tokens = TokenIssuer(settings.keys) if tokens is None else tokens

    async def check(
        self,
        headers: Mapping[str, str],
        *,
        query_key: str | None = None,
        query_authorization: str | None = None,
    ) -> Access:
        """Check the headers of a request; names are lower case unless the mapping folds case.

        WebSockets of browsers cannot set headers: `query_key` and `query_authorization` are a key
        and a value of `Authorization` from the query string.
        """
        presented = list(_presented(headers))
        if query_key:
            presented.append(query_key)
        if query_authorization:
            presented.append(_bearer_credential(query_authorization))
        return (await self._identify(presented)).access

    async def authenticate(self, connection: HTTPConnection) -> Access:
        """Check the headers of a request, and note in its state the caller that it came from."""
        identified = await self._identify(_presented(connection.headers))
        connection.state.caller = identified.caller
        return identified.access

    async def require(self, connection: HTTPConnection) -> None:
        """Require a valid key or token.

        Raises
        ------
        Problem: 401, missing or wrong; 403, a token without a required role; 503, a token whose
            issuer cannot be reached.
        """
        _refuse(await self.authenticate(connection), missing_status=401)

    async def require_short_audio(self, connection: HTTPConnection) -> None:
        """Require a valid key or token.

        Raises
        ------
        Problem: 403 if missing, as the short audio contract specifies; else as `require`.
        """
        _refuse(await self.authenticate(connection), missing_status=403)

    async def require_exchangeable(self, connection: HTTPConnection) -> None:
        """Require a key in its header, as `issueToken` specifies, or an access token of an issuer.

        A token of `issueToken` is not accepted: it must not obtain the next token. State of the
        request: `caller`, and `expires_at`, the end of the access token or None.

        Raises
        ------
        Problem: as `require`. 403 for a valid access token on a server without keys: its tokens
            would be signed with a key that no other instance has.
        """
        identified = await self.identify_exchangeable(connection.headers)
        _refuse(identified.access, missing_status=401)
        if not self._key_digests and not self._is_open:
            raise Problem(
                403,
                "Tokens are issued by servers with SOTTO_KEYS only. Present the access token.",
                shape=Shape.WRAPPED,
            )
        connection.state.caller = identified.caller
        connection.state.expires_at = identified.expires_at

    async def identify_exchangeable(self, headers: Mapping[str, str]) -> Identified:
        """Check for a credential that may obtain a token."""
        if self._is_open:
            return Identified(Access.GRANTED)
        keys = [headers[name] for name in _KEY_HEADERS if headers.get(name)]
        for presented in keys:
            if self._is_key(presented):
                return Identified(Access.GRANTED, self.tokens.caller(_header_bytes(presented)))
        if self._access_tokens is not None and (authorization := headers.get("authorization")):
            return await self._identity(_bearer_credential(authorization))
        return Identified(Access.WRONG if keys else Access.MISSING)

    async def _identify(self, credentials: Iterable[str]) -> Identified:
        """Check each credential; of several refusals the one that says most is returned."""
        if self._is_open:
            return Identified(Access.GRANTED)
        refused = Identified(Access.MISSING)
        for presented in credentials:
            if self._is_key(presented):
                return Identified(Access.GRANTED, self.tokens.caller(_header_bytes(presented)))
            if self._key_digests and (token := self.tokens.read(presented)) is not None:
                return Identified(Access.GRANTED, token.caller)
            identified = await self._identity(presented)
            if identified.access is Access.GRANTED:
                return identified
            if refused.access in {Access.MISSING, Access.WRONG}:
                refused = identified
        return refused

    async def _identity(self, presented: str) -> Identified:
        """Check an access token of an issuer."""
        if self._access_tokens is None:
            return Identified(Access.WRONG)
        if presented.startswith(_ENTRA_PREFIX):
            presented = presented.rpartition("#")[2]
        identity = await self._access_tokens.read(presented)
        if isinstance(identity, Access):
            return Identified(identity)
        caller = self.tokens.caller(identity.subject.encode("utf-8", "surrogatepass"))
        return Identified(Access.GRANTED, caller, identity.expires_at)

    def _is_key(self, presented: str) -> bool:
        """Compare with every key, in a time that reveals neither which one matches nor how far."""
        if len(presented) > MAX_CREDENTIAL_CHARACTERS:
            return False
        digest = _digest(_header_bytes(presented))
        is_key = False
        for key_digest in self._key_digests:
            is_key |= hmac.compare_digest(digest, key_digest)
        return is_key


def _access_tokens(settings: Settings) -> "AccessTokens":
    # Only servers with an issuer import it.
    from functions.api.identity.access_tokens import AccessTokens  # noqa: PLC0415

    return AccessTokens(settings)


def _refuse(access: Access, *, missing_status: int) -> None:
    if access is Access.GRANTED:
        return
    status, message = refusal_of(access)
    if access is Access.MISSING:
        status = missing_status
    raise Problem(status, message, headers=refusal_headers(status), shape=Shape.WRAPPED)


def _presented(headers: Mapping[str, str]) -> Iterator[str]:
    """Credentials of the headers of a request."""
    for name in _KEY_HEADERS:
        if key := headers.get(name):
            yield key
    if authorization := headers.get("authorization"):
        yield _bearer_credential(authorization)


def _bearer_credential(authorization: str) -> str:
    """Credential of the scheme `Bearer`; another scheme is a wrong one, not a missing one."""
    scheme, _, credential = authorization.partition(" ")
    return credential.strip() if scheme.lower() == "bearer" else ""


def _header_bytes(value: str) -> bytes:
    """Undo the Latin-1 that ASGI servers read headers as, to compare with the key's UTF-8."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


def _digest(key: bytes) -> bytes:
    """Bytes of fixed length, so that comparing them does not reveal the length of the key."""
    return hashlib.sha256(key).digest()
