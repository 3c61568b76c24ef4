"""Access tokens of an issuer from unmodified clients, against a running server without keys."""

import time

import openai
import pytest
import requests
from azure.ai.transcription import TranscriptionClient
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from tests.issuer import AUDIENCE, public_jwk, running_issuer

TEXT = "Please remind me to buy milk and bread at 5 o'clock."
SHORT_AUDIO = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US&format=simple"
RESOURCE = "/subscriptions/0b1f/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/a"


@pytest.fixture
def issuer():
    with running_issuer() as running:
        yield running


@pytest.fixture
def protected(start, issuer):
    """Run a server that accepts tokens of the issuer with a role, and has no keys."""
    return start(
        SOTTO_KEYS=None,
        SOTTO_OIDC_ISSUER=issuer.url,
        SOTTO_OIDC_AUDIENCE=AUDIENCE,
        SOTTO_OIDC_ROLES="Speech.Use",
    )


class Credential:
    """Credential whose tokens are for Sotto, whichever scope a client requests."""

    def __init__(self, issuer, **claims):
        self._token = lambda: issuer.token(**{"roles": ["Speech.Use"]} | claims)

    def get_token(self, *_scopes, **_options):
        """Return a new token."""
        return AccessToken(self._token(), int(time.time()) + 3600)


def test_clients_with_a_token_credential_are_served(protected, issuer, spoken):
    """`azure-ai-transcription` takes a credential, `openai` a function that returns tokens."""
    credential = Credential(issuer)
    with TranscriptionClient(protected.url, credential) as client:
        result = client.transcribe({"definition": {}, "audio": spoken}, enforce_https=False)
    assert result.combined_phrases[0].text == TEXT

    with openai.OpenAI(
        base_url=f"{protected.url}/v1", api_key=lambda: credential.get_token().token
    ) as client:
        answer = client.audio.transcriptions.create(file=("t.wav", spoken), model="whisper-1")
    assert answer.text == TEXT

    for form in ("{}", f"aad#{RESOURCE}#{{}}"):
        answer = requests.post(
            protected.url + SHORT_AUDIO,
            spoken,
            headers={"Authorization": f"Bearer {form.format(credential.get_token().token)}"},
            timeout=60,
        )
        assert answer.json()["DisplayText"] == TEXT


def test_clients_show_why_a_token_is_refused(protected, issuer):
    """A client of azure-core does not try again; the log has no claim and no token."""
    expired = Credential(issuer, exp=int(time.time()) - 3600)
    with TranscriptionClient(protected.url, expired) as client:
        with pytest.raises(ClientAuthenticationError, match="has expired") as refused:
            client.transcribe({"definition": {}, "audio": b"x"}, enforce_https=False)
        assert refused.value.status_code == 401

    other = Credential(issuer, roles=["Canary.Role"], sub="canary-subject")
    with (
        openai.OpenAI(
            base_url=f"{protected.url}/v1", api_key=other.get_token().token, max_retries=0
        ) as client,
        pytest.raises(openai.PermissionDeniedError, match="none of the roles"),
    ):
        client.models.list()
    assert requests.get(f"{protected.url}/v1/models", timeout=60).status_code == 401
    assert {line["status"] for line in protected.log if line["event"] == "request"} == {401, 403}
    assert "anary" not in str(protected.log)
    assert issuer.url not in str(protected.log)


def test_keys_are_rotated_while_the_server_runs(protected, issuer):
    """An hour of trust in a withdrawn key has unit tests; here the first reading counts."""
    issuer.published = [public_jwk("second")]
    models = f"{protected.url}/v1/models"
    statuses = [
        requests.get(models, headers={"Authorization": f"Bearer {token}"}, timeout=60).status_code
        for token in (
            issuer.token("second", roles=["Speech.Use"]),
            issuer.token("first", roles=["Speech.Use"]),
        )
    ]
    assert statuses == [200, 401]
    assert "signing_keys_changed" in [line["event"] for line in protected.log]
