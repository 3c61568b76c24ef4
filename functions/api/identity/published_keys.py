"""The signing keys that an issuer publishes: its discovery document and its key set (JWKS).

https://openid.net/specs/openid-connect-discovery-1_0.html
RFC 7517 (JSON Web Key), RFC 7518, section 6 (RSA, EC), RFC 8037 (Ed25519)
"""

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from functions.api.safe_binding import is_loopback
from shared.errors import ConfigurationError

MAX_DOCUMENT_BYTES = 262_144
DOCUMENT_TIMEOUT_S = 5.0
MAX_KEYS = 100  # of one issuer; Entra ID has about 10, Keycloak about 4
LEAST_RSA_BITS = 2048  # RFC 7518, section 3.3

# Kind of the key that each algorithm needs: the type, or the curve where there are several. There
# is no symmetric algorithm: a public key could be presented as its secret.
KEY_KINDS: Mapping[str, str] = {
    "RS256": "RSA", "RS384": "RSA", "RS512": "RSA",
    "PS256": "RSA", "PS384": "RSA", "PS512": "RSA",
    "ES256": "P-256", "ES384": "P-384", "ES512": "P-521",
    "EdDSA": "Ed25519",
}  # fmt: skip

# Parameters of a public key, by its type. All others, such as `x5c` and `x5u`, are ignored.
_PARAMETERS = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}

# Addresses of the issuer come from the operator, so they may lie in any network.
_EVERY_NETWORK = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))

# Entra ID restricts a key to the tenants of an issuer. Documents of v1 tokens have no such member,
# but both kinds of tokens are signed with the same keys.
_ENTRA_V1 = "https://sts.windows.net/{tenantid}/"
_ENTRA_V2 = "https://login.microsoftonline.com/{tenantid}/v2.0"


class MalformedDocument(ValueError):
    """The document is no JSON object, or a member that is needed is missing or of another type."""


class OtherIssuer(ValueError):
    """The discovery document is that of another issuer than the configured one."""


class UnsafeAddress(ValueError):
    """The discovery document names an address of keys that is not `https://`."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key of an issuer.

    kind: as in `KEY_KINDS`.
    algorithm: the only one that the key may be used with; None: any of its kind.
    issuer: the only one that the key may sign for, with `{tenantid}` for any tenant; None: the
        issuer that publishes it.
    """

    key_id: str
    kind: str
    algorithm: str | None
    issuer: str | None
    public_key: Any = field(repr=False)

    def verifies(self, algorithm: str) -> bool:
        """Whether the key may verify a signature of this algorithm."""
        return KEY_KINDS.get(algorithm) == self.kind and self.algorithm in {None, algorithm}

    def may_sign_for(self, issuer: str, tenant: object) -> bool:
        """Whether the key may sign a token of this issuer, whose claim `tid` is the tenant."""
        if self.issuer is None:
            return True
        if not isinstance(tenant, str):
            return self.issuer == issuer
        bound = self.issuer.replace("{tenantid}", tenant)
        is_v1 = issuer == _ENTRA_V1.replace("{tenantid}", tenant)
        return bound == issuer or (is_v1 and bound == _ENTRA_V2.replace("{tenantid}", tenant))


def require_safe_address(key: str, address: str) -> None:
    """Refuse an address over which keys could be exchanged on their way.

    Raises
    ------
    ConfigurationError: neither `https://` nor loopback; names the setting.
    """
    if not _is_safe(address):
        raise ConfigurationError(
            f"{key} must begin with https://, except for an address of loopback."
        )


def load_keys(issuer: str, keys_address: str | None = None) -> tuple[SigningKey, ...]:
    """Read the keys of an issuer from `keys_address`, else where its discovery document says.

    Blocks, for at most `DOCUMENT_TIMEOUT_S` per document. Redirects are refused. Proxies of the
    environment are not used.

    Raises
    ------
    FetchError: the issuer cannot be reached in time, or answers with another status than 200.
    MalformedDocument, OtherIssuer, UnsafeAddress: see there.
    """
    return read_keys(_document(keys_address or _discovered_address(issuer)))


def read_keys(document: Mapping[str, Any]) -> tuple[SigningKey, ...]:
    """Read the usable keys of a key set; others are passed over, as RFC 7517 (section 5) has it.

    Raises
    ------
    MalformedDocument: no list of keys, or more than `MAX_KEYS`.
    """
    listed = document.get("keys")
    if not isinstance(listed, list) or len(listed) > MAX_KEYS:
        raise MalformedDocument
    return tuple(key for entry in listed if (key := _read_key(entry)) is not None)


def _discovered_address(issuer: str) -> str:
    document = _document(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if document.get("issuer") != issuer:
        raise OtherIssuer
    address = document.get("jwks_uri")
    if not isinstance(address, str):
        raise MalformedDocument
    # An issuer elsewhere has no keys on this machine.
    if not _is_safe(address) or (_is_https(issuer) and not _is_https(address)):
        raise UnsafeAddress
    return address


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    is_local = parts.hostname is not None and is_loopback(parts.hostname)
    return _is_https(address) or (parts.scheme == "http" and is_local)


def _is_https(address: str) -> bool:
    return urlsplit(address).scheme == "https"


def _document(address: str) -> Mapping[str, Any]:
    # httpx takes 40 ms to import: only the first token of an issuer pays for it.
    from shared.fetch import FetchLimits, fetch  # noqa: PLC0415

    limits = FetchLimits(
        max_bytes=MAX_DOCUMENT_BYTES, timeout_s=DOCUMENT_TIMEOUT_S, max_redirects=0
    )
    with fetch(address, limits=limits, allowed_networks=_EVERY_NETWORK) as pieces:
        body = b"".join(pieces)
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedDocument from None
    if not isinstance(document, dict):
        raise MalformedDocument
    return document


def _read_key(entry: object) -> SigningKey | None:
    """Read one key; None if it is not a public key for signatures, or is too weak."""
    if not isinstance(entry, dict) or not _is_for_signatures(entry):
        return None
    key_id, key_type, algorithm = entry.get("kid"), entry.get("kty"), entry.get("alg")
    if not isinstance(key_id, str) or not isinstance(key_type, str) or key_type not in _PARAMETERS:
        return None
    kind = "RSA" if key_type == "RSA" else entry.get("crv")
    if kind not in KEY_KINDS.values() or algorithm not in (None, *KEY_KINDS):
        return None
    public_key = _public_key(key_type, entry)
    if public_key is None or (kind == "RSA" and public_key.key_size < LEAST_RSA_BITS):
        return None
    issuer = entry.get("issuer")
    return SigningKey(
        key_id, str(kind), algorithm, issuer if isinstance(issuer, str) else None, public_key
    )


def _is_for_signatures(entry: Mapping[str, Any]) -> bool:
    operations = entry.get("key_ops", ["verify"])
    return entry.get("use", "sig") == "sig" and (
        isinstance(operations, list) and "verify" in operations
    )


def _public_key(key_type: str, entry: Mapping[str, Any]) -> Any:
    from jwt import algorithms, exceptions  # noqa: PLC0415

    parsers: dict[str, Any] = {
        "RSA": algorithms.RSAAlgorithm,
        "EC": algorithms.ECAlgorithm,
        "OKP": algorithms.OKPAlgorithm,
    }
    public = {"kty": key_type, **{name: entry.get(name) for name in _PARAMETERS[key_type]}}
    try:
        return parsers[key_type].from_jwk(public)
    except (exceptions.PyJWTError, ValueError, TypeError, KeyError, AttributeError):
        return None
