"""The unmodified `azure-ai-translation-text` against a running container host.

Apertium writes the translations: understandable, and as it is seen here with mistakes. Release
2.x is driven in this process, 1.x, which speaks the older format, in one of its own.
"""

import json
import os
import subprocess
import sys

import pytest
from azure.ai.translation.text import TextTranslationClient
from azure.ai.translation.text.models import TranslateInputItem, TranslationTarget
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError

KEY = "k"

pytestmark = pytest.mark.usefixtures("apertium")


@pytest.fixture
def client(server):
    """Make the client as users do, with a region."""
    credential = AzureKeyCredential(KEY)
    with TextTranslationClient(endpoint=server.url, credential=credential, region="eastus") as made:
        yield made


def test_a_text_is_translated_to_several_languages(client):
    (result,) = client.translate(
        body=["Hello, the children are playing."], to_language=["es", "ca"], from_language="en"
    )
    assert [(one.language, one.text) for one in result.translations] == [
        ("es", "Hola, los niños están tocando."),
        ("ca", "Hola, els nens estan jugant."),
    ]
    assert result.detected_language is None


@pytest.mark.parametrize("text_type", ["Plain", "Html"])
def test_a_dynamic_dictionary_gives_the_translation(client, text_type):
    """The contract's own example; the tags as Azure's own tests write them."""
    entry = '< mstrans:dictionary translation ="wordomatic">phrase</mstrans:dictionary>'
    target = TranslationTarget(language="es")
    item = TranslateInputItem(
        text=f"The word {entry} is new.", language="en", targets=[target], text_type=text_type
    )
    (result,) = client.translate(body=[item])
    assert result.translations[0].text.startswith("La palabra wordomatic ")
    assert "mstrans" not in result.translations[0].text


def test_the_language_is_detected(client):
    (result,) = client.translate(body=["¿Dónde están los niños?"], to_language=["en"])
    assert result.detected_language.language == "es"
    assert result.translations[0].text == "Where they are the boys?"


def test_each_text_may_have_targets_of_its_own(client):
    inputs = [
        TranslateInputItem(
            text="Thank you.", language="en", targets=[TranslationTarget(language="es")]
        ),
        TranslateInputItem(
            text="Bon dia.", language="ca", targets=[TranslationTarget(language="en")]
        ),
    ]
    first, second = client.translate(body=inputs)
    assert first.translations[0].text == "Gracias."
    assert second.translations[0].text == "Good morning."


def test_languages_are_listed(client):
    listed = client.get_supported_languages()
    assert {"en", "es", "ca"} <= listed.translation.keys()
    assert listed.translation["es"].native_name == "español"


def test_languages_are_listed_in_version_3(server):
    with TextTranslationClient(endpoint=server.url, api_version="3.0") as client:
        assert "es" in client.get_supported_languages(scope="translation").translation


def test_the_path_of_a_custom_domain_is_answered(server):
    """The client adds this path to an endpoint under cognitiveservices.azure.com."""
    endpoint = f"{server.url}/translator/text/v2026-06-06"
    with TextTranslationClient(endpoint=endpoint, credential=AzureKeyCredential(KEY)) as client:
        (result,) = client.translate(body=["Thank you."], to_language=["es"], from_language="en")
    assert result.translations[0].text == "Gracias."


def test_a_pair_without_a_translator_is_an_error_that_names_the_set_up(client):
    with pytest.raises(HttpResponseError, match=r"400023.*SOTTO_TRANSLATION_MODELS"):
        client.translate(body=["Hello"], to_language=["ja"], from_language="en")


def test_a_wrong_key_is_an_authentication_error(server):
    with (
        TextTranslationClient(endpoint=server.url, credential=AzureKeyCredential("x")) as client,
        pytest.raises(ClientAuthenticationError, match="401000"),
    ):
        client.translate(body=["Hello"], to_language=["es"])


def test_version_3_over_plain_http(server, http):
    """The request of 1.x, as `requests` writes it."""
    answer = http.post(
        f"{server.url}/translate",
        params={"api-version": "3.0", "from": "en", "to": ["es", "ca"]},
        json=[{"Text": "Hello"}],
        timeout=60,
    )
    assert answer.json() == [
        {"translations": [{"text": "Hola", "to": "es"}, {"text": "Hola", "to": "ca"}]}
    ]


def test_no_line_holds_a_word_of_a_text(server, client):
    client.translate(body=["The Zanzibar marmalade"], to_language=["es"], from_language="en")
    with pytest.raises(HttpResponseError):
        client.translate(body=["The Zanzibar marmalade"], to_language=["ja"], from_language="en")
    assert "anzibar" not in str(server.log)
    assert any(line.get("route") == "/translate" for line in server.log)


@pytest.fixture(scope="module")
def release_1(tmp_path_factory):
    """Folder with the client's last 1.x, which is fetched beside the environment's 2.x."""
    folder = tmp_path_factory.mktemp("client")
    command = [
        sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder),
        "azure-ai-translation-text==1.0.1",
    ]  # fmt: skip
    fetched = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if fetched.returncode != 0:
        pytest.fail(f"The client's 1.x cannot be fetched: {fetched.stderr.strip()[-300:]}")
    return folder


DRIVE_RELEASE_1 = """
import json, sys
from azure.ai.translation.text import TextTranslationClient
from azure.ai.translation.text._version import VERSION
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError

client = TextTranslationClient(
    endpoint=sys.argv[1], credential=AzureKeyCredential("k"), region="eastus"
)
told = client.translate(
    body=["Hello, the children are playing."], to_language=["es", "ca"], from_language="en"
)
found = client.translate(
    body=["¿Dónde están los niños?"], to_language=["en"], include_sentence_length=True
)
try:
    client.translate(body=["Hello"], to_language=["ja"], from_language="en")
except HttpResponseError as error:
    refused = error.error.code
print(json.dumps({
    "version": VERSION,
    "translations": [[one.to, one.text] for one in told[0].translations],
    "detected": found[0].detected_language.language,
    "lengths": found[0].translations[0].sent_len.src_sent_len,
    "languages": sorted(client.get_supported_languages().translation),
    "refused": refused,
}))
"""


def test_the_older_release_runs_as_it_is(server, release_1):
    driven = subprocess.run(
        [sys.executable, "-c", DRIVE_RELEASE_1, server.url],
        env={**os.environ, "PYTHONPATH": str(release_1)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert driven.returncode == 0, driven.stderr
    said = json.loads(driven.stdout)
    assert {"ca", "en", "es"} <= set(said.pop("languages"))
    assert said == {
        "version": "1.0.1",
        "translations": [
            ["es", "Hola, los niños están tocando."],
            ["ca", "Hola, els nens estan jugant."],
        ],
        "detected": "es",
        "lengths": [23],
        "refused": 400023,
    }
