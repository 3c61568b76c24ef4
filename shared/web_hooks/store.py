"""Store of web hooks: `hooks/<id>/hook.json` in the container of the jobs."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from shared.errors import BlobNotFound, Changed, StorageUnavailable
from shared.json_fields import is_uuid
from shared.storage.container import Container
from shared.storage.json_blob import UnreadableRecords, read_json_blob
from shared.storage.work_message import HookEvent
from shared.web_hooks.hook import MAX_HOOK_BYTES, WebHook

HOOKS_PREFIX = "hooks/"

_JSON = "application/json"
_HOOK = re.compile(r"hooks/([^/]+)/hook\.json", re.ASCII)

KNOWN_WITHIN_S = 1.0
"""Longest time until every process knows a new hook. Its challenge comes later."""


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
        self._unreadable = UnreadableRecords()

    def create(self, hook: WebHook) -> None:
        """Write a new hook. Raises `AlreadyExists`, `UnstorableRecord`."""
        self._container.create(hook_name(hook.id), hook.to_json(), content_type=_JSON)
        self._forget()

    def find(self, hook_id: str) -> tuple[WebHook, str] | None:
        """Read a hook, and the ETag of its record; None where there is none.

        Raises
        ------
        MalformedJob: the record cannot be read. `delete` removes it.
        """
        with suppress(BlobNotFound):
            return read_json_blob(
                self._container, hook_name(hook_id), MAX_HOOK_BYTES, WebHook.from_json
            )
        return None

    def replace(self, hook: WebHook, etag: str) -> None:
        """Write a hook whose record still has this ETag. Raises `Changed`, `UnstorableRecord`."""
        self._container.replace(hook_name(hook.id), hook.to_json(), etag, content_type=_JSON)
        self._forget()

    def delete(self, hook_id: str) -> None:
        """Delete a hook, if it exists; its record need not be readable.

        Notifications in the queue are not sent any more.
        """
        self._container.delete(hook_name(hook_id))
        self._forget()

    def all(self) -> list[WebHook]:
        """Read every hook, the oldest first. One that cannot be read is logged and left out."""
        read = (self.find_readable(hook_id) for hook_id in self.ids())
        return sorted(
            (hook for hook in read if hook is not None),
            key=lambda hook: (hook.created_at, hook.id),
        )

    def ids(self) -> Iterator[str]:
        """Ids of all hooks, also of those whose record cannot be read."""
        for entry in self._container.list(HOOKS_PREFIX):
            hook_id = parse_hook_name(entry.name)
            if hook_id is not None:
                yield hook_id

    def find_readable(self, hook_id: str) -> WebHook | None:
        """Read a hook; None where there is none, or its record cannot be read, which is logged.

        Raises
        ------
        StorageUnavailable, Changed: a later try may succeed.
        """
        try:
            found = self.find(hook_id)
        except (StorageUnavailable, Changed):
            raise
        except Exception as error:  # noqa: BLE001 - one record of any kind stops no other hook
            self._unreadable.report("web_hook_unreadable", error, hook_id=hook_id)
            return None
        return None if found is None else found[0]

    def subscribed_to(self, event: HookEvent) -> list[WebHook]:
        """Hooks that are subscribed to an event, at most `KNOWN_WITHIN_S` old.

        A purge of thousands of jobs reads them once a second, not once per job.
        """
        with self._lock:
            if self._now() >= self._known_until_s:
                self._known = tuple(self.all())
                self._known_until_s = self._now() + KNOWN_WITHIN_S
            return [hook for hook in self._known if event in hook.events]

    def _forget(self) -> None:
        with self._lock:
            self._known_until_s = -1.0


def hook_name(hook_id: str) -> str:
    """Name of the record of a web hook."""
    if not is_uuid(hook_id):
        raise ValueError("not the id of a web hook")
    return f"{HOOKS_PREFIX}{hook_id}/hook.json"


def parse_hook_name(name: str) -> str | None:
    """Id of a web hook; None for any other name."""
    found = _HOOK.fullmatch(name)
    return found[1] if found and is_uuid(found[1]) else None
