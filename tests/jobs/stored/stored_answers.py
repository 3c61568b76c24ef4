"""The API's answers about stored jobs and web hooks, in both generations, comparable."""

import re
from typing import Any

from fastapi.testclient import TestClient
from stored_storage import SPOKEN

from functions.api.app import create_app
from shared.jobs.batch_services import BatchServices
from shared.settings import Settings
from shared.transcription.scripted_transcriber import ScriptedTranscriber

DATED = {"api-version": "2024-11-15"}
KEY = "k"

_SIGNATURE = re.compile(r"\?se=\d+&sig=[\w-]+")
_GENERATIONS: tuple[tuple[str, dict[str, str]], ...] = (
    ("/speechtotext", DATED),
    ("/speechtotext/v3.2", {}),
)


def client_of(batch: BatchServices) -> TestClient:
    """Make a client of the API over a batch."""
    transcriber = ScriptedTranscriber([SPOKEN], locales=("de-DE", "en-US", "fr-FR"))
    client = TestClient(create_app(Settings(keys=(KEY,)), transcriber, batch))
    client.headers["Ocp-Apim-Subscription-Key"] = KEY
    return client


def answers_of(batch: BatchServices) -> dict[str, Any]:
    """Every list, object and file; without signatures and without times of the storage's clock."""
    client = client_of(batch)
    answers: dict[str, Any] = {}

    def get(path: str, query: dict[str, str]) -> Any:
        answer = client.get(path, params=query)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()

    for root, query in _GENERATIONS:
        for kind in ("transcriptions", "webhooks"):
            listed = get(f"{root}/{kind}", {**query, "top": "100"})["values"]
            answers[f"{root}/{kind}"] = [_comparable(value) for value in listed]
            for value in listed:
                path = value["self"].partition("?")[0].removeprefix("http://testserver")
                assert get(path, query) == value
                if kind == "transcriptions":
                    files = get(f"{path}/files", query)["values"]
                    answers[f"{path}/files"] = [_file(client, file) for file in files]
    return answers


def _file(client: TestClient, file: dict[str, Any]) -> dict[str, Any]:
    url = file["links"]["contentUrl"]
    shown: dict[str, Any] = {**file, "createdDateTime": "", "links": _SIGNATURE.sub("", url)}
    if url.startswith("http://testserver"):
        shown["content"] = client.get(url).json()
    return shown


def _comparable(value: dict[str, Any]) -> dict[str, Any]:
    """When a job began is a time of its storage."""
    return {**value, "lastActionDateTime": ""} if value.get("status") == "Running" else value
