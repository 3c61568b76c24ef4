"""Azure AI Translator and Amazon Translate, against answers as their references show them."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from shared.errors import TranslationUnavailable
from shared.settings import Settings
from shared.translation import azure_translator
from shared.translation.amazon_translate import AmazonTranslate
from shared.translation.azure_translator import AzureTranslator

SECRET = "Wx5canary"


class Service:
    """Answers in Azure's form, statuses first; keeps the requests."""

    def __init__(self, *statuses, body=None, headers=None):
        self.received = []
        self.waited_s = []
        self._statuses = list(statuses)
        self._body = body
        self._headers = headers or {}

    def __call__(self, request):
        """Answer one request."""
        self.received.append(request)
        status = self._statuses.pop(0) if self._statuses else 200
        if status is None:
            raise httpx.ConnectError(SECRET)
        if status != 200 or self._body is not None:
            return httpx.Response(status, text=self._body or SECRET, headers=self._headers)
        target = request.url.params["to"]
        return httpx.Response(
            200,
            json=[
                {"translations": [{"text": f"{target}: {one['Text']}", "to": target}]}
                for one in json.loads(request.content)
            ],
        )

    def translator(self, **settings):
        """Adapter that asks this service."""
        settings = Settings(**({"azure_translator_key": SECRET} | settings))
        return AzureTranslator(settings, httpx.MockTransport(self), self.waited_s.append)


def test_a_key_and_its_region_are_sent():
    service = Service()
    translator = service.translator(azure_translator_region="westeurope")
    assert translator.translate(["Hello", "You"], "en", "zh-Hans") == [
        "zh-Hans: Hello", "zh-Hans: You",
    ]  # fmt: skip
    (request,) = service.received
    assert str(request.url) == (
        "https://api.cognitive.microsofttranslator.com/translate?api-version=3.0&from=en&to=zh-Hans"
    )
    assert request.headers["ocp-apim-subscription-key"] == SECRET
    assert request.headers["ocp-apim-subscription-region"] == "westeurope"


def test_a_resource_of_ones_own_has_the_path_of_custom_domains():
    service = Service()
    endpoint = "https://mine.cognitiveservices.azure.com"
    service.translator(azure_translator_endpoint=endpoint).translate(["Hello"], "en", "es")
    assert str(service.received[0].url).startswith(f"{endpoint}/translator/text/v3.0/translate?")


def test_without_a_key_the_identity_of_the_process_is_shown(monkeypatch):
    class Credential:
        def get_token(self, scope):
            assert scope == "https://cognitiveservices.azure.com/.default"
            return type("Token", (), {"token": "t0ken"})

    monkeypatch.setattr(azure_translator, "azure_credential", Credential)
    service = Service()
    settings = {
        "azure_translator_key": None,
        "azure_translator_endpoint": "https://mine.cognitiveservices.azure.com",
    }
    service.translator(**settings).translate(["Hello"], "en", "es")
    assert service.received[0].headers["authorization"] == "Bearer t0ken"
    assert "ocp-apim-subscription-key" not in service.received[0].headers


def test_an_identity_without_a_token_is_unavailable(monkeypatch):
    class Credential:
        def get_token(self, _scope):
            raise RuntimeError(SECRET)

    monkeypatch.setattr(azure_translator, "azure_credential", Credential)
    settings = {"azure_translator_key": None, "azure_translator_endpoint": "https://a.example"}
    with pytest.raises(TranslationUnavailable) as failed:
        Service().translator(**settings).translate(["Hello"], "en", "es")
    assert str(failed.value) == "The identity of this process gets no token (RuntimeError)."
    assert failed.value.__context__ is None


@pytest.mark.parametrize("passing", [429, 500, 503, None])
def test_a_transient_failure_is_retried(passing):
    service = Service(passing, passing)
    assert service.translator().translate(["Hello"], "en", "es") == ["es: Hello"]
    assert service.waited_s == [1.0, 2.0]


