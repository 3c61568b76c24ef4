"""Access tokens of an issuer on the routes of an app, with and without keys beside them."""

import asyncio
import time
from concurrent.futures import CancelledError
from contextlib import suppress

import jwt
import pytest
from starlette.requests import Request
from starlette.testclient import TestClient, WebSocketDenialResponse

from functions.api.access import Access
from functions.api.admission import Admission, caller_of
from functions.api.app import create_app
from functions.api.authentication import Authenticator
from functions.api.realtime.sessions import Sessions
from functions.api.tokens import TOKEN_LIFETIME_S
from shared.errors import QueueFull
from shared.settings import Settings
from shared.transcription.scripted_transcriber import ScriptedTranscriber
from tests.issuer import AUDIENCE, running_issuer

SHORT_AUDIO = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US"
FAST = "/speechtotext/transcriptions:transcribe?api-version=2025-10-15"
MODELS = "/v1/models"
DETECT = "/detect?api-version=3.0"
ISSUE_TOKEN = "/sts/v1.0/issueToken"
SOCKET = "/speech/recognition/interactive/cognitiveservices/v1"
RESOURCE = "/subscriptions/0b1f/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/a"


@pytest.fixture
def issuer():
    with running_issuer() as running:
        yield running


@pytest.fixture
def connect(issuer):
    """Maker of clients of an app with this issuer, and with the given settings beside it."""

    def make(**settings):
        given = {"oidc_issuer": (issuer.url,), "oidc_audience": (AUDIENCE,)} | settings
        return TestClient(
            create_app(
                Settings(**given),
                ScriptedTranscriber((), locales=("en-US",)),
                sessions=Sessions(10),
            )
        )

    return make


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def statuses(client, headers):
    """Status of each contract's answer to a request without a body that could be served."""
    return {
        "fast": client.post(FAST, headers=headers).status_code,
        "short": client.post(SHORT_AUDIO, headers=headers).status_code,
        "openai": client.get(MODELS, headers=headers).status_code,
        "translator": client.post(DETECT, headers=headers, json=[{"Text": "yes"}]).status_code,
    }


@pytest.mark.parametrize("keys", [(), ("k",)])
@pytest.mark.parametrize("form", ["{}", f"aad#{RESOURCE}#{{}}"])
def test_every_contract_accepts_a_token(connect, issuer, keys, form):
    found = statuses(connect(keys=keys), bearer(form.format(issuer.token())))
    assert not {401, 403, 500, 503} & set(found.values())
    assert found["openai"] == 200


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"aud": "another"}, 401, "SOTTO_OIDC_AUDIENCE does not list"),
        ({"exp": 1}, 401, "has expired"),
        ({"iss": "https://another.example"}, 401, "not valid here"),
        ({"roles": ["Other"]}, 403, "none of the roles"),
    ],
)
def test_every_contract_refuses_another_token(connect, issuer, change, status, said):
    client = connect(oidc_roles=("Speech.Use",))
    headers = bearer(issuer.token(**{"roles": ["Speech.Use"]} | change))
    assert set(statuses(client, headers).values()) == {status}
    for path, method in ((FAST, "POST"), (MODELS, "GET"), (DETECT, "POST")):
        answer = client.request(method, path, headers=headers)
        assert said in answer.text or (path == MODELS and "API key is not valid" in answer.text)
        assert ("www-authenticate" in answer.headers) is (status == 401)
        assert "caller-1" not in answer.text


def test_without_keys_an_issuer_leaves_no_route_open(connect):
    """A server without keys and without an issuer answers all of them."""
    client = connect()
    missing = statuses(client, {})
    assert missing == {"fast": 401, "short": 403, "openai": 401, "translator": 401}
    wrong = statuses(client, {"Ocp-Apim-Subscription-Key": "k"} | bearer("k"))
    assert set(wrong.values()) == {401}
    assert client.post(ISSUE_TOKEN).status_code == 401


def test_a_key_beside_an_issuer_still_opens(connect, issuer):
    client = connect(keys=("k",))
    assert client.get(MODELS, headers={"api-key": "k"}).status_code == 200
    assert client.get(MODELS, headers={"api-key": "k"} | bearer("x")).status_code == 200
    wrong_key = {"api-key": "wrong"} | bearer(issuer.token())
    assert client.get(MODELS, headers=wrong_key).status_code == 200


def test_an_unreachable_issuer_is_answered_503_so_that_clients_try_again(connect, issuer):
    issuer.is_down = True
    client = connect(keys=("k",))
    for path, method in ((FAST, "POST"), (SHORT_AUDIO, "POST"), (MODELS, "GET"), (DETECT, "POST")):
        answer = client.request(method, path, headers=bearer(issuer.token()))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert client.get(MODELS, headers={"api-key": "k"}).status_code == 200


def is_opened(client, url, headers):
    """Whether the upgrade is accepted. The test client cancels the session at its end."""
    opened = False
    with suppress(CancelledError), client.websocket_connect(url, headers=headers):
        opened = True
    return opened


