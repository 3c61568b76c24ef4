"""Settings: read once, typed, bounded, and silent about secrets."""

import dataclasses
import ipaddress
from datetime import timedelta
from pathlib import Path

import pytest

from shared.errors import ConfigurationError
from shared.settings import DropFolderAddresses, Settings, default_model_folder

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:sotto-keys-AbC123"

# By key: a value it takes and what that becomes, and a value it refuses (None: takes any text).
VALUES = {
    "SOTTO_MODEL": ("large-v3-turbo", "large-v3-turbo", None),
    "SOTTO_MODEL_FOLDER": ("/models", Path("/models"), None),
    "SOTTO_ENGINE": ("openai-whisper", "openai-whisper", "kaldi"),
    "SOTTO_COMPUTE_TYPE": ("int8_float32", "int8_float32", "int4"),
    "SOTTO_DEVICE": ("cuda", "cuda", "tpu"),
    "SOTTO_CONTEXT": ("8", "8", "nan"),
    "SOTTO_THREADS": ("8", 8, "257"),
    "SOTTO_CONCURRENCY": ("2", 2, "0"),
    "SOTTO_FILE_INSTANCE": ("no", False, "maybe"),
    "SOTTO_QUEUE_LIMIT": ("1", 1, "0"),
    "SOTTO_SESSION_LIMIT": ("20", 20, "0"),
    "SOTTO_VOICES": ("espeak-ng,/voices/thorsten", ("espeak-ng", "/voices/thorsten"), None),
    "SOTTO_AZURE_SPEECH_ENDPOINT": (
        "https://mine.cognitiveservices.azure.com/",
        "https://mine.cognitiveservices.azure.com",
        "mine.cognitiveservices.azure.com",
    ),
    "SOTTO_AZURE_SPEECH_KEY": ("s3cret", "s3cret", None),
    "SOTTO_AZURE_SPEECH_REGION": ("westeurope", "westeurope", "evil.example/"),
    "SOTTO_DIARIZATION": ("off", False, "maybe"),
    "SOTTO_PRONUNCIATION": ("off", False, "maybe"),
    "SOTTO_TRANSLATORS": ("apertium, whisper", ("apertium", "whisper"), "apertium,deepl"),
    "SOTTO_TRANSLATION_MODELS": ("/srv/opus-mt-en-de", ("/srv/opus-mt-en-de",), None),
    "SOTTO_AZURE_TRANSLATOR_ENDPOINT": (
        "https://mine.cognitiveservices.azure.com/",
        "https://mine.cognitiveservices.azure.com",
        "mine.cognitiveservices.azure.com",
    ),
    "SOTTO_AZURE_TRANSLATOR_KEY": ("s3cret", "s3cret", None),
    "SOTTO_AZURE_TRANSLATOR_REGION": ("westeurope", "westeurope", None),
    "SOTTO_MAX_UPLOAD_BYTES": ("250000000", 250_000_000, "999"),
    "SOTTO_UPLOAD_MEMORY_BYTES": ("1000000000", 1_000_000_000, "-1"),
    "SOTTO_MAX_AUDIO_S": ("7200", 7200, "1.5"),
    "SOTTO_BATCH": ("false", False, "maybe"),
    "SOTTO_DATA_FOLDER": ("/srv/sotto", Path("/srv/sotto"), None),
    "SOTTO_JOBS": ("s3://mine/jobs", "s3://mine/jobs", None),
    "SOTTO_QUEUE": ("azure:work", "azure:work", None),
    "SOTTO_DEAD_LETTERS": ("https://sqs.example/1/dead", "https://sqs.example/1/dead", None),
    "SOTTO_DROP_FOLDERS": (
        "calls=/srv/in>/srv/out, notes = azure:in > azure:out",
        (
            DropFolderAddresses("calls", "/srv/in", "/srv/out"),
            DropFolderAddresses("notes", "azure:in", "azure:out"),
        ),
        "calls=/srv/in",
    ),
    "SOTTO_TIME_TO_LIVE": ("P2D", timedelta(days=2), "P32D"),
    "SOTTO_BLOB_TRIGGER": ("queue", "queue", "push"),
    "SOTTO_PURGE_EVERY_S": ("300", 300, "0"),
    "SOTTO_WORKERS": ("0", 0, "65"),
    "SOTTO_LEASE_S": ("10", 10, "4"),
    "SOTTO_STORAGE": ("AccountName=a;AccountKey=b", "AccountName=a;AccountKey=b", None),
    "SOTTO_STORAGE__blobServiceUri": (
        "https://a.blob.core.windows.net",
        "https://a.blob.core.windows.net",
        None,
    ),
    "SOTTO_STORAGE__queueServiceUri": (
        "https://a.queue.core.windows.net",
        "https://a.queue.core.windows.net",
        None,
    ),
    "SOTTO_HOST": ("0.0.0.0", "0.0.0.0", None),  # noqa: S104
    "SOTTO_PORT": ("8080", 8080, "65536"),
    "SOTTO_PUBLIC_URL": (
        "https://speech.example:8443/stt/",
        "https://speech.example:8443/stt",
        "speech.example",
    ),
    "SOTTO_TLS_CERT": ("/tls/chain.pem", Path("/tls/chain.pem"), None),
    "SOTTO_TLS_KEY": ("/tls/key.pem", Path("/tls/key.pem"), None),
    "SOTTO_TLS_TERMINATED": ("yes", True, "maybe"),
    "SOTTO_SHUTDOWN_GRACE_S": ("5", 5, "-1"),
    "SOTTO_CORS_ORIGINS": (
        "https://a.example, https://b.example",
        ("https://a.example", "https://b.example"),
        None,
    ),
    "SOTTO_KEYS": ("first,second", ("first", "second"), None),
    "SOTTO_KEYS_SECRET": (ARN, ARN, "sotto-keys"),
    "SOTTO_OIDC_ISSUER": (
        "https://login.example/v2.0, https://sts.example/1/",
        ("https://login.example/v2.0", "https://sts.example/1/"),
        "login.example",
    ),
    "SOTTO_OIDC_AUDIENCE": ("api://sotto", ("api://sotto",), None),
    "SOTTO_OIDC_JWKS": ("https://login.example/keys", "https://login.example/keys", "keys"),
    "SOTTO_OIDC_ROLES": ("Speech.Use", ("Speech.Use",), None),
    "SOTTO_ALLOWED_NETWORKS": (
        "10.1.0.0/16,fd00::/8",
        (ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("fd00::/8")),
        "10.1.0.0/33",
    ),
    "SOTTO_LOG_LEVEL": ("warning", "warning", "chatty"),
    "SOTTO_METRICS_PORT": ("9090", 9090, "65536"),
    "SOTTO_TRACES": ("http://collector:4318", "http://collector:4318", "collector"),
}
FIELDS = {field.metadata["key"]: field for field in dataclasses.fields(Settings)}
TLS = {"SOTTO_TLS_CERT": "/tls/chain.pem", "SOTTO_TLS_KEY": "/tls/key.pem"}
OIDC = {"SOTTO_OIDC_ISSUER": "https://login.example", "SOTTO_OIDC_AUDIENCE": "api://sotto"}


