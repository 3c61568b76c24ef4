"""The four functions in one process, each with the role that the Terraform module gives it.

Buckets, queues, the secret and the roles are in moto, under the names of the module. The handlers
are the real ones, on clients with the credentials of their role; only what is recognised is
scripted, and Lambda's part, taking messages from a queue, is played with the role's credentials.
"""

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from http.client import HTTPConnection
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import aws_terraform
from aws_terraform import INPUT, JOBS, OUTPUT, REGION
from batch_api import HELLO, wav
from fastapi.testclient import TestClient
from http_events import event_json

from functions.api.app import create_app
from functions.aws_lambda import purge_handler
from functions.aws_lambda.batch_setup import open_function_batch
from functions.aws_lambda.configuration import function_settings
from functions.aws_lambda.drop_handler import DropHandler, bucket_folders
from functions.aws_lambda.purge_handler import PurgeHandler
from functions.aws_lambda.work_handler import WorkHandler
from shared.jobs.batch_services import BatchServices
from shared.jobs.worker import JobWorker
from shared.settings import Settings
from shared.storage.aws_session import aws_client
from shared.transcription.scripted_transcriber import ScriptedTranscriber

KEY = "k7-of-the-first-client"
_MODEL_FOLDER = {"SOTTO_MODEL_FOLDER": "/opt/sotto/models"}  # the image says where


class Invocation:
    """Context of an invocation with a quarter of an hour left."""

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Milliseconds until it is ended."""
        return 900_000


class Later:
    """A clock that is forty days ahead: every time to live is over."""

    @staticmethod
    def now(tz: tzinfo) -> datetime:
        """Return the time in forty days."""
        return datetime.now(tz) + timedelta(days=40)


@dataclass
class Function:
    """A function: its role, clients with the role's credentials, its handler."""

    name: str
    environment: dict[str, str]
    settings: Settings
    batch: BatchServices
    transcriber: ScriptedTranscriber = field(default_factory=lambda: ScriptedTranscriber([HELLO]))

    def __post_init__(self) -> None:
        with mock.patch.dict(os.environ, self.environment):
            self.s3 = aws_client("s3", region=REGION)
            self.sqs = aws_client("sqs", region=REGION)
            self.secrets = aws_client("secretsmanager", region=REGION)

    def http(self) -> TestClient:
        """Client of the API, with a key."""
        app = create_app(self.settings, self.transcriber, self.batch)
        return TestClient(app, headers={"Ocp-Apim-Subscription-Key": KEY})

    def invoke(self, event: Any, now: Any = datetime) -> dict[str, Any]:
        """Call the handler; `now` is the clock of a purge."""
        work = JobWorker(self.batch, self.transcriber)
        if self.name == "drop":
            folders = bucket_folders(self.settings, self.batch)
            return DropHandler(self.batch, folders)(event, Invocation())
        if self.name == "work":
            handler = WorkHandler(work, self.batch.queue, self.transcriber.load)
            return handler(event, Invocation())
        with mock.patch.object(purge_handler, "datetime", now):
            return PurgeHandler(self.batch, work)(event, Invocation())

    def poll(self, queue_url: str) -> None:
        """Do what Lambda does with the role: look at a queue, take a message, delete it."""
        self.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
        answer = self.sqs.receive_message(QueueUrl=queue_url)
        (message,) = answer["Messages"]
        self.sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])


