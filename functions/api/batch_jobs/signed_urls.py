"""Signed addresses: a GET without a key reads the named file until the address expires.

Azure gives out addresses of its storage, with a signature in the query. Sotto signs with a key
derived from the client keys, so that every instance accepts it, and nothing is stored.
"""

import base64
import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto

from shared.signing_keys import derive_signing_keys

_PURPOSE = "file addresses"


class SignatureStatus(Enum):
    """Result of the check of a signature."""

    VALID = auto()
    EXPIRED = auto()
    FORGED = auto()


class SignedUrls:
    """Signs names and verifies signatures.

    Parameters
    ----------
    client_keys: the configured keys. The first signs, any is accepted.
    now: seconds since the epoch.
    """

    def __init__(self, client_keys: Sequence[str], *, now: Callable[[], float] = time.time) -> None:
        self._keys = derive_signing_keys(client_keys, _PURPOSE)
        self._now = now

    def sign(self, name: str, lifetime_s: int) -> dict[str, str]:
        """Query parameters that grant access to a name: `se`, the end in Unix time, and `sig`."""
        end = str(int(self._now()) + lifetime_s)
        return {"se": end, "sig": _signature(self._keys[0], name, end)}

    def verify(self, name: str, query: Mapping[str, str]) -> SignatureStatus:
        """Verify the query parameters of a request for a name."""
        end, presented = query.get("se", ""), query.get("sig", "")
        is_ours = False
        for key in self._keys:
            is_ours |= hmac.compare_digest(
                _signature(key, name, end).encode(), presented.encode("utf-8", "replace")
            )
        # Sotto signs numbers only, so a valid signature over another text is impossible.
        if not is_ours or not (end.isascii() and end.isdigit()):
            return SignatureStatus.FORGED
        return SignatureStatus.VALID if self._now() < int(end) else SignatureStatus.EXPIRED


def _signature(key: bytes, name: str, end: str) -> str:
    signed = f"{name}\n{end}".encode("utf-8", "replace")
    return base64.urlsafe_b64encode(hmac.digest(key, signed, "sha256")).decode().rstrip("=")
