"""Dropped files on Lambda: the real runtime client, the real model, S3 and SQS in moto."""

import json
import subprocess
import sys
import time

import pytest
from aws_places import INPUT, JOBS, OUTPUT, Places
from http_events import event_json
from runtime_api import PROJECT, InvocationFailed, run_function

from shared.jobs.job import Job

S3_BATCH = "functions.aws_lambda.s3_batch.handler"
SQS_WORK = "functions.aws_lambda.sqs_work.handler"
PURGE = "functions.aws_lambda.purge_schedule.handler"


@pytest.fixture(scope="module")
def places(aws_url):
    return Places(aws_url)


@pytest.fixture(scope="module")
def dropping(places):
    with run_function(places.settings, handler=S3_BATCH) as function:
        yield function


@pytest.fixture(scope="module")
def working(places, model_folder):
    settings = places.settings | {"SOTTO_MODEL_FOLDER": str(model_folder)}
    with run_function(settings, handler=SQS_WORK) as function:
        yield function


@pytest.fixture(scope="module")
def purging(places):
    with run_function(places.settings, handler=PURGE) as function:
        yield function


@pytest.fixture(autouse=True)
def no_work_is_left_over(places):
    """Each test begins with empty queues."""
    for queue in (places.work, places.dead_letters, places.notifications):
        places.empty(queue)


def invoke(function, event, time_limit_s=60.0):
    return json.loads(function.api.invoke(event, time_limit_s))


def s3_event(key, name="s3_object_created"):
    """Event of one object; the key is as S3 writes it."""
    event = event_json(name)
    event["Records"][0]["s3"]["object"]["key"] = key
    return event


def job_ids(places):
    return {key.split("/")[1] for key in places.keys(JOBS, "jobs/")}


def display(places, key):
    """Text of a transcript, in lower case."""
    result = places.json(OUTPUT, key)
    return result["combinedRecognizedPhrases"][0]["display"].lower()


def test_three_files_of_three_formats_become_three_transcripts(
    places, dropping, working, speech_data
):
    """The event has the keys as S3 encodes them: spaces, a plus, a percent sign, accents."""
    clips = {
        "a boy in a shop.flac": "en_read/1688-142285-0004.flac",
        "50% + café/the weather+1.wav": "telephone/whatstheweatherlike-mulaw.wav",
        "dictée.aiff": "multilingual/french.aiff",
    }
    for name, clip in clips.items():
        places.drop(f"dropped/{name}", (speech_data / clip).read_bytes())
    assert invoke(dropping, event_json("s3_three_objects")) == {"n_jobs": 3}
    assert places.poll(places.work, working) == {"batchItemFailures": []}
    assert places.poll(places.work, working) is None
    written = places.keys(OUTPUT, "texts/")
    assert written == sorted(f"texts/{name}.json" for name in clips)
    assert "thing i like" in display(places, "texts/a boy in a shop.flac.json")
    assert "weather" in display(places, "texts/50% + café/the weather+1.wav.json")
    assert "dict" in display(places, "texts/dictée.aiff.json")


def test_an_event_that_comes_twice_makes_one_job(places, dropping, spoken_clip):
    places.drop("dropped/twice.wav", spoken_clip.wav)
    before = job_ids(places)
    assert invoke(dropping, s3_event("dropped/twice.wav")) == {"n_jobs": 1}
    assert invoke(dropping, s3_event("dropped/twice.wav")) == {"n_jobs": 0}
    assert len(job_ids(places) - before) == 1
    assert places.n_waiting(places.work) == 1


def test_expired_transcripts_go_and_the_audio_stays(
    places, dropping, working, purging, spoken_clip
):
    key, text = "dropped/short lived.wav", "texts/short lived.wav.json"
    places.drop(key, spoken_clip.wav, timetolive="PT2S")
    before = job_ids(places)
    invoke(dropping, s3_event("dropped/short+lived.wav"))
    places.poll(places.work, working)
    assert display(places, text) == spoken_clip.text.lower()
    (job_id,) = job_ids(places) - before
    answer = _purge_until(purging, lambda answer: answer["n_jobs"] == 1)
    assert (answer["n_jobs"], answer["n_outputs"], answer["n_failures"]) == (1, 1, 0)
    assert 0 <= answer["late_s"] < 30
    assert answer["is_complete"]
    assert places.keys(OUTPUT, text) == []
    assert places.keys(INPUT, key) == [key]
    assert job_id not in job_ids(places)
    assert invoke(dropping, s3_event("dropped/short+lived.wav")) == {"n_jobs": 0}


