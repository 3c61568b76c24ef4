"""Every documented operation, requested with its own examples: the answer is a described one."""

import os
import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
from assessed_speech import HELLO_ASSESSMENT
from batch_api import HELLO, KEY, BatchApi, make_batch
from described import document, errors_of, operations
from fastapi.testclient import TestClient

from functions.api.app import create_app
from shared.settings import Settings
from shared.storage.sqlite_queue import open_sqlite_queue
from shared.synthesis.installed import Voices
from shared.synthesis.speech_synthesis import SpeechSynthesis
from shared.synthesis.synthesizer import ScriptedSynthesizer
from shared.synthesis.voice_catalogue import KOKORO, kokoro_voice
from shared.transcription.scripted_transcriber import ScriptedTranscriber
from shared.translation.chain import TranslatorChain
from shared.translation.detection import DetectedLanguage
from shared.translation.translator import ScriptedTranslator

JOBS, HOOKS = "/speechtotext/transcriptions", "/speechtotext/webhooks"
DATED = {"api-version": "2025-10-15"}
MADE = {operation["operationId"]: (method, path) for method, path, operation in operations()}
HOOK = {  # an address without a name, so that none is resolved
    "displayName": "hook",
    "webUrl": "https://93.184.216.34/cb",
    "events": {"transcriptionCompletion": True},
}


class Api(BatchApi):
    """An app with voices, translators, metrics, and one finished job and one web hook."""

    def another_client(self):
        """Make a client of an instance of the service."""
        voices = tuple(map(kokoro_voice, ("af_heart", "ef_dora")))
        app = create_app(
            self.settings,
            self.transcriber,
            self.batch,
            synthesis=SpeechSynthesis(
                self.settings, Voices(voices, {KOKORO: ScriptedSynthesizer()})
            ),
            translators=TranslatorChain(
                [ScriptedTranslator({("en", "es"), ("es", "en"), ("en", "ca")})],
                lambda texts, _likely: [DetectedLanguage("en", 0.9) for _ in texts],
            ),
            exposition=lambda: (b"# TYPE sotto_requests_total counter\n", "text/plain"),
        )
        return TestClient(app, headers={"Ocp-Apim-Subscription-Key": KEY})

    def unhurried_client(self):
        """Give a client for one request, and those of `prepare` before it."""
        self._n_left -= 4
        return super().unhurried_client()

    def prepare(self):
        """Return values of the parameters in paths, and of the signed address.

        `id` depends on the resource, which the first word of an operation's id names.
        """
        body = {
            "displayName": "calls",
            "locale": "en-US",
            "contentUrls": [self.drop("a.wav")],
            "properties": {"timeToLiveHours": 6},
        }
        job = self.submit(body).json()
        self.work()
        [file, *_] = self.client.get(job["links"]["files"]).json()["values"]
        hook = self.client.post(HOOKS, params=DATED, json=HOOK).json()
        signed = urlsplit(file["links"]["contentUrl"])
        return {
            "fileId": _last(file["self"]),
            **dict(parse_qsl(signed.query)),
            "Transcriptions": {"id": _last(job["self"])},
            "WebHooks": {"id": _last(hook["self"])},
        }


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    folder = tmp_path_factory.mktemp("api")
    queue = open_sqlite_queue(folder / "queue.sqlite")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _file: None)  # nothing has to reach the disk
        yield Api(
            make_batch(folder, queue),
            Settings(keys=(KEY,), model="base"),
            ScriptedTranscriber((replace(HELLO, locale="en-US"),), assessment=HELLO_ASSESSMENT),
        )
    queue.close()


@pytest.fixture(scope="module")
def kept(api):
    return api.prepare()


@pytest.fixture
def values(api, kept, operation_id):
    """Values of parameters: those of a job and a web hook that no test deletes, or of new ones."""
    return api.prepare() if MADE[operation_id][0] == "delete" else kept


@pytest.fixture(scope="module")
def client_without_key(api):
    return TestClient(api.another_client().app)


def _last(address):
    return urlsplit(address).path.rpartition("/")[2]


