"""The API reference in a browser: groups, filter, requests with a key, keyboard, prefix."""

import contextlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from tests.contract.browser import WAIT_MS, until
from tests.contract.conftest import KEY
from tests.contract.reference_page.conftest import (
    LOCALES,
    TRANSCRIBE,
    authorise,
    execute,
    fill_transcription,
    open_operation,
)

CONVERSATION = "/speech/recognition/conversation/cognitiveservices/v1"


@pytest.fixture(scope="module")
def document(ready_server):
    return requests.get(f"{ready_server.url}/openapi.json", timeout=30).json()


def groups_of(document):
    """Tags of the operations: those that the document declares, then by their first operation."""
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    used = dict.fromkeys(tag for one in operations for tag in one["tags"])
    declared = [tag["name"] for tag in document.get("tags", ()) if tag["name"] in used]
    return list(dict.fromkeys([*declared, *used]))


def test_the_index_has_the_contracts_in_the_order_of_the_document(opened, document):
    with opened() as page:
        shown = page.locator(".opblock-tag").evaluate_all("all => all.map(e => e.dataset.tag)")
        assert shown == groups_of(document)
        assert "Fast transcription" in shown
        expect(page.locator(".opblock")).to_have_count(0)
        links = page.get_by_role("navigation").get_by_role("link")
        addresses = links.evaluate_all("all => all.map(link => new URL(link.href).pathname)")
        assert addresses == ["/", "/openapi.json"]


def test_the_filter_leaves_the_groups_that_match(opened):
    with opened() as page:
        page.get_by_placeholder("Filter").fill("Fast")
        expect(page.locator(".opblock-tag")).to_have_count(1)
        expect(page.locator(".opblock-tag")).to_contain_text("Fast transcription")


def test_a_file_is_transcribed_with_the_key(opened, two_sentences):
    with opened() as page:
        authorise(page)
        operation = open_operation(page, "Fast transcription", TRANSCRIBE)
        fill_transcription(operation, two_sentences)
        answer = execute(operation)
        expect(answer.locator(".response-col_status").nth(1)).to_contain_text("200")
        text = answer.locator(".highlight-code .microlight").first.inner_text()
        phrases = json.loads(text)["phrases"]
        assert "garden" in phrases[0]["text"]
        assert phrases[0]["locale"] == "en-US"
        expect(operation.locator(".curl").first).to_contain_text("-F 'definition=")
        kept = "Object.keys(localStorage).length + Object.keys(sessionStorage).length"
        assert page.evaluate(kept) == 0
        assert page.evaluate("document.cookie") == ""
        assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0
        page.reload()
        page.wait_for_selector(".btn.authorize.unlocked")


def test_a_clip_is_recognised(opened, two_sentences):
    with opened() as page:
        authorise(page)
        operation = open_operation(page, "Short audio", CONVERSATION)
        expect(operation.get_by_label("Pronunciation-Assessment")).to_have_attribute("type", "text")
        operation.get_by_label("Request body", exact=True).set_input_files(two_sentences)
        expect(execute(operation)).to_contain_text("garden")


def test_the_example_of_ssml_is_spoken_and_played(opened):
    """The audio is that of the answer: the page requests it once."""
    with opened() as page:
        authorise(page)
        operation = open_operation(page, "Text to speech", "/cognitiveservices/v1")
        expect(operation.get_by_label("Request body", exact=True)).to_have_value(
            re.compile("^<speak .*</speak>$")
        )
        audio = execute(operation).locator("audio")
        expect(audio).to_be_visible()
        until(page, "() => document.querySelector('audio').duration > 0.5")
        assert audio.get_attribute("src").startswith("blob:")


def test_a_wrong_key_shows_the_answer_of_the_server(opened, two_sentences):
    with opened(errors={401}) as page:
        authorise(page, "wrong")
        operation = open_operation(page, "Fast transcription", TRANSCRIBE)
        fill_transcription(operation, two_sentences)
        answer = execute(operation)
        expect(answer).to_contain_text("401")
        expect(answer).to_contain_text("the subscription key or token is not valid here.")


def test_the_key_is_entered_as_a_password(opened):
    with opened() as page:
        page.get_by_role("button", name="Authorize").first.click()
        fields = page.locator(".modal-ux input")
        expect(fields).to_have_count(2)
        for field in fields.all():
            expect(field).to_have_attribute("type", "password")
            expect(field).to_have_attribute("autocomplete", "off")


