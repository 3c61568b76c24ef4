"""Addresses that are their own permission: a bare GET reads what they name until they expire.

The cloud gives out addresses of its storage, with a signature in the query. Ours is made with a
key that follows from the client keys, so that every instance accepts it, and nothing is stored.
"""

import base64
import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto

from shared.signing_keys import derive_signing_keys

_PURPOSE = "file addresses"


class Judgement(Enum):
    """What the signature of an address amounts to."""

    VALID = auto()
    EXPIRED = auto()
    FORGED = auto()


class SignedUrls:
    """Signs names of things and judges what comes back.

    Parameters
    ----------
    client_keys: the configured keys. The first signs, any is accepted.
    now: seconds since the epoch.
    """

    def __init__(self, client_keys: Sequence[str], *, now: Callable[[], float] = time.time) -> None:
        self._keys = derive_signing_keys(client_keys, _PURPOSE)
        self._now = now

    def sign(self, name: str, lifetime_s: int) -> dict[str, str]:
        """Query parameters that open what has this name: `se`, the end in Unix time, and `sig`."""
        end = str(int(self._now()) + lifetime_s)
        return {"se": end, "sig": _signature(self._keys[0], name, end)}

    def judge(self, name: str, query: Mapping[str, str]) -> Judgement:
        """Judge the query parameters of a request for what has this name."""
        end, presented = query.get("se", ""), query.get("sig", "")
        is_ours = False
        for key in self._keys:
            is_ours |= hmac.compare_digest(
                _signature(key, name, end).encode(), presented.encode("utf-8", "replace")
            )
        # What is signed is a number; nothing else gets here with a signature of ours.
        if not is_ours or not (end.isascii() and end.isdigit()):
            return Judgement.FORGED
        return Judgement.VALID if self._now() < int(end) else Judgement.EXPIRED


def _signature(key: bytes, name: str, end: str) -> str:
    signed = f"{name}\n{end}".encode("utf-8", "replace")
    return base64.urlsafe_b64encode(hmac.digest(key, signed, "sha256")).decode().rstrip("=")
