"""Client of the model hub: files of a repository with hashes and addresses.

The hub has the SHA-256 of large files (Git LFS) and Git's object id of small ones, which is a SHA-1
over a header and the content; both are checked.

Source: the hub's HTTP API, `GET /api/models/{repository}/tree/{revision}`.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from shared.errors import FetchFailed
from shared.models.catalogue import HubSource
from shared.models.download import Downloader
from shared.models.folder import hash_file

DEFAULT_ENDPOINT = "https://huggingface.co"


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub, or a mirror of it, and the token that opens private repositories."""

    endpoint: str = DEFAULT_ENDPOINT
    token: str | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Hub":
        """Read `HF_ENDPOINT` and `HF_TOKEN`, the names that the hub's own clients use."""
        environment = os.environ if environment is None else environment
        return cls(
            endpoint=(environment.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/"),
            token=environment.get("HF_TOKEN") or None,
        )

    @property
    def authorization(self) -> str | None:
        """Header of every request, if there is a token."""
        return f"Bearer {self.token}" if self.token else None

    def address(self, source: HubSource, name: str) -> str:
        """Return the URL of one file."""
        return (
            f"{self.endpoint}/{quote(source.repository)}/resolve/"
            f"{quote(source.revision, safe='')}/{quote(name)}"
        )


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository. Exactly one of the hashes is known."""

    name: str
    size_bytes: int
    sha256: str | None
    git_id: str | None

    def matches(self, path: Path) -> bool:
        """Whether a file on disk has this hash."""
        if self.sha256 is not None:
            return hash_file(path) == self.sha256
        content = path.read_bytes()  # small, else it would be in LFS
        header = f"blob {len(content)}\0".encode()
        return hashlib.sha1(header + content, usedforsecurity=False).hexdigest() == self.git_id


def list_repository(source: HubSource, hub: Hub, downloader: Downloader) -> dict[str, HubFile]:
    """Return the files at the top of a repository by name.

    Raises
    ------
    FetchFailed: no such repository, no permission to read it, no such hub.
    """
    url = (
        f"{hub.endpoint}/api/models/{quote(source.repository)}/tree/"
        f"{quote(source.revision, safe='')}"
    )
    document = downloader.read(url, authorization=hub.authorization)
    try:
        entries = json.loads(document.body)
        files = (_file(entry) for entry in entries if entry["type"] == "file")
        return {file.name: file for file in files}
    except (ValueError, KeyError, TypeError):
        raise FetchFailed(f"{url} does not answer as a hub does") from None


def _file(entry: Mapping[str, Any]) -> HubFile:
    large = entry.get("lfs")
    if large:
        return HubFile(entry["path"], large["size"], large["oid"].removeprefix("sha256:"), None)
    return HubFile(entry["path"], entry["size"], None, entry["oid"])
