"""The roles of the Terraform module under an IAM that enforces them: enough, and nothing more.

With the policies of the roles every step of the work succeeds. Without one of the permissions,
action by action and resource by resource, a step fails. `iam_moto` says which rules moto enforces.
"""

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest
from aws_deployment import DONE, Deployment, Later, as_messages
from aws_terraform import ACCOUNT, FUNCTIONS, INPUT, JOBS, NAME, OUTPUT
from batch_api import DATED, wav
from botocore.exceptions import ClientError
from emulators import moto_server
from http_events import event_json

from functions.aws_lambda import work_handler
from shared.errors import SpeechError, StorageUnavailable
from shared.jobs import worker
from shared.storage.work_message import HookEvent, HookNotice, WorkKind, WorkMessage
from shared.web_hooks import store as web_hook_store
from shared.web_hooks.delivery import WebHookDelivery
from shared.web_hooks.hook import ApiAddress, HookStatus, WebHook

JOBS_PATH = "/speechtotext/transcriptions"
HOOKS_PATH = "/speechtotext/webhooks"


@pytest.fixture(scope="module")
def deployed():
    with moto_server(Path(__file__).with_name("iam_moto.py").resolve()) as url:
        yield Deployment(url)


@pytest.fixture(autouse=True)
def no_patience(monkeypatch):
    """A record that is missing stays missing here, and what is given back is back at once."""
    monkeypatch.setattr(worker, "_RECORD_PAUSES_S", ())
    monkeypatch.setattr(work_handler, "_PAUSES_S", (0,))
    monkeypatch.setattr(web_hook_store, "KNOWN_WITHIN_S", 0)


# --- Steps of the work: each raises where it does not succeed ---


def drop_takes_a_message(deployed):
    deployed.send("dropped", "{}")
    deployed.functions["drop"].poll(deployed.queues["dropped"])


def drop_accepts_a_file(deployed):
    event = deployed.accepted(f"{uuid.uuid4()}.wav")
    (record,) = event["Records"]
    job_id = json.loads(record["body"])["job"]
    assert deployed.keys(JOBS, f"jobs/{job_id}/") == [f"jobs/{job_id}/job.json"]


def drop_leaves_a_removed_file(deployed):
    """Its event may come when it is not there any more."""
    event = deployed.drop("removed.wav")
    deployed.s3.delete_object(Bucket=INPUT, Key="calls/removed.wav")
    assert deployed.functions["drop"].invoke(event) == DONE


def work_takes_a_message(deployed):
    deployed.send("work", "{}")
    deployed.functions["work"].poll(deployed.queues["work"])


def work_takes_a_notice(deployed):
    deployed.send("notices", "{}")
    deployed.functions["work"].poll(deployed.queues["notices"])


def work_transcribes_a_dropped_file(deployed):
    name = f"{uuid.uuid4()}.wav"
    assert deployed.functions["work"].invoke(deployed.accepted(name)) == DONE
    assert deployed.keys(OUTPUT) == [f"calls/{name}.json"]


def work_reports_a_removed_file(deployed):
    name = f"{uuid.uuid4()}.wav"
    event = deployed.accepted(name)
    deployed.s3.delete_object(Bucket=INPUT, Key=f"calls/{name}")
    assert deployed.functions["work"].invoke(event) == DONE


def work_replaces_a_failure(deployed):
    """No audio at first; then the file is written again, and the failure is gone."""
    work, name = deployed.functions["work"], f"{uuid.uuid4()}.wav"
    assert work.invoke(deployed.accepted(name, b"no audio")) == DONE
    assert deployed.keys(OUTPUT) == [f"calls/{name}.error.json"]
    assert work.invoke(deployed.accepted(name)) == DONE
    assert deployed.keys(OUTPUT) == [f"calls/{name}.json"]


def work_replaces_a_transcript(deployed):
    work, name = deployed.functions["work"], f"{uuid.uuid4()}.wav"
    assert work.invoke(deployed.accepted(name)) == DONE
    assert work.invoke(deployed.accepted(name, wav(2))) == DONE
    assert deployed.keys(OUTPUT) == [f"calls/{name}.json"]


def work_drops_a_deleted_job(deployed):
    """A message of a job that was deleted meanwhile: what an earlier attempt wrote goes."""
    job_id = created_job(deployed)
    event = deployed.taken("work")
    assert deployed.functions["http"].http().delete(address(job_id), params=DATED).is_success
    assert deployed.functions["work"].invoke(event) == DONE
    assert deployed.keys(JOBS, f"jobs/{job_id}/") == []


