"""Missing models, voices and translators, and busy servers, in words on the page."""

import io
import wave
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from playwright.sync_api import expect

from tests.contract.conftest import KEY, speak
from tests.contract.playground.test_transcribe_tab import transcribe

FAST = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"
UNCHECKED = "tests.contract.playground.unchecked_host"


@pytest.fixture
def models_without(model_folder, tmp_path):
    """Make a folder of all models but one."""

    def make(name):
        for folder in model_folder.iterdir():
            if folder.name != name:
                (tmp_path / folder.name).symlink_to(folder)
        return str(tmp_path)

    return make


def test_a_missing_model_is_said_with_the_command(
    microphone, start, opened, models_without, two_sentences
):
    """To a file and to the microphone; the page says before that no model is loaded."""
    server = start(module=UNCHECKED, SOTTO_MODEL_FOLDER=models_without("base"))
    with opened(microphone, server.url, errors={503}) as page:
        expect(page.locator("#model")).to_contain_text("The model is not loaded yet.")
        page.locator("#transcribe [name=file]").set_input_files(two_sentences)
        page.locator("#transcribe .main").click()
        error = page.locator("#transcribe [role=alert]")
        expect(error).to_contain_text("Recognition is not available on this server.")
        expect(error).to_contain_text("sotto models fetch base")
        page.locator("#tab-microphone").click()
        page.locator("#microphone .main").click()
        error = page.locator("#microphone [role=alert]")
        expect(error).to_contain_text("sotto models fetch base")
        expect(page.get_by_role("button", name="Start")).to_be_enabled()


def test_a_missing_model_of_pronunciation_is_said_with_the_command(
    browser, start, opened, models_without, two_sentences
):
    folder = models_without("pronunciation")
    server = start(module=UNCHECKED, SOTTO_MODEL_FOLDER=folder)
    with opened(browser, server.url, tab="pronunciation", errors={503}) as page:
        page.locator("#pronunciation [name=file]").set_input_files(two_sentences)
        page.get_by_role("button", name="Assess the file").click()
        error = page.locator("#pronunciation [role=alert]")
        expect(error).to_contain_text("Model pronunciation is missing.")
        expect(error).to_contain_text("sotto models fetch pronunciation")


def test_a_missing_voice_is_said_with_the_command(browser, start, opened, models_without):
    server = start(SOTTO_MODEL_FOLDER=models_without("kokoro"), SOTTO_VOICES="kokoro")
    with opened(browser, server.url, tab="voices", errors={503}) as page:
        expect(page.locator("#voices [role=alert]")).to_contain_text("sotto models fetch kokoro")


def test_a_translation_without_a_voice_is_said_with_the_command(
    browser, start, opened, models_without, two_sentences
):
    """The voices cannot be listed then; one can be asked for, and the refusal says why."""
    server = start(SOTTO_MODEL_FOLDER=models_without("kokoro"), SOTTO_VOICES="kokoro")
    with opened(browser, server.url, errors={503}) as page:
        tab = page.locator("#transcribe")
        tab.locator("[name=target]").fill("es")
        tab.locator("[name=target]").blur()
        tab.locator("[name=voice]").select_option("first")
        tab.locator("[name=file]").set_input_files(two_sentences)
        tab.locator(".main").click()
        expect(tab.locator("[role=alert]")).to_contain_text("sotto models fetch kokoro")


def test_a_missing_translator_is_said_with_its_set_up(browser, start, opened, two_sentences):
    server = start(SOTTO_TRANSLATORS="apertium")
    with opened(browser, server.url, errors={400, 503}) as page:
        tab = page.locator("#transcribe")
        tab.locator("[name=locales]").fill("en-US")
        tab.locator("[name=target]").fill("gl")
        tab.locator("[name=file]").set_input_files(two_sentences)
        tab.locator(".main").click()
        expect(tab.locator("[role=alert]")).to_contain_text("apt-cache search ^apertium-")


def test_a_busy_server_says_how_many_seconds_to_wait(browser, start, opened, two_sentences):
    """The one place of the server is taken by a request that does not end before the gate opens."""
    server = start(module="tests.contract.gated_host", SOTTO_QUEUE_LIMIT="1")

    def send(audio):
        with requests.Session() as session:
            session.headers["Ocp-Apim-Subscription-Key"] = KEY
            return session.post(server.url + FAST, files={"audio": audio}, timeout=60)

    long_audio, short_audio = forty_seconds(), speak("So.")

    def occupy():
        while (answer := send(long_audio)).status_code == 429:
            pass
        return answer

    with opened(browser, server.url, errors={429, 503}) as page, ThreadPoolExecutor(1) as thread:
        tab = page.locator("#transcribe")
        tab.locator("[name=file]").set_input_files(two_sentences)
        long = thread.submit(occupy)
        while send(short_audio).status_code != 429:
            pass
        tab.locator(".main").click()
        error = tab.locator("[role=alert]")
        expect(error).to_contain_text("The server is busy. Try again in 1 s.")
        server.open_gate()
        assert long.result().ok
        transcribe(page, two_sentences)
        expect(tab.locator(".phrases")).to_contain_text("garden")


def test_a_server_with_all_its_sessions_refuses_the_microphone_in_words(microphone, start, opened):
    server = start(SOTTO_SESSION_LIMIT="1")
    with opened(microphone, server.url, tab="microphone", errors={429, 503}) as first:
        first.get_by_role("button", name="Start").click()
        expect(first.locator("#microphone .state")).to_have_text("Listening…")
        with opened(microphone, server.url, tab="microphone", errors={429, 503}) as second:
            second.get_by_role("button", name="Start").click()
            error = second.locator("#microphone [role=alert]")
            expect(error).to_contain_text("it may serve no more sessions")
        first.get_by_role("button", name="Stop").click()
        expect(first.locator("#microphone .state")).to_have_text("The audio has ended.")


def forty_seconds():
    """WAV file of a sentence again and again."""
    spoken = speak("The children are playing in the garden behind the house.")
    with wave.open(io.BytesIO(spoken)) as reader:
        rate, samples = reader.getframerate(), reader.readframes(reader.getnframes())
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(samples * (1 + 40 * 2 * rate // len(samples)))
    return file.getvalue()
