"""Access tokens from the unmodified Speech SDKs over WebSocket, to a server without keys.

https://learn.microsoft.com/azure/ai-services/speech-service/how-to-configure-azure-ad-auth
"""

import json
import subprocess
import time

import pytest
from azure.core.credentials import AccessToken, TokenCredential

from tests.contract.conftest import start_server, stop_server
from tests.contract.realtime.conftest import LIMIT_S, sdk
from tests.contract.realtime.test_javascript_speech_sdk import CLIENT
from tests.issuer import AUDIENCE, running_issuer
from tests.node_packages import SPEECH_SDK, modules_of, node

RESOURCE = "/subscriptions/0b1f/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/a"
WORDS = "children are playing in the garden"


@pytest.fixture(scope="module")
def issuer():
    with running_issuer() as running:
        yield running


@pytest.fixture(scope="module")
def protected(model_folder, issuer):
    """Run a server that accepts tokens of the issuer and has no keys."""
    running = start_server(
        model_folder,
        SOTTO_KEYS=None,
        SOTTO_OIDC_ISSUER=issuer.url,
        SOTTO_OIDC_AUDIENCE=AUDIENCE,
    )
    yield running
    assert stop_server(running) == 0
    running.process.stderr.close()


def recognise(config, file):
    config.speech_recognition_language = "en-US"
    return sdk.SpeechRecognizer(config, sdk.audio.AudioConfig(filename=str(file))).recognize_once()


def with_token(server, token):
    """Configuration of an app that renews the token itself."""
    config = sdk.SpeechConfig(host=server.url.replace("http", "ws"))
    config.authorization_token = token
    return config


@pytest.mark.parametrize("form", ["{}", f"aad#{RESOURCE}#{{}}"])
def test_the_native_sdk_is_served_with_a_token(protected, issuer, twice, form):
    result = recognise(with_token(protected, form.format(issuer.token())), twice)
    assert result.reason == sdk.ResultReason.RecognizedSpeech
    assert WORDS in result.text


class Credential(TokenCredential):
    """Credential whose tokens are for Sotto, whichever scope the SDK requests."""

    def __init__(self, issuer):
        self._issuer = issuer
        self.requested = []

    def get_token(self, *scopes, **_options):
        """Return a new token."""
        self.requested.append(scopes)
        return AccessToken(self._issuer.token(), int(time.time()) + 3600)


def test_the_native_sdk_is_served_with_a_token_credential(protected, issuer, twice):
    credential = Credential(issuer)
    config = sdk.SpeechConfig(
        endpoint=protected.url.replace("http", "ws"), token_credential=credential
    )
    assert WORDS in recognise(config, twice).text
    assert credential.requested == [("https://cognitiveservices.azure.com/.default",)]


@pytest.mark.parametrize("changed", [{"aud": "api://another"}, {"exp": 1}])
def test_the_native_sdk_reports_a_refused_token(protected, issuer, twice, changed):
    token = f"aad#{RESOURCE}#{issuer.token(**changed)}"
    result = recognise(with_token(protected, token), twice)
    assert result.reason == sdk.ResultReason.Canceled
    details = result.cancellation_details
    assert details.code == sdk.CancellationErrorCode.AuthenticationFailure


def test_the_javascript_sdk_is_served_with_a_token(protected, issuer, twice):
    token = f"aad#{RESOURCE}#{issuer.token()}"
    address = protected.url.replace("http", "ws")
    client = subprocess.run(
        [node(), CLIENT, modules_of(SPEECH_SDK), address, token, "once", twice, "en-US", "{}"],
        capture_output=True,
        timeout=LIMIT_S,
        check=False,
        text=True,
    )
    assert client.returncode == 0, client.stderr
    (result,) = json.loads(client.stdout.splitlines()[-1])
    assert WORDS in result["text"]