def work_sends_a_message_for_each_file(deployed):
    job_id = created_job(deployed, n_files=12)
    assert deployed.functions["work"].invoke(deployed.taken("work")) == DONE
    files = {json.loads(record["body"])["file"] for record in deployed.taken("work")["Records"]}
    assert (files, len(job_id)) == (set(range(12)), 36)


def work_gives_a_message_back(deployed):
    """Its job is not written yet: it is visible at once, not when the queue's time is over."""
    unknown = WorkMessage(WorkKind.TRANSCRIBE, str(uuid.uuid4()), 0)
    assert is_given_back(deployed, "work", unknown)


def work_gives_a_notice_back(deployed):
    notice = HookNotice(str(uuid.uuid4()), HookEvent.PING, str(uuid.uuid4()))
    message = WorkMessage(WorkKind.WEB_HOOK, notice.hook_id, notice=notice)
    with mock.patch.object(WebHookDelivery, "deliver", side_effect=StorageUnavailable("busy")):
        assert is_given_back(deployed, "notices", message)


def work_notifies_of_the_end_of_a_job(deployed):
    created_hook(deployed, HookEvent.TRANSCRIPTION_COMPLETION)
    created_job(deployed)
    assert deployed.functions["work"].invoke(deployed.taken("work", n_times=5)) == DONE
    assert deployed.n_waiting("notices") == 1


def work_puts_a_foreign_message_to_the_dead_letters(deployed):
    assert deployed.functions["work"].invoke(as_messages("not ours")) == DONE
    assert deployed.n_waiting("dead") == 1


def purge_removes_what_has_expired(deployed):
    work_transcribes_a_dropped_file(deployed)
    answer = deployed.functions["purge"].invoke(event_json("scheduler"), Later)
    assert (answer["n_outputs"], answer["n_failures"], answer["is_complete"]) == (1, 0, True)
    assert deployed.keys(OUTPUT) == []
    assert deployed.keys(JOBS, "jobs/") == []


def purge_reports_a_dead_letter(deployed):
    name = f"{uuid.uuid4()}.wav"
    (record,) = deployed.accepted(name)["Records"]
    deployed.send("dead", record["body"])
    answer = deployed.functions["purge"].invoke(event_json("schedule"))
    assert answer["n_dead_letters"] == 1
    assert deployed.n_waiting("dead") == 0
    assert deployed.keys(OUTPUT) == [f"calls/{name}.error.json"]


def purge_notifies_of_the_deletion_of_a_job(deployed):
    created_hook(deployed, HookEvent.TRANSCRIPTION_DELETION)
    created_job(deployed)
    assert deployed.functions["work"].invoke(deployed.taken("work", n_times=5)) == DONE
    answer = deployed.functions["purge"].invoke(event_json("schedule"), Later)
    assert (answer["n_jobs"], answer["n_failures"]) == (1, 0)
    assert deployed.n_waiting("notices") == 1


def http_creates_and_deletes_a_job(deployed):
    http, job_id = deployed.functions["http"].http(), created_job(deployed)
    listed = http.get(JOBS_PATH, params=DATED)
    assert listed.status_code == 200
    assert [job["status"] for job in listed.json()["values"]] == ["NotStarted"]
    assert http.delete(address(job_id), params=DATED).status_code == 204
    assert http.get(address(job_id), params=DATED).status_code == 404


def http_creates_a_web_hook(deployed):
    answer = (
        deployed.functions["http"]
        .http()
        .post(
            HOOKS_PATH,
            params=DATED,
            json={
                "displayName": "hook",
                "webUrl": "https://hook.example/cb",
                "events": {"transcriptionCompletion": True},
            },
        )
    )
    assert answer.status_code == 201
    assert deployed.n_waiting("notices") == 1


def http_reads_the_keys(deployed):
    secrets = deployed.functions["http"].secrets
    assert secrets.get_secret_value(SecretId=deployed.secret_arn)["SecretString"].startswith("k7")


SENDS = "sqs:SendMessage"
TAKES = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")

