"""Azure Speech's voices, against a server that answers as the reference of the service shows."""

import json
import logging
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import numpy as np
import pytest

from shared.audio.encode import Container, Encoding
from shared.errors import ConfigurationError, SynthesisUnavailable
from shared.settings import Settings
from shared.synthesis import installed
from shared.synthesis.azure_speech import AzureSpeech, voice_from_short_name
from shared.synthesis.encoded import encode_speech
from shared.synthesis.installed import find_voices
from shared.synthesis.speech_synthesis import SpeechSynthesis
from shared.synthesis.ssml import read_ssml
from shared.synthesis.synthesizer import Sentence, Span
from shared.synthesis.voice_catalogue import FEMALE, MALE, NEUTRAL, find_voice, kokoro_voice
from shared.version import USER_AGENT

SECRET = "Wx5canary"
SAMPLES = np.array([1, -2, 300, -32_768, 32_767], "<i2")
LIST = [
    {"ShortName": "en-US-JennyNeural", "Gender": "Female", "SampleRateHertz": "24000"},
    {"ShortName": "de-DE-KillianNeural", "Gender": "Male", "SampleRateHertz": "48000"},
    {"ShortName": "zh-CN-liaoning-XiaobeiNeural", "Gender": "Neutral"},
    {"ShortName": "somebody"},
    None,
]


