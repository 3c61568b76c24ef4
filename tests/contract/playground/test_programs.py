"""The programs that the page shows run as they are, and do what it has done."""

import json
import os
import subprocess
import sys
import threading

import pytest
from playwright.sync_api import expect

from shared.audio.stream import open_audio
from tests.contract.batch_client import ended, files_of, serving_files
from tests.contract.conftest import KEY, speak
from tests.contract.playground.alsa_microphone import speaking_microphone
from tests.contract.playground.test_transcribe_tab import transcribe


@pytest.fixture
def run(two_sentences):
    """Run a program in the folder of the file that was chosen; its output."""

    def run_program(*command):
        done = subprocess.run(
            command,
            cwd=two_sentences.parent,
            env={**os.environ, "SPEECH_KEY": KEY},
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    return run_program


def programs(page, tab):
    """Programs of a tab by their titles."""
    page.locator(f"#{tab} .snippets summary").click()
    snippets = page.locator(f"#{tab} .snippets")
    titles = snippets.locator("h2").all_inner_texts()
    assert snippets.locator("pre").count() == len(titles)
    return dict(zip(titles, snippets.locator("pre").all_inner_texts(), strict=True))


def curl(program):
    assert program.count("curl ") == 1
    return "bash", "-c", program.replace("curl ", "curl --silent --show-error --fail ", 1)


def test_the_programs_of_a_transcript(open_shared, two_sentences, run):
    with open_shared() as page:
        page.locator("#transcribe [name=locales]").fill("en-US")
        page.locator("#transcribe [name=phrases]").fill('it\'s "milk"\nbread')
        transcribe(page, two_sentences)
        shown = programs(page, "transcribe")
    assert set(shown) == {"curl", "Python, azure-ai-transcription"}
    answer = json.loads(run(*curl(shown["curl"])))
    assert "garden" in answer["combinedPhrases"][0]["text"]
    assert KEY not in shown["curl"].split()
    assert b"garden" in run(sys.executable, "-c", shown["Python, azure-ai-transcription"])


def test_the_programs_for_a_server_without_keys(browser, start, opened, two_sentences, run):
    server = start(SOTTO_KEYS=None)
    with opened(browser, server.url, key=None, errors={503}) as page:
        transcribe(page, two_sentences)
        shown = programs(page, "transcribe")
    assert "SPEECH_KEY" not in "".join(shown.values())
    assert b"garden" in run(*curl(shown["curl"]))
    assert b"garden" in run(sys.executable, "-c", shown["Python, azure-ai-transcription"])


def test_the_programs_of_an_assessment(open_shared, two_sentences, run):
    with open_shared(tab="pronunciation") as page:
        tab = page.locator("#pronunciation")
        tab.locator("[name=reference]").fill("The children aren't playing. Please buy milk.")
        tab.locator("[name=file]").set_input_files(two_sentences)
        tab.locator(".main").click()
        expect(tab.locator(".readings")).to_be_visible()
        shown = programs(page, "pronunciation")
    assert set(shown) == {"curl", "Python, Speech SDK"}
    best = json.loads(run(*curl(shown["curl"])))["NBest"][0]
    assert "aren't" in [word["Word"] for word in best["Words"]]
    assert 0 < float(run(sys.executable, "-c", shown["Python, Speech SDK"])) <= 100


def test_the_programs_of_a_spoken_text(open_shared, two_sentences, run):
    with open_shared(tab="voices") as page:
        tab = page.locator("#voices")
        tab.locator("[name=voice]").select_option("en-US-EspeakStandard")
        tab.locator("[name=text]").fill("Tom's & Ann's")
        tab.locator(".main").click()
        expect(tab.locator(".state")).to_have_text("Spoken.")
        shown = programs(page, "voices")
    assert set(shown) == {"curl", "Python, openai"}
    speech = two_sentences.parent / "speech.mp3"
    for program in (curl(shown["curl"]), (sys.executable, "-c", shown["Python, openai"])):
        run(*program)
        assert speech.stat().st_size > 1_000
        speech.unlink()


def test_the_programs_of_a_translation_that_is_spoken(open_shared, two_sentences, run):
    with open_shared() as page:
        tab = page.locator("#transcribe")
        tab.locator("[name=locales]").fill("en-US")
        tab.locator("[name=target]").fill("es")
        tab.locator("[name=target]").blur()
        expect(tab.locator("option[value=es-ES-EspeakStandard]")).to_be_attached()
        tab.locator("[name=voice]").select_option("es-ES-EspeakStandard")
        transcribe(page, two_sentences)
        shown = programs(page, "transcribe")
    assert set(shown) == {"curl", "Python, requests"}
    (speech,) = json.loads(run(*curl(shown["curl"])))["speech"]
    assert speech["voice"] == "es-ES-EspeakStandard"
    assert "jardín" in run(sys.executable, "-c", shown["Python, requests"]).decode()
    assert (two_sentences.parent / "es.mp3").stat().st_size > 1_000


def test_the_programs_of_a_job(open_jobs, job_server, two_sentences, run, http):
    """Each submits a job like the page's; the program waits for its end, and deletes it."""
    jobs = f"{job_server.url}/speechtotext/transcriptions"
    dated = {"api-version": "2025-10-15"}
    with serving_files({"call.wav": two_sentences.read_bytes()}) as (address, _):
        with open_jobs() as page:
            tab = page.locator("#batch")
            tab.locator("[name=addresses]").fill(f"{address}/call.wav")
            tab.locator("[name=name]").fill("Tom's calls")
            tab.get_by_role("button", name="Submit").click()
            expect(tab.locator("tbody tr")).to_contain_text("succeeded", timeout=60_000)
            shown = programs(page, "batch")
        assert set(shown) == {"curl", "Python, requests"}
        submitted = json.loads(run(*curl(shown["curl"])))
        assert submitted["displayName"] == "Tom's calls"
        transcript, report = files_of(http, ended(http, submitted["self"]))
        assert "garden" in http.get(transcript["links"]["contentUrl"]).text
        assert report["kind"] == "TranscriptionReport"
        assert len(http.get(jobs, params=dated).json()["values"]) == 2
        printed = run(sys.executable, "-c", shown["Python, requests"]).decode()
        assert "garden" in printed
        assert "'failedTranscriptionsCount': 0" in printed
        assert len(http.get(jobs, params=dated).json()["values"]) == 2


def fill_candidates(tab):
    tab.locator("[name=locales]").fill("en-US, es-ES")
    tab.locator("[name=phrases]").fill('the "garden"')
    tab.locator("[name=profanity]").select_option("raw")


def check_speakers(tab):
    tab.locator("[name=speakers]").check()


def fill_target(tab):
    tab.locator("[name=target]").fill("es")
    tab.locator("[name=target]").blur()
    expect(tab.locator("option[value=es-ES-EspeakStandard]")).to_be_attached()
    tab.locator("[name=voice]").select_option("es-ES-EspeakStandard")


@pytest.mark.parametrize(
    ("choose", "expected"),
    [
        (fill_candidates, ("garden",)),
        (check_speakers, ("garden", "Guest-")),
        (fill_target, ("garden", "'es': ")),
    ],
    ids=["candidates", "speakers", "translation"],
)
def test_the_program_of_a_microphone(  # noqa: PLR0917
    microphone, ready_server, opened, run, two_sentences, tmp_path, choose, expected
):
    """It hears the default microphone until Enter is pressed."""
    with opened(microphone, ready_server.url, tab="microphone") as page:
        tab = page.locator("#microphone")
        choose(tab)
        tab.get_by_role("button", name="Start").click()
        expect(tab.locator(".final")).not_to_be_empty(timeout=40_000)
        tab.get_by_role("button", name="Stop").click()
        expect(tab.locator(".state")).to_have_text("The audio has ended.", timeout=30_000)
        shown = programs(page, "microphone")
    if spoken := shown.pop("curl, the speech in es", None):
        run(*curl(spoken))
        assert (two_sentences.parent / "es.mp3").stat().st_size > 1_000
    assert set(shown) == {"Python, Speech SDK"}
    with speaking_microphone(samples_of_a_reading(), tmp_path) as environment:
        process = subprocess.Popen(
            [sys.executable, "-c", shown["Python, Speech SDK"]],
            env={**os.environ, **environment, "SPEECH_KEY": KEY},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        watchdog = threading.Timer(100, process.kill)
        watchdog.start()
        with process:
            heard = next((line for line in process.stdout if expected[0] in line), "")
            process.stdin.write("\n")
        watchdog.cancel()
    assert process.returncode == 0
    for text in expected:
        assert text in heard


def samples_of_a_reading():
    """Samples of a sentence and three seconds of silence: 16 bit, 16 kHz."""
    spoken = speak("The children are playing in the garden behind the house.")
    with open_audio(spoken) as stream:
        return b"".join(block.tobytes() for block in stream) + bytes(2 * 16_000 * 3)
