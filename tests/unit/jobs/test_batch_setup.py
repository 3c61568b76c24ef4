"""Where batch work lives, and which places would make it work on its own output."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.errors import ConfigurationError
from shared.jobs.attempt import Attempt
from shared.jobs.batch_setup import (
    BatchAddresses,
    configured_addresses,
    local_addresses,
    open_batch,
)
from shared.jobs.purge import purge
from shared.jobs.submission import submit_dropped
from shared.jobs.worker import JobWorker
from shared.settings import DropFolderAddresses, Settings
from shared.storage.addresses import StorageAccess, place_of, unsigned_address
from shared.storage.sqlite_queue import open_sqlite_queue
from shared.transcription.scripted_transcriber import ScriptedTranscriber

ACCOUNT = StorageAccess(azure_connection_string="AccountName=calls;AccountKey=a2V5")
SERVICE = StorageAccess(azure_blob_service="https://calls.blob.core.windows.net")
SIGNED = "?sv=2025-11-05&sp=rl&sig=c2VjcmV0"


@pytest.mark.parametrize(
    ("address", "access", "place"),
    [
        (f"https://calls.blob.core.windows.net/in{SIGNED}", None, ("azure", "calls", "in")),
        ("https://Calls.blob.core.windows.net/in/", None, ("azure", "calls", "in")),
        (f"http://127.0.0.1:10000/calls/in{SIGNED}", None, ("azure", "calls", "in")),
        ("azure:in", ACCOUNT, ("azure", "calls", "in")),
        ("azure:in", SERVICE, ("azure", "calls", "in")),
        ("s3://bucket", None, ("s3", "bucket")),
        ("s3://bucket/a//b/", None, ("s3", "bucket", "a", "b")),
        ("file:///srv/my%20calls", None, ("folder", "/", "srv", "my calls")),
        ("/srv/calls/../in", None, ("folder", "/", "srv", "in")),
    ],
)
def test_one_container_is_one_place_however_it_is_named(address, access, place):
    assert place_of(address, access) == place


def test_a_link_is_the_folder_it_leads_to(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert place_of(str(tmp_path / "link")) == place_of(str(tmp_path / "real"))


def opened(tmp_path, *folders, jobs="jobs"):
    """Open a batch with these drop folders, each an input and an output."""
    places = BatchAddresses(
        jobs=jobs if ":" in jobs else str(tmp_path / jobs),
        queue=str(tmp_path / "queue.sqlite"),
        drop_folders=tuple(
            DropFolderAddresses(
                f"f{number}", *(one if ":" in one else str(tmp_path / one) for one in pair)
            )
            for number, pair in enumerate(folders)
        ),
    )
    batch = open_batch(Settings(storage_connection="AccountName=calls;AccountKey=a2V5"), places)
    batch.queue.close()
    return batch


@pytest.mark.parametrize(
    ("folders", "jobs"),
    [
        ([("in", "in")], "jobs"),
        ([("in", "in/out")], "jobs"),
        ([("all/in", "all")], "jobs"),
        ([("in", "out")], "in"),
        ([("in", "out")], "in/jobs"),
        ([("in", "link")], "jobs"),
        ([("a", "b"), ("b", "c")], "jobs"),
        ([("a", "b"), ("c", "a/d")], "jobs"),
        ([("s3://calls/in", "s3://calls")], "jobs"),
        ([("azure:in", f"https://calls.blob.core.windows.net/in{SIGNED}")], "jobs"),
    ],
)
def test_an_output_that_would_be_an_input_again_is_refused(tmp_path, folders, jobs):
    (tmp_path / "in").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "in")
    with pytest.raises(ConfigurationError, match="transcribed as audio") as failure:
        opened(tmp_path, *folders, jobs=jobs)
    assert "sig" not in str(failure.value)


@pytest.mark.parametrize(
    ("folders", "jobs"),
    [
        ([("a", "out"), ("b", "out")], "jobs"),
        ([("a", "out"), ("b", "out/b")], "jobs"),
        ([("a", "x"), ("a", "y")], "jobs"),
        ([("a", "x"), ("a/b", "y")], "jobs"),
        ([("a", "out")], "out"),
    ],
)
def test_two_names_for_one_container_are_refused(tmp_path, folders, jobs):
    with pytest.raises(ConfigurationError, match="a separate container"):
        opened(tmp_path, *folders, jobs=jobs)


def test_neighbours_whose_names_begin_alike_are_no_circle(tmp_path):
    batch = opened(tmp_path, ("calls", "calls-out"), ("calls2", "calls2-out"))
    assert set(batch.drop_folders) == {"f0", "f1"}


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({"queue": "azure:work"}, "SOTTO_JOBS"),
        ({"drop_folders": (DropFolderAddresses("a", "/in", "/out"),)}, "SOTTO_JOBS"),
        ({"jobs": "azure:jobs"}, "SOTTO_QUEUE"),
    ],
)
def test_places_that_are_named_in_part_are_refused(settings, missing):
    with pytest.raises(ConfigurationError, match=missing):
        configured_addresses(Settings(**settings))


def test_batch_work_may_be_switched_off():
    assert configured_addresses(Settings(batch=False, queue="azure:work")) is None
    assert local_addresses(Settings(batch=False)) is None


def test_on_one_machine_three_folders_of_its_owner_are_made(tmp_path):
    places = local_addresses(Settings(data_folder=tmp_path / "data"))
    made = sorted(path.name for path in (tmp_path / "data" / "containers").iterdir())
    assert made == ["audio", "jobs", "transcripts"]
    assert all(
        path.stat().st_mode & 0o777 == 0o700
        for path in (tmp_path / "data" / "containers").iterdir()
    )
    assert [folder.name for folder in places.drop_folders] == ["audio"]


def test_a_data_folder_that_is_a_file_is_refused_without_its_path(tmp_path):
    (tmp_path / "secret").write_bytes(b"")
    with pytest.raises(ConfigurationError, match="SOTTO_DATA_FOLDER") as failure:
        local_addresses(Settings(data_folder=tmp_path / "secret"))
    assert "secret" not in str(failure.value)


def test_an_account_and_its_copy_in_the_second_region_are_one_place():
    first = place_of("https://mine.blob.core.windows.net/calls")
    assert place_of("https://mine-secondary.blob.core.windows.net/calls") == first


@pytest.mark.parametrize(
    ("address", "unsigned"),
    [
        (
            f"https://calls.blob.core.windows.net/out/{SIGNED}",
            "https://calls.blob.core.windows.net/out",
        ),
        ("azure:out", "azure:out"),
        ("s3://bucket/a/", "s3://bucket/a"),
        ("/srv/a?b", "/srv/a?b"),
    ],
)
def test_a_job_has_the_address_of_its_outputs_without_a_signature(tmp_path, address, unsigned):
    assert unsigned_address(address) == unsigned
    if address.startswith("azure:"):
        batch = opened(tmp_path, ("in", address))
        assert batch.drop_folders["f0"].output_address == unsigned


def test_a_dropped_file_is_purged_though_its_folder_left_the_settings(tmp_path):
    for name in ("jobs", "in", "out"):
        (tmp_path / name).mkdir()
    batch = opened(tmp_path, ("in", "out"))
    folder = replace(batch.drop_folders["f0"], time_to_live=timedelta(hours=1))
    queue = open_sqlite_queue(tmp_path / "queue.sqlite")
    folder.input.put("a.wav", b"no audio")
    submit_dropped(folder, "a.wav", replace(batch, queue=queue))
    work = JobWorker(replace(batch, queue=queue), ScriptedTranscriber())
    work.handle(queue.lease(60).message, Attempt(1))
    queue.close()
    assert [entry.name for entry in folder.output.list()] == ["a.wav.error.json"]
    without = opened(tmp_path)
    done = purge(without, datetime.now(UTC) + timedelta(hours=2))
    assert (done.n_jobs, done.n_outputs, done.failures) == (1, 1, [])
    assert list(folder.output.list()) == []
