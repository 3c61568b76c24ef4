"""One invocation of a trigger that is no HTTP: how long it may take, and how it fails."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from shared.errors import ConfigurationError
from shared.jobs.attempt import Deadline

_HOST_JSON = Path(__file__).resolve().parent.parent.parent / "host.json"
_TIMEOUT_KEY = "AzureFunctionsJobHost__functionTimeout"
_TIMEOUT = re.compile(r"(?:(\d{1,2})\.)?(\d{1,2}):(\d\d):(\d\d)", re.ASCII)

# For the segments under way, and for writing the outcome to a storage that answers at the last
# try only. Of a short limit a quarter.
_MARGIN_S = 120.0


class InvocationFailed(Exception):
    """Makes the host repeat a failed invocation.

    The host stores message and stack of an exception, with all causes. So this one has none.
    """

    def __init__(self) -> None:
        super().__init__("The log line before this one names the error.")


def attempt(step: Callable[[], None], log_failure: Callable[[Exception], None]) -> None:
    """Run a trigger's step; log its failure and raise `InvocationFailed`, without its context."""
    try:
        step()
    except Exception as error:  # noqa: BLE001 - the trigger's edge
        log_failure(error)
    else:
        return
    raise InvocationFailed


@dataclass(frozen=True, slots=True)
class InvocationLimit:
    """Time that `functionTimeout` leaves for one invocation. within_s: None if unbounded."""

    within_s: float | None
    name: str

    def from_now(self) -> Deadline | None:
        """End of the invocation that begins now."""
        if self.within_s is None:
            return None
        return Deadline(time.monotonic() + self.within_s, self.name)


def invocation_limit(environment: Mapping[str, str]) -> InvocationLimit:
    """Read `functionTimeout`: from the app setting that overrides it, else from host.json.

    Raises
    ------
    ConfigurationError: it is neither `-1` nor `hh:mm:ss`.
    """
    written = environment.get(_TIMEOUT_KEY, "").strip()
    written = written or json.loads(_HOST_JSON.read_text("utf-8"))["functionTimeout"]
    name = f"functionTimeout {written}"
    if written == "-1":
        return InvocationLimit(None, name)
    found = _TIMEOUT.fullmatch(written)
    if found is None:
        raise ConfigurationError("functionTimeout must be `hh:mm:ss`, or -1 for none.")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    timeout = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    whole_s = timeout.total_seconds()
    return InvocationLimit(whole_s - min(_MARGIN_S, whole_s / 4), name)