def with_its_partner(key, value):
    """Environment with one key, and the others that it needs."""
    partners = TLS if key in TLS else OIDC if key.startswith("SOTTO_OIDC") else {}
    return partners | {key: value}


def test_every_setting_is_listed_in_this_file():
    assert VALUES.keys() == FIELDS.keys()


@pytest.mark.parametrize("key", VALUES)
def test_a_value_of_the_environment_becomes_the_typed_field(key):
    text, value, _ = VALUES[key]
    settings = Settings.from_environment(with_its_partner(key, text))
    assert getattr(settings, FIELDS[key].name) == value


@pytest.mark.parametrize("key", [key for key, (_, _, refused) in VALUES.items() if refused])
def test_a_bad_value_stops_with_its_key_and_the_accepted_values(key):
    refused = VALUES[key][2]
    with pytest.raises(ConfigurationError) as stopped:
        Settings.from_environment({key: refused})
    assert str(stopped.value) == f"{key} must be {FIELDS[key].metadata['accepts']}."


@pytest.mark.parametrize("text", ["", "  ", ",", " , ,"])
def test_keys_that_are_set_without_a_key_are_refused(text):
    """A template whose variable is not set would open the service."""
    with pytest.raises(ConfigurationError, match="SOTTO_KEYS must be set to a key"):
        Settings.from_environment({"SOTTO_KEYS": text})


