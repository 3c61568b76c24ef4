"""curl and `requests`, the clients people use for short audio, against a running server."""

import base64
import json
import subprocess
import time

import pytest
import requests

TEXT = "Please remind me to buy milk and bread at 5 o'clock."
ROUTE = "/speech/recognition/conversation/cognitiveservices/v1"
WAV = {"Content-Type": "audio/wav; codecs=audio/pcm; samplerate=16000"}


def curl(*arguments):
    """Run curl; return status, response headers and body."""
    ran = subprocess.run(
        ["curl", "-sS", "-D", "/dev/stderr", *arguments], capture_output=True, text=True, check=True
    )
    status = ran.stderr.rstrip().rpartition("HTTP/1.1 ")[2][:3]
    return int(status), ran.stderr, ran.stdout


def test_curl_chunked_with_expect(server, spoken_file):
    """The command of the documents; curl waits for 100 Continue before it sends."""
    started = time.monotonic()
    status, headers, body = curl(
        "-X", "POST", f"{server.url}{ROUTE}?language=en-US&format=detailed",
        "-H", f"Content-Type: {WAV['Content-Type']}",
        "-H", "Accept: application/json",
        "-H", "Ocp-Apim-Subscription-Key: k",
        "-H", "Transfer-Encoding: chunked",
        "-H", "Expect: 100-continue",
        "--data-binary", f"@{spoken_file}",
    )  # fmt: skip
    assert status == 200
    assert "HTTP/1.1 100 Continue" in headers
    result = json.loads(body)
    assert result["RecognitionStatus"] == "Success"
    assert result["DisplayText"] == TEXT
    assert result["NBest"][0]["Lexical"] == (
        "please remind me to buy milk and bread at five o'clock"
    )
    assert isinstance(result["Offset"], int)
    assert 25_000_000 < result["Duration"] <= 36_000_000
    assert time.monotonic() - started < 60


def test_curl_with_wrong_key_is_refused_before_it_sends(server, spoken_file):
    """No 100 Continue: the audio stays with the client."""
    status, headers, body = curl(
        "-X", "POST", f"{server.url}{ROUTE}?language=en-US",
        "-H", "Content-Type: audio/wav",
        "-H", "Ocp-Apim-Subscription-Key: wrong",
        "-H", "Transfer-Encoding: chunked",
        "-H", "Expect: 100-continue",
        "--data-binary", f"@{spoken_file}",
    )  # fmt: skip
    assert status == 401
    assert "100 Continue" not in headers
    assert json.loads(body)["error"]["code"] == "401"


def test_curl_issues_a_token(server):
    """The command of the documents; the body is the bare token."""
    status, headers, token = curl(
        "-X", "POST", f"{server.url}/sts/v1.0/issueToken",
        "-H", "Ocp-Apim-Subscription-Key: k", "-H", "Content-Length: 0",
    )  # fmt: skip
    assert status == 200
    assert "application/jwt" in headers
    assert token.count(".") == 2


@pytest.mark.parametrize(
    "definition",
    [
        '{"locales":["en-US"],"profanityFilterMode":"Masked"}',
        '\n{"locales":["en-US"]}\n',
        '"{\\"locales\\":[\\"en-US\\"]}"',
    ],
    ids=["plain", "newlines", "quoted"],
)
def test_curl_form_of_fast_transcription(server, spoken_file, definition):
    """`-F` with the definition in the spellings people use."""
    status, _, body = curl(
        "-X", "POST", f"{server.url}/speechtotext/transcriptions:transcribe?api-version=2024-11-15",
        "-H", "Ocp-Apim-Subscription-Key: k",
        "-F", f"audio=@{spoken_file}",
        "-F", f"definition={definition}",
    )  # fmt: skip
    assert status == 200
    assert json.loads(body)["combinedPhrases"] == [{"text": TEXT}]


def test_requests_sends_chunks(server, http, spoken):
    """A generator body: chunked, without Expect."""
    chunks = (spoken[i : i + 3200] for i in range(0, len(spoken), 3200))
    answer = http.post(server.url + ROUTE, params={"language": "en-US"}, data=chunks, headers=WAV)
    assert answer.status_code == 200
    assert answer.json()["RecognitionStatus"] == "Success"
    assert answer.json()["DisplayText"] == TEXT


def assessment_header(**parameters):
    return base64.b64encode(json.dumps(parameters).encode()).decode()