class Deployment:
    """Resources of the module, as far as moto has them. `admin` is a caller with all rights."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.module = aws_terraform.computed(queue_host=url)
        self.iam = self._client("iam", {})
        self.admin = self._administrator()
        self.s3 = self._client("s3", self.admin)
        self.sqs = self._client("sqs", self.admin)
        self.queues: dict[str, str] = {
            name: queue["url"] for name, queue in self.module.local["queues"].items()
        }
        self._make()
        roles = {name: self._role(name) for name in aws_terraform.FUNCTIONS}
        self._enforce()
        self.iam = self._client("iam", self.admin)
        self.functions = {name: self._function(name, roles[name]) for name in roles}

    def _client(self, service: str, credentials: dict[str, str]) -> Any:
        access = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"} | credentials
        with mock.patch.dict(os.environ, access):
            return aws_client(service, region=REGION, endpoint_url=self._url)

    def _administrator(self) -> dict[str, str]:
        self.iam.create_user(UserName="administrator")
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        self.iam.put_user_policy(
            UserName="administrator",
            PolicyName="everything",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
        )
        key = self.iam.create_access_key(UserName="administrator")["AccessKey"]
        return {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }

    def _make(self) -> None:
        for bucket in (INPUT, OUTPUT, JOBS):
            self.s3.create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
            )
        self._make_queues()
        secrets = self._client("secretsmanager", self.admin)
        made = secrets.create_secret(Name=f"{aws_terraform.NAME}-keys", SecretString=KEY)
        self.secret_arn = made["ARN"]

    def _make_queues(self) -> None:
        for url in self.queues.values():
            name = url.rpartition("/")[2]
            self.sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "5400"})

    def _role(self, function: str) -> dict[str, str]:
        """Make the role of a function with its two policies; credentials of it."""
        name = f"{aws_terraform.NAME}-{function}"
        trust = aws_terraform.policy("assumed_by_lambda", self.module)
        role = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        self._put(name, "abilities", self.abilities(function))
        self._put(name, "platform", aws_terraform.policy("platform", self.module, function))
        assumed = self._client("sts", {}).assume_role(
            RoleArn=role["Role"]["Arn"], RoleSessionName=function
        )["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": assumed["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": assumed["SecretAccessKey"],
            "AWS_SESSION_TOKEN": assumed["SessionToken"],
        }

    def abilities(self, function: str) -> dict[str, Any]:
        """Policy with the abilities of a function; the secret's real name is in it."""
        found = aws_terraform.policy(function, self.module)
        text = json.dumps(found)
        for resource in {r for s in found["Statement"] for r in s["Resource"] if ":secret:" in r}:
            text = text.replace(resource, self.secret_arn)
        abilities: dict[str, Any] = json.loads(text)
        return abilities

    @contextmanager
    def with_abilities(self, function: str, policy: dict[str, Any]) -> Iterator[None]:
        """Give a function's role another policy during the block."""
        name = f"{aws_terraform.NAME}-{function}"
        self._put(name, "abilities", policy)
        try:
            yield
        finally:
            self._put(name, "abilities", self.abilities(function))

    def _put(self, role: str, name: str, policy: dict[str, Any]) -> None:
        self.iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy))

    def _enforce(self) -> None:
        """From here on every request needs a signature and a permission."""
        moto = HTTPConnection(urlsplit(self._url).netloc)
        moto.request("POST", "/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"})
        assert moto.getresponse().status == 200
        moto.close()

    def _function(self, name: str, credentials: dict[str, str]) -> Function:
        """Open a function with the settings of the module."""
        environment = {
            **self.module.local["environments"][name],
            **_MODEL_FOLDER,
            **credentials,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self._url,
            "AWS_ENDPOINT_URL_S3": self._url,
            "SOTTO_ALLOWED_NETWORKS": "127.0.0.0/8",  # of addresses that nothing listens on
        }
        environment = {key: value for key, value in environment.items() if value}
        if name == "http":  # the secret is read in a test of its own
            del environment["SOTTO_KEYS_SECRET"]
            environment["SOTTO_KEYS"] = KEY
        with mock.patch.dict(os.environ, environment):
            settings = function_settings(environment)
            batch = open_function_batch(settings)
        return Function(name, environment, settings, batch)

    # Calls of the tests beside the functions

    def drop(self, name: str, audio: bytes | None = None, **metadata: str) -> dict[str, Any]:
        """Drop a file; the event that S3 sends."""
        key = f"calls/{name}"
        data = wav() if audio is None else audio
        self.s3.put_object(Bucket=INPUT, Key=key, Body=data, Metadata=metadata)
        event = event_json("s3_object_created")
        event["Records"][0]["s3"]["bucket"]["name"] = INPUT
        event["Records"][0]["s3"]["object"]["key"] = key
        return as_messages(json.dumps(event))

    def accepted(self, name: str, audio: bytes | None = None, **metadata: str) -> dict[str, Any]:
        """Drop a file and accept it; the event with its message of the work queue."""
        assert self.functions["drop"].invoke(self.drop(name, audio, **metadata)) == DONE
        return self.taken("work")

    def taken(self, queue: str, n_times: int = 1) -> dict[str, Any]:
        """Take all messages out of a queue; an event with them, received so many times."""
        bodies = []
        while messages := self.received(queue):
            for message in messages:
                bodies.append(message["Body"])
                self.sqs.delete_message(
                    QueueUrl=self.queues[queue], ReceiptHandle=message["ReceiptHandle"]
                )
        return as_messages(*bodies, n_times=n_times)

    def received(self, queue: str) -> list[dict[str, Any]]:
        """Up to ten messages, handed out."""
        answer = self.sqs.receive_message(QueueUrl=self.queues[queue], MaxNumberOfMessages=10)
        found: list[dict[str, Any]] = answer.get("Messages", [])
        return found

    def send(self, queue: str, body: str) -> None:
        """Send a message."""
        self.sqs.send_message(QueueUrl=self.queues[queue], MessageBody=body)

    def n_waiting(self, queue: str) -> int:
        """Messages that are in a queue, visible or after their delay."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
        found = self.sqs.get_queue_attributes(QueueUrl=self.queues[queue], AttributeNames=names)
        return sum(int(found["Attributes"][name]) for name in names)

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        """Keys in a bucket, sorted."""
        listed = self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix)
        return [found["Key"] for found in listed.get("Contents", ())]

    def clear(self) -> None:
        """Empty buckets and queues."""
        for bucket in (INPUT, OUTPUT, JOBS):
            for key in self.keys(bucket):
                self.s3.delete_object(Bucket=bucket, Key=key)
        for url in self.queues.values():  # purging one takes a minute
            self.sqs.delete_queue(QueueUrl=url)
        self._make_queues()


DONE: dict[str, Any] = {"batchItemFailures": []}
"""Answer to an event whose messages are all done with."""


def as_messages(*bodies: str, n_times: int = 1) -> dict[str, Any]:
    """Write an event of SQS as Lambda sends it; `n_times` its messages were received."""
    (record,) = event_json("sqs")["Records"]
    record["attributes"]["ApproximateReceiveCount"] = str(n_times)
    return {"Records": [record | {"messageId": str(uuid.uuid4()), "body": body} for body in bodies]}
