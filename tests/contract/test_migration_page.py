"""The page on moving from Azure: its Python runs, and its table of absent services is true."""

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
import requests

from tests.contract.batch_client import serving_files
from tests.contract.conftest import KEY

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "migrate-from-azure.md").read_text()
BLOCK = re.compile(r"(?:```diff\n(?P<diff>(?:(?!```).)*)```\n)?```python\n(.*?)```", re.DOTALL)
NAMES = (
    "host", "endpoint", "token", "speech translation", "conversation", "short audio",
    "fast transcription", "batch", "batch v3.2", "text to speech", "translator", "openai",
    "azure openai", "parallel run",
)  # fmt: skip
EXAMPLES = dict(zip(NAMES, (found.groups() for found in BLOCK.finditer(PAGE)), strict=True))
CHANGED = [name for name, (difference, _) in EXAMPLES.items() if difference]
ABSENT = re.findall(r"^\| [^|]+ \| `([A-Z]+) (/[^`]+)` \| (\d{3})", PAGE, re.MULTILINE)
HEARD = "The children are playing in the garden behind the house."


@pytest.fixture
def run(server, tmp_path, monkeypatch, spoken_clip):
    """Runner of an example, in a folder with `t.wav`; it returns what the example prints."""
    (tmp_path / "t.wav").write_bytes(spoken_clip.wav)
    monkeypatch.chdir(tmp_path)

    def run_example(name, at=server, **addresses):
        _, code = EXAMPLES[name]
        meant = {
            "wss://speech.example": at.url.replace("http", "ws"),
            "https://speech.example": at.url,
            "<your key>": KEY,
            **addresses,
        }
        for written, address in meant.items():
            code = code.replace(written, address)
        assert ".example" not in code
        with redirect_stdout(StringIO()) as printed:
            exec(compile(code, "migrate-from-azure.md", "exec"), {})  # noqa: S102 - our own page
        return printed.getvalue().strip()

    return run_example


@pytest.fixture
def batch_server(start, tmp_path):
    """Run a server with jobs, which may read addresses on loopback."""
    folder = str(tmp_path / "data")
    return start(SOTTO_DATA_FOLDER=folder, SOTTO_ALLOWED_NETWORKS="127.0.0.0/8")


@pytest.mark.parametrize("name", CHANGED)
def test_the_new_lines_of_a_difference_are_in_its_example(name):
    difference, code = EXAMPLES[name]
    new = [line[1:] for line in difference.splitlines() if line.startswith("+")]
    old = [line[1:] for line in difference.splitlines() if line.startswith("-")]
    assert set(new) <= set(code.splitlines())
    assert not set(old) & set(code.splitlines())
    assert len(new) == len(old) == 1


@pytest.mark.parametrize(
    "name",
    ["host", "endpoint", "token", "short audio", "fast transcription", "openai", "azure openai"],
)
def test_a_client_with_the_new_lines_hears_the_sentence(run, name):
    assert run(name) == HEARD


def test_a_conversation_has_a_speaker(run):
    assert run("conversation").splitlines()[0] == f"Guest-1 {HEARD}"


@pytest.mark.usefixtures("apertium")
def test_speech_is_translated(run):
    said, _, translated = run("speech translation").partition(". ")
    assert f"{said}." == HEARD
    assert "jardín" in translated


@pytest.mark.usefixtures("apertium")
def test_a_text_is_translated(run):
    assert "jardín" in run("translator")


def test_a_job_is_submitted_polled_read_and_deleted(run, batch_server, spoken_clip):
    with serving_files({"t.wav": spoken_clip.wav}) as (address, paths):
        assert run("batch", batch_server, **{"https://store.example": address}) == HEARD
        assert paths == ["/t.wav"]
    jobs = requests.get(
        f"{batch_server.url}/speechtotext/transcriptions",
        params={"api-version": "2024-11-15"},
        headers={"Ocp-Apim-Subscription-Key": KEY},
        timeout=10,
    )
    assert jobs.json() == {"values": []}


def test_a_job_of_the_older_generation_is_accepted(run, batch_server):
    address = {"https://store.example": "https://example.invalid"}
    assert run("batch v3.2", batch_server, **address) == "NotStarted P2D"


@pytest.mark.usefixtures("voice_models")
def test_a_voice_answers_for_a_well_known_name(run):
    kind, size = run("text to speech").split()
    assert kind == "audio/x-wav"
    assert int(size) > 24_000


def test_a_parallel_run_counts_the_words_that_are_alike(run, server):
    """With this server on both sides all of them are."""
    both = {"https://mine.cognitiveservices.azure.com": server.url, "<key of Azure>": KEY}
    assert run("parallel run", **both) == "t.wav 10 of 10 words alike, 10 here"


@pytest.mark.parametrize(("method", "path", "status"), ABSENT)
def test_an_absent_service_is_answered_as_the_page_says(server, method, path, status):
    answer = requests.request(
        method,
        f"{server.url}{path}",
        params={"api-version": "2024-11-15"},
        headers={"Ocp-Apim-Subscription-Key": KEY},
        json={},
        timeout=10,
    )
    assert answer.status_code == int(status)


def test_the_table_of_absent_services_is_read():
    assert len(ABSENT) == 12
