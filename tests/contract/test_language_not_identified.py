"""Russian among Spanish and Italian, as clients see it: refused by a call, done by a job."""

import openai
import pytest
import requests
from azure.ai.transcription import TranscriptionClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from batch_client import DATED, KEY, ended, files_of
from test_drop_folder import names, wait_for

NAMED = ["es-ES", "it-IT"]


@pytest.fixture
def clips(speech_data):
    folder = speech_data / "multilingual"
    return {name: (folder / name).read_bytes() for name in ("ru.wav", "cheetah_test_it.wav")}


def test_fast_transcription_answers_422(server, clips):
    """The cloud's own status and code, which its users compare with."""
    with (
        TranscriptionClient(server.url, AzureKeyCredential(KEY)) as client,
        pytest.raises(HttpResponseError) as refusal,
    ):
        client.transcribe({"definition": {"locales": NAMED}, "audio": clips["ru.wav"]})
    assert refusal.value.status_code == 422
    assert refusal.value.response.json()["innerError"]["code"] == "NoLanguageIdentified"


def test_each_phrase_has_the_identified_locale(server, clips):
    with TranscriptionClient(server.url, AzureKeyCredential(KEY)) as client:
        result = client.transcribe(
            {"definition": {"locales": NAMED}, "audio": clips["cheetah_test_it.wav"]}
        )
    assert {phrase.locale for phrase in result.phrases} == {"it-IT"}


# Streamed, the first segment alone decides: Spanish and Italian are near the threshold for it.
@pytest.mark.parametrize(
    ("streams", "languages"),
    [(False, ["es", "it"]), (True, ["ja", "ko"])],
    ids=["whole", "streamed"],
)
def test_transcriptions_answer_422_before_the_first_word(server, clips, streams, languages):
    with (
        openai.OpenAI(base_url=f"{server.url}/v1", api_key=KEY, max_retries=0) as client,
        pytest.raises(openai.UnprocessableEntityError) as refusal,
    ):
        client.audio.transcriptions.create(
            file=("ru.wav", clips["ru.wav"]),
            model="gpt-4o-transcribe",
            stream=streams,
            extra_body={"languages": languages},
        )
    assert refusal.value.code == "NoLanguageIdentified"


def test_a_job_takes_its_own_locale_and_a_drop_folder_leaves_the_reason(start, clips, tmp_path):
    host = start(SOTTO_DATA_FOLDER=str(tmp_path))
    audio, transcripts = (tmp_path / "containers" / name for name in ("audio", "transcripts"))
    wait_for(audio.is_dir)
    (audio / "sotto.json").write_text('{"locales": ["es-ES", "it-IT"]}')
    for name, content in clips.items():
        (audio / name).write_bytes(content)
    wait_for(lambda: len(names(transcripts)) == len(clips), within_s=120)
    assert names(transcripts) == ["cheetah_test_it.wav.json", "ru.wav.error.json"]
    assert '"NoLanguageIdentified"' in (transcripts / "ru.wav.error.json").read_text()

    with requests.Session() as http:
        http.headers["Ocp-Apim-Subscription-Key"] = KEY
        definition = {
            "displayName": "j",
            "locale": "es-ES",
            "contentUrls": [f"{host.url}/containers/audio/{name}" for name in clips],
            "properties": {
                "timeToLiveHours": 6,
                "languageIdentification": {"candidateLocales": NAMED, "mode": "Single"},
            },
        }
        submit = f"{host.url}/speechtotext/transcriptions:submit"
        job = http.post(submit, params=DATED, json=definition, timeout=30).json()
        job = ended(http, job["self"], within_s=120)
        results = [
            http.get(file["links"]["contentUrl"], timeout=30).json()
            for file in files_of(http, job)
            if file["kind"] == "Transcription"
        ]
    told = {
        result["source"].rpartition("/")[2]: {p["locale"] for p in result["recognizedPhrases"]}
        for result in results
    }
    assert told == {"ru.wav": {"es-ES"}, "cheetah_test_it.wav": {"it-IT"}}