class _Handler(BaseHTTPRequestHandler):
    """Answers what `server` says; keeps each request as it came."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self._keep(b"")
        body = json.dumps(self.server.listed).encode()
        self._begin({"Content-Length": len(body)})
        self.wfile.write(body)

    def do_POST(self):
        self._keep(self.rfile.read(int(self.headers["Content-Length"])))
        self._begin({"Transfer-Encoding": "chunked"})
        for piece in self.server.pieces:
            if piece is None:  # breaks off
                self.close_connection = True
                return
            if callable(piece):
                piece()
            else:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def _keep(self, body):
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append((self.requestline, headers, body.decode()))

    def _begin(self, headers):
        self.send_response_only(self.server.statuses.pop(0) if self.server.statuses else 200)
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()

    def log_message(self, *_args):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.received, server.statuses = [], []
    server.handle_error = lambda *_: None  # clients that hang up after a refusal
    server.listed, server.pieces = LIST, [SAMPLES.tobytes()]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def settings_for(server, *voices):
    return Settings(
        voices=voices or ("azure",),
        azure_speech_key=SECRET,
        azure_speech_endpoint=f"http://127.0.0.1:{server.server_port}",
    )


@pytest.fixture
def waited_s():
    return []


@pytest.fixture
def azure(server, waited_s):
    azure = AzureSpeech(settings_for(server), sleep=waited_s.append)
    yield azure
    azure._client.close()


def sentence(*spans, language="en-US", **style):
    return Sentence(spans=spans or (Span("Hello."),), language=language, **style)


def spoken(azure, said=None, speaker="en-US-JennyNeural"):
    return list(azure.synthesise(said or sentence(), speaker))


def test_a_request_has_the_form_of_the_reference(azure, server):
    (speech,) = spoken(azure)
    assert speech.sample_rate == 24_000
    assert speech.samples.dtype == np.int16
    assert speech.samples.tolist() == SAMPLES.tolist()
    ((line, headers, body),) = server.received
    assert line == "POST /cognitiveservices/v1 HTTP/1.1"
    assert headers["ocp-apim-subscription-key"] == SECRET
    assert headers["content-type"] == "application/ssml+xml"
    assert headers["x-microsoft-outputformat"] == "raw-24khz-16bit-mono-pcm"
    assert headers["user-agent"] == USER_AGENT
    assert body == (
        '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US">'
        '<voice name="en-US-JennyNeural">Hello.</voice></speak>'
    )


def test_text_cannot_become_markup_nor_break_it(azure, server):
    text = "</voice><audio src='x'/> & \"you\"\x00\x0b\ud800 ok"
    spoken(azure, sentence(Span(text)))
    body = server.received[0][2]
    assert "<audio" not in body
    (passage,) = read_ssml(body.encode())
    assert passage.spans[0].text == "</voice><audio src='x'/> & \"you\" ok"


def test_speed_pitch_and_pronunciation_are_markup(azure, server):
    spoken(azure, sentence(Span("A "), Span("tomato", "təˈmɑːtəʊ"), speed=0.8, pitch=1.25))
    assert (
        '<prosody rate="-20%" pitch="+25%">A <phoneme alphabet="ipa" ph="təˈmɑːtəʊ">tomato'
        "</phoneme></prosody>" in server.received[0][2]
    )


def test_a_multilingual_voice_gets_the_language(azure, server):
    spoken(azure, sentence(language="fr-FR"), "en-US-AvaMultilingualNeural")
    assert '<lang xml:lang="fr-FR">Hello.</lang>' in server.received[0][2]


def test_samples_are_there_before_the_last_is_made(azure, server):
    """The second piece leaves after the first was played; a sample that is cut in two is joined."""
    was_played = threading.Event()
    audio = SAMPLES.tobytes()
    server.pieces = [audio[:3], lambda: was_played.wait(5), audio[3:]]
    parts = azure.synthesise(sentence(), "en-US-JennyNeural")
    first = next(parts)
    assert first.samples.tolist() == [1]
    was_played.set()
    assert [part.samples.tolist() for part in parts] == [[-2, 300, -32_768, 32_767]]


def test_a_transient_error_is_tried_again(azure, server, waited_s):
    server.statuses = [429, 503]
    assert len(spoken(azure)) == 1
    assert waited_s == [1.0, 2.0]


def test_a_refusal_says_the_status_and_is_not_tried_again(azure, server, waited_s):
    server.statuses = [401]
    with pytest.raises(SynthesisUnavailable, match=r"^Azure Speech answered 401\.$"):
        spoken(azure)
    assert waited_s == []


def test_a_redirect_is_not_followed(azure, server):
    server.statuses = [302]
    with pytest.raises(SynthesisUnavailable, match="answered 302"):
        spoken(azure)
    assert len(server.received) == 1


def _break_off(_request):
    def content():
        yield SAMPLES.tobytes()
        raise httpx.ReadError(SECRET)

    return httpx.Response(200, content=content())


def _refuse(_request):
    return httpx.Response(400, text=SECRET)


def _vanish(_request):
    raise httpx.ConnectError(SECRET)


@pytest.mark.parametrize("failing", [_break_off, _refuse, _vanish])
def test_neither_text_nor_key_is_in_a_failure_or_a_log_line(failing, caplog):
    """No exception, no cause of it and no log line of any level has it."""
    caplog.set_level(logging.DEBUG)
    settings = Settings(
        voices=("azure",), azure_speech_key=SECRET, azure_speech_region="westeurope"
    )
    azure = AzureSpeech(settings, httpx.MockTransport(failing), lambda _: None)
    with pytest.raises(SynthesisUnavailable) as failed:
        spoken(azure, sentence(Span(f"Tell {SECRET}")))
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None
    shown = "".join(traceback.format_exception_only(failed.value))
    assert SECRET not in shown + caplog.text


def test_text_and_key_are_in_no_log_line_of_a_request_that_succeeds(azure, caplog):
    caplog.set_level(logging.DEBUG)
    spoken(azure, sentence(Span(f"Tell {SECRET}")))
    assert SECRET not in caplog.text


def test_an_answer_that_breaks_off_is_a_failure(azure, server):
    server.pieces = [SAMPLES.tobytes(), None]
    parts = azure.synthesise(sentence(), "en-US-JennyNeural")
    assert len(next(parts).samples) == 5
    with pytest.raises(SynthesisUnavailable, match="broke off"):
        next(parts)


def test_a_key_that_is_not_ascii_is_not_quoted():
    seen = []

    def answer(request):
        seen.append(dict(request.headers.raw)[b"Ocp-Apim-Subscription-Key"])
        return httpx.Response(401)

    settings = Settings(voices=("azure",), azure_speech_key="clé", azure_speech_region="westus")
    with pytest.raises(SynthesisUnavailable, match="401"):
        spoken(AzureSpeech(settings, httpx.MockTransport(answer)))
    assert seen == ["clé".encode()]


@pytest.mark.parametrize(
    ("given", "url"),
    [
        (
            {"azure_speech_region": "westeurope"},
            "https://westeurope.tts.speech.microsoft.com/cognitiveservices/v1",
        ),
        (
            {"azure_speech_endpoint": "https://mine.cognitiveservices.azure.com"},
            "https://mine.cognitiveservices.azure.com/tts/cognitiveservices/v1",
        ),
    ],
)
def test_the_address_is_the_regions_or_the_resources_own(given, url):
    received = []

    def answer(request):
        received.append(str(request.url))
        return httpx.Response(200, content=b"")

    settings = Settings(voices=("azure",), azure_speech_key=SECRET, **given)
    assert spoken(AzureSpeech(settings, httpx.MockTransport(answer))) == []
    assert received == [url]


def test_voices_are_fetched_once(azure, server):
    assert [(one.short_name, one.locale, one.gender) for one in azure.voices()] == [
        ("en-US-JennyNeural", "en-US", FEMALE),
        ("de-DE-KillianNeural", "de-DE", MALE),
        ("zh-CN-liaoning-XiaobeiNeural", "zh-CN-liaoning", NEUTRAL),
    ]
    azure.voices()
    assert [line for line, _, _ in server.received] == [
        "GET /cognitiveservices/voices/list HTTP/1.1"
    ]


@pytest.mark.parametrize("listed", [[], {"error": SECRET}, SECRET, [SECRET]])
def test_an_empty_voice_list_is_fetched_again(azure, server, listed):
    server.listed = listed
    with pytest.raises(SynthesisUnavailable, match="lists no voices") as failed:
        azure.voices()
    assert SECRET not in str(failed.value)
    server.listed = LIST
    assert len(azure.voices()) == 3


@pytest.fixture
def synthesis(server):
    """Speech synthesis with the voices of the resource, looked up as in the service."""
    synthesis = SpeechSynthesis(settings_for(server))
    yield synthesis
    synthesis._lookup().engines["azure"]._client.close()


def lines_of(synthesis, inside):
    document = f"<speak xml:lang='de-DE'><voice name='de-DE-KillianNeural'>{inside}</voice></speak>"
    return synthesis.assign_voices(read_ssml(document.encode()))


def test_a_script_is_spoken_by_a_voice_of_the_cloud_without_espeak(synthesis, server, monkeypatch):
    """The first request fetches the list, the second sends the sentence."""
    monkeypatch.setattr(installed, "find_espeak", lambda: None)
    server.pieces = [SAMPLES.tobytes() * 240, SAMPLES.tobytes() * 240]
    assert server.received == []
    parts = list(synthesis.speak(lines_of(synthesis, "Ja.")))
    total_s = sum(part.duration_s for part in parts)
    assert round(total_s, 2) == 0.3  # 2400 samples, and the pause behind a sentence
    assert [part.ends_sentence for part in parts] == [*[False] * (len(parts) - 1), True]
    assert [line.split()[1] for line, _, _ in server.received] == [
        "/cognitiveservices/voices/list", "/cognitiveservices/v1",
    ]  # fmt: skip


def test_the_first_bytes_of_a_sentence_leave_before_its_last_has_come(synthesis, server):
    """The service sends the second half when the first has been received, encoded."""
    was_played = threading.Event()
    server.pieces = [SAMPLES.tobytes() * 960, lambda: was_played.wait(20), SAMPLES.tobytes() * 960]
    encoding = Encoding(Container.WAV, "pcm_s16le", 24_000)
    pieces = encode_speech(synthesis, lines_of(synthesis, "Ja."), encoding)
    wav = next(pieces)
    assert not was_played.is_set()
    assert 44 < len(wav) <= 44 + 9_600
    was_played.set()
    wav += b"".join(pieces)
    assert wav[44:] == SAMPLES.tobytes() * 1_920 + bytes(9_600)
    assert wav[40:44] == b"\xff\xff\xff\xff"  # a header that leaves first knows no length


def test_a_client_that_leaves_ends_the_connection(synthesis, server):
    """The service notices when it sends on."""
    noticed = threading.Event()
    server.handle_error = lambda *_: noticed.set()

    class Endless:
        def __iter__(self):
            while True:
                yield SAMPLES.tobytes() * 960

    server.pieces = Endless()
    pieces = encode_speech(
        synthesis, lines_of(synthesis, "Ja."), Encoding(Container.RAW, "pcm_s16le", 24_000)
    )
    next(pieces)
    pieces.close()
    assert noticed.wait(20)


def test_a_named_voice_needs_no_request(server):
    found = find_voices(settings_for(server, "azure:de-DE-KatjaNeural", "azure:en-US-AvaNeural"))
    assert [one.short_name for one in found.voices] == ["de-DE-KatjaNeural", "en-US-AvaNeural"]
    assert server.received == []
    found.engines["azure"]._client.close()


@pytest.mark.parametrize("name", ["", "Katja", "de-DE-Katja", "../x-YNeural"])
def test_a_name_of_another_form_is_refused(name):
    with pytest.raises(ConfigurationError, match="SOTTO_VOICES"):
        voice_from_short_name(name)


def test_nothing_of_the_cloud_is_there_by_default(monkeypatch):
    """With any key set, not even a client is made."""
    monkeypatch.setattr(installed, "AzureSpeech", None)
    given = {"azure_speech_key": SECRET, "azure_speech_region": "westeurope"}
    found = find_voices(Settings(voices=("espeak-ng",), **given))
    assert "azure" not in Settings().voices
    assert "azure" not in found.engines


def test_the_order_decides_which_voice_an_azure_name_selects():
    """A voice that is here may stand for it, if it is preferred."""
    ours, theirs = kokoro_voice("af_heart"), voice_from_short_name("en-US-JennyNeural")
    assert find_voice((ours, theirs), "en-US-JennyNeural") is ours
    assert find_voice((theirs, ours), "en-US-JennyNeural") is theirs
