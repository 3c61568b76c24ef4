"""`examples/drop_folder.py` with containers of Azure, through the worker that Azure runs."""

import subprocess
import sys

import pytest
from containers import azure_address

from tests.hosts.azure.functions_host import PROJECT

PROGRAM = PROJECT / "examples" / "drop_folder.py"
LIMIT_S = 120


@pytest.fixture
def address(batch_host, azure_storage):
    """Maker of a container's address with a signature for some permissions."""

    def sign(part, permissions):
        return azure_address(azure_storage, permissions, batch_host.account.name(part))

    return sign


def test_a_recording_in_a_container_comes_back_as_transcript_and_subtitles(
    batch_host, address, spoken_clip, tmp_path
):
    """Signatures have the permissions that the program's header names, and no other."""
    (tmp_path / "t.wav").write_bytes(spoken_clip.wav)
    places = [address("audio", "cw"), address("transcripts", "r")]
    with subprocess.Popen(
        [sys.executable, "-u", PROGRAM, tmp_path / "t.wav", *places],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        name = process.stdout.readline().removeprefix("Dropped: ").strip()
        assert name.endswith("-t.wav"), process.communicate(timeout=LIMIT_S)[1]
        assert batch_host.fire_blob_trigger(name)
        assert batch_host.deliver_all() == 1
        said, failed = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, failed) == (0, "")
    transcript, *subtitles = said.splitlines()
    assert transcript == f"json: {spoken_clip.text}"
    assert " ".join(subtitles[2:]) == spoken_clip.text
    phrases = batch_host.read("transcripts", f"{name}.json")["recognizedPhrases"]
    assert "locale" not in phrases[0]  # one was given, so none was identified
    assert phrases[0]["nBest"][0]["words"]


def test_a_signature_that_does_not_suffice_is_one_sentence(address, spoken_clip, tmp_path):
    (tmp_path / "t.wav").write_bytes(spoken_clip.wav)
    places = [address("audio", "r"), address("transcripts", "r")]
    ended = subprocess.run(
        [sys.executable, PROGRAM, tmp_path / "t.wav", *places],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert ended.returncode == 1
    (sentence,) = ended.stderr.splitlines()
    assert sentence.startswith("The container audio-")
    assert "sig=" not in sentence
