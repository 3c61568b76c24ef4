"""The routes of text to speech, with a scripted synthesizer behind them."""

import asyncio
import threading

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from functions.api.admission import Admission
from functions.api.app import create_app
from shared.errors import SynthesisUnavailable
from shared.settings import Settings
from shared.synthesis.installed import Voices
from shared.synthesis.output_formats import OUTPUT_FORMATS
from shared.synthesis.speech_synthesis import SpeechSynthesis
from shared.synthesis.synthesizer import ScriptedSynthesizer
from shared.synthesis.voice_catalogue import KOKORO, kokoro_voice
from shared.transcription.scripted_transcriber import ScriptedTranscriber

SPEAK = "/cognitiveservices/v1"
HEADERS = {
    "Content-Type": "application/ssml+xml",
    "X-Microsoft-OutputFormat": "riff-24khz-16bit-mono-pcm",
}
HELLO = "<speak version='1.0' xml:lang='en-US'><voice name='en-US-JennyNeural'>{}</voice></speak>"


@pytest.fixture
def make():
    """Make clients of apps that speak as scripted."""

    def build(synthesizer=None, queue_limit=100, **settings):
        synthesizer = synthesizer or ScriptedSynthesizer()
        voices = tuple(map(kokoro_voice, ("af_heart", "ef_dora")))
        settings = Settings(keys=("k",), queue_limit=queue_limit, **settings)
        admission = Admission(queue_limit)
        speaker = SpeechSynthesis(settings, Voices(voices, {KOKORO: synthesizer}))
        client = TestClient(
            create_app(settings, ScriptedTranscriber(), synthesis=speaker, admission=admission)
        )
        client.headers["Ocp-Apim-Subscription-Key"] = "k"
        client.synthesizer, client.admission = synthesizer, admission
        return client

    return build


