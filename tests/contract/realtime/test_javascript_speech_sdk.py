"""The JavaScript Speech SDK on Node, unmodified, over WebSocket.

https://learn.microsoft.com/javascript/api/microsoft-cognitiveservices-speech-sdk
"""

import json
import subprocess
from pathlib import Path

import pytest

from tests.contract.conftest import KEY
from tests.contract.realtime.conftest import LIMIT_S
from tests.node_packages import SPEECH_SDK, modules_of, node

CLIENT = Path(__file__).with_name("javascript_client.mjs")
TEXT = "The children are playing in the garden behind the house."
WORDS = "children are playing in the garden"


@pytest.fixture
def run(server):
    """Run a command of the client; return what it reported."""

    def start(command, file, *, key=KEY, locale="en-US", **options):
        address = server.url.replace("http", "ws")
        named = [key, command, file, locale, json.dumps(options)]
        client = subprocess.run(
            [node(), CLIENT, modules_of(SPEECH_SDK), address, *named],
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
            text=True,
        )
        assert client.returncode == 0, client.stderr
        return json.loads(client.stdout.splitlines()[-1])

    return start


def test_one_phrase_comes_back_with_its_place(run, twice):
    (result,) = run("once", twice)
    assert result["reason"] == "RecognizedSpeech"
    assert WORDS in result["text"]
    assert result["offset"] / 1e7 == pytest.approx(1.5, abs=0.3)


def test_continuous_recognition_gives_each_phrase_once_and_in_order(run, twice):
    events = run("all", twice)
    phrases = [one for one in events if one["kind"] == "recognized" and one["text"]]
    assert [WORDS in phrase["text"] for phrase in phrases] == [True, True]
    assert phrases[0]["offset"] + phrases[0]["duration"] <= phrases[1]["offset"]
    assert events[-1] == {"kind": "canceled", "reason": 1, "error": ""}  # the end of the stream


def test_the_language_is_detected_among_candidates(run, twice):
    (result,) = run("detect", twice)
    assert result["language"] == "en-US"
    assert WORDS in result["text"]


@pytest.mark.usefixtures("apertium")
def test_speech_is_translated(run, twice):
    (result,) = run("translate", twice)
    assert result["reason"] == "TranslatedSpeech"
    assert "jardín" in result["translation"]


def test_a_conversation_has_guests(run, twice):
    events = run("converse", twice)
    phrases = [one for one in events if one["kind"] == "recognized" and one["text"]]
    assert [phrase["speakerId"] for phrase in phrases] == ["Guest-1", "Guest-1"]


TEXT_SCORES = (
    "accuracyScore", "fluencyScore", "completenessScore", "prosodyScore", "pronunciationScore",
)  # fmt: skip


def test_a_reading_is_assessed(run, twice):
    (result,) = run(
        "assessOnce", twice, referenceText=TEXT, gradingSystem="HundredMark", enableMiscue=True,
        enableProsodyAssessment=True, phonemeAlphabet="IPA", nbestPhonemeCount=3,
    )  # fmt: skip
    assert all(0 < result[name] <= 100 for name in TEXT_SCORES)
    words = result["detail"]["Words"]
    assert [word["Word"] for word in words] == TEXT.lower().rstrip(".").split()
    house = words[-1]
    assert house["PronunciationAssessment"]["ErrorType"] in {"None", "Mispronunciation"}
    assert "Prosody" in house["PronunciationAssessment"]["Feedback"]
    assert [phoneme["Phoneme"] for phoneme in house["Phonemes"]] == ["h", "aʊ", "s"]
    for phoneme in house["Phonemes"]:
        assert len(phoneme["PronunciationAssessment"]["NBestPhonemes"]) == 3
    assert [syllable["Grapheme"] for syllable in house["Syllables"]] == ["house"]


def test_each_utterance_of_a_continuous_turn_is_assessed_as_it_is_recognised(run, twice):
    results = run("assessAll", twice, referenceText="", granularity="Word")
    assert [WORDS in result["text"] for result in results] == [True, True]
    for result in results:
        assert all(0 < result[name] <= 5 for name in TEXT_SCORES if name != "prosodyScore")
        assert "prosodyScore" not in result
        assert len(result["detail"]["Words"]) == 10


def test_options_of_an_assessment_that_are_not_served_end_the_turn(run, twice):
    (result,) = run("assessOnce", twice, referenceText=TEXT, granularity="Letter")
    assert "Invalid parameter" in result["error"]  # the SDK shows no other reason


def test_a_text_is_spoken(run, twice):
    (result,) = run("speak", twice)
    assert result["reason"] == "SynthesizingAudioCompleted"
    assert result["n_bytes"] > 10_000


def test_a_wrong_key_is_refused(run, twice):
    (result,) = run("once", twice, key="wrong")
    assert result["reason"] == "Canceled"
    assert "Unable to contact server" in result["error"]


def test_a_language_that_is_not_served_ends_at_once(run, twice):
    (result,) = run("once", twice, locale="xx-YY")
    assert result["reason"] == "Canceled"