def request_of(operation_id, values):
    """Path, query, headers of an operation by the examples of its parameters, and those values."""
    method, path = MADE[operation_id]
    values = values | values.get(operation_id.partition("_")[0], {})
    places = {"path": {}, "query": {}, "header": {}}
    for parameter in document()["paths"][path][method].get("parameters", ()):
        name = parameter["name"]
        value = values.get(name, parameter["example"])
        places[parameter["in"]][name] = str(value).lower() if isinstance(value, bool) else value
    return path.format(**places["path"]), places["query"], places["header"]


def bodies_of(operation_id, tone):
    """Each example of a request's body, as arguments of the client; one without any body."""
    method, path = MADE[operation_id]
    body = document()["paths"][path][method].get("requestBody")
    if body is None:
        yield {}
        return
    for media_type, content in body["content"].items():
        if media_type == "multipart/form-data":
            yield from FORMS[operation_id](tone(0.2))
        elif media_type.startswith("audio/"):
            yield {"content": tone(0.2), "headers": {"Content-Type": media_type}}
        for example in content.get("examples", {}).values():
            value = example["value"]
            headers = {"Content-Type": media_type}
            if isinstance(value, dict) and "webUrl" in value:
                value |= {"webUrl": HOOK["webUrl"]}
            if isinstance(value, str):
                yield {"content": value, "headers": headers}
            else:
                yield {"json": value, "headers": headers}


def example_of_form(component):
    """The example of the part `definition`."""
    schema = document()["components"]["schemas"][component]["properties"]["definition"]
    return str(schema["examples"][0]).replace("'", '"')


FORMS = {
    "Transcriptions_Transcribe": lambda audio: [
        {"files": {"audio": audio}, "data": {"definition": example_of_form("TranscribeForm")}}
    ],
    "translate_speech": lambda audio: [
        {
            "files": {"audio": audio},
            "data": {"definition": definition},
            "headers": {"Accept": media_type},
        }
        for media_type in ("application/json", "multipart/mixed")
        for definition in (
            example_of_form("SpeechTranslationForm"),
            '{"locales": ["en-US"], "targets": ["es"]}',
        )
    ],
    "createTranscription": lambda audio: [
        {"files": {"file": audio}, "data": {"model": "whisper-1", **fields}}
        for fields in (
            *({"response_format": one} for one in ("json", "text", "srt", "vtt", "verbose_json")),
            {"response_format": "diarized_json"},
            {"stream": "true"},
        )
    ],
    "createTranslation": lambda audio: [
        {
            "files": {"file": audio},
            "data": {"model": "whisper-1", "language": "es", "response_format": one},
        }
        for one in ("json", "text", "srt", "vtt", "verbose_json")
    ],
}


def deviations(operation_id, answer):
    """Deviations of an answer from its description, as sentences."""
    method, path = MADE[operation_id]
    described = document()["paths"][path][method]["responses"].get(str(answer.status_code))
    if described is None:
        return [f"The status {answer.status_code} is not described: {answer.text}"]
    contents = described.get("content", {})
    if not contents:
        return ["There is a body."] if answer.content else []
    sent = answer.headers["content-type"]
    for media_type, content in contents.items():
        if media_type.partition(";")[0] == sent.partition(";")[0].strip():
            return errors_of(content["schema"], answer.json()) if "json" in media_type else []
    return [f"The media type {sent} is not described."]


def good_statuses(operation_id):
    method, path = MADE[operation_id]
    answers = document()["paths"][path][method]["responses"]
    return {int(status) for status in answers if re.match("[23]", status)}


@pytest.mark.parametrize("operation_id", MADE)
def test_the_examples_of_a_request_are_accepted_and_the_answer_is_described(
    api, values, tone, operation_id
):
    method, _ = MADE[operation_id]
    for sent in bodies_of(operation_id, tone):
        path, query, headers = request_of(operation_id, values)
        headers |= sent.pop("headers", {})
        if operation_id == "Translate" and isinstance(sent["json"], dict):
            query["api-version"] = "2026-06-06"
        answer = api.unhurried_client().request(method, path, params=query, headers=headers, **sent)
        assert deviations(operation_id, answer) == []
        assert answer.status_code in good_statuses(operation_id), answer.text