def _purge_until(purging, is_done):
    """Purge as its schedule does, until what is due has expired."""
    give_up_s = time.monotonic() + 30
    while True:
        answer = invoke(purging, event_json("schedule"))
        if is_done(answer) or time.monotonic() > give_up_s:
            return answer


def test_notifications_through_a_queue_are_accepted(places, dropping, spoken_clip):
    """From S3 itself, as moto does it, to a queue, to the function."""
    configuration = {
        "QueueArn": places.arn(places.notifications),
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "dropped/"}]}},
    }
    places.s3.put_bucket_notification_configuration(
        Bucket=INPUT, NotificationConfiguration={"QueueConfigurations": [configuration]}
    )
    before = job_ids(places)
    for name in ("from a queue & more.wav", "naïve 1+1=2.wav"):
        places.drop(f"dropped/{name}", spoken_clip.wav)
    places.s3.put_bucket_notification_configuration(Bucket=INPUT, NotificationConfiguration={})
    assert places.poll(places.notifications, dropping) == {"batchItemFailures": []}
    assert len(job_ids(places) - before) == 2


def test_of_several_messages_only_failed_ones_are_returned(places, dropping, spoken_clip):
    """A test event, a notification and an event of EventBridge are done with, text is not."""
    places.drop("dropped/message.wav", spoken_clip.wav)
    places.drop("dropped/100% a+b %2B é.wav", spoken_clip.wav)
    before = job_ids(places)
    answer = invoke(dropping, event_json("sqs_s3"))
    unread = event_json("sqs_s3")["Records"][3]["messageId"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": unread}]}
    assert len(job_ids(places) - before) == 2


def test_an_event_of_eventbridge_has_the_key_as_it_is(places, dropping, spoken_clip):
    """`%2B` and `+` are part of the name there."""
    places.drop("dropped/100% a+b %2B é.wav", spoken_clip.wav + b"\0\0")
    before = job_ids(places)
    assert invoke(dropping, event_json("s3_event_bridge")) == {"n_jobs": 1}
    (job_id,) = job_ids(places) - before
    job = Job.from_json(places.read(JOBS, f"jobs/{job_id}/job.json"))
    assert [file.source for file in job.files] == ["100% a+b %2B é.wav"]


@pytest.mark.parametrize(
    "name", ["s3_test", "s3_object_removed", "s3_folder_marker", "s3_event_bridge_deleted"]
)
def test_events_that_bring_no_audio_are_done_with(places, dropping, name):
    places.drop("dropped/new folder/", b"")
    assert invoke(dropping, event_json(name)) == {"n_jobs": 0}
    assert places.n_waiting(places.work) == 0


@pytest.mark.parametrize("key", ["elsewhere/a.wav", "dropped", "dropped/sotto.json"])
def test_objects_outside_the_drop_folder_are_none_of_its_files(places, dropping, key):
    places.drop(key, b"x")
    assert invoke(dropping, s3_event(key)) == {"n_jobs": 0}
    places.s3.delete_object(Bucket=INPUT, Key=key)


def test_a_message_whose_job_is_not_written_yet_comes_again_after_seconds(places, working):
    """Not after the visibility timeout of the queue, which is half an hour here."""
    places.send(places.work, event_json("sqs_work")["Records"][0]["body"])
    answer = places.poll(places.work, working)
    (given_back,) = answer["batchItemFailures"]
    give_up_s = time.monotonic() + 20
    while places.n_waiting(places.work) == 0:
        assert time.monotonic() < give_up_s
    (again,) = places.received(places.work)
    assert again["MessageId"] == given_back["itemIdentifier"]
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"


def test_a_file_that_takes_longer_than_the_invocation_is_refused_with_the_limit(
    places, dropping, working, speech_data
):
    """The sonnet takes 53 seconds to read; no machine hears it in one."""
    places.drop("dropped/long.mp3", (speech_data / "formats/sonnet001.mp3").read_bytes())
    invoke(dropping, s3_event("dropped/long.mp3"))
    assert places.poll(places.work, working, time_limit_s=1) == {"batchItemFailures": []}
    reason = places.json(OUTPUT, "texts/long.mp3.error.json")
    assert reason["error"]["code"] == "AudioLengthLimitExceeded"
    assert "1 second of AWS Lambda" in reason["error"]["message"]


def test_a_file_that_ended_every_worker_is_in_its_report_and_the_dead_letter_deleted(
    places, dropping, purging, spoken_clip
):
    """Purging takes out what the redrive policy of the queue put among the dead letters."""
    places.drop("dropped/deadly.wav", spoken_clip.wav)
    invoke(dropping, s3_event("dropped/deadly.wav"))
    (message,) = places.received(places.work)
    places.send(places.dead_letters, message["Body"])
    answer = invoke(purging, event_json("scheduler"))
    assert answer["n_dead_letters"] == 1
    report = places.json(OUTPUT, "texts/deadly.wav.error.json")
    assert "at every attempt" in report["error"]["message"]
    assert places.n_waiting(places.dead_letters) == 0


@pytest.mark.parametrize("body", ["canaryname", '{"v":1,"kind":"canaryname"}', '{"v":1}'])
def test_a_message_that_is_not_ours_lies_among_the_dead_letters_and_stays(
    places, working, purging, body
):
    """Not JSON, another kind of work, a field missing: done with, and for a person to look at."""
    places.send(places.work, body)
    assert places.poll(places.work, working) == {"batchItemFailures": []}
    assert '"event": "malformed_message"' in working.log
    (letter,) = places.look(places.dead_letters)
    assert letter["Body"] == body
    assert invoke(purging, event_json("schedule"))["n_dead_letters"] == 0
    assert '"event": "malformed_dead_letter"' in purging.log
    assert places.n_hidden(places.dead_letters) == 1
    places.sqs.delete_message(QueueUrl=places.dead_letters, ReceiptHandle=letter["ReceiptHandle"])
    assert places.n_hidden(places.dead_letters) == 0
    assert "canaryname" not in working.log + purging.log


@pytest.mark.parametrize(
    ("function", "name"),
    [
        ("dropping", "schedule"),
        ("dropping", "function_url"),
        ("working", "s3_object_created"),
        ("purging", "s3_event_bridge"),
        ("purging", "sqs_work"),
    ],
)
def test_events_of_other_kinds_fail_so_that_their_sender_keeps_them(request, function, name):
    with pytest.raises(InvocationFailed, match="FeatureUnavailable: Events of the kind"):
        request.getfixturevalue(function).api.invoke(event_json(name))


def test_an_event_that_cannot_be_accepted_now_fails_without_quoting_the_name(places, spoken_clip):
    """Lambda sends it again, and writes into the log what a handler raises."""
    places.drop("dropped/canaryname.wav", spoken_clip.wav)
    event, settings = s3_event("dropped/canaryname.wav"), places.settings
    with run_function(settings | {"SOTTO_JOBS": "s3://not-made-yet"}, handler=S3_BATCH) as function:
        with pytest.raises(InvocationFailed, match="StorageError: 1 files of the event"):
            function.api.invoke(event)
        (record,) = event_json("sqs")["Records"]
        answer = invoke(function, {"Records": [record | {"body": json.dumps(event)}]})
        assert len(answer["batchItemFailures"]) == 1
        assert '"event": "file_not_accepted"' in function.log
        assert "canaryname" not in function.log


IMPORTED = """
import json, sys
from functions.aws_lambda.s3_batch import handler
print(handler(json.load(sys.stdin), None))
print(*(name for name in sys.argv[1:] if name in sys.modules))
"""
OF_RECOGNITION = (
    "ctranslate2",
    "onnxruntime",
    "tokenizers",
    "torch",
    "shared.transcription.local_transcriber",
    "fastapi",
    "mangum",
    "pydantic",
)


def test_accepting_files_loads_nothing_of_recognition(places, spoken_clip):
    """So that its start takes a second, and its memory may be small."""
    places.drop("dropped/light.wav", spoken_clip.wav)
    served = subprocess.run(
        [sys.executable, "-c", IMPORTED, *OF_RECOGNITION],
        cwd=PROJECT,
        env={
            "PYTHONPATH": str(PROJECT),
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            **places.settings,
        },
        input=json.dumps(s3_event("dropped/light.wav")),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert served.stdout.splitlines() == ["{'n_jobs': 1}", ""], served.stderr


def test_no_name_of_a_file_is_in_a_log(dropping, working, purging):
    """Of all the tests above."""
    logs = dropping.log + working.log + purging.log
    assert '"event": "file_transcribed"' in logs
    for name in ("weather", "dictée", "boy", "short lived", "long.mp3", "deadly", ".wav"):
        assert name not in logs
