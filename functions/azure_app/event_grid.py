"""Events of Event Grid: which blobs were written.

https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage
https://learn.microsoft.com/azure/event-grid/cloud-event-schema
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from shared.errors import MalformedMessage

_CREATED = "Microsoft.Storage.BlobCreated"

# The same type of event announces a file whose content is still to come (`data.api`); another one
# follows when it is complete, by FlushWithClose or SftpCommit.
_BEGINNINGS = frozenset({"CreateFile", "SftpCreate"})

# In one of Microsoft's examples of CloudEvents the first slash is missing.
_SUBJECT = re.compile(r"/?blobServices/default/containers/([^/]+)/blobs/(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class CreatedBlob:
    """A blob that was written.

    names: its name as the subject has it, then as its address has it, and as that reads without
        percent encoding, where these differ. Azure documents no encoding: in events both are the
        bare name, with spaces and `#` (azure-sdk-for-net#23634), and subjects have been seen with
        U+FFFD in place of an emoji (azure-event-grid-viewer#9).
    """

    container: str
    names: tuple[str, ...] = field(repr=False)


def created_blobs(body: bytes) -> list[CreatedBlob]:
    """Blobs that a message of Event Grid names; none for events of other kinds.

    body: one event or a list of them, in Event Grid's schema or that of CloudEvents 1.0. The
        storage account is not compared: a blob of another one is not found in this one.

    Raises
    ------
    MalformedMessage: no event, or none that can be read.
    """
    try:
        parsed = json.loads(body)
        events = parsed if isinstance(parsed, list) else [parsed]
        return [_blob_of(event) for event in events if _is_creation(event)]
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        # The cause may quote the message.
        raise MalformedMessage("The message is no event of Event Grid that can be read.") from None


def _is_creation(event: dict[str, Any]) -> bool:
    """Whether a blob is complete now. CloudEvents call the type `type`."""
    kind = event["type"] if "specversion" in event else event["eventType"]
    return kind == _CREATED and event["data"]["api"] not in _BEGINNINGS


def _blob_of(event: dict[str, Any]) -> CreatedBlob:
    found = _SUBJECT.fullmatch(event["subject"])
    if found is None:
        raise ValueError
    container, name = found.groups()
    address = str(event["data"].get("url", ""))
    _, is_inside, written = address.partition("://")[2].partition(f"/{container}/")
    others = (written, unquote(written)) if is_inside else ()
    return CreatedBlob(container, tuple(dict.fromkeys((name, *others))))