# For every permission a step that needs it: (function, action, resource).
NEEDED_BY = {
    ("http", "s3:ListBucket", "jobs"): http_creates_and_deletes_a_job,
    ("http", "s3:GetObject", "jobs/*"): http_creates_and_deletes_a_job,
    ("http", "s3:PutObject", "jobs/*"): http_creates_and_deletes_a_job,
    ("http", "s3:DeleteObject", "jobs/*"): http_creates_and_deletes_a_job,
    ("http", SENDS, "work"): http_creates_and_deletes_a_job,
    ("http", SENDS, "work-notices"): http_creates_a_web_hook,
    ("http", "secretsmanager:GetSecretValue", "keys"): http_reads_the_keys,
    ("drop", "s3:ListBucket", "input"): drop_leaves_a_removed_file,
    ("drop", "s3:ListBucket", "jobs"): drop_accepts_a_file,
    ("drop", "s3:GetObject", "input/calls/*"): drop_accepts_a_file,
    ("drop", "s3:GetObject", "jobs/*"): drop_accepts_a_file,
    ("drop", "s3:PutObject", "jobs/*"): drop_accepts_a_file,
    ("drop", SENDS, "work"): drop_accepts_a_file,
    **{("drop", action, "dropped"): drop_takes_a_message for action in TAKES},
    ("work", "s3:ListBucket", "input"): work_reports_a_removed_file,
    ("work", "s3:ListBucket", "output"): work_transcribes_a_dropped_file,
    ("work", "s3:ListBucket", "jobs"): work_transcribes_a_dropped_file,
    ("work", "s3:GetObject", "input/calls/*"): work_transcribes_a_dropped_file,
    ("work", "s3:GetObject", "output/calls/*"): work_replaces_a_transcript,
    ("work", "s3:PutObject", "output/calls/*"): work_transcribes_a_dropped_file,
    ("work", "s3:DeleteObject", "output/calls/*"): work_replaces_a_failure,
    ("work", "s3:GetObject", "jobs/*"): work_transcribes_a_dropped_file,
    ("work", "s3:PutObject", "jobs/*"): work_transcribes_a_dropped_file,
    ("work", "s3:DeleteObject", "jobs/*"): work_drops_a_deleted_job,
    **{("work", action, "work"): work_takes_a_message for action in TAKES},
    ("work", "sqs:ChangeMessageVisibility", "work"): work_gives_a_message_back,
    ("work", SENDS, "work"): work_sends_a_message_for_each_file,
    **{("work", action, "work-notices"): work_takes_a_notice for action in TAKES},
    ("work", "sqs:ChangeMessageVisibility", "work-notices"): work_gives_a_notice_back,
    ("work", SENDS, "work-notices"): work_notifies_of_the_end_of_a_job,
    ("work", SENDS, "dead"): work_puts_a_foreign_message_to_the_dead_letters,
    ("purge", "s3:ListBucket", "output"): purge_reports_a_dead_letter,
    ("purge", "s3:ListBucket", "jobs"): purge_removes_what_has_expired,
    ("purge", "s3:GetObject", "output/calls/*"): purge_removes_what_has_expired,
    ("purge", "s3:PutObject", "output/calls/*"): purge_reports_a_dead_letter,
    ("purge", "s3:DeleteObject", "output/calls/*"): purge_removes_what_has_expired,
    ("purge", "s3:GetObject", "jobs/*"): purge_removes_what_has_expired,
    ("purge", "s3:PutObject", "jobs/*"): purge_reports_a_dead_letter,
    ("purge", "s3:DeleteObject", "jobs/*"): purge_removes_what_has_expired,
    ("purge", "sqs:ReceiveMessage", "dead"): purge_reports_a_dead_letter,
    ("purge", "sqs:DeleteMessage", "dead"): purge_reports_a_dead_letter,
    ("purge", SENDS, "work-notices"): purge_notifies_of_the_deletion_of_a_job,
}


def address(job_id):
    return f"{JOBS_PATH}/{job_id}"