@pytest.mark.parametrize("operation_id", MADE)
def test_a_request_without_a_key_is_answered_as_described(client_without_key, operation_id):
    """The gateway's shape also on the routes of the flat shape."""
    method, path = MADE[operation_id]
    needs_key = document()["paths"][path][method]["security"] != []
    path, query, headers = request_of(operation_id, {})
    answer = client_without_key.request(method, path, params=query, headers=headers)
    is_signed = operation_id == "Transcriptions_ReadFile"
    assert (answer.status_code in {401, 403}) == (needs_key or is_signed)
    assert deviations(operation_id, answer) == []


@pytest.mark.parametrize(
    "operation_id",
    [one for one, (method, path) in MADE.items() if method == "get" and "{" in path],
)
def test_a_resource_that_is_not_there_is_answered_as_described(api, operation_id):
    path, query, headers = request_of(operation_id, {"model": "none", "id": "none"})
    answer = api.unhurried_client().get(path, params=query, headers=headers)
    assert answer.status_code in {200, 403, 404}
    assert deviations(operation_id, answer) == []


WRONG_QUERY = {
    "skip": "-1", "top": "0", "filter": "(", "sasLifetimeMinutes": "0", "sasValidityInSeconds": "0",
    "scope": "x", "format": "x", "profanity": "x", "textType": "x", "to": "?", "se": "0",
    "category": "mine", "profanityAction": "x",
}  # fmt: skip
REFUSED_BODIES = {
    "a body of another type": {"content": b"x", "headers": {"Content-Type": "text/csv"}},
    "no body": {"content": b"", "headers": {"Content-Type": "application/json"}},
    "JSON that is cut off": {"content": b"{", "headers": {"Content-Type": "application/json"}},
    "JSON of another shape": {"json": [{"a": 1}]},
    "an object of other members": {"json": {"a": 1}},
    "a form without a file": {"files": {"other": b"x"}},
    "a form of text": {"files": {"audio": b"no audio", "file": b"no audio", "model": b"whisper-1"}},
    "text as audio": {"content": b"no audio", "headers": {"Content-Type": "audio/wav"}},
    "text as SSML": {"content": b"x", "headers": {"Content-Type": "application/ssml+xml"}},
}


@pytest.mark.parametrize("operation_id", MADE)
def test_refused_requests_are_answered_as_described(api, values, operation_id):
    """Wrong versions, parameters and bodies, in every combination with right ones."""
    method, _ = MADE[operation_id]
    found = {}
    for version in ({}, {"version": "v9.9", "api-version": "1999-01-01"}):
        for wrong in ({}, *({name: value} for name, value in WRONG_QUERY.items())):
            path, query, headers = request_of(operation_id, values | version)
            if wrong and wrong.keys().isdisjoint(query):
                continue
            bodies = REFUSED_BODIES if method in {"post", "patch"} else {"no body": {}}
            for name, sent in bodies.items():
                answer = api.unhurried_client().request(
                    method,
                    path,
                    params={**query, **wrong},
                    headers={**headers, **sent.get("headers", {})},
                    **{key: value for key, value in sent.items() if key != "headers"},
                )
                if errors := deviations(operation_id, answer):
                    found[f"{version} {wrong} {name}"] = errors
    assert found == {}


@pytest.mark.parametrize(
    "operation_id", [one for one in MADE if one.startswith(("Transcriptions_", "WebHooks_"))]
)
def test_a_server_without_jobs_answers_as_described(operation_id):
    app = create_app(Settings(keys=(KEY,)), ScriptedTranscriber((HELLO,)))
    client = TestClient(app, headers={"Ocp-Apim-Subscription-Key": KEY})
    path, query, headers = request_of(operation_id, {})
    method, _ = MADE[operation_id]
    answer = client.request(method, path, params=query, headers=headers)
    assert deviations(operation_id, answer) == []
