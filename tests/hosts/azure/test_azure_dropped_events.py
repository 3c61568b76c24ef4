"""Dropped files whose events Event Grid writes into a queue, to their transcripts."""

import pytest
from test_azure_batch import RECORDINGS, SAID, trigger_of, words_of

from tests.hosts.azure.batch_host import MAX_DELIVERIES, BatchAccount, BatchHost

# A form of event for each recording: as a list, as CloudEvents has it, as a single one.
FORMS = ("put_block_list", "cloud_event", "put_blob")


@pytest.fixture(scope="session")
def events_host(start_host, azure_storage):
    """Run a function app whose events lie in a queue; nothing else is in that queue."""
    account = BatchAccount(azure_storage.connection_string)
    account.make_containers()
    account.make_dropped_queue()
    with start_host(**account.settings(), SOTTO_BLOB_TRIGGER="queue") as host:
        yield BatchHost(host, account)


def drop_and_announce(events_host, name, audio, form="put_blob"):
    events_host.drop(name, audio)
    return events_host.announce(events_host.event(form, name))


def test_one_function_reads_the_events_of_all_folders_and_no_blob_trigger_exists(events_host):
    account, host = events_host.account, events_host.host
    assert set(host.functions) == {
        "http", "warmup", "dropped", "work", "notices", "buried", "purge",
    }  # fmt: skip
    assert trigger_of(host, "dropped") == {
        "type": "queueTrigger",
        "queueName": account.name("work") + "-dropped",
        "connection": "AzureWebJobsStorage",
    }


@pytest.mark.speech
def test_three_announced_files_become_transcripts(events_host, speech_data):
    """Three formats of audio, three forms of event, and names with spaces and signs."""
    names = [f"the day's calls/50% + é #{i} {file}" for i, file in enumerate(RECORDINGS)]
    for name, file, form in zip(names, RECORDINGS, FORMS, strict=True):
        audio = (speech_data / "formats" / file).read_bytes()
        assert drop_and_announce(events_host, name, audio, form)
    assert events_host.deliver_all() == 3
    for name in names:
        transcript = events_host.read("transcripts", f"{name}.json")
        assert transcript["source"].endswith(name)
        assert len(words_of(transcript) & SAID) >= len(SAID) - 2


def test_an_event_that_event_grid_delivers_twice_makes_one_job(events_host, spoken_clip):
    assert drop_and_announce(events_host, "twice.wav", spoken_clip.wav)
    assert events_host.announce(events_host.event("put_blob", "twice.wav"))
    assert events_host.deliver_all() == 1
    assert events_host.read("transcripts", "twice.wav.json")["combinedRecognizedPhrases"]
    assert events_host.announce(events_host.event("cloud_event", "twice.wav"))
    assert events_host.take() == []


@pytest.mark.parametrize("form", ["create_file", "sftp_create", "blob_deleted"])
def test_events_that_name_no_complete_file_are_done_with(events_host, spoken_clip, form):
    assert drop_and_announce(events_host, "unfinished.wav", spoken_clip.wav, form)
    assert events_host.take() == []
    assert any("event_ignored" in line for line in events_host.host.output)


def test_events_of_other_containers_and_of_files_that_are_gone_are_no_work(events_host):
    elsewhere = events_host.event("put_blob", "heron.wav", container="elsewhere")
    assert events_host.announce(elsewhere)
    assert events_host.announce(events_host.event("put_blob", "was never there.wav"))
    assert events_host.take() == []


@pytest.mark.parametrize("event", [{"said": "heron"}, "heron", [None]])
def test_a_message_that_is_no_event_fails_until_the_host_buries_it(events_host, event):
    n_failures = len(events_host.host.failures)
    assert [events_host.announce(event) for _ in range(MAX_DELIVERIES)] == [False] * MAX_DELIVERIES
    failures = events_host.host.failures[n_failures:]
    assert {failure["text"] for failure in failures} == {
        "InvocationFailed: The log line before this one names the error."
    }
    assert any("event_not_accepted" in line for line in events_host.host.output)
    assert events_host.take() == []


def test_events_the_log_names_no_file(events_host, spoken_clip):
    """Neither on standard error nor in what the worker sends to the host."""
    assert drop_and_announce(events_host, "heron.wav", spoken_clip.wav)
    assert events_host.deliver_all() == 1
    host = events_host.host
    log = "\n".join([*host.output, *host.logs, *map(str, host.failures)]).lower()
    assert "job_accepted" in log
    hidden = ["heron", "children", "garden", "twice", "p001", "audio-", events_host.account.id]
    assert [word for word in hidden if word in log] == []
