"""Only a folder has links, foreign files, and processes that are killed while they write."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shared.errors import (
    AlreadyExists,
    BlobNotFound,
    Changed,
    ContainerNotFound,
    Unstorable,
)
from shared.storage.addresses import open_container
from shared.storage.folder import FolderContainer

PROJECT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "calls"
    path.mkdir()
    return path


@pytest.fixture
def container(folder):
    return FolderContainer(folder)


def names(container):
    return [entry.name for entry in container.list()]


def private_files(folder):
    """Files in `.sotto` that are no locks."""
    return sorted(
        path.name
        for path in (folder / ".sotto").rglob("*")
        if path.is_file() and not path.name.endswith(".lock")
    )


def test_a_file_that_another_program_put_there_is_a_blob(folder, container):
    (folder / "monday").mkdir()
    (folder / "monday" / "call 1.wav").write_bytes(b"RIFF")
    (entry,) = container.list()
    assert (entry.name, entry.size_bytes) == ("monday/call 1.wav", 4)
    found = container.read(entry.name, 4)
    assert (found.data, found.properties.metadata) == (b"RIFF", {})
    assert found.properties.etag == entry.etag
    container.delete(entry.name, entry.etag)
    assert names(container) == []


def test_looking_leaves_nothing_in_the_folder(folder, container):
    """It may be mounted read-only."""
    (folder / "a.wav").write_bytes(b"RIFF")
    container.properties("a.wav")
    container.read("a.wav", 10)
    names(container)
    container.remove_leftovers()
    assert [path.name for path in folder.iterdir()] == ["a.wav"]


def test_a_marker_needs_no_second_file(folder, container):
    container.create("jobs/1/closed", b"")
    assert private_files(folder) == []


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "a//b", "a/", "/", ".sotto/incoming/x", ".SOTTO/x", ".sotto"]
)
def test_a_name_that_is_no_path_in_the_folder_is_refused(container, name):
    for use in (container.properties, container.open, lambda name: container.put(name, b"")):
        with pytest.raises(Unstorable):
            use(name)


def test_a_link_to_a_file_is_no_blob(folder, container, tmp_path):
    outside = tmp_path / "secret"
    outside.write_bytes(b"secret")
    (folder / "link").symlink_to(outside)
    assert names(container) == []
    for use in (container.properties, container.open, lambda name: container.read(name, 10)):
        with pytest.raises(BlobNotFound):
            use("link")
    container.delete("link")
    assert outside.read_bytes() == b"secret"
    assert (folder / "link").is_symlink()


def test_writing_over_a_link_leaves_its_target_alone(folder, container, tmp_path):
    outside = tmp_path / "secret"
    outside.write_bytes(b"secret")
    (folder / "link").symlink_to(outside)
    with pytest.raises(AlreadyExists):
        container.create("link", b"x")
    container.put("link", b"x")
    assert outside.read_bytes() == b"secret"
    assert container.read("link", 1).data == b"x"


def test_a_link_to_a_folder_leads_nowhere(folder, container, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a").write_bytes(b"secret")
    (folder / "link").symlink_to(outside)
    assert names(container) == []
    with pytest.raises(BlobNotFound):
        container.read("link/a", 10)
    for use in (container.put, container.create):
        with pytest.raises(Unstorable):
            use("link/b", b"x")
    with pytest.raises(Changed):
        container.replace("link/a", b"x", "etag")
    container.delete("link/a")
    assert [path.name for path in outside.iterdir()] == ["a"]


def test_a_link_in_place_of_the_private_folder_is_not_used(folder, container, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder / ".sotto").symlink_to(outside)
    with pytest.raises((BlobNotFound, Unstorable)):
        container.put("a", b"x")
    assert list(outside.iterdir()) == []


def test_the_folder_itself_may_be_a_link(folder, tmp_path):
    """An operator names it."""
    (tmp_path / "link").symlink_to(folder)
    FolderContainer(tmp_path / "link").create("a", b"x")
    assert (folder / "a").read_bytes() == b"x"


def test_pipes_and_folders_are_no_blobs(folder, container):
    os.mkfifo(folder / "pipe")
    (folder / "inner").mkdir()
    assert names(container) == []
    for name in ("pipe", "inner"):
        with pytest.raises(BlobNotFound):
            container.open(name)
        with pytest.raises(BlobNotFound):
            container.properties(name)


def test_a_blob_cannot_be_a_folder_of_another(container):
    container.create("a", b"x")
    with pytest.raises(Unstorable):
        container.create("a/b", b"x")
    container.create("c/d", b"x")
    with pytest.raises(Unstorable):
        container.put("c", b"x")
    assert names(container) == ["a", "c/d"]


def test_a_name_too_long_for_a_file_is_refused(container):
    with pytest.raises(Unstorable):
        container.create("n" * 256, b"x")


def test_names_that_are_no_text_are_not_listed(folder, container):
    (folder / os.fsdecode(b"\xff.wav")).write_bytes(b"x")
    (folder / "new\nline").write_bytes(b"x")
    assert names(container) == []


def test_a_file_that_grows_while_it_is_read_is_not_taken_for_whole(folder, container):
    """As one that is still being copied into the folder."""
    (folder / "a.wav").write_bytes(b"RIFF")
    with container.open("a.wav") as blob:
        with (folder / "a.wav").open("ab") as writer:
            writer.write(b"more")
        with pytest.raises(Changed):
            blob.read()


def test_a_file_that_is_replaced_while_it_is_read_is_read_as_it_was(container):
    container.create("a", b"old")
    with container.open("a") as blob:
        container.put("a", b"new")
        assert blob.read() == b"old"


def test_versions_of_one_size_that_follow_at_once_differ(container):
    """Inodes are used again at once, and the kernel's clock ticks in milliseconds."""
    etags = [container.put("a", b"%03d" % i) for i in range(200)]
    assert len(set(etags)) == 200


