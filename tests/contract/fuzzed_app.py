"""A served app for a fuzzer of its OpenAPI document, and values that make its requests meaningful.

Only the models are scripts: text of audio, translations, speech. Values are chosen by the names of
parameters, members and parts, so they do not depend on how the document names its schemas.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from batch_api import DATED, JOBS, KEY, definition, make_api, wav
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from structlog.testing import capture_logs

from functions.api.app import create_app
from functions.api.management.rate_limit import RateLimit
from functions.api.realtime.sessions import Sessions
from functions.container.connections import ConnectionTimes
from shared.synthesis.installed import Voices
from shared.synthesis.speech_synthesis import SpeechSynthesis
from shared.synthesis.synthesizer import ScriptedSynthesizer
from shared.synthesis.voice_catalogue import KOKORO, kokoro_voice
from shared.translation.chain import TranslatorChain
from shared.translation.detection import DetectedLanguage
from shared.translation.translator import ScriptedTranslator
from tests.contract.served_app import serving

LOCALES = ("en-US", "de-DE", "fr-FR")
VERSIONS = ("2025-10-15", "2024-11-15", "2024-05-15-preview")
PAIRS = {("en", "es"), ("en", "de"), ("es", "en"), ("de", "en"), ("fr", "en")}
WAV = wav(0.5)
# Bytes, which Schemathesis sends as they are: it would wrap a text into an element.
SSML = (
    b"<speak version='1.0' xml:lang='en-US'><voice name='en-US-HeartNeural'>Hello.</voice></speak>"
)
HOOK = {
    "displayName": "h",
    "webUrl": "https://hook.invalid/h",
    "events": {"transcriptionCreation": True},
}

# Members of bodies. The server would look up the names of random hosts; loopback it refuses.
_MEMBERS: Mapping[str, SearchStrategy[Any]] = {
    "locale": st.sampled_from(LOCALES),
    "locales": st.lists(st.sampled_from(LOCALES), max_size=3, unique=True),
    "candidateLocales": st.lists(st.sampled_from(LOCALES), min_size=2, max_size=3, unique=True),
    "language": st.sampled_from(["en", "de", "es"]),
    "targetLanguage": st.sampled_from(["es", "de"]),
    "to": st.sampled_from(["es", "de"]),
    "voice": st.sampled_from(["alloy", "en-US-HeartNeural"]),
    "response_format": st.sampled_from(["json", "text", "srt", "verbose_json", "vtt", "wav"]),
    "models": st.just({}),
    "targets": st.lists(st.sampled_from(["es", "de"]), min_size=1, max_size=2, unique=True),
    "stream": st.booleans(),
    "events": st.just({"transcriptionCreation": True}),
    "contentUrls": st.just(["https://audio.invalid/a.wav"]),
}
_ADDRESSES: Mapping[str, str] = {
    "audioUrl": "http://127.0.0.1:9/a.wav",
    "contentContainerUrl": "http://127.0.0.1:9/in",
    "destinationContainerUrl": "http://127.0.0.1:9/out",
    "webUrl": "https://hook.invalid/h",
}
_QUERY: Mapping[str, SearchStrategy[Any]] = {
    "api-version": st.sampled_from(VERSIONS),
    "language": st.sampled_from(LOCALES),
    "to": st.sampled_from(["es", "de"]),
    "from": st.sampled_from(["en", "es"]),
    "suggestedFrom": st.just("en"),
    "category": st.just("general"),
    "filter": st.sampled_from(["status eq 'Succeeded'", "createdDateTime gt 2026-01-01T00:00:00Z"]),
}
_HEADERS: Mapping[str, SearchStrategy[Any]] = {
    "Pronunciation-Assessment": st.just(b64encode(b'{"ReferenceText": "hello world"}').decode()),
}
# The binary part of each form.
_PARTS: Mapping[str, str] = {
    "/speechtotext/transcriptions:transcribe": "audio",
    "/sotto/v1/speech-translations": "audio",
    "/v1/audio/transcriptions": "file",
    "/v1/audio/translations": "file",
}
_CREDENTIALS = frozenset({"authorization", "api-key", "ocp-apim-subscription-key"})
_TRANSLATOR_PATHS = frozenset({"/translate", "/detect", "/breaksentence", "/languages"})


@dataclass
class FuzzedApp:
    """An app that runs, with a finished job.

    session: connections without a key.
    owner: connections with the key.
    """

    url: str
    session: requests.Session
    owner: requests.Session
    document: dict[str, Any]
    job_id: str
    signed: Mapping[str, dict[str, str]]
    model_id: str
    hook_id: str = ""

    def complete(self, data: st.DataObject, case: Any, key: str | None = KEY) -> None:
        """Set the key, and replace most values that know nothing of the server by real ones."""
        for name in case.path_parameters or {}:
            if self._chooses(data) and (value := self._value(data, name, case)) is not None:
                case.path_parameters[name] = value
        query = dict(case.query or {})
        for name in query:
            if name in _QUERY and self._chooses(data):
                query[name] = data.draw(_QUERY[name])
        if case.path in _TRANSLATOR_PATHS and "api-version" in query and self._chooses(data):
            query["api-version"] = "2026-06-06" if isinstance(case.body, dict) else "3.0"
        if "sig" in query and self._chooses(data):
            query |= self.signed.get(case.path_parameters["fileId"], {})
        case.query = query
        case.headers = {
            name: data.draw(_HEADERS[name]) if name in _HEADERS and self._chooses(data) else value
            for name, value in (case.headers or {}).items()
            if name.lower() not in _CREDENTIALS
        }
        if key is not None:
            case.headers["Ocp-Apim-Subscription-Key"] = key
        case.body = self._body(data, case)

    def _body(self, data: st.DataObject, case: Any) -> Any:
        media_type = case.media_type or ""
        body = case.body
        if media_type.startswith("audio/"):
            return WAV if data.draw(st.booleans()) else body
        if media_type == "application/ssml+xml":
            return SSML if data.draw(st.booleans()) else body
        if isinstance(body, dict) and case.path in _PARTS and data.draw(st.booleans()):
            body = body | {_PARTS[case.path]: WAV}
        if isinstance(body, dict) and "model" in body and self._chooses(data):
            body = body | {"model": "tts-1" if case.path.endswith("/speech") else "whisper-1"}
        return self._members(data, body)

    def _members(self, data: st.DataObject, value: Any) -> Any:
        if isinstance(value, list):
            return [self._members(data, item) for item in value]
        if not isinstance(value, dict):
            return value
        made = {}
        for name, member in value.items():
            if name in _ADDRESSES and isinstance(member, str):
                made[name] = _ADDRESSES[name]
            elif name in _MEMBERS and not _has_objects(member) and self._chooses(data):
                made[name] = data.draw(_MEMBERS[name])
            else:
                made[name] = self._members(data, member)
        return made

    def _value(self, data: st.DataObject, name: str, case: Any) -> str | None:
        is_deleted = case.method.upper() == "DELETE"
        if name == "id" and "/transcriptions/" in case.path:
            return self.new_job() if is_deleted else self.job_id
        if name == "id" and "/webhooks/" in case.path:
            return self.new_hook() if is_deleted else self.hook_id
        if name == "fileId":
            return data.draw(st.sampled_from(sorted(self.signed)))
        return {"id": self.model_id, "model": "whisper-1"}.get(name)

    def _chooses(self, data: st.DataObject) -> bool:
        """Whether a real value is taken: seven times out of eight."""
        return data.draw(st.integers(0, 7)) > 0

    def new_job(self) -> str:
        """Identifier of a new job, which waits."""
        return self._create(
            "/speechtotext/transcriptions:submit", definition("https://a.invalid/a")
        )

    def new_hook(self) -> str:
        """Identifier of a new web hook; only the first one stays, since their number is limited."""
        hooks = self.owner.get(f"{self.url}/speechtotext/webhooks", params=DATED, timeout=30)
        for hook in hooks.json()["values"]:
            if last_segment(hook["self"]) != self.hook_id:
                self.owner.delete(hook["self"], params=DATED, timeout=30)
        return self._create("/speechtotext/webhooks", HOOK)

    def _create(self, path: str, body: Mapping[str, Any]) -> str:
        answer = self.owner.post(self.url + path, params=DATED, json=body, timeout=30)
        answer.raise_for_status()
        return last_segment(answer.json()["self"])


def _has_objects(value: Any) -> bool:
    """Whether a value is a list of objects, whose members are replaced instead."""
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def last_segment(address: str) -> str:
    """Identifier at the end of an address."""
    return urlsplit(address).path.rpartition("/")[2]


def signature_of(address: str) -> dict[str, str]:
    """Query of a signed address."""
    return dict(parse_qsl(urlsplit(address).query))


def _detect(texts: Any, _likely: Any) -> list[DetectedLanguage]:
    return [DetectedLanguage("en", 0.9) for _ in texts]


async def _unlimited(_self: RateLimit) -> None:
    pass


@contextmanager
def fuzzed_app(root: Path) -> Iterator[FuzzedApp]:
    """Serve an app with storage for jobs below a folder."""
    api = make_api(root)
    voices = Voices((kokoro_voice("af_heart"),), {KOKORO: ScriptedSynthesizer()})
    with ExitStack() as opened:
        opened.callback(api.batch.queue.close)
        opened.enter_context(capture_logs())
        # A hundred requests in ten seconds would be all that is tried.
        opened.enter_context(pytest.MonkeyPatch.context()).setattr(RateLimit, "require", _unlimited)
        app = create_app(
            api.settings,
            api.transcriber,
            api.batch,
            synthesis=SpeechSynthesis(api.settings, voices),
            translators=TranslatorChain([ScriptedTranslator(PAIRS)], _detect),
            sessions=Sessions(1),
        )
        served = opened.enter_context(serving(app, ConnectionTimes()))
        session, owner = (opened.enter_context(requests.Session()) for _ in range(2))
        owner.headers["Ocp-Apim-Subscription-Key"] = KEY
        job_id = last_segment(api.submit(definition(api.drop("a.wav"))).json()["self"])
        api.work()

        def get(path: str) -> dict[str, Any]:
            answer = owner.get(served.url + path, params=DATED, timeout=30)
            answer.raise_for_status()
            return dict(answer.json())

        made = FuzzedApp(
            url=served.url,
            session=session,
            owner=owner,
            document=get("/openapi.json"),
            job_id=job_id,
            signed={
                last_segment(file["self"]): signature_of(file["links"]["contentUrl"])
                for file in get(f"{JOBS}/{job_id}/files")["values"]
            },
            model_id=last_segment(get("/speechtotext/models/base")["values"][0]["self"]),
        )
        made.hook_id = made.new_hook()
        yield made
