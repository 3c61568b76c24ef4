"""A folder with entries that cannot be read, odd times, and damaged private files."""

import errno
import gc
import os
import resource
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from shared.errors import BlobNotFound, StorageUnavailable, Unstorable
from shared.storage.folder import FolderContainer
from shared.storage.folder_tree import MAX_DEPTH


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "calls"
    path.mkdir()
    return path


@pytest.fixture
def container(folder):
    return FolderContainer(folder)


class OddTime:
    """The status of a file on a file system with wider times than that of the tests."""

    def __init__(self, facts, time_ns):
        self._facts = facts
        self.st_mtime_ns = time_ns

    def __getattr__(self, name):
        return getattr(self._facts, name)


def names(container, prefix="", **options):
    return [entry.name for entry in container.list(prefix, **options)]


def n_descriptors():
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def make_deep(folder, n_levels):
    """Make folders in each other, deeper than a path can be, and a file in the last."""
    inner = os.open(folder, os.O_RDONLY)
    for _ in range(n_levels):
        os.mkdir("d", dir_fd=inner)
        outer, inner = inner, os.open("d", os.O_RDONLY, dir_fd=inner)
        os.close(outer)
    os.close(os.open("deep.wav", os.O_CREAT | os.O_WRONLY, dir_fd=inner))
    os.close(inner)


@pytest.fixture
def broken(monkeypatch):
    """Let the operating system fail to open or to describe an entry of these names."""
    errors = {}

    def failing(call):
        def fail_or_call(name, *arguments, **options):
            if options.get("dir_fd") is not None and name in errors:
                raise OSError(errors[name], os.strerror(errors[name]))
            return call(name, *arguments, **options)

        return fail_or_call

    monkeypatch.setattr(os, "open", failing(os.open))
    monkeypatch.setattr(os, "stat", failing(os.stat))
    return errors


@pytest.mark.parametrize("n_levels", [600, 3000])
def test_a_tree_deeper_than_names_can_be_hides_no_file_beside_it(folder, container, n_levels):
    make_deep(folder, n_levels)
    for name in ("a.wav", "z.wav"):
        (folder / name).write_bytes(b"RIFF")
    with capture_logs() as logs:
        assert names(container) == names(container) == ["a.wav", "z.wav"]
    assert [(line["event"], line["error_type"]) for line in logs] == [
        ("entries_skipped", "too_deep")
    ]


def test_a_name_of_the_greatest_depth_is_a_blob_and_a_deeper_one_none(container):
    deepest = "d/" * (MAX_DEPTH - 1) + "call.wav"
    container.create(deepest, b"RIFF")
    container.create("d/z.wav", b"RIFF")
    assert names(container) == [deepest, "d/z.wav"]
    assert container.read(deepest, 4).data == b"RIFF"
    with pytest.raises(Unstorable):
        container.create(f"d/{deepest}", b"RIFF")
    with pytest.raises(Unstorable):
        container.properties(f"d/{deepest}")


def test_a_listing_needs_few_descriptors_whatever_the_depth(folder, container):
    container.create("d/" * (MAX_DEPTH - 1) + "call.wav", b"RIFF")
    for depth in range(1, MAX_DEPTH - 1):  # a file behind each subfolder, so each is opened again
        (folder.joinpath(*["d"] * depth) / "z.wav").write_bytes(b"")
    gc.collect()  # closes what earlier tests have left to the collector
    before = n_descriptors()
    most = max(n_descriptors() for _ in container.list())
    assert most - before <= 3
    assert n_descriptors() <= before
    assert len(names(container)) == MAX_DEPTH - 1


@pytest.mark.parametrize("error", [errno.EACCES, errno.EIO, errno.ESTALE])
@pytest.mark.parametrize("name", ["bad", "bad.wav"])
def test_an_entry_that_cannot_be_read_hides_no_other(folder, container, broken, name, error):
    (folder / "bad").mkdir()
    for file in ("a.wav", "bad.wav", "bad/b.wav", "c/d.wav", "e.wav"):
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_bytes(b"RIFF")
    broken[name] = error
    hidden = {"bad": "bad/b.wav", "bad.wav": "bad.wav"}[name]
    expected = sorted({"a.wav", "bad.wav", "bad/b.wav", "c/d.wav", "e.wav"} - {hidden})
    with capture_logs() as logs:
        assert names(container) == names(container) == expected
    assert [line["error_type"] for line in logs] == [errno.errorcode[error]]


def test_a_listing_that_must_be_complete_says_at_its_end_that_it_is_not(folder, container, broken):
    for file in ("a/1.wav", "bad/2.wav", "c/3.wav"):
        (folder / file).parent.mkdir()
        (folder / file).write_bytes(b"RIFF")
    assert names(container, complete=True) == ["a/1.wav", "bad/2.wav", "c/3.wav"]
    broken["bad"] = errno.EIO
    seen = []
    with pytest.raises(StorageUnavailable):
        seen.extend(entry.name for entry in container.list(complete=True))
    assert seen == names(container) == ["a/1.wav", "c/3.wav"]


def test_a_process_without_descriptors_does_not_take_a_folder_for_empty(folder, container):
    (folder / "a").mkdir()
    (folder / "a" / "b.wav").write_bytes(b"RIFF")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.open(folder, os.O_RDONLY)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free + 2, hard))
    try:
        with pytest.raises(StorageUnavailable):
            names(container)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert names(container) == ["a/b.wav"]