def test_a_reference_into_a_key_vault_that_was_not_resolved_is_no_key():
    """Its text has the name of a vault and of a secret, which others can know."""
    reference = "@Microsoft.KeyVault(VaultName=kv-sotto-abc;SecretName=sotto-keys)"
    with pytest.raises(ConfigurationError, match="has not resolved") as refused:
        Settings.from_environment({"SOTTO_KEYS": reference})
    assert "kv-sotto" not in str(refused.value)


@pytest.mark.parametrize("key", VALUES.keys() - {"SOTTO_KEYS"})
def test_empty_and_blank_values_count_as_absent(key):
    assert Settings.from_environment({key: "  "}) == Settings.from_environment({})


@pytest.mark.parametrize("key", FIELDS)
def test_every_setting_is_documented(key):
    metadata = FIELDS[key].metadata
    assert key.startswith("SOTTO_")
    # The names of the storage account's settings are those that Functions' triggers look for.
    assert key == "SOTTO_" + FIELDS[key].name.upper() or key.startswith("SOTTO_STORAGE")
    assert metadata["doc"].endswith(".")
    assert metadata["accepts"]


@pytest.mark.parametrize("given", ["SOTTO_TLS_CERT", "SOTTO_TLS_KEY"])
def test_half_of_a_certificate_is_refused(given):
    with pytest.raises(ConfigurationError, match="set both"):
        Settings.from_environment({given: "/tls/file.pem"})


def test_an_issuer_needs_an_audience():
    with pytest.raises(ConfigurationError, match="SOTTO_OIDC_ISSUER needs SOTTO_OIDC_AUDIENCE"):
        Settings.from_environment({"SOTTO_OIDC_ISSUER": "https://login.example"})


@pytest.mark.parametrize("key", ["SOTTO_OIDC_AUDIENCE", "SOTTO_OIDC_JWKS", "SOTTO_OIDC_ROLES"])
def test_settings_of_tokens_need_an_issuer(key):
    with pytest.raises(ConfigurationError, match="need SOTTO_OIDC_ISSUER"):
        Settings.from_environment({key: VALUES[key][0]})


def test_azures_translator_needs_a_key_or_its_endpoint():
    with pytest.raises(ConfigurationError, match="SOTTO_AZURE_TRANSLATOR_KEY"):
        Settings.from_environment({"SOTTO_TRANSLATORS": "azure"})


@pytest.mark.parametrize("voices", ["azure", "kokoro,azure:en-US-AvaNeural"])
@pytest.mark.parametrize("given", [{}, {"SOTTO_AZURE_SPEECH_REGION": "westeurope"}])
def test_azures_voices_need_a_key_and_a_place(voices, given):
    with pytest.raises(ConfigurationError, match="SOTTO_AZURE_SPEECH_KEY"):
        Settings.from_environment({"SOTTO_VOICES": voices} | given)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("TRUE", True), ("1", True), ("on", True), ("False", False), ("0", False), ("no", False)],
)
def test_flags_are_read_as_people_write_them(written, meant):
    settings = Settings.from_environment({"SOTTO_TLS_TERMINATED": written})
    assert settings.tls_terminated is meant


def test_other_variables_do_not_matter():
    assert Settings.from_environment({"MODEL": "tiny", "PORT": "x"}) == Settings()


def test_settings_do_not_change():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().port = 80


def test_the_model_folder_lies_in_the_cache_folder_of_the_user(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/home/someone/.cache")
    assert default_model_folder() == Path("/home/someone/.cache/sotto/models")


def test_an_error_has_no_cause_that_could_quote_the_value():
    """`int("s3cret")` says the text it was given; that must not hang on to what is raised."""
    with pytest.raises(ConfigurationError) as stopped:
        Settings.from_environment({"SOTTO_PORT": "s3cret"})
    assert stopped.value.__cause__ is None
    assert stopped.value.__suppress_context__
