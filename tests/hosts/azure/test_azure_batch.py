"""From a drop folder to transcripts and to their end, through the worker that Azure runs."""

import json
import time

import pytest
import requests

from tests.hosts.azure.batch_host import BatchHost
from tests.hosts.azure.functions_host import KEY

# One recording, the beginning of Shakespeare's first sonnet, in three containers.
RECORDINGS = ("p001.mp3", "p001.ogg", "p001.mp4")
SAID = set("from fairest creatures we desire that thereby rose might never die".split())


HURRY = {"AzureFunctionsJobHost__functionTimeout": "00:00:01"}


def trigger_of(host, name):
    """Binding of a function's trigger, without what a trigger of any kind has."""
    (binding,) = host.functions[name]["bindings"]
    return {k: v for k, v in binding.items() if k not in {"direction", "name"}}


def words_of(transcript):
    """Return the words of a result file."""
    return {
        word
        for phrase in transcript["combinedRecognizedPhrases"]
        for word in phrase["lexical"].split()
    }


def transcribe_spoken(batch_host, spoken_clip, name, metadata=None):
    """Take a spoken clip all the way to its transcript."""
    batch_host.drop(name, spoken_clip.wav, metadata)
    assert batch_host.fire_blob_trigger(name)
    assert batch_host.deliver_all() == 1


def test_the_batch_triggers_are_found_with_their_sources(batch_host):
    account, host = batch_host.account, batch_host.host
    assert set(host.functions) == {
        "http", "warmup", "drop_calls", "drop_lost", "work", "notices", "buried", "purge",
    }  # fmt: skip
    assert trigger_of(host, "drop_calls") == {
        "type": "blobTrigger",
        "path": f"{account.name('audio')}/{{name}}",
        "connection": "AzureWebJobsStorage",
        "source": "EventGrid",
        "properties": {"SupportsDeferredBinding": True},  # a reference, not the bytes
    }
    for name, ending in (("work", ""), ("notices", "-notices"), ("buried", "-poison")):
        assert trigger_of(host, name) == {
            "type": "queueTrigger",
            "queueName": account.name("work") + ending,
            "connection": "AzureWebJobsStorage",
        }
    assert trigger_of(host, "purge") == {
        "type": "timerTrigger",
        "schedule": "0 */5 * * * *",
        "runOnStartup": False,
    }


@pytest.mark.speech
def test_three_dropped_files_become_transcripts_and_end_with_their_time(batch_host, speech_data):
    """Three formats; the timer takes the transcripts when two seconds are over, not the audio."""
    names = [f"the day's calls/{name}" for name in RECORDINGS]
    for name, file in zip(names, RECORDINGS, strict=True):
        audio = (speech_data / "formats" / file).read_bytes()
        batch_host.drop(name, audio, {"timetolive": "PT2S", "formats": "json,srt"})
        assert batch_host.fire_blob_trigger(name)
    assert batch_host.deliver_all() == 3
    written = [f"{name}.{kind}" for name in names for kind in ("json", "srt")]
    assert set(written) <= set(batch_host.names("transcripts"))
    for name in names:
        transcript = batch_host.read("transcripts", f"{name}.json")
        assert transcript["source"].endswith(name)
        assert len(words_of(transcript) & SAID) >= len(SAID) - 2
    deadline_s = time.monotonic() + 60
    while set(written) & set(batch_host.names("transcripts")):
        assert time.monotonic() < deadline_s
        assert batch_host.purge()
    assert set(names) <= set(batch_host.names("audio"))


def test_an_event_that_is_delivered_twice_makes_one_message(batch_host, spoken_clip):
    batch_host.drop("twice.wav", spoken_clip.wav)
    assert batch_host.fire_blob_trigger("twice.wav")
    assert batch_host.fire_blob_trigger("twice.wav")
    assert batch_host.deliver_all() == 1
    assert batch_host.read("transcripts", "twice.wav.json")["combinedRecognizedPhrases"]
    assert batch_host.fire_blob_trigger("twice.wav")
    assert batch_host.take() == []


def test_a_message_that_is_delivered_again_changes_nothing(batch_host, spoken_clip):
    batch_host.drop("again.wav", spoken_clip.wav)
    assert batch_host.fire_blob_trigger("again.wav")
    (body,) = batch_host.take()
    assert batch_host.deliver(body)
    first = batch_host.read("transcripts", "again.wav.json")
    assert batch_host.deliver(body, 2)
    assert batch_host.read("transcripts", "again.wav.json") == first


def test_a_file_without_audio_leaves_its_reason_at_the_first_try(batch_host):
    batch_host.drop("list.txt", b"buy milk")
    assert batch_host.fire_blob_trigger("list.txt")
    assert batch_host.deliver_all() == 1
    reason = batch_host.read("transcripts", "list.txt.error.json")
    assert reason["error"]["code"] == "InvalidAudio"


