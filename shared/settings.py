"""The settings of a Sotto process: one frozen object, read once from the environment.

Every field is typed, bounded and documented here; `docs/settings.md` lists the same keys (a
test compares them). A bad value stops the start with the key and what it may be, never with
the value of a secret.
"""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from shared.errors import ConfigurationError, InvalidTimeToLive
from shared.jobs.time_to_live import time_to_live_from_text

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_FOLDER_NAME = re.compile(r"[a-z0-9](-?[a-z0-9]){0,62}")


@dataclass(frozen=True, slots=True)
class DropFolderAddresses:
    """A drop folder as an operator names it."""

    name: str
    input: str = field(repr=False)
    output: str = field(repr=False)

    def shown(self) -> str:
        """Both addresses without what gives access to them."""
        return " -> ".join(address.partition("?")[0] for address in (self.input, self.output))


def default_model_folder() -> Path:
    """`sotto/models` in the user's cache folder (XDG base directory specification)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sotto" / "models"


def default_data_folder() -> Path:
    """`sotto` in the user's data folder (XDG base directory specification)."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "sotto"


def _text(value: str) -> str:
    return value


def _flag(value: str) -> bool:
    lowered = value.lower()
    if lowered in {"true", "1", "yes", "on"}:
        return True
    if lowered in {"false", "0", "no", "off"}:
        return False
    raise ValueError


