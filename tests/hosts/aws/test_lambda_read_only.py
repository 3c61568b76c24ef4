"""Functions on a root file system that is read-only but for `/tmp`, as a user that is not root.

`make image ARGS=--lambda` runs these tests on the image that it has built; other runs of the tests
take the code of the project.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aws_places import OUTPUT, Places
from http_events import FunctionSession, event_json
from runtime_api import image_under_test, run_function

KEY = "k7-of-the-function"
SHORT_AUDIO = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US"
WRAPPER = Path(__file__).resolve().parent / "read_only_root.py"
HANDLERS = "functions.aws_lambda"


@pytest.fixture(scope="module")
def image():
    return image_under_test()


@pytest.fixture(scope="module")
def namespaces(image):
    """Fail where Linux gives no namespaces; skip as root, who has all but those of a chroot."""
    if image is not None:
        return
    tried = subprocess.run(
        [sys.executable, WRAPPER, "/", "true"], check=False, capture_output=True, text=True
    )
    if tried.returncode and os.geteuid() == 0:
        pytest.skip("a chroot, as that of `make fresh`, has no namespaces of users")
    assert tried.returncode == 0, tried.stderr


@pytest.fixture(scope="module")
def start_read_only(image, namespaces, request):  # noqa: ARG001 - may skip or fail
    """Make a starter of functions whose root is read-only."""
    models = {}
    if image is None:
        models["SOTTO_MODEL_FOLDER"] = str(request.getfixturevalue("model_folder"))

    def start(handler, **settings):
        root = Path("/") if image is None else image.root
        command = [sys.executable, str(WRAPPER), str(root)]
        return run_function(models | settings, command, f"{HANDLERS}.{handler}.handler", image)

    return start


@pytest.fixture(scope="module")
def http_function(start_read_only, spoken_clip):
    began = time.monotonic()
    with start_read_only("http", SOTTO_KEYS=KEY) as function:
        assert recognise(function, spoken_clip.wav).status_code == 200
        first_s = time.monotonic() - began
        # Worth reading with -s.
        print(f"initialised in {function.init_s:.1f} s, first answer after {first_s:.1f} s")  # noqa: T201
        yield function


@pytest.fixture(scope="module")
def places(aws_url):
    return Places(aws_url)


def recognise(function, audio):
    headers = {"Ocp-Apim-Subscription-Key": KEY, "Content-Type": "audio/wav"}
    return FunctionSession(function, headers=headers).post(SHORT_AUDIO, data=audio)


def process_file(function, name):
    return Path(f"/proc/{function.process.pid}/{name}").read_text("utf-8")


def test_nothing_can_be_written_but_in_tmp_and_the_user_is_not_root(http_function, image):
    writable = []
    for line in process_file(http_function, "mountinfo").splitlines():
        fields, _, kind = line.partition(" - ")
        place, options = fields.split()[4:6]
        if "ro" not in options.split(","):
            writable.append((place, kind.split()[0]))
    assert writable == [("/tmp", "tmpfs")]  # noqa: S108 - Lambda's only folder
    status = process_file(http_function, "status")
    lines = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert int(lines["CapEff"], 16) == 0
    if image is None:
        assert process_file(http_function, "uid_map").split()[0] == "993"
    else:
        assert lines["Uid"].split() == ["993"] * 4


def test_read_only_speech_is_recognised(http_function, spoken_clip):
    assert recognise(http_function, spoken_clip.wav).json()["DisplayText"] == spoken_clip.text


@pytest.mark.speech
def test_read_only_recorded_speech_is_recognised(http_function, speech_data):
    audio = (speech_data / "multilingual" / "cheetah_test_en.wav").read_bytes()
    assert "only platforms" in recognise(http_function, audio).json()["DisplayText"]


def test_read_only_nothing_is_left_in_tmp(http_function):
    assert list(Path(f"/proc/{http_function.process.pid}/root/tmp").iterdir()) == []
    assert "Traceback" not in http_function.log


def test_read_only_a_dropped_file_goes_from_its_event_to_its_end(
    start_read_only, places, spoken_clip
):
    """An event of S3, one of SQS, and those of the schedule."""
    settings = places.settings | {"SOTTO_TIME_TO_LIVE": "PT1S"}
    places.drop("dropped/day 1.wav", spoken_clip.wav)
    event = event_json("s3_object_created")
    event["Records"][0]["s3"]["object"]["key"] = "dropped/day+1.wav"
    with start_read_only("s3_batch", **settings) as function:
        assert json.loads(function.api.invoke(event)) == {"n_jobs": 1}
    with start_read_only("sqs_work", **settings) as function:
        assert places.poll(places.work, function) == {"batchItemFailures": []}
    text = places.json(OUTPUT, "texts/day 1.wav.json")
    assert text["combinedRecognizedPhrases"][0]["display"] == spoken_clip.text
    deadline_s = time.monotonic() + 60
    with start_read_only("purge_schedule", **settings) as function:
        while places.keys(OUTPUT, "texts/day 1.wav.json"):
            assert time.monotonic() < deadline_s
            json.loads(function.api.invoke(event_json("schedule")))
