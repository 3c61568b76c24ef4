"""The data folder of a container: an upgrade, and a restored copy of its files.

docs/deploy-container.md has the commands; here `tarfile` does what `tar` does.
"""

import json
import shutil
import tarfile
import time

import pytest
from container_process import WAIT_S, Running


def wait_until(condition):
    until_s = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < until_s
        time.sleep(0.1)


@pytest.fixture
def serve(model_folder, tmp_path):
    """Start a server on the folder of the test; it ends with the test."""
    running = []

    def start(**settings):
        variables = {
            "SOTTO_KEYS": "k", "SOTTO_PORT": "0", "SOTTO_HOST": "127.0.0.1",
            "SOTTO_TLS_TERMINATED": "true", "SOTTO_MODEL_FOLDER": str(model_folder),
            "SOTTO_DATA_FOLDER": str(tmp_path / "data" / "sotto"),
        }  # fmt: skip
        running.append(Running([], variables | settings))
        running[-1].wait_for("batch_started")
        return running[-1]

    yield start
    for server in running:
        server.close()


def transcript_of(path):
    result = json.loads(path.read_text("utf-8"))
    return result["combinedRecognizedPhrases"][0]["display"]


def copied_back(folder, archive):
    """Put a folder into an archive, remove it, and take it out again: new files, old names."""
    with tarfile.open(archive, "w") as packed:
        packed.add(folder, folder.name)
    shutil.rmtree(folder)
    with tarfile.open(archive) as packed:
        packed.extractall(folder.parent, filter="tar")


def test_work_that_waits_is_done_by_the_next_container(serve, spoken_clip, tmp_path):
    """By the job that was accepted: no second one is made."""
    folders = tmp_path / "data" / "sotto" / "containers"
    first = serve(SOTTO_WORKERS="0")
    (folders / "audio" / "call.wav").write_bytes(spoken_clip.wav)
    wait_until(lambda: any((folders / "jobs").rglob("job.json")))
    assert first.end() == 0
    accepted = list((folders / "jobs").rglob("job.json"))

    second = serve(SOTTO_WORKERS="1")
    second.wait_for("file_transcribed")
    assert transcript_of(folders / "transcripts" / "call.wav.json") == spoken_clip.text
    assert list((folders / "jobs").rglob("job.json")) == accepted
    assert second.end() == 0


def test_a_restored_copy_without_transcripts_makes_them_anew_and_deletes_them_in_time(
    serve, spoken_clip, tmp_path
):
    folders = tmp_path / "data" / "sotto" / "containers"
    transcript = folders / "transcripts" / "call.wav.json"
    settings = {"SOTTO_TIME_TO_LIVE": "PT5S", "SOTTO_PURGE_EVERY_S": "1"}
    first = serve(SOTTO_TIME_TO_LIVE="PT5S")  # its next purge is a minute away
    (folders / "audio" / "call.wav").write_bytes(spoken_clip.wav)
    first.wait_for("file_transcribed")
    assert first.end() == 0

    copied_back(tmp_path / "data" / "sotto", tmp_path / "sotto.tar")
    shutil.rmtree(folders / "transcripts")
    second = serve(**settings)
    second.wait_for("file_transcribed")
    wait_until(lambda: not transcript.exists())
    assert second.end() == 0


def test_a_restored_transcript_has_lost_its_time_to_live(serve, spoken_clip, tmp_path):
    """Its metadata belong to a version of the file: inode, size and time."""
    folders = tmp_path / "data" / "sotto" / "containers"
    settings = {"SOTTO_TIME_TO_LIVE": "PT5S", "SOTTO_PURGE_EVERY_S": "1"}
    first = serve(SOTTO_TIME_TO_LIVE="PT5S")  # its next purge is a minute away
    (folders / "audio" / "call.wav").write_bytes(spoken_clip.wav)
    first.wait_for("file_transcribed")
    assert first.end() == 0

    (folders / "audio" / "call.wav").unlink()
    copied_back(tmp_path / "data" / "sotto", tmp_path / "sotto.tar")
    second = serve(**settings)
    second.wait_for("purged")
    assert transcript_of(folders / "transcripts" / "call.wav.json") == spoken_clip.text
    assert second.end() == 0
