"""Short-lived bearer tokens of the `issueToken` endpoint (JWT, HS256).

PyJWT is imported with the first token: it takes 28 ms of a start.
"""

import hashlib
import hmac
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.signing_keys import derive_signing_keys

TOKEN_LIFETIME_S = 600  # the documentation advises clients to renew after 9 minutes

# Our tokens have about 250. Longer ones are rejected without decoding: base64 and JSON come before
# the signature, so any client could make the server decode them.
MAX_CREDENTIAL_CHARACTERS = 4096

_ALGORITHM = "HS256"
_ISSUER = "sotto"
_AUDIENCE = "sotto.speech"


class TokenScope(StrEnum):
    """Requested scope of a token; either scope opens every route, as in the cloud."""

    SPEECH = "speech"
    MANAGEMENT = "speechservicesmanagement"


@dataclass(frozen=True, slots=True)
class Token:
    """Content of a valid token. caller: see `TokenIssuer.caller`."""

    scope: TokenScope
    caller: str


class TokenIssuer:
    """Signs and verifies tokens with keys derived from the client keys.

    Parameters
    ----------
    client_keys: the configured keys. The first signs, any verifies. Without any, this process
        generates a key.
    now: seconds since the epoch.
    """

    def __init__(self, client_keys: Sequence[str], *, now: Callable[[], float] = time.time) -> None:
        self._keys = derive_signing_keys(client_keys, "token")
        self._now = now

    def caller(self, name: bytes) -> str:
        """Return an identifier of a client key or of an identity.

        Only holders of the first key can compute it.
        """
        return hmac.new(self._keys[0], name, hashlib.sha256).hexdigest()[:16]

    def issue(
        self,
        scope: TokenScope = TokenScope.SPEECH,
        caller: str = "",
        *,
        not_after: int | None = None,
    ) -> str:
        """Return a token that is valid for `TOKEN_LIFETIME_S` from now.

        caller: identifier of the key or identity that it is issued for.
        not_after: end of the access token that it is issued for, seconds since the epoch.
        """
        import jwt  # noqa: PLC0415

        issued_at = int(self._now())
        expires_at = issued_at + TOKEN_LIFETIME_S
        if not_after is not None:
            expires_at = min(expires_at, not_after)
        claims = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "iat": issued_at,
            "exp": expires_at,
            "scope": scope.value,
            "sub": caller,
        }
        return jwt.encode(claims, self._keys[0], algorithm=_ALGORITHM)

    def verify(self, token: str) -> TokenScope | None:
        """Return the scope of a valid token of ours, None for any other."""
        verified = self.read(token)
        return None if verified is None else verified.scope

    def read(self, token: str) -> Token | None:
        """Return the content of a valid token of ours, None for any other."""
        if len(token) > MAX_CREDENTIAL_CHARACTERS:
            return None
        for key in self._keys:
            verified = self._verified_under(token, key)
            if verified is not None:
                return verified
        return None

    def _verified_under(self, token: str, key: bytes) -> Token | None:
        import jwt  # noqa: PLC0415

        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                issuer=_ISSUER,
                options={
                    "require": ["exp", "iat", "aud", "iss"],
                    # `now` decides on expiry below; an `iat` from an instance whose clock is a
                    # second ahead is no reason to refuse.
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
            expires_at = int(claims["exp"])
            scope = TokenScope(claims["scope"])
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, OverflowError):
            return None
        if self._now() >= expires_at:
            return None
        return Token(scope, claims.get("sub", ""))
