"""Pronunciation assessment of texts, headers and audio that it cannot use, through a real server.

Each request ends in time with an answer of the contract, and the server goes on.
"""

import base64
import json
import math
import random
import wave
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import numpy as np
import pytest
import requests

from tests.contract.conftest import KEY, SENTENCE

ROUTE = "/speech/recognition/conversation/cognitiveservices/v1"
LIMIT_S = 30
STATUSES = {"Success", "NoMatch", "InitialSilenceTimeout", "BabbleTimeout"}
OPTIONS = {
    "ReferenceText": SENTENCE,
    "GradingSystem": "HundredMark",
    "Dimension": "Comprehensive",
    "EnableMiscue": True,
    "EnableProsodyAssessment": True,
    "NBestPhonemeCount": 3,
}
UNRELATED = "Perhaps several elephants quarrelled over warm lemonade yesterday."
AT_ONCE = 8


def encoded(value):
    """Base64 of a text, or of JSON."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return base64.b64encode(text.encode()).decode()


def made_up_words(n_words, n_letters):
    """Words that no dictionary has, all different."""
    letters = random.Random(0)  # noqa: S311 - no secret
    return " ".join("".join(letters.choices("aeioulnrst", k=n_letters)) for _ in range(n_words))


def wav_of(samples, sample_rate=16_000):
    """WAV file of float samples."""
    file = BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, sample_rate, 0, "NONE", ""))
        writer.writeframes((samples * 32_767).astype("<i2").tobytes())
    return file.getvalue()


@pytest.fixture(scope="module", autouse=True)
def warm(server):
    """Load the models, so that a bound of time is one of the request."""
    requests.get(f"{server.url}/ready", timeout=60)


@pytest.fixture
def post(server, spoken):
    """Assess audio, that of the sentence by default; the server is ready afterwards."""

    def send(header, audio=spoken, language="en-US"):
        answer = requests.post(
            server.url + ROUTE,
            params={"language": language},
            data=audio,
            headers={
                "Content-Type": "audio/wav",
                "Ocp-Apim-Subscription-Key": KEY,
                "Pronunciation-Assessment": header,
            },
            timeout=LIMIT_S,
        )
        assert requests.get(f"{server.url}/ready", timeout=LIMIT_S).status_code == 200
        assert answer.headers["content-type"].startswith("application/json")
        return answer

    return send


@pytest.fixture
def read(post):
    """Assess the sentence against a text; return the best reading of it."""

    def send(text, **options):
        answer = post(encoded({**OPTIONS, "ReferenceText": text, **options}))
        assert answer.status_code == 200, answer.text
        result = answer.json()
        assert result["RecognitionStatus"] == "Success"
        best = result["NBest"][0]
        for name in ("Accuracy", "Fluency", "Prosody", "Completeness", "Pron"):
            assert 0 <= best[f"{name}Score"] <= 100
        assert math.isfinite(result["SNR"])
        return best

    return send


def words_of(best):
    return [word["Word"] for word in best["Words"] if word["ErrorType"] != "Insertion"]


REFUSED = {
    "3000 words": encoded({"ReferenceText": "to " * 3_000}),
    "emoji": encoded({"ReferenceText": "\U0001f600 \U0001f389\U0001f44b"}),
    "signs": encoded({"ReferenceText": "... !? -- ..."}),
    "Greek": encoded({"ReferenceText": "\u03ba\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1"}),
    "Chinese": encoded({"ReferenceText": "\u65e9\u4e0a\u597d"}),
    "no Base64": "{}",
    "not UTF-8": base64.b64encode(b"\xff\xfe{").decode(),
    "no JSON": encoded("ReferenceText=hello"),
    "an array": encoded([OPTIONS]),
    "nested too deeply": encoded("[" * 10_000),
    "a text that is none": encoded({"ReferenceText": 5}),
    "a lone surrogate": encoded('{"ReferenceText": "\\ud800"}'),
    "a scale that does not exist": encoded({**OPTIONS, "GradingSystem": "TenPoint"}),
    "a level that does not exist": encoded({**OPTIONS, "Granularity": "Letter"}),
    "a dimension that does not exist": encoded({**OPTIONS, "Dimension": "Third"}),
    "an alphabet that does not exist": encoded({**OPTIONS, "PhonemeAlphabet": "Runes"}),
    "neither true nor false": encoded({**OPTIONS, "EnableMiscue": "perhaps"}),
    "no number": encoded('{"NBestPhonemeCount": NaN}'),
    "an endless number": encoded('{"NBestPhonemeCount": 1e999}'),
    "too many candidates": encoded({**OPTIONS, "NBestPhonemeCount": 101}),
}


@pytest.mark.parametrize("header", REFUSED.values(), ids=REFUSED)
def test_parameters_that_cannot_be_used_are_400(post, header):
    answer = post(header)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "400"
    assert error["message"]


@pytest.mark.parametrize("n_words", [10_000, 100_000])
def test_a_header_that_is_too_long_is_refused(post, n_words):
    """The reader of requests refuses it, before the route does."""
    answer = post(encoded({"ReferenceText": "word " * n_words}))
    assert answer.status_code in {400, 431}
    assert answer.json()["error"]["code"] == str(answer.status_code)


@pytest.mark.parametrize("language", ["de-DE", "xx-YY", "en-", "\u00e9"])
def test_a_language_that_cannot_be_assessed_is_400(post, language):
    answer = post(encoded(OPTIONS), language=language)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "400")
    assert answer.json()["error"]["message"]


def test_a_number_of_the_text_is_read_out(read):
    best = read("5 apples cost $3.20")
    assert words_of(best) == "five apples cost three dollars twenty cents".split()


def test_a_text_that_is_blank_is_none(read):
    best = read(" \n ")
    assert words_of(best) == SENTENCE.lower().rstrip(".").split()
    assert best["CompletenessScore"] == 100
    assert {word["ErrorType"] for word in best["Words"]} <= {"None", "Mispronunciation"}


@pytest.mark.parametrize("miscue", [True, False])
def test_a_text_that_was_not_read_has_poor_scores(read, miscue):
    best = read(UNRELATED, EnableMiscue=miscue)
    assert words_of(best) == UNRELATED.lower().rstrip(".").split()
    assert best["AccuracyScore"] < 50
    assert best["PronScore"] < 60
    assert sum(word["ErrorType"] == "None" for word in best["Words"]) <= 3


def test_the_longest_text_has_all_its_words(read):
    text = "one two three four five six seven eight nine ten " * 198 + SENTENCE
    best = read(text)
    assert words_of(best) == text.lower().rstrip(".").split()
    assert best["CompletenessScore"] < 5


def test_the_longest_text_of_unknown_words_is_in_time(read):
    """The slowest one: a network reads each of them."""
    text = made_up_words(1_950, 11)
    assert words_of(read(text)) == text.split()


@pytest.mark.parametrize("text", [SENTENCE, ""], ids=["scripted", "unscripted"])
@pytest.mark.parametrize("kind", ["reversed", "silence", "noise", "click", "0.1 s", "nothing"])
def test_any_audio_has_a_status_of_the_contract(post, spoken, text, kind):
    speech = np.frombuffer(spoken[44:], "<i2") / 32_768
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 48_000)
    audio = {
        "reversed": wav_of(speech[::-1], 22_050),
        "silence": wav_of(np.zeros(48_000)),
        "noise": wav_of(noise),
        "click": wav_of(np.eye(1, 48_000)[0]),
        "0.1 s": wav_of(speech[22_050 : 22_050 + 2_205], 22_050),
        "nothing": wav_of(np.zeros(0)),
    }[kind]
    answer = post(encoded({**OPTIONS, "ReferenceText": text}), audio)
    assert answer.status_code == 200
    result = answer.json()
    assert result["RecognitionStatus"] in STATUSES
    if result["RecognitionStatus"] == "Success":
        assert 0 <= result["NBest"][0]["AccuracyScore"] <= 100
    else:
        assert "NBest" not in result
    if kind in {"silence", "nothing"}:
        assert result["RecognitionStatus"] == "InitialSilenceTimeout"


def test_more_than_half_a_minute_is_400(post, spoken):
    speech = np.frombuffer(spoken[44:], "<i2") / 32_768
    answer = post(encoded(OPTIONS), wav_of(np.resize(speech, 31 * 22_050), 22_050))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "400")
    assert "30 seconds" in answer.json()["error"]["message"]


@pytest.mark.parametrize("audio", [b"RIFF", b"no audio at all" * 100, b""], ids=len)
def test_a_body_that_is_no_audio_has_an_answer_of_the_contract(post, audio):
    answer = post(encoded(OPTIONS), audio)
    if answer.status_code == 200:
        assert answer.json()["RecognitionStatus"] == "InitialSilenceTimeout"
    else:
        assert 400 <= answer.status_code < 500
        assert answer.json()["error"]["code"] == str(answer.status_code)


def test_eight_assessments_at_once_are_each_like_one_alone(post):
    header = encoded(OPTIONS)
    alone = post(header).json()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        together = list(threads.map(post, [header] * AT_ONCE))
    assert [answer.status_code for answer in together] == [200] * AT_ONCE
    for answer in together:
        best = answer.json()["NBest"][0]
        assert words_of(best) == words_of(alone["NBest"][0])
        for name in ("Accuracy", "Fluency", "Prosody", "Completeness", "Pron"):
            expected = pytest.approx(alone["NBest"][0][f"{name}Score"], abs=1)
            assert best[f"{name}Score"] == expected
