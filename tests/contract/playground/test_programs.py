"""The programs that the page shows run as they are, and do what it has done."""

import json
import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.contract.conftest import KEY
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