def tab_to(page, found, most=300):
    """Press Tab until the focused element is one; a function of JavaScript decides."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"() => ({found})(document.activeElement)"):
            return
    pytest.fail(f"Tab reaches no element for which this is true: {found}")


def press_until_visible(page, key, place):
    """Press a key again every second until a place is there."""
    for _ in range(WAIT_MS // 1_000):
        page.keyboard.press(key)
        with contextlib.suppress(PlaywrightTimeout):
            place.wait_for(timeout=1_000)
            return
    pytest.fail(f"{key} had no effect")


def test_the_keyboard_alone_is_enough_for_a_request(opened):
    with opened() as page:
        tab_to(page, "e => e.matches('.btn.authorize')")
        page.keyboard.press("Enter")
        expect(page.locator(".modal-ux")).to_be_visible()
        tab_to(page, "e => e.matches('.modal-ux input')")
        page.keyboard.type(KEY)
        page.keyboard.press("Enter")
        tab_to(page, "e => e.matches('.modal-ux button') && e.textContent === 'Close'")
        page.keyboard.press("Enter")
        expect(page.locator(".modal-ux")).to_be_hidden()
        tab_to(page, "e => e.matches('[data-tag=\"Fast transcription\"] button')")
        page.keyboard.press("Enter")
        path = page.locator(f'[data-path="{LOCALES}"]')
        expect(path).to_be_visible()
        tab_to(page, f"e => e.querySelector('[data-path=\"{LOCALES}\"]') !== null")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Execute")).to_be_visible()
        tab_to(page, "e => e.matches('.execute')")
        answer = page.locator(".live-responses-table")
        # Swagger UI is deaf for a moment while it takes over the field that was left.
        press_until_visible(page, "Enter", answer)
        expect(answer).to_contain_text("200")
        expect(answer).to_contain_text("en-US")
        assert page.evaluate("document.activeElement.matches('.execute')")


def test_an_address_leads_to_an_operation(opened):
    """It can be sent to others: opening an operation writes it into the address bar."""
    with opened() as page:
        open_operation(page, "Fast transcription", LOCALES, "GET")
        page.wait_for_url(re.compile("#/Fast%20transcription/"))
        address = page.url
    place = address[address.index("/swagger") :]
    with opened(path=place) as page:
        expect(page.locator(f'[data-path="{LOCALES}"]')).to_be_visible()
        expect(page.get_by_role("button", name="Execute")).to_be_visible()


@contextlib.contextmanager
def below_prefix(url, prefix):
    """Address of a proxy that serves the server below a prefix, as a stage of API Gateway does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if not self.path.startswith(f"{prefix}/"):
                self.send_error(403)
                return
            passed = {name: self.headers[name] for name in ("Ocp-Apim-Subscription-Key",)}
            passed = {name: value for name, value in passed.items() if value}
            answer = requests.get(
                url + self.path.removeprefix(prefix), headers=passed, timeout=60,
                allow_redirects=False,
            )  # fmt: skip
            self.send_response(answer.status_code)
            for name in ("content-type", "content-security-policy", "location"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_arguments):
            """Write nothing."""

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=proxy.serve_forever)
    serving.start()
    try:
        yield f"http://127.0.0.1:{proxy.server_port}{prefix}"
    finally:
        proxy.shutdown()
        serving.join(30)
        proxy.server_close()


@pytest.mark.parametrize("path", ["/swagger", "/swagger/index.html", "/swagger/"])
def test_the_page_works_below_a_prefix(opened, ready_server, path):
    with below_prefix(ready_server.url, "/prod") as url, opened(url=url, path=path) as page:
        authorise(page)
        operation = open_operation(page, "Fast transcription", LOCALES, "GET")
        answer = execute(operation)
        expect(answer).to_contain_text("en-US")
        expect(operation.locator(".request-url")).to_contain_text(f"{url}{LOCALES}")


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ("**/openapi.json", "The server answered with status 503."),
        ("**/swagger-ui-bundle.js", "The script of Swagger UI was not loaded."),
    ],
)
def test_a_file_that_does_not_come_is_an_error_in_words(browser, ready_server, missing, reason):
    context = browser.new_context()
    page = context.new_page()
    page.route(missing, lambda route: route.fulfill(status=503, body=""))
    page.goto(f"{ready_server.url}/swagger")
    expect(page.get_by_role("alert").first).to_have_text(f"The reference cannot be shown. {reason}")
    context.close()
