"""Buckets and queues in moto as infrastructure would make them, and what Lambda does with them."""

import json
import uuid
from contextlib import suppress

from http_events import event_json

from shared.storage.aws_session import aws_client

REGION = "eu-central-1"
INPUT, OUTPUT, JOBS = "sotto-in", "sotto-out", "sotto-jobs"
PREFIX = "dropped/"
MAX_DELIVERIES = 5


class Places:
    """Three buckets, a work queue with its dead letters, a queue of notifications.

    The buckets have the names of the events in the folder `events`.
    """

    def __init__(self, aws_url):
        self._url = aws_url
        self.s3 = aws_client("s3", region=REGION, endpoint_url=aws_url)
        self.sqs = aws_client("sqs", region=REGION, endpoint_url=aws_url)
        for bucket in (INPUT, OUTPUT, JOBS):
            with suppress(self.s3.exceptions.BucketAlreadyOwnedByYou):  # of another module's places
                self.s3.create_bucket(
                    Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
                )
        self.dead_letters = self._queue({})
        redrive = {"deadLetterTargetArn": self.arn(self.dead_letters)}
        redrive["maxReceiveCount"] = MAX_DELIVERIES
        self.work = self._queue({"RedrivePolicy": json.dumps(redrive)})
        self.notifications = self._queue({})

    def _queue(self, attributes):
        attributes["VisibilityTimeout"] = "1800"
        name = f"sotto-{uuid.uuid4().hex[:8]}"
        return self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def arn(self, queue):
        """Name of a queue for policies and notifications."""
        found = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        return found["Attributes"]["QueueArn"]

    @property
    def settings(self):
        """Environment of a function."""
        return {
            # Lambda sets both; boto3 reads the second.
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL_S3": self._url,
            "AWS_ENDPOINT_URL_SQS": self._url,
            "SOTTO_JOBS": f"s3://{JOBS}",
            "SOTTO_QUEUE": self.work,
            "SOTTO_DEAD_LETTERS": self.dead_letters,
            "SOTTO_DROP_FOLDERS": f"calls=s3://{INPUT}/{PREFIX}>s3://{OUTPUT}/texts",
        }

    def drop(self, key, data, **metadata):
        """Put audio into the bucket of the drop folder."""
        self.s3.put_object(Bucket=INPUT, Key=key, Body=data, Metadata=metadata)

    def keys(self, bucket, prefix=""):
        """Keys in a bucket, sorted."""
        listed = self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix)
        return [found["Key"] for found in listed.get("Contents", ())]

    def read(self, bucket, key):
        """Content of an object."""
        return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def json(self, bucket, key):
        """Content of an object in JSON."""
        return json.loads(self.read(bucket, key))

    def send(self, queue, body):
        """Send a message."""
        self.sqs.send_message(QueueUrl=queue, MessageBody=body)

    def n_waiting(self, queue):
        """Messages that may be handed out now."""
        return self._number(queue, "ApproximateNumberOfMessages")

    def n_hidden(self, queue):
        """Messages that were handed out and not deleted."""
        return self._number(queue, "ApproximateNumberOfMessagesNotVisible")

    def _number(self, queue, name):
        found = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[name])
        return int(found["Attributes"][name])

    def poll(self, queue, function, time_limit_s=60.0):
        """Do once what Lambda does for a queue; the function's answer, None without a message.

        Up to ten messages become one event, and those that it does not give back are deleted.
        """
        messages = self.received(queue)
        if not messages:
            return None
        event = {"Records": [sqs_record(message, self.arn(queue)) for message in messages]}
        answer = json.loads(function.api.invoke(event, time_limit_s))
        back = {item["itemIdentifier"] for item in answer["batchItemFailures"]}
        for message in messages:
            if message["MessageId"] not in back:
                self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return answer

    def empty(self, queue):
        """Delete what waits in a queue."""
        while messages := self.received(queue):
            for message in messages:
                self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

    def look(self, queue):
        """Up to ten messages, which wait as before."""
        seen = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return seen.get("Messages", [])

    def received(self, queue):
        """Up to ten messages, handed out."""
        received = self.sqs.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        )
        return received.get("Messages", [])


def sqs_record(message, arn):
    """Write a message of SQS as Lambda writes it into an event."""
    (record,) = event_json("sqs")["Records"]
    return record | {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": record["attributes"] | message["Attributes"],
        "md5OfBody": message["MD5OfBody"],
        "eventSourceARN": arn,
    }
