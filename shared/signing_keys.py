"""Keys that sign tokens and file addresses of this service.

They are derived from the configured client keys: every instance with the same keys accepts the
signatures of the others, without storage or shared state.
"""

import secrets
from collections.abc import Sequence

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SIGNING_KEY_BYTES = 32

_SALT = b"sotto signing keys 1"
_PROCESS_SECRET = secrets.token_hex(32)


def derive_signing_keys(client_keys: Sequence[str], purpose: str) -> tuple[bytes, ...]:
    """Derive one 32-byte key per client key, in their order (HKDF-SHA256, RFC 5869).

    Sign with the first and accept any, so that client keys can be rotated: a signature under the
    old key stays valid while that key is still configured. Keys of different purposes are
    independent. Without client keys there is one random key, which lasts as long as the process.
    HKDF adds no strength: the holder of a token can try short client keys offline, so keys should
    be random and 32 characters or longer.
    """
    return tuple(
        HKDF(SHA256(), SIGNING_KEY_BYTES, salt=_SALT, info=purpose.encode()).derive(key_bytes(key))
        for key in client_keys or (_PROCESS_SECRET,)
    )


def key_bytes(key: str) -> bytes:
    """Return the bytes of a configured key, even where the environment is not UTF-8."""
    return key.encode("utf-8", "surrogateescape")