def _between(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        number = int(value)
        if not low <= number <= high:
            raise ValueError
        return number

    return parse


def _one_of(*names: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in names:
            raise ValueError
        return value

    return parse


def _region(value: str) -> str:
    if not re.fullmatch("[a-z0-9]+", value):  # becomes a part of a host name
        raise ValueError
    return value


def _list(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _networks(value: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(part) for part in _list(value))


def _drop_folders(value: str) -> tuple[DropFolderAddresses, ...]:
    folders = []
    for part in _list(value):
        name, equals, addresses = part.partition("=")
        source, arrow, target = (text.strip() for text in addresses.partition(">"))
        if not (_FOLDER_NAME.fullmatch(name.strip()) and equals and source and arrow and target):
            raise ValueError
        folders.append(DropFolderAddresses(name.strip(), source, target))
    if len({folder.name for folder in folders}) < len(folders):
        raise ValueError
    return tuple(folders)


def _public_url(value: str) -> str:
    parts = urlsplit(value.rstrip("/"))
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError
    return parts.geturl()


def _some_of(*names: str) -> Callable[[str], tuple[str, ...]]:
    def parse(value: str) -> tuple[str, ...]:
        chosen = _list(value)
        if len(set(chosen)) < len(chosen) or not set(chosen) <= set(names):
            raise ValueError
        return chosen

    return parse


def _time_to_live(value: str) -> timedelta | None:
    try:
        return time_to_live_from_text(value)
    except InvalidTimeToLive:
        raise ValueError from None


def _setting(
    key: str,
    default: Any,
    parse: Callable[[str], Any],
    accepts: str,
    doc: str,
    secret: bool = False,
) -> Any:
    metadata = {"key": key, "parse": parse, "accepts": accepts, "doc": doc, "secret": secret}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator may choose. Build it directly in tests, `from_environment` elsewhere."""

    # Recognition
    model: str = _setting(
        "SOTTO_MODEL", "base", _text, "a name of `sotto models list`, or a folder",
        "Whisper model that recognises speech.",
    )  # fmt: skip
    model_folder: Path = _setting(
        "SOTTO_MODEL_FOLDER", default_model_folder, Path, "a folder",
        "Where fetched models lie. Default: `sotto/models` in the user's cache folder.",
    )  # fmt: skip
    engine: str = _setting(
        "SOTTO_ENGINE", "ctranslate2", _one_of("ctranslate2", "openai-whisper"),
        "`ctranslate2`, `openai-whisper`", "Engine that runs the model.",
    )  # fmt: skip
    compute_type: str = _setting(
        "SOTTO_COMPUTE_TYPE", "int8",
        _one_of("int8", "int8_float32", "int8_float16", "float16", "float32"),
        "`int8`, `int8_float32`, `int8_float16`, `float16`, `float32`",
        "Number format of the weights in memory; openai-whisper has `float32` whatever this says.",
    )  # fmt: skip
    device: str = _setting(
        "SOTTO_DEVICE", "cpu", _one_of("cpu", "cuda"), "`cpu`, `cuda`",
        "Processor that runs the model.",
    )  # fmt: skip
    threads: int = _setting(
        "SOTTO_THREADS", 0, _between(0, 256), "0 to 256",
        "Threads of one recognition; 0 takes every core this process may use.",
    )  # fmt: skip
    concurrency: int = _setting(
        "SOTTO_CONCURRENCY", 1, _between(1, 64), "1 to 64",
        "Segments recognised at the same time. More than one pays only with spare cores.",
    )  # fmt: skip
    queue_limit: int = _setting(
        "SOTTO_QUEUE_LIMIT", 100, _between(1, 10_000), "1 to 10000",
        "Requests that may be under way at once; one more is answered 429 with `Retry-After`.",
    )  # fmt: skip

    # Speech synthesis
    voices: tuple[str, ...] = _setting(
        "SOTTO_VOICES", ("kokoro", "en_US-joe-medium", "espeak-ng"), _list,
        "`kokoro`, `en_US-joe-medium`, `espeak-ng`, folders of Piper voices, `azure`, "
        "`azure:en-US-AvaNeural`, by commas",
        "Voices of text to speech, the preferred first. What is not fetched is left out. "
        "With `azure` text leaves this machine.",
    )  # fmt: skip
    azure_speech_endpoint: str | None = _setting(
        "SOTTO_AZURE_SPEECH_ENDPOINT", None, _public_url, "`https://mine.cognitiveservices.azure.com`",
        "Endpoint of your Azure Speech resource; none is the one of its region.",
    )  # fmt: skip
    azure_speech_key: str | None = _setting(
        "SOTTO_AZURE_SPEECH_KEY", None, _text, "a key of the resource", "Its key.", secret=True,
    )  # fmt: skip
    azure_speech_region: str | None = _setting(
        "SOTTO_AZURE_SPEECH_REGION", None, _region, "a region such as `westeurope`",
        "Region of that resource, where no endpoint is set.",
    )  # fmt: skip

    diarization: bool = _setting(
        "SOTTO_DIARIZATION", True, _flag, "`true`, `false`",
        "Label speakers where a caller asks for it. Its models (34 MB) are then fetched with the "
        "others.",
    )  # fmt: skip

    # Translation
    translators: tuple[str, ...] = _setting(
        "SOTTO_TRANSLATORS", ("ctranslate2", "whisper", "apertium"),
        _some_of("ctranslate2", "whisper", "apertium", "azure", "amazon"),
        "`ctranslate2`, `whisper`, `apertium`, `azure`, `amazon`, by commas",
        "Who translates, the preferred first. Of a pair of languages the first does it that can. "
        "With `azure` or `amazon` text leaves this machine.",
    )  # fmt: skip
    translation_models: tuple[str, ...] = _setting(
        "SOTTO_TRANSLATION_MODELS", (), _list, "folders by commas",
        "OPUS-MT, NLLB or M2M models in CTranslate2's format, the preferred first.",
    )  # fmt: skip
    azure_translator_endpoint: str | None = _setting(
        "SOTTO_AZURE_TRANSLATOR_ENDPOINT", None, _public_url,
        "`https://mine.cognitiveservices.azure.com`",
        "Endpoint of your Azure AI Translator resource; none is the one of all resources.",
    )  # fmt: skip
    azure_translator_key: str | None = _setting(
        "SOTTO_AZURE_TRANSLATOR_KEY", None, _text, "a key of the resource",
        "Key of that resource. Without one the identity of the process is used, which needs the "
        "endpoint.", secret=True,
    )  # fmt: skip
    azure_translator_region: str | None = _setting(
        "SOTTO_AZURE_TRANSLATOR_REGION", None, _text, "a region such as `westeurope`",
        "Region of that resource, unless it is a global one.",
    )  # fmt: skip

    # Limits
    max_upload_bytes: int = _setting(
        "SOTTO_MAX_UPLOAD_BYTES", 500_000_000, _between(1_000, 10_000_000_000), "1000 to 10^10",
        "Largest encoded audio of one request. An upload is held in memory while it is served.",
    )  # fmt: skip
    max_audio_s: int = _setting(
        "SOTTO_MAX_AUDIO_S", 5 * 3600, _between(1, 24 * 3600), "1 to 86400",
        "Longest audio of one fast transcription, in seconds.",
    )  # fmt: skip

    # Batch
    batch: bool = _setting(
        "SOTTO_BATCH", True, _flag, "`true`, `false`",
        "Serve jobs and drop folders, where `SOTTO_JOBS` names a place for them. The container "
        "host has one of its own.",
    )  # fmt: skip
    data_folder: Path = _setting(
        "SOTTO_DATA_FOLDER", default_data_folder, Path, "a folder",
        "Where the container host keeps jobs, queue and drop folder that are not named otherwise. "
        "Default: `sotto` in the user's data folder.",
    )  # fmt: skip
    jobs: str | None = _setting(
        "SOTTO_JOBS", None, _text, "address of a container",
        "Where records of jobs and the transcripts of the batch API lie.", secret=True,
    )  # fmt: skip
    queue: str | None = _setting(
        "SOTTO_QUEUE", None, _text, "`azure:name`, address of an Azure or SQS queue, or a file",
        "Queue that workers take their work from.",
    )  # fmt: skip
    dead_letters: str | None = _setting(
        "SOTTO_DEAD_LETTERS", None, _text, "address of an SQS queue",
        "Dead-letter queue of an SQS `SOTTO_QUEUE`. Other kinds have their own.",
    )  # fmt: skip
    drop_folders: tuple[DropFolderAddresses, ...] = _setting(
        "SOTTO_DROP_FOLDERS", (), _drop_folders,
        "`name=input>output` by commas; both are addresses of containers, names are lower case",
        "Containers that audio is dropped into, and where its transcripts go.", secret=True,
    )  # fmt: skip
    time_to_live: timedelta | None = _setting(
        "SOTTO_TIME_TO_LIVE", None, _time_to_live, "an ISO 8601 duration up to `P31D`",
        "How long transcripts of dropped files are kept, where the folder's `sotto.json` says "
        "nothing. None: until you delete them.",
    )  # fmt: skip
    blob_trigger: str = _setting(
        "SOTTO_BLOB_TRIGGER", "event_grid", _one_of("event_grid", "polling"),
        "`event_grid`, `polling`",
        "What tells Azure Functions of dropped files: an event subscription, or looking for them.",
    )  # fmt: skip
    purge_every_s: int = _setting(
        "SOTTO_PURGE_EVERY_S", 60, _between(1, 86_400), "1 to 86400",
        "Seconds between two purges of what has expired.",
    )  # fmt: skip
    workers: int = _setting(
        "SOTTO_WORKERS", 1, _between(0, 64), "0 to 64",
        "Files that the container host transcribes at the same time; 0 leaves them to "
        "`python -m functions.container worker`.",
    )  # fmt: skip
    lease_s: int = _setting(
        "SOTTO_LEASE_S", 60, _between(5, 3600), "5 to 3600",
        "Seconds after which the work of a worker that died is given to another one.",
    )  # fmt: skip
    storage_connection: str | None = _setting(
        "SOTTO_STORAGE", None, _text, "a connection string",
        "Azure storage account that `azure:` addresses mean. Prefer the identity: the next two.",
        secret=True,
    )  # fmt: skip
    blob_service: str | None = _setting(
        "SOTTO_STORAGE__blobServiceUri", None, _text, "`https://account.blob.core.windows.net`",
        "Blob service of that account, used with the identity of the process.",
    )  # fmt: skip
    queue_service: str | None = _setting(
        "SOTTO_STORAGE__queueServiceUri", None, _text, "`https://account.queue.core.windows.net`",
        "Queue service of that account, used with the identity of the process.",
    )  # fmt: skip

    # Server
    host: str = _setting(
        "SOTTO_HOST", "127.0.0.1", _text, "an address of this machine",
        "Address the container host listens on.",
    )  # fmt: skip
    port: int = _setting(
        "SOTTO_PORT", 5000, _between(0, 65535), "0 to 65535", "Port; 0 takes a free one.",
    )  # fmt: skip
    public_url: str | None = _setting(
        "SOTTO_PUBLIC_URL", None, _public_url, "`https://speech.example`",
        "Outside address of the service. All addresses in answers begin with it, whatever a "
        "request's `Host` says.",
    )  # fmt: skip
    tls_cert: Path | None = _setting(
        "SOTTO_TLS_CERT", None, Path, "a PEM file", "Certificate chain to serve HTTPS with.",
    )  # fmt: skip
    tls_key: Path | None = _setting(
        "SOTTO_TLS_KEY", None, Path, "a PEM file", "Private key of `SOTTO_TLS_CERT`.",
    )  # fmt: skip
    tls_terminated: bool = _setting(
        "SOTTO_TLS_TERMINATED", False, _flag, "`true`, `false`",
        "TLS ends in front of this process: plain HTTP beyond loopback is meant.",
    )  # fmt: skip
    shutdown_grace_s: int = _setting(
        "SOTTO_SHUTDOWN_GRACE_S", 25, _between(0, 3600), "0 to 3600",
        "Seconds that requests under way may take to finish after SIGTERM.",
    )  # fmt: skip
    cors_origins: tuple[str, ...] = _setting(
        "SOTTO_CORS_ORIGINS", ("*",), _list, "origins separated by commas, or `*`",
        "Web origins whose pages may call the API.",
    )  # fmt: skip

    # Access
    keys: tuple[str, ...] = _setting(
        "SOTTO_KEYS", (), _list, "keys separated by commas",
        "Keys that clients may present. None: open on loopback, refused to start elsewhere.",
        secret=True,
    )  # fmt: skip
    allowed_networks: tuple[Network, ...] = _setting(
        "SOTTO_ALLOWED_NETWORKS", (), _networks, "networks such as `10.1.0.0/16`, by commas",
        "Private networks that URLs named by clients (`audioUrl`) may lead to.",
    )  # fmt: skip

    # Logging
    log_level: str = _setting(
        "SOTTO_LOG_LEVEL", "info", _one_of("debug", "info", "warning", "error"),
        "`debug`, `info`, `warning`, `error`", "Least severe log line that is written.",
    )  # fmt: skip

    def __post_init__(self) -> None:
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

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read every `SOTTO_` key; an empty value counts as absent.

        Raises
        ------
        ConfigurationError: a value outside what its key accepts.
        """
        environment = os.environ if environment is None else environment
        given: dict[str, Any] = {}
        for entry in fields(cls):
            value = environment.get(entry.metadata["key"], "").strip()
            if not value:
                continue
            try:
                given[entry.name] = entry.metadata["parse"](value)
            except ValueError:
                key, accepts = entry.metadata["key"], entry.metadata["accepts"]
                raise ConfigurationError(f"{key} must be {accepts}.") from None
        return cls(**given)
