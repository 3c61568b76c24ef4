"""Short audio with the header `Pronunciation-Assessment`.

https://learn.microsoft.com/azure/ai-services/speech-service/how-to-pronunciation-assessment
"""

import base64
import json
from dataclasses import replace

import pytest
from assessed_speech import HELLO, HELLO_ASSESSMENT
from structlog.testing import capture_logs

from shared.assessment import AssessmentOptions, GradingSystem
from shared.errors import FeatureUnavailable, InvalidReferenceText, ModelMissing, UnsupportedLocale
from shared.text_forms.profanity import ProfanityMode
from shared.transcript import Dropped, DropReason

ROUTE = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US"
HUNDRED = {"ReferenceText": "Hello.", "GradingSystem": "HundredMark", "Dimension": "Comprehensive"}


def headers(parameters=HUNDRED):
    text = parameters if isinstance(parameters, str) else json.dumps(parameters)
    return {
        "Content-Type": "audio/wav",
        "Pronunciation-Assessment": base64.b64encode(text.encode()).decode(),
    }


@pytest.fixture
def assess(make_client, tone):
    """Assess a second; return the client and its answer."""

    def post(*results, assessment=HELLO_ASSESSMENT, seconds=1.0, query="", header=None):
        client = make_client(*(results or (HELLO,)), assessment=assessment)
        named = headers() if header is None else header
        return client, client.post(ROUTE + query, content=tone(seconds), headers=named)

    return post


def test_scores_stand_beside_the_text(assess):
    _, answer = assess()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    result = answer.json()
    best = result["NBest"][0]
    assert (result["RecognitionStatus"], result["SNR"]) == ("Success", 38.5)
    assert (best["AccuracyScore"], best["PronScore"], best["Display"]) == (92.0, 90.8, "Hello.")
    assert best["Words"][0]["ErrorType"] == "None"
    assert "PronunciationAssessment" not in answer.text


def test_without_miscues_the_text_is_that_of_the_reference(assess):
    _, answer = assess(header=headers({"ReferenceText": "Hello, you."}))
    assert answer.json()["DisplayText"] == "Hello, you."
    said = {"ReferenceText": "Hello, you.", "EnableMiscue": True}
    _, answer = assess(header=headers(said))
    assert answer.json()["DisplayText"] == "Hello."


@pytest.mark.parametrize("query", ["", "&format=simple", "&format=detailed"])
def test_every_format_is_detailed(assess, query):
    _, answer = assess(query=query)
    assert answer.json()["NBest"][0]["Words"][0]["Word"] == "hello"


def test_the_whole_audio_is_assessed_with_word_times(assess):
    client, _ = assess(seconds=2.5, query="&profanity=raw")
    (requested,) = client.transcriber.requested
    assert requested.word_timestamps
    assert requested.profanity is ProfanityMode.RAW
    expected = AssessmentOptions(
        reference_text="Hello.", grading_system=GradingSystem.HUNDRED_MARK, is_comprehensive=True
    )
    assert client.transcriber.requested_assessments == [(expected, "en-US")]
    assert client.transcriber.assessed == [(2.5, 0.0, (HELLO,))]


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (DropReason.SILENCE, "InitialSilenceTimeout"),
        (DropReason.NOISE, "BabbleTimeout"),
        (DropReason.NO_MATCH, "NoMatch"),
    ],
)
def test_audio_without_text_has_no_scores(assess, reason, status):
    client, answer = assess(Dropped(0, 0.0, 1.0, reason))
    assert answer.json() == {"RecognitionStatus": status, "Offset": 0, "Duration": 10_000_000}
    assert client.transcriber.assessed == []


def test_a_text_without_words_is_detailed_and_has_no_scores(assess):
    client, answer = assess(replace(HELLO, words=()))
    assert answer.json()["NBest"][0]["Display"] == "Hello."
    assert "AccuracyScore" not in answer.json()["NBest"][0]
    assert client.transcriber.assessed == []


def test_audio_without_samples_is_initial_silence(assess):
    _, answer = assess(seconds=0)
    assert answer.json()["RecognitionStatus"] == "InitialSilenceTimeout"


def test_half_a_minute_is_assessed_and_no_more(make_client, tone):
    client = make_client(HELLO, assessment=HELLO_ASSESSMENT)
    within = client.post(ROUTE, content=tone(30.0, sample_rate=8_000), headers=headers())
    beyond = client.post(ROUTE, content=tone(30.5, sample_rate=8_000), headers=headers())
    assert [within.status_code, beyond.status_code] == [200, 400]
    assert "30 seconds" in beyond.json()["error"]["message"]
    assert "Speech SDK" in beyond.json()["error"]["message"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "must be a JSON object in Base64"),
        ("{}", "must be a JSON object in Base64"),
        (headers({"GradingSystem": "TenPoint"})["Pronunciation-Assessment"], "GradingSystem"),
        (headers({"EnableMiscue": "maybe"})["Pronunciation-Assessment"], "EnableMiscue"),
        (headers({"ReferenceText": "a" * 30_000})["Pronunciation-Assessment"], "32768 characters"),
    ],
)
def test_a_header_that_cannot_be_served_is_400_and_says_why(assess, value, message):
    header = {"Content-Type": "audio/wav", "Pronunciation-Assessment": value}
    client, answer = assess(header=header)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "400")
    assert message in answer.json()["error"]["message"]
    assert client.transcriber.requested == []


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (InvalidReferenceText("The reference text has no words."), 400, "has no words"),
        (UnsupportedLocale("Pronunciation is assessed in English only."), 400, "English only"),
        (FeatureUnavailable("Pronunciation assessment is off."), 501, "is off"),
        (ModelMissing("/models/pronunciation is not there."), 503, "not available"),
    ],
)
def test_a_request_that_cannot_be_assessed_is_refused_before_audio_is_recognised(
    assess, error, status, message
):
    client, answer = assess(assessment=error)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, str(status))
    assert message in answer.json()["error"]["message"]
    assert client.transcriber.requested == []


def test_without_the_header_nothing_is_assessed(make_client, tone):
    client = make_client(HELLO, assessment=HELLO_ASSESSMENT)
    answer = client.post(ROUTE, content=tone(1.0), headers={"Content-Type": "audio/wav"})
    assert set(answer.json()) == {"RecognitionStatus", "DisplayText", "Offset", "Duration"}
    assert client.transcriber.requested_assessments == []


def test_the_log_counts_assessed_words(assess):
    with capture_logs() as lines:
        assess()
    assert lines[-1]["n_assessed_words"] == 1
