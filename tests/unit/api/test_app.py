"""The app around the contracts: probes, reference, identifiers, origins, log lines, paths."""

import re

import pytest
from structlog.testing import capture_logs

from functions.api.paths import canonical_path
from shared.privacy.log_fields import ALLOWED_FIELDS
from shared.version import VERSION

SHORT_AUDIO = "/speech/recognition/conversation/cognitiveservices/v1"
WAV = {"Content-Type": "audio/wav"}


@pytest.mark.parametrize(
    "path", ["/", "/ready", "/status", "/healthz", "/swagger", "/openapi.json"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_probes_and_pages_need_no_key(make_client, path, method):
    """They are probes of orchestrators and pages for people."""
    client = make_client()
    del client.headers["Ocp-Apim-Subscription-Key"]
    assert client.request(method, path).status_code == 200


def test_ready_is_503_until_the_model_is_loaded(make_client):
    """The status decides for Kubernetes."""
    client = make_client()
    assert client.get("/ready").json() == {"service": "speechtotext", "ready": "ready"}
    client.transcriber.loaded = False
    assert client.get("/ready").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_status_says_that_the_key_is_valid(make_client):
    """The body of the original container, and the version of this one."""
    assert make_client().get("/status").json() == {
        "service": "speechtotext",
        "apiStatus": "Valid",
        "apiStatusMessage": "Api Key is valid.",
        "version": VERSION,
    }


PAGES = {
    "/": ['<script type="module" src="playground/playground.js">'],
    "/swagger": [
        '<script defer src="swagger/swagger-ui-bundle.js">',
        '<script type="module" src="swagger/reference.js">',
    ],
}


@pytest.mark.parametrize("path", PAGES)
def test_pages_load_nothing_from_elsewhere(make_client, path):
    """No content delivery network; the scripts are files of this server."""
    page = make_client().get(path).text
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)
    assert re.findall("<script[^>]*>", page) == PAGES[path]


def test_the_document_has_two_addresses(make_client):
    """The second one is that of the original container."""
    client = make_client()
    document = client.get("/swagger/v1/swagger.json").json()
    assert document == client.get("/openapi.json").json()
    some = {"/healthz", SHORT_AUDIO, "/speechtotext/transcriptions:submit"}
    assert some <= set(document["paths"])


def test_document_describes_bodies_parameters_and_errors(make_client):
    """The document has what a generator of clients needs; references resolve."""
    client = make_client()
    document = client.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    fast = document["paths"]["/speechtotext/transcriptions:transcribe"]["post"]
    form = fast["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert form == {"$ref": "#/components/schemas/TranscribeForm"}
    assert set(schemas["TranscribeForm"]["properties"]) == {"audio", "definition"}
    assert "profanityFilterMode" in schemas["TranscriptionDefinition"]["properties"]
    assert {"200", "400", "401", "413", "422", "429", "501"} <= set(fast["responses"])
    short = document["paths"][SHORT_AUDIO]["post"]
    assert [item["name"] for item in short["parameters"] if item["required"]] == ["language"]
    references = set(re.findall(r'"#/components/schemas/(\w+)"', client.get("/openapi.json").text))
    assert references <= set(schemas)


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/nothing/here"])
def test_unknown_path_is_404_in_shape(make_client, path):
    """FastAPI's own pages are off: they load scripts from elsewhere."""
    answer = make_client().get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")


def test_wrong_method_is_405(make_client):
    """Never FastAPI's `detail`."""
    answer = make_client().get("/speechtotext/transcriptions:transcribe?api-version=2025-10-15")
    assert (answer.status_code, answer.json()["code"]) == (405, "NotAllowed")
    assert make_client().head("/sts/v1.0/issueToken").status_code == 405


def test_token_is_bare_text(make_client):
    """A JWT, not JSON; in any case of the path."""
    answer = make_client().post("/sts/v1.0/ISSUETOKEN?scope=speechservicesmanagement")
    assert answer.headers["content-type"] == "application/jwt; charset=us-ascii"
    assert answer.text.count(".") == 2


def test_token_needs_a_key(make_client):
    """401, missing or wrong."""
    client = make_client()
    client.headers["Ocp-Apim-Subscription-Key"] = "wrong"
    answer = client.post("/sts/v1.0/issueToken")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "401")


@pytest.mark.parametrize("path", ["/", "/nothing", "/speechtotext/transcriptions/locales"])
def test_every_answer_has_an_id(make_client, path):
    """The same under both names, another for each request."""
    client = make_client()
    first, second = (client.get(path).headers["x-ms-request-id"] for _ in range(2))
    assert first != second
    answer = client.get(path, headers={"x-ms-client-request-id": "6f1c-a"})
    assert answer.headers["x-ms-client-request-id"] == "6f1c-a"
    ids = {answer.headers[name] for name in ("apim-request-id", "x-ms-request-id", "x-requestid")}
    assert len(ids) == 1


def test_unprintable_client_id_is_not_echoed(make_client):
    """Nothing of a client is put into a header unseen."""
    headers = {"x-ms-client-request-id": "a b" + "x" * 200}
    assert "x-ms-client-request-id" not in make_client().get("/", headers=headers).headers


def test_preflight_allows_the_headers_of_browsers(make_client):
    """Any origin by default; keys are in headers, never in cookies."""
    answer = make_client().options(
        SHORT_AUDIO,
        headers={
            "Origin": "https://app.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "ocp-apim-subscription-key,content-type",
        },
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {"POST", "PATCH", "DELETE"} <= set(
        answer.headers["access-control-allow-methods"].split(", ")
    )
    assert answer.headers["access-control-allow-headers"] == (
        "ocp-apim-subscription-key,content-type"
    )


def test_options_without_origin_is_no_preflight(make_client):
    """A plain question, not a browser's: the path does not take the method."""
    answer = make_client().options(SHORT_AUDIO)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_a_preflight_of_an_origin_that_is_not_listed_names_none(make_client):
    """Its browser sends no request."""
    asked = {"Origin": "https://other.example", "Access-Control-Request-Method": "POST"}
    answer = make_client(cors_origins=("https://app.example",)).options(SHORT_AUDIO, headers=asked)
    assert answer.status_code == 400
    assert "access-control-allow-origin" not in answer.headers


def test_only_configured_origins_are_named(make_client):
    """A page of another origin gets no header, and its browser refuses the answer."""
    client = make_client(cors_origins=("https://app.example",))
    allowed = client.get("/ready", headers={"Origin": "https://app.example"})
    assert allowed.headers["access-control-allow-origin"] == "https://app.example"
    assert allowed.headers["vary"] == "Origin"
    other = client.get("/ready", headers={"Origin": "https://other.example"})
    assert "access-control-allow-origin" not in other.headers


def test_a_browser_can_read_errors_too(make_client):
    """Refusals and failures name the origin and their id like any answer."""
    headers = {"Origin": "https://app.example", **WAV}
    missing = make_client().get("/nothing", headers=headers)
    assert missing.headers["access-control-allow-origin"] == "*"
    assert "x-ms-request-id" in missing.headers["access-control-expose-headers"]


def test_failure_has_id_and_origin(make_client, tone):
    """A 500 is the answer that is reported most."""
    answer = make_client(RuntimeError("inside")).post(
        "/speechtotext/transcriptions:transcribe?api-version=2025-10-15",
        files={"audio": tone(0.1)},
        headers={"Origin": "https://app.example"},
    )
    assert answer.status_code == 500
    assert "x-ms-request-id" in answer.headers
    assert "access-control-allow-origin" in answer.headers


def test_a_request_is_logged_in_one_line_of_numbers(make_client, remind, tone):
    """Route template, sizes and times; neither path, query, key nor text."""
    client = make_client(remind)
    audio = tone(1.0)
    with capture_logs() as lines:
        answer = client.post(f"{SHORT_AUDIO}?language=en-US&cid=secret", content=audio, headers=WAV)
    [line] = lines
    assert line["event"] == "request"
    assert (line["route"], line["method"], line["status"]) == (SHORT_AUDIO, "POST", 200)
    assert (line["body_bytes"], line["audio_ms"], line["n_phrases"]) == (len(audio), 1000, 1)
    assert line["request_id"] == answer.headers["x-ms-request-id"]
    assert set(line) - {"log_level"} <= set(ALLOWED_FIELDS)
    assert "secret" not in str(line)
    assert "Remind" not in str(line)


def test_a_refusal_is_logged_with_its_code(make_client):
    """The unmatched path itself is not written: it may have a person's name in it."""
    with capture_logs() as lines:
        make_client().get("/private/interview.wav")
    [line] = lines
    assert (line["status"], line["error_code"], line["route"]) == (404, "NotFound", "/unmatched")


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/", "/"),
        ("//", "/"),
        ("/ready/", "/ready"),
        ("////speechtotext//x", "/speechtotext/x"),
        ("/speechtotext/transcriptions%3Atranscribe", "/speechtotext/transcriptions:transcribe"),
        ("/stt/speech/recognition", "/speech/recognition"),
        ("/sttx/speech", "/sttx/speech"),
        ("/STS/v1.0/issuetoken", "/sts/v1.0/issueToken"),
    ],
)
def test_paths_have_one_form(path, canonical):
    """Repeated slashes, a slash at the end, a quoted colon, the custom domain's prefix."""
    assert canonical_path(path) == canonical


def test_a_host_without_websockets_names_the_one_that_has_them(make_client):
    path = "/stt/speech/universal/v2"
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "x"}
    answer = make_client().get(path, headers=upgrade)
    assert answer.status_code == 400
    assert "container" in answer.json()["error"]["message"]
    assert make_client().get(path).status_code == 405