def created_job(deployed, n_files=1):
    """Create a job over REST; its id."""
    answer = (
        deployed.functions["http"]
        .http()
        .post(
            f"{JOBS_PATH}:submit",
            params=DATED,
            json={
                "displayName": "calls",
                "locale": "en-US",
                "contentUrls": [f"http://127.0.0.1:9/{n}.wav" for n in range(n_files)],
                "properties": {"timeToLiveHours": 6},
            },
        )
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["self"].partition("?")[0].rpartition("/")[2]


def created_hook(deployed, event):
    """Write a web hook that has answered its challenge and is subscribed to an event."""
    now = datetime.now(UTC)
    hook = WebHook(
        id=str(uuid.uuid4()),
        created_at=now,
        last_action_at=now,
        web_url="https://hook.example/cb",
        events=(event,),
        api=ApiAddress("https://speech.example/speechtotext", "2024-11-15"),
        challenge_id=str(uuid.uuid4()),
        status=HookStatus.SUCCEEDED,
    )
    deployed.s3.put_object(Bucket=JOBS, Key=f"hooks/{hook.id}/hook.json", Body=hook.to_json())


def is_given_back(deployed, queue, message):
    """Whether a message that the function fails at is visible again, as Lambda hands it out."""
    deployed.send(queue, message.to_json().decode())
    (received,) = deployed.received(queue)
    (record,) = as_messages(received["Body"])["Records"]
    record |= {"receiptHandle": received["ReceiptHandle"]}
    answer = deployed.functions["work"].invoke({"Records": [record]})
    assert len(answer["batchItemFailures"]) == 1
    return deployed.n_waiting(queue) == 1


# --- Every permission ---


def succeeds(deployed, step):
    """Whether a step of the work succeeds, on empty buckets and queues."""
    deployed.clear()
    try:
        step(deployed)
    except (AssertionError, ClientError, SpeechError):
        return False
    return True


@pytest.mark.parametrize("step", dict.fromkeys(NEEDED_BY.values()), ids=lambda s: s.__name__)
def test_with_the_permissions_of_the_module_the_work_succeeds(deployed, step):
    deployed.clear()
    step(deployed)


@pytest.mark.parametrize(("function", "action", "resource"), NEEDED_BY, ids=str)
def test_without_one_permission_the_work_fails(deployed, function, action, resource):
    reduced = without(deployed.abilities(function), action, resource)
    with deployed.with_abilities(function, reduced):
        assert not succeeds(deployed, NEEDED_BY[function, action, resource])


def test_the_table_above_has_every_permission_of_the_module(deployed):
    permissions = [
        (function, action, short(resource))
        for function in FUNCTIONS
        for statement in deployed.abilities(function)["Statement"]
        for action in statement["Action"]
        for resource in statement["Resource"]
    ]
    assert sorted(permissions) == sorted(NEEDED_BY)


def short(resource):
    """Name of a resource without account and deployment: `jobs/*`, `work-notices`."""
    name = resource.rpartition(":")[2].removeprefix(f"{NAME}-").replace(f"-{ACCOUNT}", "")
    return "keys" if ":secret:" in resource else name


def without(document, action, resource):
    """Leave out of a policy one action on one resource."""
    return document | {
        "Statement": [
            {"Effect": "Allow", "Action": [one], "Resource": [place]}
            for statement in document["Statement"]
            for one in statement["Action"]
            for place in statement["Resource"]
            if (one, short(place)) != (action, resource)
        ]
    }


# --- And nothing more ---


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("operation", ["put_object", "delete_object"])
def test_no_function_may_write_or_delete_where_audio_is_dropped(deployed, function, operation):
    deployed.s3.put_object(Bucket=INPUT, Key="calls/kept.wav", Body=b"audio")
    call = getattr(deployed.functions[function].s3, operation)
    assert refusal(call, Bucket=INPUT, Key="calls/kept.wav") == "AccessDenied"


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("bucket", [INPUT, OUTPUT])
def test_no_function_may_read_outside_of_the_drop_folders(deployed, function, bucket):
    deployed.s3.put_object(Bucket=bucket, Key="elsewhere/a.wav", Body=b"audio")
    read = deployed.functions[function].s3.get_object
    assert refusal(read, Bucket=bucket, Key="elsewhere/a.wav") == "AccessDenied"


@pytest.mark.parametrize(
    ("function", "bucket", "operation"),
    [
        ("http", INPUT, "get_object"),
        ("http", OUTPUT, "get_object"),
        ("drop", OUTPUT, "get_object"),
        ("drop", JOBS, "delete_object"),
        ("purge", INPUT, "get_object"),
    ],
)
def test_a_function_may_not_do_the_work_of_another(deployed, function, bucket, operation):
    deployed.s3.put_object(Bucket=bucket, Key="calls/a", Body=b"a")
    call = getattr(deployed.functions[function].s3, operation)
    assert refusal(call, Bucket=bucket, Key="calls/a") == "AccessDenied"


@pytest.mark.parametrize("function", ["drop", "work", "purge"])
def test_only_http_may_read_the_keys(deployed, function):
    read = deployed.functions[function].secrets.get_secret_value
    assert refusal(read, SecretId=deployed.secret_arn) == "403"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_may_take_messages_that_are_kept_for_a_person(deployed, function):
    deployed.clear()
    take = deployed.functions[function].sqs.receive_message
    code = refusal(take, QueueUrl=deployed.queues["dropped-dead"])
    assert code in {"403", "AccessDenied"}


def refusal(call, **parameters):
    """Code of the error that a call is answered with."""
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    return refused.value.response["Error"]["Code"]
