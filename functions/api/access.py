"""Results of checking the credentials of a request, and the response to each refusal."""

from collections.abc import Mapping
from enum import Enum, auto


class Access(Enum):
    """Result of checking the credentials of a request.

    The last four concern access tokens of the identity provider: expired or not valid yet, of
    another audience, without a required role, and of an issuer whose keys cannot be read.
    """

    GRANTED = auto()
    MISSING = auto()
    WRONG = auto()
    EXPIRED = auto()
    OTHER_AUDIENCE = auto()
    WITHOUT_ROLE = auto()
    UNVERIFIABLE = auto()


# Seconds after which a client may present a token of an unreachable issuer again.
_RETRY_AFTER_S = "10"

_REFUSALS: Mapping[Access, tuple[int, str]] = {
    Access.MISSING: (401, "Access denied: the request carries no subscription key or token."),
    Access.WRONG: (401, "Access denied: the subscription key or token is not valid here."),
    Access.EXPIRED: (401, "Access denied: the access token has expired or is not valid yet."),
    Access.OTHER_AUDIENCE: (
        401,
        "Access denied: SOTTO_OIDC_AUDIENCE does not list the audience of the access token.",
    ),
    Access.WITHOUT_ROLE: (
        403,
        "Access denied: the access token has none of the roles of SOTTO_OIDC_ROLES.",
    ),
    Access.UNVERIFIABLE: (503, "The signing keys of the token's issuer are not available."),
}


def refusal_of(access: Access) -> tuple[int, str]:
    """Status and message of the response to a refused request."""
    return _REFUSALS[access]


def refusal_headers(status: int) -> dict[str, str]:
    """Headers of such a response."""
    if status == 503:
        return {"Retry-After": _RETRY_AFTER_S}
    # RFC 9110, 15.5.2: a 401 names an accepted scheme.
    return {"WWW-Authenticate": 'Bearer realm="sotto"'} if status == 401 else {}
