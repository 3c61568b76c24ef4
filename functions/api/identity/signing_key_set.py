"""The signing keys of one issuer, held in memory and read again when they may have changed."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future

import structlog

from functions.api.identity.published_keys import SigningKey
from shared.privacy.log_fields import exception_fields

# A key that its issuer has withdrawn is trusted for this time at most, while the issuer answers.
REFRESH_AFTER_S = 3600
# The same while it does not answer: an issuer that is down for a night stops no service.
LONGEST_STALE_S = 24 * 3600
# Tokens with unknown key ids cost the issuer one reading in this time, however many arrive.
UNKNOWN_KEY_PERIOD_S = 30
# The same after a reading that failed.
RETRY_PERIOD_S = 10


class SigningKeySet:
    """Finds keys by their id; reads them in a thread of its own, never in the event loop.

    Parameters
    ----------
    load: reads the keys; blocks, and raises where it cannot.
    place: place of the issuer in `SOTTO_OIDC_ISSUER`, from 1, for the log.
    now: seconds since the epoch. A monotonic clock may stand still while a function is frozen.
    """

    def __init__(
        self,
        load: Callable[[], Iterable[SigningKey]],
        *,
        place: int = 1,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._load = load
        self._place = place
        self._now = now
        self._lock = threading.Lock()
        self._keys: tuple[SigningKey, ...] = ()
        self._loaded_at: float | None = None
        self._tried_at: float | None = None
        self._is_failing = False
        self._reading: Future[None] | None = None

    async def find(self, key_id: str) -> tuple[SigningKey, ...] | None:
        """Return the keys of this id; None: the issuer cannot be reached, so it is not known.

        Waits for the issuer only where no held key has the id.
        """
        found = self._held(key_id)
        if found:
            if self._age_s() > REFRESH_AFTER_S:
                self._read_again()
            return found
        reading = self._read_again()
        if reading is not None:
            await asyncio.wrap_future(reading)
            found = self._held(key_id)
        return None if not found and self._is_failing else found

    def _held(self, key_id: str) -> tuple[SigningKey, ...]:
        if self._age_s() > LONGEST_STALE_S:
            return ()
        return tuple(key for key in self._keys if key.key_id == key_id)

    def _age_s(self) -> float:
        return _elapsed_s(self._loaded_at, self._now())

    def _read_again(self) -> "Future[None] | None":
        """The reading under way, or a new one; None: the last one was a moment ago."""
        with self._lock:
            if self._reading is not None:
                return self._reading
            period_s = RETRY_PERIOD_S if self._is_failing else UNKNOWN_KEY_PERIOD_S
            if _elapsed_s(self._tried_at, self._now()) < period_s:
                return None
            reading: Future[None] = Future()
            self._reading = reading
            # A request that is cancelled while it waits does not cancel the reading.
            reading.set_running_or_notify_cancel()
        threading.Thread(
            target=self._read, args=(reading,), name="signing-keys", daemon=True
        ).start()
        return reading

    def _read(self, reading: "Future[None]") -> None:
        log = structlog.get_logger()
        try:
            keys = tuple(self._load())
        except Exception as error:  # noqa: BLE001 - whatever it is, the held keys stay
            log.warning("signing_keys_unavailable", issuer=self._place, **exception_fields(error))
            keys = None
        with self._lock:
            self._tried_at = self._now()
            self._is_failing = keys is None
            if keys is not None:
                is_changed = _ids(keys) != _ids(self._keys)
                self._keys, self._loaded_at = keys, self._tried_at
            self._reading = None
        if keys is not None and is_changed:
            log.info("signing_keys_changed", issuer=self._place)
        reading.set_result(None)


def _elapsed_s(since: float | None, now: float) -> float:
    """Seconds since a moment, also where the clock was set back; without a moment, endless."""
    return float("inf") if since is None else abs(now - since)


def _ids(keys: Iterable[SigningKey]) -> list[str]:
    return [key.key_id for key in keys]