@pytest.mark.parametrize(
    ("time_s", "year"), [(300_000_000_000, 9999), (-70_000_000_000, 1), (2**62 // 10**9, 2116)]
)
def test_a_time_that_no_calendar_has_is_the_nearest(folder, container, time_s, year, monkeypatch):
    (folder / "odd.wav").write_bytes(b"RIFF")
    (folder / "usual.wav").write_bytes(b"RIFF")
    given = os.stat

    def odd(name, **options):
        facts = given(name, **options)
        if name != "odd.wav":
            return facts
        return OddTime(facts, time_s * 10**9)

    monkeypatch.setattr(os, "stat", odd)
    odd_entry, usual = container.list()
    assert odd_entry.last_modified.year == year
    assert odd_entry.last_modified.astimezone().tzinfo is not None
    assert usual.last_modified.year == datetime.now(UTC).year
    assert container.properties("odd.wav").last_modified == odd_entry.last_modified


def descriptions(folder):
    return [path for path in (folder / ".sotto/properties").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b'{"content_type": "text/plain", "meta',
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b'{"content_type": 7, "metadata": {"a": "b"}}',
        b'{"content_type": "text/plain", "metadata": ["a"]}',
        b'{"content_type": "text/plain", "metadata": {"a": 1}}',
        b"[" * 10_000,
    ],
)
def test_a_description_that_is_damaged_counts_as_absent(folder, container, damage):
    etag = container.create("a.json", b"{}", {"sottojob": "1"}, "application/json")
    (description,) = descriptions(folder)
    description.write_bytes(damage)
    found = container.properties("a.json")
    assert (found.etag, found.metadata) == (etag, {})
    assert container.read("a.json", 10).data == b"{}"
    container.delete("a.json", etag)
    with pytest.raises(BlobNotFound):
        container.properties("a.json")
    assert descriptions(folder) == []


def test_a_description_that_cannot_be_opened_counts_as_absent(folder, container, broken):
    container.create("a.json", b"{}", {"sottojob": "1"})
    (description,) = descriptions(folder)
    broken[description.name] = errno.EIO
    assert container.properties("a.json").metadata == {}


@pytest.mark.parametrize("method", ["create", "put", "replace"])
def test_data_and_description_are_on_the_disk_before_the_name_is_given(
    folder, container, method, monkeypatch
):
    """And the name before the write returns: a power cut then loses or orphans nothing."""
    etag = container.create("calls/a.json", b"[]", {"sottojob": "0"})
    steps = []
    kinds = {
        ".sotto/incoming": "data",
        ".sotto/properties": "folder of descriptions",
        ".sotto/properties/??": "description",
        "calls": "folder",
    }

    def traced(call, step_of):
        def trace(*arguments, **options):
            steps.append(step_of(*arguments))
            return call(*arguments, **options)

        return trace

    def synced(descriptor):
        path = Path(f"/proc/self/fd/{descriptor}").readlink().relative_to(folder)
        where = path if path.name == "calls" else path.parent
        parts = where.parts[:2] + tuple("??" for _ in where.parts[2:])
        return kinds.get("/".join(parts), "another")

    monkeypatch.setattr(os, "fsync", traced(os.fsync, synced))
    monkeypatch.setattr(os, "link", traced(os.link, lambda *_: "name"))
    monkeypatch.setattr(os, "replace", traced(os.replace, lambda *_: "name"))
    written = {
        "create": lambda: container.create("calls/b.json", b"{}", {"sottojob": "1"}),
        "put": lambda: container.put("calls/a.json", b"{}", {"sottojob": "1"}),
        "replace": lambda: container.replace("calls/a.json", b"{}", etag, {"sottojob": "1"}),
    }
    written[method]()
    assert [step for step in steps if step != "another"] == [
        "data",
        "description",
        "folder of descriptions",
        "name",
        "folder",
    ]


def test_a_foreign_folder_among_the_leftovers_keeps_none_of_them(folder, container):
    container.put("a.json", b"{}")
    (folder / ".sotto/incoming/a-folder").mkdir()
    (folder / ".sotto/incoming/leftover").write_bytes(b"")
    assert container.remove_leftovers() == 1
    assert names(container) == ["a.json"]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_records_of_a_private_folder_are_their_owners_alone(folder, umask):
    folder.chmod(0o755)
    before = os.umask(umask)
    try:
        (folder / "jobs").mkdir(0o755, exist_ok=True)
        container = FolderContainer(folder, is_private=True)
        etag = container.create("jobs/1/job.json", b"{}", {"a": "b"})
        container.replace("jobs/1/job.json", b"[]", etag)
        container.put("hooks/1/hook.json", b"{}")
    finally:
        os.umask(before)
    modes = {
        path.relative_to(folder).as_posix(): path.stat().st_mode & 0o777
        for path in folder.rglob("*")
    }
    assert {mode for path, mode in modes.items() if (folder / path).is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if (folder / path).is_file()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o755  # an operator's own


def test_transcripts_have_the_mode_of_the_umask(folder, container):
    before = os.umask(0o027)
    try:
        container.create("calls/a.json", b"{}")
    finally:
        os.umask(before)
    assert (folder / "calls/a.json").stat().st_mode & 0o777 == 0o640
    assert (folder / "calls").stat().st_mode & 0o777 == 0o750
