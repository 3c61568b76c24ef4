"""The web hooks of a Sotto, in the container of its jobs: `hooks/<id>/hook.json`."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from shared.errors import BlobNotFound
from shared.jobs import names
from shared.jobs.web_hook import MAX_HOOK_BYTES, WebHook
from shared.storage.container import Container
from shared.storage.work_message import HookEvent

_JSON = "application/json"

KNOWN_WITHIN_S = 1.0
"""How long another process may not know of a new hook. Its challenge comes later than that."""


class WebHookStore:
    """Records of web hooks. Methods may be called from any thread.

    Parameters
    ----------
    now: seconds of a clock that only goes forward.
    """

    def __init__(self, container: Container, now: Callable[[], float] = time.monotonic) -> None:
        self._container = container
        self._now = now
        self._lock = threading.Lock()
        self._known: tuple[WebHook, ...] = ()
        self._known_until_s = -1.0

    def create(self, hook: WebHook) -> None:
        """Write a new hook. Raises `AlreadyExists`."""
        self._container.create(names.hook_name(hook.id), hook.to_json(), content_type=_JSON)
        self._forget()

    def find(self, hook_id: str) -> tuple[WebHook, str] | None:
        """Read a hook, and the ETag of its record; None where there is none."""
        with suppress(BlobNotFound):
            blob = self._container.read(names.hook_name(hook_id), MAX_HOOK_BYTES)
            return WebHook.from_json(blob.data), blob.properties.etag
        return None

    def replace(self, hook: WebHook, etag: str) -> None:
        """Write a hook whose record still has this ETag. Raises `Changed`."""
        self._container.replace(names.hook_name(hook.id), hook.to_json(), etag, content_type=_JSON)
        self._forget()

    def delete(self, hook_id: str) -> None:
        """Delete a hook, if there is one. What is on its way to it is not sent."""
        self._container.delete(names.hook_name(hook_id))
        self._forget()

    def all(self) -> list[WebHook]:
        """Read every hook, the oldest first."""
        found = []
        for entry in self._container.list(names.HOOKS_PREFIX):
            hook_id = names.parse_hook_name(entry.name)
            if hook_id is not None and (read := self.find(hook_id)) is not None:
                found.append(read[0])
        return sorted(found, key=lambda hook: (hook.created_at, hook.id))

    def subscribed_to(self, event: HookEvent) -> list[WebHook]:
        """Hooks that want an event, as they were `KNOWN_WITHIN_S` ago at the latest.

        A purge of thousands of jobs reads them once a second, not for each job.
        """
        with self._lock:
            if self._now() >= self._known_until_s:
                self._known = tuple(self.all())
                self._known_until_s = self._now() + KNOWN_WITHIN_S
            return [hook for hook in self._known if event in hook.events]

    def _forget(self) -> None:
        with self._lock:
            self._known_until_s = -1.0
