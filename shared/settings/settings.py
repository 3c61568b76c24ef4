"""The settings of a Sotto process: one frozen object, read once from the environment.

Every field is typed, bounded and documented here, section by section; `docs/settings.md` lists
the same keys in the same order (a test compares them).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path

from shared.errors import ConfigurationError, KeysMissing
from shared.settings.default_folders import default_data_folder, default_model_folder
from shared.settings.drop_folders import DropFolderAddresses, drop_folders_from_text
from shared.settings.hosts import CONTAINER, FUNCTIONS, LAMBDA
from shared.settings.key import read_keys, setting
from shared.settings.values import (
    Network,
    between,
    comma_separated,
    duration_up_to,
    flag,
    name_or_number,
    networks,
    one_of,
    region,
    secret_arn,
    some_of,
    text,
    web_address,
    web_addresses,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of a process. Tests build it directly, entry points `from_environment`."""

    # Recognition
    model: str = setting(
        "SOTTO_MODEL", "base", text, "a name of `sotto models list`, or a folder",
        "Whisper model that recognises speech.",
    )  # fmt: skip
    model_folder: Path = setting(
        "SOTTO_MODEL_FOLDER", default_model_folder, Path, "a folder",
        "Folder of fetched models. Default: `sotto/models` in the user's cache folder.",
    )  # fmt: skip
    engine: str = setting(
        "SOTTO_ENGINE", "ctranslate2", one_of("ctranslate2", "openai-whisper"),
        "`ctranslate2`, `openai-whisper`", "Engine that runs the model.",
    )  # fmt: skip
    compute_type: str = setting(
        "SOTTO_COMPUTE_TYPE", "int8",
        one_of("int8", "int8_float32", "int8_float16", "float16", "float32"),
        "`int8`, `int8_float32`, `int8_float16`, `float16`, `float32`",
        "Number format of the weights in memory; openai-whisper always has `float32`.",
    )  # fmt: skip
    context: str = setting(
        "SOTTO_CONTEXT", "auto", name_or_number(("auto", "full"), 1.0, 17.0),
        "`auto`, `full`, seconds from 1 to 17",
        "Silence that the encoder sees behind speech, see [context](engines.md#context). `auto`: "
        "what was measured for the model, else `full`, which is 30 s in all.",
    )  # fmt: skip
    device: str = setting(
        "SOTTO_DEVICE", "cpu", one_of("cpu", "cuda"), "`cpu`, `cuda`",
        "Processor that runs the model.", hosts=CONTAINER,
    )  # fmt: skip
    threads: int = setting(
        "SOTTO_THREADS", 0, between(0, 256), "0 to 256",
        "Threads of one recognition; 0 takes every core this process may use.",
    )  # fmt: skip
    concurrency: int = setting(
        "SOTTO_CONCURRENCY", 1, between(1, 64), "1 to 64",
        "Segments recognised at the same time. More than one pays only with spare cores.",
    )  # fmt: skip
    file_instance: bool = setting(
        "SOTTO_FILE_INSTANCE", True, flag, "`true`, `false`",
        "Recognise audio of more than a minute in a second instance of the model, which gives way "
        "to short requests. Not on one core. `false` saves its memory.",
    )  # fmt: skip
    queue_limit: int = setting(
        "SOTTO_QUEUE_LIMIT", 100, between(1, 10_000), "1 to 10000",
        "Requests that may be under way at once; one more is answered 429 with `Retry-After`.",
    )  # fmt: skip
    session_limit: int = setting(
        "SOTTO_SESSION_LIMIT", 100, between(1, 10_000), "1 to 10000",
        "Real-time sessions (WebSockets) that may be open at once; one more is refused with 429.",
        hosts=CONTAINER,
    )  # fmt: skip

    # Speech synthesis
    voices: tuple[str, ...] = setting(
        "SOTTO_VOICES", ("kokoro", "en_US-joe-medium", "espeak-ng"), comma_separated,
        "`kokoro`, `en_US-joe-medium`, `espeak-ng`, folders of Piper voices, `azure`, "
        "`azure:en-US-AvaNeural`, by commas",
        "Voices of text to speech, the preferred first. A voice that is not fetched is left out. "
        "With `azure` text leaves this machine.",
    )  # fmt: skip
    azure_speech_endpoint: str | None = setting(
        "SOTTO_AZURE_SPEECH_ENDPOINT", None, web_address, "`https://mine.cognitiveservices.azure.com`",
        "Endpoint of your Azure Speech resource; none is the one of its region.",
    )  # fmt: skip
    azure_speech_key: str | None = setting(
        "SOTTO_AZURE_SPEECH_KEY", None, text, "a key of the resource", "Its key.", secret=True,
    )  # fmt: skip
    azure_speech_region: str | None = setting(
        "SOTTO_AZURE_SPEECH_REGION", None, region, "a region such as `westeurope`",
        "Region of that resource, where no endpoint is set.",
    )  # fmt: skip

    diarization: bool = setting(
        "SOTTO_DIARIZATION", True, flag, "`true`, `false`",
        "Label speakers where a caller requests it. Its models (34 MB) are then fetched with the "
        "others.",
    )  # fmt: skip

    pronunciation: bool = setting(
        "SOTTO_PRONUNCIATION", True, flag, "`true`, `false`",
        "Assess the pronunciation of English where a caller requests it. Its models (13 MB) are "
        "then fetched with the others.",
    )  # fmt: skip

    # Translation
    translators: tuple[str, ...] = setting(
        "SOTTO_TRANSLATORS", ("ctranslate2", "whisper", "apertium"),
        some_of("ctranslate2", "whisper", "apertium", "azure", "amazon"),
        "`ctranslate2`, `whisper`, `apertium`, `azure`, `amazon`, by commas",
        "Translators, the preferred first. The first that covers a language pair translates it. "
        "With `azure` or `amazon` text leaves this machine.",
    )  # fmt: skip
    translation_models: tuple[str, ...] = setting(
        "SOTTO_TRANSLATION_MODELS", (), comma_separated, "folders by commas",
        "OPUS-MT, NLLB or M2M models in CTranslate2's format, the preferred first.",
    )  # fmt: skip
    azure_translator_endpoint: str | None = setting(
        "SOTTO_AZURE_TRANSLATOR_ENDPOINT", None, web_address,
        "`https://mine.cognitiveservices.azure.com`",
        "Endpoint of your Azure AI Translator resource; none is the one of all resources.",
    )  # fmt: skip
    azure_translator_key: str | None = setting(
        "SOTTO_AZURE_TRANSLATOR_KEY", None, text, "a key of the resource",
        "Key of that resource. Without one the identity of the process is used, which needs the "
        "endpoint.", secret=True,
    )  # fmt: skip
    azure_translator_region: str | None = setting(
        "SOTTO_AZURE_TRANSLATOR_REGION", None, text, "a region such as `westeurope`",
        "Region of that resource, unless it is a global one.",
    )  # fmt: skip

    # Limits
    max_upload_bytes: int = setting(
        "SOTTO_MAX_UPLOAD_BYTES", 500_000_000, between(1_000, 10_000_000_000), "1000 to 10^10",
        "Largest encoded audio of one request. An upload is held in memory while it is served.",
    )  # fmt: skip
    upload_memory_bytes: int = setting(
        "SOTTO_UPLOAD_MEMORY_BYTES", 0, between(0, 10_000_000_000_000), "0 to 10^13",
        "Memory of all uploads together; one more is answered 429. 0 takes a quarter of what the "
        "machine or the container has.",
    )  # fmt: skip
    max_audio_s: int = setting(
        "SOTTO_MAX_AUDIO_S", 5 * 3600, between(1, 24 * 3600), "1 to 86400",
        "Longest audio of one fast transcription, in seconds.",
    )  # fmt: skip

    # Batch
    batch: bool = setting(
        "SOTTO_BATCH", True, flag, "`true`, `false`",
        "Serve jobs and drop folders, if `SOTTO_JOBS` names a container for them. The container "
        "host has a default one.",
    )  # fmt: skip
    data_folder: Path = setting(
        "SOTTO_DATA_FOLDER", default_data_folder, Path, "a folder",
        "Folder of the container host's jobs, queue and drop folder, if no setting names others. "
        "Default: `sotto` in the user's data folder.", hosts=CONTAINER,
    )  # fmt: skip
    jobs: str | None = setting(
        "SOTTO_JOBS", None, text, "address of a container",
        "Container of job records and of the transcripts of the batch API.", secret=True,
    )  # fmt: skip
    queue: str | None = setting(
        "SOTTO_QUEUE", None, text, "`azure:name`, address of an Azure or SQS queue, or a file",
        "Queue that workers take their work from.",
    )  # fmt: skip
    dead_letters: str | None = setting(
        "SOTTO_DEAD_LETTERS", None, text, "address of an SQS queue",
        "Dead-letter queue of an SQS `SOTTO_QUEUE`. Other kinds have their own.",
        hosts=CONTAINER | LAMBDA,
    )  # fmt: skip
    drop_folders: tuple[DropFolderAddresses, ...] = setting(
        "SOTTO_DROP_FOLDERS", (), drop_folders_from_text,
        "`name=input>output` by commas; both are addresses of containers, names are lower case",
        "Containers of dropped audio, and of its transcripts.", secret=True,
    )  # fmt: skip
    time_to_live: timedelta | None = setting(
        "SOTTO_TIME_TO_LIVE", None, duration_up_to(timedelta(days=31)),
        "an ISO 8601 duration up to `P31D`",
        "Time to live of transcripts of dropped files, unless the folder's `sotto.json` has one. "
        "None: until you delete them.",
    )  # fmt: skip
    blob_trigger: str = setting(
        "SOTTO_BLOB_TRIGGER", "event_grid", one_of("event_grid", "queue", "polling"),
        "`event_grid`, `queue`, `polling`",
        "Trigger of Azure Functions for dropped files: Event Grid calls the host, it writes into "
        "the queue `<queue>-dropped`, or the host polls.",
        hosts=FUNCTIONS,
    )  # fmt: skip
    purge_every_s: int = setting(
        "SOTTO_PURGE_EVERY_S", 60, between(1, 86_400), "1 to 86400",
        "Seconds between two purges of expired jobs.", hosts=CONTAINER | FUNCTIONS,
    )  # fmt: skip
    workers: int = setting(
        "SOTTO_WORKERS", 1, between(0, 64), "0 to 64",
        "Files that the container host transcribes at the same time; 0 leaves them to "
        "`sotto worker`.", hosts=CONTAINER,
    )  # fmt: skip
    lease_s: int = setting(
        "SOTTO_LEASE_S", 60, between(5, 3600), "5 to 3600",
        "Seconds after which another worker takes over the work of one that died.", hosts=CONTAINER,
    )  # fmt: skip
    storage_connection: str | None = setting(
        "SOTTO_STORAGE", None, text, "a connection string",
        "Azure storage account of `azure:` addresses. Prefer the identity: the next two.",
        secret=True, hosts=CONTAINER | FUNCTIONS,
    )  # fmt: skip
    blob_service: str | None = setting(
        "SOTTO_STORAGE__blobServiceUri", None, text, "`https://account.blob.core.windows.net`",
        "Blob service of that account, used with the identity of the process.",
        hosts=CONTAINER | FUNCTIONS,
    )  # fmt: skip
    queue_service: str | None = setting(
        "SOTTO_STORAGE__queueServiceUri", None, text, "`https://account.queue.core.windows.net`",
        "Queue service of that account, used with the identity of the process.",
        hosts=CONTAINER | FUNCTIONS,
    )  # fmt: skip

    # Server
    host: str = setting(
        "SOTTO_HOST", "127.0.0.1", text, "an address of this machine",
        "Address the container host listens on.", hosts=CONTAINER,
    )  # fmt: skip
    port: int = setting(
        "SOTTO_PORT", 5000, between(0, 65535), "0 to 65535", "Port; 0 takes a free one.",
        hosts=CONTAINER,
    )  # fmt: skip
    public_url: str | None = setting(
        "SOTTO_PUBLIC_URL", None, web_address, "`https://speech.example`",
        "Public address of the service. All addresses in answers begin with it, independent of "
        "the header `Host`.",
    )  # fmt: skip
    tls_cert: Path | None = setting(
        "SOTTO_TLS_CERT", None, Path, "a PEM file", "Certificate chain to serve HTTPS with.",
        hosts=CONTAINER,
    )  # fmt: skip
    tls_key: Path | None = setting(
        "SOTTO_TLS_KEY", None, Path, "a PEM file", "Private key of `SOTTO_TLS_CERT`.",
        hosts=CONTAINER,
    )  # fmt: skip
    tls_terminated: bool = setting(
        "SOTTO_TLS_TERMINATED", False, flag, "`true`, `false`",
        "TLS ends in front of this process: plain HTTP beyond loopback is intended.",
        hosts=CONTAINER,
    )  # fmt: skip
    shutdown_grace_s: int = setting(
        "SOTTO_SHUTDOWN_GRACE_S", 25, between(0, 3600), "0 to 3600",
        "Seconds that requests under way may take to finish after SIGTERM.", hosts=CONTAINER,
    )  # fmt: skip
    cors_origins: tuple[str, ...] = setting(
        "SOTTO_CORS_ORIGINS", ("*",), comma_separated, "origins separated by commas, or `*`",
        "Web origins whose pages may call the API. `*` counts where there are keys.",
    )  # fmt: skip

    # Access
    keys: tuple[str, ...] = setting(
        "SOTTO_KEYS", (), comma_separated, "keys separated by commas",
        "Keys that clients may present. Not set: open on loopback, refused to start elsewhere. Set "
        "without a key in it: refused.",
        secret=True,
    )  # fmt: skip
    keys_secret: str | None = setting(
        "SOTTO_KEYS_SECRET", None, secret_arn, "ARN of a secret of AWS Secrets Manager",
        "Secret whose text is the value of `SOTTO_KEYS`, read once at the start.", hosts=LAMBDA,
    )  # fmt: skip
    oidc_issuer: tuple[str, ...] = setting(
        "SOTTO_OIDC_ISSUER", (), web_addresses, "`https://` addresses by commas",
        "Issuers of access tokens (OpenID Connect) that callers may present instead of a key, see "
        "[callers' identity](access.md).",
    )  # fmt: skip
    oidc_audience: tuple[str, ...] = setting(
        "SOTTO_OIDC_AUDIENCE", (), comma_separated, "audiences by commas",
        "Audiences, one of which a token must name. Needed with an issuer.",
    )  # fmt: skip
    oidc_jwks: str | None = setting(
        "SOTTO_OIDC_JWKS", None, web_address, "an `https://` address",
        "Address of the issuer's signing keys (JWKS). None: each issuer's discovery document names "
        "it.",
    )  # fmt: skip
    oidc_roles: tuple[str, ...] = setting(
        "SOTTO_OIDC_ROLES", (), comma_separated, "roles or scopes by commas",
        "Roles or scopes, one of which a token must have. None: every token of the issuer for the "
        "audience is accepted.",
    )  # fmt: skip
    allowed_networks: tuple[Network, ...] = setting(
        "SOTTO_ALLOWED_NETWORKS", (), networks, "networks such as `10.1.0.0/16`, by commas",
        "Private networks that client-supplied URLs (`audioUrl`) may reach.",
    )  # fmt: skip

    # Observability
    log_level: str = setting(
        "SOTTO_LOG_LEVEL", "info", one_of("debug", "info", "warning", "error"),
        "`debug`, `info`, `warning`, `error`", "Least severe log line that is written.",
    )  # fmt: skip

    metrics_port: int = setting(
        "SOTTO_METRICS_PORT", 0, between(0, 65535), "0 to 65535",
        "Port of [metrics](operations.md#metrics) without a key, of the container host and of "
        "`sotto worker`; 0: none. Open it to your monitoring only.", hosts=CONTAINER,
    )  # fmt: skip
    traces: str | None = setting(
        "SOTTO_TRACES", None, web_address, "`http://collector:4318`",
        "OpenTelemetry collector (OTLP over HTTP) that receives [traces](operations.md#traces) of "
        "times and sizes; none: no traces.", hosts=CONTAINER,
    )  # fmt: skip

    def __post_init__(self) -> None:
        if self.oidc_issuer and not self.oidc_audience:
            raise ConfigurationError(
                "SOTTO_OIDC_ISSUER needs SOTTO_OIDC_AUDIENCE: without it a token that was issued "
                "for another service would be accepted."
            )
        if not self.oidc_issuer and (self.oidc_audience or self.oidc_jwks or self.oidc_roles):
            raise ConfigurationError(
                "SOTTO_OIDC_AUDIENCE, _JWKS and _ROLES need SOTTO_OIDC_ISSUER."
            )
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ConfigurationError("SOTTO_TLS_CERT and SOTTO_TLS_KEY belong together: set both.")
        reaches_azure = self.azure_translator_key or self.azure_translator_endpoint
        if "azure" in self.translators and not reaches_azure:
            raise ConfigurationError(
                "SOTTO_TRANSLATORS names azure: set SOTTO_AZURE_TRANSLATOR_KEY, or for the "
                "process's identity SOTTO_AZURE_TRANSLATOR_ENDPOINT."
            )
        place = self.azure_speech_region or self.azure_speech_endpoint
        names_azure = any(name.partition(":")[0] == "azure" for name in self.voices)
        if names_azure and not (self.azure_speech_key and place):
            raise ConfigurationError(
                "SOTTO_VOICES names azure: set SOTTO_AZURE_SPEECH_KEY and _REGION or _ENDPOINT."
            )

    @property
    def is_protected(self) -> bool:
        """Whether a request needs a key or an access token."""
        return bool(self.keys or self.oidc_issuer)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read every `SOTTO_` key; an empty value counts as absent, but not that of `SOTTO_KEYS`.

        Raises
        ------
        KeysMissing: `SOTTO_KEYS` is set without a key in it, or Azure has not resolved it.
        ConfigurationError: a value that its key does not accept.
        """
        environment = os.environ if environment is None else environment
        settings = cls(**read_keys(fields(cls), environment))
        if "SOTTO_KEYS" in environment and not settings.keys:
            # A template whose variable is not set. Its operator means to have keys.
            raise KeysMissing(
                "SOTTO_KEYS must be set to a key, or not be set at all: it has no key in it."
            )
        if any(key.startswith("@Microsoft.KeyVault(") for key in settings.keys):
            # Azure leaves a reference as it is where it cannot read the vault, and a caller who
            # knows the name of the app can write it.
            raise KeysMissing(
                "SOTTO_KEYS is a reference into a key vault that Azure has not resolved."
            )
        return settings