def test_a_folder_goes_with_its_last_blob(folder, container):
    container.create("jobs/1/file/0", b"")
    container.create("jobs/2", b"")
    container.delete("jobs/1/file/0")
    assert sorted(path.name for path in (folder / "jobs").iterdir()) == ["2"]


def test_metadata_goes_with_its_blob(folder, container):
    etag = container.create("a", b"1", {"k": "v"})
    assert len(private_files(folder)) == 1
    container.replace("a", b"2", etag, {"k": "w"})
    assert len(private_files(folder)) == 1
    container.put("a", b"3", {"k": "x"})
    assert len(private_files(folder)) == 1
    container.delete("a")
    assert private_files(folder) == []


def test_a_write_that_does_not_win_leaves_nothing(folder, container):
    container.create("a", b"1")
    with pytest.raises(AlreadyExists):
        container.create("a", b"2", {"k": "v"})
    with pytest.raises(Changed):
        container.replace("a", b"2", "stale", {"k": "v"})
    assert private_files(folder) == []


def test_a_foreign_file_in_place_of_ours_has_no_metadata(folder, container):
    container.create("a", b"1", {"job": "17"})
    (folder / "a").unlink()
    (folder / "a").write_bytes(b"1")
    assert container.properties("a").metadata == {}
    container.delete("a")
    assert private_files(folder) == []


def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    container = FolderContainer(tmp_path / "missing")
    for use in (
        lambda: names(container),
        lambda: container.put("a", b""),
        lambda: container.create("a", b""),
        lambda: container.replace("a", b"", "etag"),
        lambda: container.delete("a"),
        lambda: container.read("a", 1),
        container.remove_leftovers,
    ):
        with pytest.raises(ContainerNotFound):
            use()
    assert not (tmp_path / "missing").exists()


def test_without_hard_links_one_creator_succeeds(container, monkeypatch):
    """As on exFAT and many network mounts."""

    def refuse(*_arguments, **_options):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    container.create("a/b", b"first", {"k": "v"})
    with pytest.raises(AlreadyExists):
        container.create("a/b", b"second")
    assert container.read("a/b", 10).properties.metadata == {"k": "v"}


KILLED_WRITER = """
import os, signal, sys
from pathlib import Path
from shared.storage.folder import FolderContainer

container, moment = FolderContainer(Path(sys.argv[1])), sys.argv[2]

def die(*_arguments, **_options):
    os.kill(os.getpid(), signal.SIGKILL)

def die_after(function):
    def call(*arguments, **options):
        function(*arguments, **options)
        die()
    return call

if moment == "before":
    os.link = os.replace = die
else:
    os.link, os.replace = die_after(os.link), die_after(os.replace)
getattr(container, sys.argv[3])("out/a.json", b"transcript", {"job": "17"})
"""


def kill_while_writing(folder, moment, method):
    command = [sys.executable, "-c", KILLED_WRITER, str(folder), moment, method]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.parametrize("method", ["create", "put"])
def test_a_writer_killed_before_the_end_leaves_no_blob(folder, container, method):
    kill_while_writing(folder, "before", method)
    assert names(container) == []
    assert len(private_files(folder)) == 2
    assert container.remove_leftovers() == 1
    assert private_files(folder) == []


@pytest.mark.parametrize("method", ["create", "put"])
def test_a_writer_killed_after_the_end_leaves_a_whole_blob(folder, container, method):
    kill_while_writing(folder, "after", method)
    container.remove_leftovers()
    found = container.read("out/a.json", 100)
    assert (found.data, found.properties.metadata) == (b"transcript", {"job": "17"})
    container.delete("out/a.json", found.properties.etag)
    assert private_files(folder) == []


def test_a_killed_writer_holds_no_lock(folder, container):
    kill_while_writing(folder, "before", "put")
    container.put("b", b"x")
    container.delete("b")
    assert container.remove_leftovers() == 1


COUNTING = """
import sys
from pathlib import Path
from shared.errors import Changed
from shared.storage.folder import FolderContainer

container = FolderContainer(Path(sys.argv[1]))
for _ in range(50):
    while True:
        seen = container.read("n", 10)
        try:
            container.replace("n", b"%d" % (int(seen.data) + 1), seen.properties.etag)
            break
        except Changed:
            continue
"""


def test_processes_that_count_lose_nothing(folder, container):
    container.create("n", b"0")
    command = [sys.executable, "-c", COUNTING, str(folder)]
    counting = [subprocess.Popen(command, cwd=PROJECT) for _ in range(3)]
    assert [process.wait() for process in counting] == [0, 0, 0]
    assert container.read("n", 10).data == b"150"


def test_a_folder_is_named_by_path_or_url(folder, monkeypatch):
    (folder / "a b").mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    for address in (
        str(folder / "a b"),
        "a b",
        "./a b",
        "~/a b",
        f"file://{folder}/a%20b",
    ):
        open_container(address).put("x", address.encode())
        assert (folder / "a b" / "x").read_bytes() == address.encode()