@pytest.mark.parametrize("path", [SPEAK, f"/tts{SPEAK}"])
def test_ssml_is_answered_with_audio(make, path):
    """Five letters of 50 ms, 200 ms behind them, at 24 kHz."""
    answer = make().post(path, headers=HEADERS, content=HELLO.format("Hello"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/x-wav"
    assert answer.headers["x-requestid"] == answer.headers["x-ms-request-id"]
    assert answer.content[:4] == b"RIFF"
    assert len(answer.content) == 44 + 2 * 24_000 * 45 // 100


@pytest.mark.parametrize("name", OUTPUT_FORMATS)
def test_every_format_is_served_with_its_media_type(make, name):
    headers = HEADERS | {"X-Microsoft-OutputFormat": name}
    answer = make().post(SPEAK, headers=headers, content=HELLO.format("Hello. You."))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == OUTPUT_FORMATS[name].media_type
    assert answer.content


def test_the_answer_begins_before_the_last_sentence_is_spoken(make):
    """The second sentence waits until the first has been received."""

    class Waiting(ScriptedSynthesizer):
        def __init__(self):
            super().__init__()
            self.heard = threading.Event()

        def synthesise(self, sentence, speaker):
            if self.requests:
                assert self.heard.wait(20)
            yield from super().synthesise(sentence, speaker)

    waiting = Waiting()
    client = make(waiting)
    raw = HEADERS | {"X-Microsoft-OutputFormat": "raw-16khz-16bit-mono-pcm"}
    received = []
    scope = {
        "type": "http",
        "method": "POST",
        "path": SPEAK,
        "query_string": b"",
        "headers": [
            (name.lower().encode(), value.encode())
            for name, value in {**raw, "Ocp-Apim-Subscription-Key": "k"}.items()
        ],
    }

    async def collect():
        """Call the app itself: the test client would wait for the whole body."""
        messages = asyncio.Queue()
        messages.put_nowait({"type": "http.request", "body": HELLO.format("One. Two.").encode()})

        async def send(message):
            if message.get("body"):
                received.append((len(message["body"]), len(waiting.requests)))
                waiting.heard.set()

        await client.app(scope, messages.get, send)

    asyncio.run(collect())
    assert received == [(2 * 16_000 * 45 // 100, 1), (2 * 16_000 * 4 // 10, 2)]


class Held(ScriptedSynthesizer):
    """Says when it begins a text, and ends each that it was told to hold when it is let go."""

    def __init__(self, *held):
        super().__init__()
        self.begun = {text: threading.Event() for text in held}
        self.let_go = threading.Event()

    def synthesise(self, sentence, speaker):
        """Speak, slowly if so told."""
        if begun := self.begun.get(sentence.text.strip()):
            begun.set()
            assert self.let_go.wait(20)
        yield from super().synthesise(sentence, speaker)

    @property
    def texts(self):
        """The texts that were spoken to the end."""
        return [sentence.text.strip() for sentence, _ in self.requests]


async def request(app, text, left=None, received=None):
    """Ask the app itself for speech; the client leaves when `left` is set."""
    body = [{"type": "http.request", "body": HELLO.format(text).encode()}]

    async def receive():
        if body:
            return body.pop()
        await (left or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    async def send(message):
        if received is not None:
            received.append(message)

    headers = {**HEADERS, "Ocp-Apim-Subscription-Key": "k"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": SPEAK,
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    await app(scope, receive, send)


def test_a_client_that_leaves_midway_ends_synthesis_and_frees_its_slot(make):
    """It goes while its second sentence is spoken: that one is finished, then others have theirs.

    With room for two requests there are two threads, one of which is still busy for who is gone.
    """
    held = Held("Two.")
    client = make(held, queue_limit=2)

    async def leave_then_come():
        left, heard = asyncio.Event(), []
        leaving = asyncio.ensure_future(request(client.app, "One. Two. Three.", left))
        await asyncio.to_thread(held.begun["Two."].wait, 20)
        left.set()
        await asyncio.wait_for(leaving, 20)
        coming = asyncio.ensure_future(request(client.app, "Four.", received=heard))
        held.let_go.set()
        await asyncio.wait_for(coming, 20)
        return heard

    answered = asyncio.run(leave_then_come())
    assert answered[0]["status"] == 200
    assert held.texts == ["One.", "Two.", "Four."]


def test_a_client_that_leaves_while_it_waits_gets_nothing_spoken(make):
    """It is answered no more, although the sentence that it waits for is still under way."""
    held = Held("One.")
    client = make(held)

    async def leave_the_queue():
        left = asyncio.Event()
        first = asyncio.ensure_future(request(client.app, "One."))
        await asyncio.to_thread(held.begun["One."].wait, 20)
        waiting = asyncio.ensure_future(request(client.app, "Two. Three.", left))
        left.set()
        await asyncio.wait_for(waiting, 20)
        last = asyncio.ensure_future(request(client.app, "Four."))
        held.let_go.set()
        await asyncio.wait_for(asyncio.gather(first, last), 20)

    asyncio.run(leave_the_queue())
    assert held.texts == ["One.", "Four."]


@pytest.mark.parametrize(
    ("changed", "body", "status", "said"),
    [
        ({"Content-Type": "text/plain"}, HELLO.format("a"), 415, "application/ssml+xml"),
        ({"X-Microsoft-OutputFormat": ""}, HELLO.format("a"), 400, "OutputFormat is missing"),
        ({"X-Microsoft-OutputFormat": "wav"}, HELLO.format("a"), 400, "no known format"),
        ({"X-Microsoft-OutputFormat": "amr-wb-16000hz"}, HELLO.format("a"), 400, "no encoder"),
        ({}, "<speak>", 400, "not well-formed"),
        ({}, "<!DOCTYPE x>" + HELLO.format("a"), 400, "document type"),
        ({}, HELLO.replace("en-US-JennyNeural", "HAL"), 400, "no voice of that name"),
        ({}, HELLO.replace("en-US-Jenny", "de-DE-Katja"), 400, "speaks that language"),
        ({}, HELLO.format("a" * 1_000_000), 413, "bytes"),
        ({"Ocp-Apim-Subscription-Key": "x"}, HELLO.format("a"), 401, "not valid"),
    ],
)
def test_an_error_has_the_gateways_shape(make, changed, body, status, said):
    answer = make().post(SPEAK, headers=HEADERS | changed, content=body)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == str(status)
    assert said in answer.json()["error"]["message"]


def test_without_a_voice_the_answer_names_the_command(tmp_path):
    """503, and no `Retry-After`: waiting does not mend it."""
    settings = Settings(keys=("k",), model_folder=tmp_path, voices=("kokoro",))
    client = TestClient(create_app(settings, ScriptedTranscriber(())))
    client.headers["Ocp-Apim-Subscription-Key"] = "k"
    for answer in (
        client.post(SPEAK, headers=HEADERS, content=HELLO.format("a")),
        client.get("/cognitiveservices/voices/list"),
        client.post("/v1/audio/speech", json={"input": "a", "voice": "alloy"}),
    ):
        assert answer.status_code == 503
        assert "retry-after" not in answer.headers
        assert "models fetch kokoro" in answer.json()["error"]["message"]


def test_a_failure_before_the_first_sentence_has_its_status(make):
    """And the request counts as over: the next one is let in."""
    failing = ScriptedSynthesizer(failures=[(0, SynthesisUnavailable("eSpeak NG is gone."))])
    client = make(failing, queue_limit=1)
    answer = client.post(SPEAK, headers=HEADERS, content=HELLO.format("One. Two."))
    assert answer.status_code == 503
    assert client.post(SPEAK, headers=HEADERS, content=HELLO.format("a")).status_code == 200
    assert client.post(SPEAK, headers=HEADERS, content=HELLO.format("a")).status_code == 200


def test_too_many_requests_get_a_time_to_come_back(make):
    client = make(queue_limit=1)
    with client.admission.admit():
        answer = client.post(SPEAK, headers=HEADERS, content=HELLO.format("a"))
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "1"


def test_voices_are_listed(make):
    listed = make().get("/tts/cognitiveservices/voices/list").json()
    assert [voice["ShortName"] for voice in listed] == ["en-US-HeartNeural", "es-ES-DoraNeural"]


def test_no_word_of_a_text_is_logged(make):
    client = make(ScriptedSynthesizer(failures=[(1, SynthesisUnavailable("Zanzibar"))]))
    with capture_logs() as logs:
        client.post(SPEAK, headers=HEADERS, content=HELLO.format("Zanzibar is an island."))
        client.post(SPEAK, headers=HEADERS, content=HELLO.format("Zanzibar is an island."))
        client.post(SPEAK, headers=HEADERS, content="<speak>Zanzibar")
        client.post("/v1/audio/speech", json={"input": ["Zanzibar"], "voice": "Zanzibar"})
    assert len(logs) >= 4
    assert "Zanzibar" not in str(logs)


# OpenAI


def test_openais_request_is_answered_with_mp3(make):
    client = make()
    body = {"model": "gpt-4o-mini-tts", "input": "Hello", "voice": "alloy", "speed": 2}
    answer = client.post("/v1/audio/speech", json=body)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/mpeg"
    ((sentence, speaker),) = client.synthesizer.requests
    assert (sentence.text, sentence.speed, speaker) == ("Hello", 2.0, "af_heart")


@pytest.mark.parametrize(
    ("voice", "speaker"),
    [("es-ES-ElviraNeural", "ef_dora"), ({"id": "ef_dora"}, "ef_dora"), ("nova", "af_heart")],
)
def test_openais_voice_may_be_any_of_ours(make, voice, speaker):
    client = make()
    client.post("/v1/audio/speech", json={"input": "Hola", "voice": voice})
    assert client.synthesizer.requests[0][1] == speaker


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"input": None}, "`input` is not valid"),
        ({"input": ""}, "`input` is not valid"),
        ({"input": "a" * 4097}, "`input` is not valid"),
        ({"voice": ...}, "`voice` is missing"),
        ({"voice": "HAL"}, "no voice of that name"),
        ({"response_format": "midi"}, "`response_format` is not valid"),
        ({"speed": 5}, "`speed` is not valid"),
        ({"stream_format": "sse"}, "`stream_format` is not valid"),
    ],
)
def test_an_error_has_openais_shape(make, change, said):
    body = {"input": "Hello", "voice": "alloy"} | change
    body = {name: value for name, value in body.items() if value is not ...}
    answer = make().post("/v1/audio/speech", json=body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert said in error["message"]
    assert (error["type"], error["param"]) == ("invalid_request_error", None)


def test_a_body_that_is_no_json_is_refused(make):
    answer = make().post("/v1/audio/speech", content=b"{")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "The body is not valid JSON."


def test_voice_pickers_get_names_that_voice_takes(make):
    """Open WebUI reads `id` and `name`."""
    client = make()
    voices = client.get("/v1/audio/voices").json()["voices"]
    assert voices == [
        {
            "id": "en-US-HeartNeural",
            "name": "Heart (English (United States))",
            "language": "en-US",
            "gender": "Female",
        },
        {
            "id": "es-ES-DoraNeural",
            "name": "Dora (Spanish (Spain))",
            "language": "es-ES",
            "gender": "Female",
        },
    ]
    for model in client.get("/v1/audio/models").json()["models"]:
        body = {"model": model["id"], "input": "Hello", "voice": voices[1]["id"]}
        assert client.post("/v1/audio/speech", json=body).status_code == 200


@pytest.mark.parametrize("path", ["/v1/audio/voices", "/v1/audio/models", "/v1/audio/speech"])
def test_openais_routes_refuse_a_missing_key_in_openais_shape(make, path):
    client = make()
    del client.headers["Ocp-Apim-Subscription-Key"]
    answer = client.request("POST" if path.endswith("speech") else "GET", path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "missing_api_key")


def test_a_null_counts_as_absent_and_a_number_may_be_a_string(make):
    client = make()
    body = {"input": "Hello", "voice": "alloy", "speed": "2", "response_format": None}
    assert client.post("/v1/audio/speech", json=body | {"instructions": None}).status_code == 200
    [(sentence, _)] = client.synthesizer.requests
    assert sentence.speed == 2.0
    assert client.post("/v1/audio/speech", json=body | {"speed": True}).status_code == 400