def test_requests_assesses_a_reading(server, http, spoken):
    """Chunked, as in the documents; the scores stand beside the names."""
    chunks = (spoken[i : i + 3200] for i in range(0, len(spoken), 3200))
    header = assessment_header(
        ReferenceText=TEXT, GradingSystem="HundredMark", Dimension="Comprehensive",
        EnableMiscue="True", EnableProsodyAssessment="True", PhonemeAlphabet="IPA",
        NBestPhonemeCount=5,
    )  # fmt: skip
    answer = http.post(
        f"{server.url}{ROUTE}?language=en-US", data=chunks,
        headers={**WAV, "Pronunciation-Assessment": header},
    )  # fmt: skip
    assert answer.status_code == 200
    best = answer.json()["NBest"][0]
    for name in (
        "AccuracyScore", "FluencyScore", "ProsodyScore", "CompletenessScore", "PronScore",
    ):  # fmt: skip
        assert 0 < best[name] <= 100
    words = best["Words"]
    assert " ".join(word["Word"] for word in words) == (
        "please remind me to buy milk and bread at five o'clock"
    )
    milk = words[5]
    assert milk["ErrorType"] in {"None", "Mispronunciation"}
    assert "Break" in milk["Feedback"]["Prosody"]
    assert [phoneme["Phoneme"] for phoneme in milk["Phonemes"]] == ["m", "ɪ", "l", "k"]
    assert all(len(phoneme["NBestPhonemes"]) == 5 for phoneme in milk["Phonemes"])
    assert [syllable["Grapheme"] for syllable in milk["Syllables"]] == ["milk"]
    assert "PronunciationAssessment" not in answer.text


def test_curl_assesses_speech_without_a_reference(server, spoken_file):
    """The defaults: five points, the accuracy alone."""
    status, _, body = curl(
        "-X", "POST", f"{server.url}{ROUTE}?language=en-US",
        "-H", "Ocp-Apim-Subscription-Key: k", "-H", "Content-Type: audio/wav",
        "-H", f"Pronunciation-Assessment: {assessment_header(ReferenceText='')}",
        "--data-binary", f"@{spoken_file}",
    )  # fmt: skip
    assert status == 200
    best = json.loads(body)["NBest"][0]
    assert 0 < best["AccuracyScore"] <= 5
    assert "PronScore" not in best
    assert best["Display"] == TEXT


def test_a_server_with_the_setting_off_answers_501(start, spoken):
    server = start(SOTTO_PRONUNCIATION="false")
    answer = requests.post(
        f"{server.url}{ROUTE}?language=en-US",
        data=spoken,
        timeout=60,
        headers={
            **WAV, "Ocp-Apim-Subscription-Key": "k",
            "Pronunciation-Assessment": assessment_header(ReferenceText=TEXT),
        },
    )  # fmt: skip
    assert (answer.status_code, answer.json()["error"]["code"]) == (501, "501")


def test_first_pieces_are_read_before_the_last_is_sent(server, http, spoken):
    """A client that records pauses between pieces; the answer comes soon after the last one."""
    sent = []

    def record():
        half = len(spoken) // 2
        yield spoken[:half]
        time.sleep(0.5)
        yield spoken[half:]
        sent.append(time.monotonic())

    answer = http.post(server.url + ROUTE, params={"language": "en-US"}, data=record(), headers=WAV)
    assert answer.json()["DisplayText"] == TEXT
    assert sent


def test_digital_silence_is_initial_silence_timeout(server, http, spoken):
    """Two seconds of zeros after the clip's own header."""
    silence = spoken[:44] + bytes(2 * 22_050 * 2)
    answer = http.post(f"{server.url}{ROUTE}?language=en-US", data=silence, headers=WAV)
    assert answer.status_code == 200
    assert answer.json()["RecognitionStatus"] == "InitialSilenceTimeout"
    assert "DisplayText" not in answer.json()


@pytest.mark.speech
@pytest.mark.parametrize("name", ["mono.zero.wav", "mono.empty.wav", "mono.invalid.wav"])
def test_broken_files(server, http, speech_data, name):
    """No samples is silence, no audio is an error; fast transcription calls all a 4xx."""
    audio = (speech_data / "broken" / name).read_bytes()
    short = http.post(f"{server.url}{ROUTE}?language=en-US", data=audio, headers=WAV)
    if name == "mono.zero.wav":
        assert short.json()["RecognitionStatus"] == "InitialSilenceTimeout"
    else:
        assert short.status_code == 400
    fast = http.post(
        f"{server.url}/speechtotext/transcriptions:transcribe?api-version=2025-10-15",
        files={"audio": audio},
    )
    assert 400 <= fast.status_code < 500
    assert fast.json()["message"]
    assert http.get(f"{server.url}/ready").status_code == 200


def test_cold_request_waits_for_the_model(start, spoken):
    """A client need not poll /ready."""
    fresh = start()
    answer = requests.post(
        f"{fresh.url}{ROUTE}?language=en-US",
        data=spoken,
        headers={**WAV, "Ocp-Apim-Subscription-Key": "k"},
        timeout=60,
    )
    assert answer.json()["DisplayText"] == TEXT