def test_a_socket_is_opened_with_a_token_of_a_header_or_of_the_query(connect, issuer):
    client = connect()
    token = issuer.token()
    for credential in (token, f"aad#{RESOURCE}#{token}"):
        assert is_opened(client, SOCKET, bearer(credential))
    for name in ("Authorization", "authorization"):
        assert is_opened(client, f"{SOCKET}?{name}=Bearer%20{token}", {})


@pytest.mark.parametrize(
    ("change", "status"),
    [({"aud": "another"}, 401), ({"exp": 1}, 401), ({}, 403)],
)
def test_a_socket_is_refused_with_another_token(connect, issuer, change, status):
    client = connect(oidc_roles=("Speech.Use",))
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect(SOCKET, headers=bearer(issuer.token(**change))),
    ):
        pass
    assert refused.value.status_code == status


def test_a_socket_of_an_unreachable_issuer_is_answered_503(connect, issuer):
    issuer.is_down = True
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        connect().websocket_connect(SOCKET, headers=bearer(issuer.token())),
    ):
        pass
    assert (refused.value.status_code, refused.value.headers["retry-after"]) == (503, "10")


def lifetime_s(token):
    return jwt.decode(token, options={"verify_signature": False})["exp"] - time.time()


def test_an_access_token_obtains_a_token_where_instances_share_keys(connect, issuer):
    """Any instance with the same keys accepts it, with or without an issuer."""
    client = connect(keys=("k",))
    issued = client.post(ISSUE_TOKEN, headers=bearer(f"aad#{RESOURCE}#{issuer.token()}"))
    assert issued.status_code == 200
    assert TOKEN_LIFETIME_S - 5 <= lifetime_s(issued.text) <= TOKEN_LIFETIME_S
    other = TestClient(create_app(Settings(keys=("k",)), ScriptedTranscriber(())))
    assert other.get(MODELS, headers=bearer(issued.text)).status_code == 200


def test_a_token_ends_no_later_than_the_access_token_that_obtained_it(connect, issuer):
    client = connect(keys=("k",))
    headers = bearer(issuer.token(exp=int(time.time()) + 60))
    assert lifetime_s(client.post(ISSUE_TOKEN, headers=headers).text) <= 60


def test_a_token_of_this_service_obtains_no_other(connect, issuer):
    client = connect(keys=("k",))
    issued = client.post(ISSUE_TOKEN, headers=bearer(issuer.token())).text
    assert client.post(ISSUE_TOKEN, headers=bearer(issued)).status_code == 401
    assert client.post(ISSUE_TOKEN, headers=bearer("k")).status_code == 401
    assert client.post(ISSUE_TOKEN, headers={"api-key": "k"}).status_code == 200


def test_without_keys_no_token_is_issued_since_no_other_instance_would_accept_it(connect, issuer):
    client = connect()
    answer = client.post(ISSUE_TOKEN, headers=bearer(issuer.token()))
    assert answer.status_code == 403
    assert "SOTTO_KEYS" in answer.json()["error"]["message"]
    assert client.post(ISSUE_TOKEN, headers=bearer(issuer.token(aud="x"))).status_code == 401


@pytest.mark.parametrize("keys", [(), ("k",)])
def test_a_caller_of_an_issuer_shares_the_places_with_others(connect, monkeypatch, keys):
    """However many callers an issuer has, one of them leaves half of the places."""
    made = []

    def record(limit, **options):
        made.append(Admission(limit, **options | {"memory_bytes": None}))
        return made[-1]

    monkeypatch.setattr("functions.api.admission.Admission", record)
    connect(keys=keys, queue_limit=4)
    (admission,) = made
    with admission.admit("one"), admission.admit("one"):
        with pytest.raises(QueueFull), admission.admit("one"):
            pass
        with admission.admit("another"):
            pass


def test_a_caller_is_the_issuer_and_the_subject_and_neither_is_readable(issuer):
    settings = Settings(oidc_issuer=(issuer.url,), oidc_audience=(AUDIENCE,))
    authenticator = Authenticator(settings)

    def caller(token):
        request = Request(
            {"type": "http", "headers": [(b"authorization", f"Bearer {token}".encode())]}
        )
        assert asyncio.run(authenticator.authenticate(request)) is Access.GRANTED
        return caller_of(request)

    first = caller(issuer.token())
    assert first == caller(issuer.token(jti="another token"))
    assert first != caller(issuer.token(sub="caller-2"))
    assert caller(issuer.token(sub="\udc80"))  # as JSON can write it
    assert len(first) == 16
    assert int(first, 16)


def test_pages_of_listed_origins_may_call_a_server_with_an_issuer(connect, issuer):
    """The guard of open servers would refuse the name of the server."""
    client = connect(cors_origins=("*",))
    headers = bearer(issuer.token()) | {"Origin": "https://app.example", "Host": "speech.example"}
    answer = client.get(MODELS, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