def test_the_service_says_how_long_to_wait():
    service = Service(429, headers={"Retry-After": "7"})
    service.translator().translate(["Hello"], "en", "es")
    assert service.waited_s == [7.0]


@pytest.mark.parametrize(
    ("statuses", "n_tries", "reason"),
    [
        ([401], 1, "answered 401"),
        ([400], 1, "answered 400"),
        ([503] * 4, 4, "answered 503"),
        ([None] * 4, 4, "cannot be reached"),
    ],
)
def test_a_lasting_failure_is_unavailable_and_quotes_nothing(statuses, n_tries, reason):
    service = Service(*statuses)
    with pytest.raises(TranslationUnavailable) as failed:
        service.translator().translate(["Zanzibar"], "en", "es")
    assert str(failed.value) == f"Azure AI Translator {reason}."
    assert failed.value.__context__ is None
    assert len(service.received) == n_tries


@pytest.mark.parametrize("body", ["[]", "{}", "no JSON", '[{"translations": []}]'])
def test_another_answer_is_unavailable(body):
    with pytest.raises(TranslationUnavailable, match="unexpected answer") as failed:
        Service(body=body).translator().translate(["Hello"], "en", "es")
    assert failed.value.__context__ is None


def test_texts_are_sent_within_the_limits_of_a_request():
    service = Service()
    texts = ["x" * 20_000] * 3 + ["y"] * 1_500
    written = service.translator().translate(texts, "en", "es")
    assert written == [f"es: {text}" for text in texts]
    assert [len(json.loads(one.content)) for one in service.received] == [2, 1_000, 501]


def test_azures_pairs_are_any_two_of_its_languages():
    translator = Service().translator()
    assert translator.can_translate("ja", "pt-pt")
    assert not translator.can_translate("en", "ast")


# Amazon


@pytest.fixture
def amazon(monkeypatch):
    """Return an adapter whose service runs here and keeps its requests."""
    received, statuses = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            received.append((self.headers["x-amz-target"], body))
            status = statuses.pop(0) if statuses else 200
            answer = {"TranslatedText": f"<{len(body['Text'].encode())}>"}
            if status != 200:
                answer = {"__type": "ValidationException", "message": SECRET}
            written = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_TRANSLATE", address)
        monkeypatch.setenv("AWS_REGION", "eu-west-1")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        translator = AmazonTranslate()
        translator.received, translator.statuses = received, statuses
        yield translator
        translator._client.close()
        server.shutdown()
        thread.join()


def test_amazon_gets_its_own_language_codes(amazon):
    assert amazon.translate(["Hello"], "en", "zh-Hant") == ["<5>"]
    (target, body), = amazon.received  # fmt: skip
    assert target.endswith(".TranslateText")
    assert body == {"Text": "Hello", "SourceLanguageCode": "en", "TargetLanguageCode": "zh-TW"}


def test_a_long_text_goes_to_amazon_in_whole_sentences(amazon):
    text = "Où est-il ? " * 1_200
    (written,) = amazon.translate([text], "fr", "en")
    sizes = [len(body["Text"].encode()) for _, body in amazon.received]
    assert sum(sizes) == len(text.encode())
    assert max(sizes) <= 10_000
    assert all(body["Text"].endswith("? ") for _, body in amazon.received)
    assert written == "".join(f"<{size}> " for size in sizes)


def test_amazons_refusal_is_unavailable_and_quotes_nothing(amazon):
    amazon.statuses.append(400)
    with pytest.raises(TranslationUnavailable) as failed:
        amazon.translate(["Zanzibar"], "en", "es")
    assert str(failed.value) == "Amazon Translate answered 400."
    assert failed.value.__context__ is None


def test_amazons_pairs_are_any_two_of_its_languages():
    assert AmazonTranslate().can_translate("ja", "pt-pt")
    assert not AmazonTranslate().can_translate("en", "eu")
