"""Verification of access tokens (JWT) of the configured issuers.

RFC 7519 (JSON Web Token), RFC 8725 (best current practices), RFC 9068 (access tokens)
https://learn.microsoft.com/entra/identity-platform/access-tokens

PyJWT is imported with the first token, and an issuer's keys are read then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from functions.api.access import Access
from functions.api.identity.published_keys import (
    KEY_KINDS,
    SigningKey,
    load_keys,
    require_safe_address,
)
from functions.api.identity.signing_key_set import SigningKeySet
from shared.settings import Settings

# A token of Entra ID has 1,500 to 2,500 characters, with two hundred groups about 12,000.
MAX_ACCESS_TOKEN_CHARACTERS = 16_384
# For clocks that differ.
LEEWAY_S = 60

# Other types, such as `logout+jwt`, are signed with the same keys and are no access tokens.
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
_REQUIRED_CLAIMS = ["iss", "sub", "aud", "exp"]


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller that a valid access token names.

    subject: issuer and subject, which together identify one caller. Never logged.
    expires_at: seconds since the epoch.
    """

    subject: str
    expires_at: int


class AccessTokens:
    """Verifies access tokens of the issuers of `SOTTO_OIDC_ISSUER`.

    Raises
    ------
    ConfigurationError: an address of an issuer or of its keys is neither https nor loopback.
    """

    def __init__(self, settings: Settings) -> None:
        for issuer in settings.oidc_issuer:
            require_safe_address("SOTTO_OIDC_ISSUER", issuer)
        if settings.oidc_jwks is not None:
            require_safe_address("SOTTO_OIDC_JWKS", settings.oidc_jwks)
        self._key_sets = {
            issuer: SigningKeySet(partial(load_keys, issuer, settings.oidc_jwks), place=place)
            for place, issuer in enumerate(settings.oidc_issuer, 1)
        }
        self._audiences = list(settings.oidc_audience)
        self._roles = frozenset(settings.oidc_roles)

    async def read(self, token: str) -> Identity | Access:
        """Return the identity of a valid token, else the reason why access is refused.

        Of the token's header only `alg`, `kid`, `typ` and `crit` count: the key is one that the
        configured issuer publishes, never one that the token brings or points at.
        """
        is_short = len(token) <= MAX_ACCESS_TOKEN_CHARACTERS
        if not is_short or not token.isascii() or token.count(".") != 2:
            return Access.WRONG
        named = _named_key(token)
        if named is None or named.issuer not in self._key_sets:
            return Access.WRONG
        found = await self._key_sets[named.issuer].find(named.key_id)
        if found is None:
            return Access.UNVERIFIABLE
        for key in found:
            if key.verifies(named.algorithm) and key.may_sign_for(named.issuer, named.tenant):
                return self._verify(token, key, named)
        return Access.WRONG

    def _verify(self, token: str, key: SigningKey, named: "_NamedKey") -> Identity | Access:
        import jwt  # noqa: PLC0415

        try:
            claims = jwt.decode(
                token,
                key.public_key,
                algorithms=[named.algorithm],
                audience=self._audiences,
                issuer=named.issuer,
                leeway=LEEWAY_S,
                options={"require": _REQUIRED_CLAIMS},
            )
        except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError):
            return Access.EXPIRED
        except jwt.InvalidAudienceError:
            return Access.OTHER_AUDIENCE
        except jwt.MissingRequiredClaimError as error:
            return Access.OTHER_AUDIENCE if error.claim == "aud" else Access.WRONG
        except jwt.PyJWTError:
            return Access.WRONG
        if self._roles and not self._roles & _granted(claims):
            return Access.WITHOUT_ROLE
        return Identity(f"{named.issuer}\n{claims['sub']}", int(claims["exp"]))


@dataclass(frozen=True, slots=True)
class _NamedKey:
    """The key that a token says it is signed with. tenant: of Entra ID, else None."""

    issuer: str
    key_id: str
    algorithm: str
    tenant: object


def _named_key(token: str) -> _NamedKey | None:
    """Read the header and the issuer of a token, unverified; None: it cannot be a valid one."""
    import jwt  # noqa: PLC0415

    try:
        decoded = jwt.decode_complete(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        return None
    header, claims = decoded["header"], decoded["payload"]
    key_id, algorithm, kind = header.get("kid"), header.get("alg"), header.get("typ", "JWT")
    issuer = claims.get("iss")
    if not all(isinstance(value, str) for value in (key_id, algorithm, kind, issuer)):
        return None
    # `crit` names an extension that must be understood (RFC 7515, section 4.1.11): there is none.
    if algorithm not in KEY_KINDS or kind.lower() not in _TYPES or "crit" in header:
        return None
    return _NamedKey(issuer, key_id, algorithm, claims.get("tid"))


def _granted(claims: Mapping[str, Any]) -> frozenset[str]:
    """Roles of an application or user (`roles`), and scopes of a delegation (`scp`, `scope`)."""
    granted: set[str] = set()
    for name in ("roles", "scp", "scope"):
        value = claims.get(name)
        if isinstance(value, str):
            granted.update(value.split())
        elif isinstance(value, list):
            granted.update(entry for entry in value if isinstance(entry, str))
    return frozenset(granted)