def test_options_and_files_that_are_gone_are_no_work(batch_host):
    batch_host.drop("sotto.json", b'{"locales": ["en-US"]}')
    assert batch_host.fire_blob_trigger("sotto.json")
    assert batch_host.fire_blob_trigger("was never there.wav")
    assert batch_host.take() == []


def test_a_file_whose_transcript_cannot_be_written_is_given_up_at_the_fifth_try(
    batch_host, spoken_clip
):
    """Its output container is missing, and not made: containers are their owners'."""
    batch_host.drop("heron.wav", spoken_clip.wav, container="lost")
    assert batch_host.fire_blob_trigger("heron.wav", "drop_lost", "lost")
    (body,) = batch_host.take()
    n_failures = len(batch_host.host.failures)
    tries = [batch_host.deliver(body, number) for number in range(1, 6)]
    assert tries == [False, False, False, False, True]
    failures = batch_host.host.failures[n_failures:]
    assert {failure["text"] for failure in failures} == {
        "InvocationFailed: The log line before this one names the error."
    }
    # One stack, without the errors that led to it.
    assert all(failure["stack"].count("Traceback") == 1 for failure in failures)
    job_id = json.loads(body)["job"]
    assert f"jobs/{job_id}/closed" in batch_host.names("jobs")
    with batch_host.account.container("nowhere") as nowhere:
        assert not nowhere.exists()


def test_work_that_no_try_completes_is_reported_from_the_poison_queue(batch_host, spoken_clip):
    """As a file that ends the process each time: the host buries its message."""
    batch_host.drop("crash.wav", spoken_clip.wav)
    assert batch_host.fire_blob_trigger("crash.wav")
    (body,) = batch_host.take()
    assert batch_host.deliver(body, function="buried")
    assert batch_host.read("transcripts", "crash.wav.error.json")["error"]["message"]
    assert batch_host.deliver(body)  # a later attempt finds it ended
    assert "crash.wav.json" not in batch_host.names("transcripts")


@pytest.mark.speech
def test_audio_that_takes_longer_than_the_host_has_is_refused_with_the_limit_named(
    start_host, batch_host, speech_data
):
    """A minute of speech where one second is the limit, so it ends early, at the first try."""
    name = "sonnet.mp3"
    batch_host.drop(name, (speech_data / "formats" / "sonnet001.mp3").read_bytes())
    assert batch_host.fire_blob_trigger(name)
    with start_host(**batch_host.account.settings(), **HURRY) as host:
        assert BatchHost(host, batch_host.account).deliver_all() == 1
    error = batch_host.read("transcripts", f"{name}.error.json")["error"]
    assert error["code"] == "AudioLengthLimitExceeded"
    assert "functionTimeout 00:00:01" in error["message"]


@pytest.mark.parametrize("body", ["heron", '{"v":1,"kind":"heron"}', '{"said": "heron"}'])
def test_a_message_that_is_not_ours_lies_in_the_poison_queue_and_stays(batch_host, body):
    """Not JSON, another kind of work, fields missing. The host keeps what `buried` fails at."""
    assert batch_host.deliver(body)
    (kept,) = batch_host.take("work", "-poison")
    assert kept == body
    assert not batch_host.deliver(kept, function="buried")
    assert batch_host.host.failures[-1]["text"].startswith("InvocationFailed: ")
    assert any("malformed_message" in line for line in batch_host.host.output)


def test_batch_the_log_names_no_file_and_no_word(batch_host, spoken_clip):
    """Neither on standard error nor in what the worker sends to the host."""
    transcribe_spoken(batch_host, spoken_clip, "heron.wav")
    host = batch_host.host
    log = "\n".join([*host.output, *host.logs, *map(str, host.failures)]).lower()
    assert "file_transcribed" in log
    hidden = ["heron", "children", "garden", "twice", "p001", batch_host.account.id]
    assert [word for word in hidden if word in log] == []


def test_requests_are_answered_beside_batch_work(batch_host, spoken_clip):
    answer = requests.post(
        batch_host.host.url + "/speech/recognition/conversation/cognitiveservices/v1",
        params={"language": "en-US"},
        data=spoken_clip.wav,
        headers={"Content-Type": "audio/wav", "Ocp-Apim-Subscription-Key": KEY},
        timeout=60,
    )
    assert answer.json()["DisplayText"] == spoken_clip.text


def test_a_drop_folder_that_no_trigger_can_watch_stops_the_app(start_host, azure_storage):
    """Every request is refused, and the log names the setting."""
    settings = {
        "AzureWebJobsStorage": azure_storage.connection_string,
        "SOTTO_JOBS": "azure:jobs",
        "SOTTO_QUEUE": "azure:work",
        "SOTTO_DROP_FOLDERS": "calls=s3://bucket>azure:transcripts",
    }
    with start_host(**settings) as host:
        assert set(host.functions) == {"http"}
        assert requests.get(host.url + "/healthz", timeout=60).status_code == 503
    assert any("SOTTO_DROP_FOLDERS" in line for line in host.output)
