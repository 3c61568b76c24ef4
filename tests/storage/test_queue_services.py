"""Wire form, dead letters and silence of the queues of Azure and AWS."""

import base64
import json
import logging
import socket

import pytest
from azure.storage.queue import QueueClient
from queues import JOB, REGION, closing, new_name, piece, sqs_client, sqs_queue

from shared.errors import (
    AccessDenied,
    ConfigurationError,
    MalformedMessage,
    StorageUnavailable,
)
from shared.storage.azure_account import azure_credential
from shared.storage.azure_queue import (
    AzureStore,
    open_azure_queue_by_connection,
    open_azure_queue_by_identity,
)
from shared.storage.sqs import open_sqs_queue
from shared.storage.work_queue import DeadLetter, Lane

LONG_S, PATIENCE_S = 60, 20
WIRE_FORM = {"v": 1, "kind": "transcribe", "job": JOB, "file": 0, "attempt": 1}


@pytest.fixture(autouse=True)
def region(monkeypatch):
    """Return the address of the queues of an emulator."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)


@pytest.fixture
def azure(azure_storage):
    """Open a new queue, and two clients of ours that see it as the Functions host does."""
    name, account = new_name(), azure_storage.connection_string
    with (
        closing(open_azure_queue_by_connection(account, name, 1)) as queue,
        QueueClient.from_connection_string(account, name) as client,
        QueueClient.from_connection_string(account, f"{name}-poison") as poison,
    ):
        yield queue, client, poison


@pytest.fixture
def closed_port():
    """Find a port of loopback without a listener."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_azure_messages_are_base64_as_the_queue_trigger_expects(azure):
    queue, client, _poison = azure
    queue.send(piece())
    assert json.loads(base64.b64decode(client.receive_message().content)) == WIRE_FORM


def test_azure_messages_do_not_expire_on_their_own(azure):
    queue, client, _poison = azure
    queue.send(piece())
    assert client.receive_message().expires_on.year == 9999


def test_a_message_that_the_functions_host_gave_up_is_read_from_the_poison_queue(azure):
    queue, _client, poison = azure
    poison.send_message(base64.b64encode(piece(5).to_json()).decode())
    assert list(queue.dead_letters()) == [DeadLetter(piece(5))]


def test_dead_letters_lie_where_the_functions_host_puts_its_own(azure):
    queue, _client, poison = azure
    queue.send(piece())
    queue.release(queue.lease(LONG_S))
    assert queue.lease(LONG_S) is None
    assert json.loads(base64.b64decode(poison.receive_message().content)) == WIRE_FORM


@pytest.mark.parametrize("text", ["hello ü", "ab", "x" * 60_000])
def test_an_azure_message_that_is_no_base64_is_dead_lettered_and_blocks_no_other(azure, text):
    queue, client, _poison = azure
    client.send_message(text)
    with pytest.raises(MalformedMessage):
        queue.lease(LONG_S)
    (letter,) = queue.dead_letters()
    assert letter.message is None
    assert client.receive_message() is None


def test_preparing_an_azure_queue_twice_changes_nothing(azure):
    queue, _client, _poison = azure
    queue.send(piece())
    queue.prepare()
    assert queue.lease(LONG_S).message == piece()


def test_a_connection_string_that_is_none_is_a_matter_of_configuration():
    with pytest.raises(ConfigurationError) as failure:
        open_azure_queue_by_connection("secret", "work")
    assert "secret" not in str(failure.value)


def test_an_identity_is_not_requested_before_the_first_call():
    queue = open_azure_queue_by_identity("https://account.queue.core.windows.net", "work")
    queue.close()
    assert azure_credential() is azure_credential()


def test_sqs_messages_are_the_json_itself(aws_url):
    with closing(sqs_queue(aws_url, 5)) as queue:
        queue.send(piece())
        client = sqs_client(aws_url)
        answer = client.receive_message(QueueUrl=queue._lanes[Lane.FILES]._url)
        client.close()
    assert json.loads(answer["Messages"][0]["Body"]) == WIRE_FORM


def test_a_redrive_policy_may_move_the_dead_letters(aws_url):
    """As deployed for Lambda: SQS moves the message itself, to the same place."""
    with closing(sqs_queue(aws_url, 1, redrive=True)) as queue:
        queue.send(piece())
        queue.release(queue.lease(LONG_S))
        assert queue.lease(LONG_S) is None
        assert list(queue.dead_letters()) == [DeadLetter(piece())]


def test_an_address_that_is_no_queues_is_refused():
    with pytest.raises(ConfigurationError, match="must be a URL such as"):
        open_sqs_queue("https://sqs.eu-west-1.amazonaws.com", "arn:aws:sqs:x:1:dead")


def test_the_region_of_sqs_is_in_its_address(monkeypatch):
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    queue = open_sqs_queue(*["https://sqs.eu-central-1.amazonaws.com/123456789012/work"] * 2)
    client = queue._lanes[Lane.FILES]._client
    assert client.meta.region_name == "eu-central-1"
    assert client.meta.endpoint_url == "https://sqs.eu-central-1.amazonaws.com"
    queue.close()


def test_an_address_without_a_region_needs_one_from_the_environment(monkeypatch):
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigurationError, match="AWS_DEFAULT_REGION"):
        open_sqs_queue(*["http://127.0.0.1:1/123456789012/work"] * 2)


def test_sqs_without_credentials_is_an_access_denied(monkeypatch, aws_url):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    queue = open_sqs_queue(*[f"{aws_url}/123456789012/work"] * 2)
    with pytest.raises(AccessDenied):
        queue.send(piece())
    queue.close()


def test_a_wrong_key_of_an_azure_account_is_an_access_denied(azure_storage):
    wrong = base64.b64encode(bytes(64)).decode()
    parts = azure_storage.connection_string.split(";")
    replaced = ";".join(f"AccountKey={wrong}" if p.startswith("AccountKey") else p for p in parts)
    queue = open_azure_queue_by_connection(replaced, "work")
    with pytest.raises(AccessDenied):
        queue.send(piece())
    queue.close()


def test_an_unreachable_account_says_neither_address_nor_key(closed_port, caplog):
    """Logged neither, with the library's logging wide open."""
    caplog.set_level(logging.DEBUG)
    store = AzureStore(
        QueueClient(
            f"http://127.0.0.1:{closed_port}/account",
            "work",
            "c2VjcmV0LWtleQ==",
            retry_total=0,
            connection_timeout=1,
        )
    )
    with pytest.raises(StorageUnavailable) as failure:
        store.put(b"body", 0)
    assert str(failure.value) == "The storage account cannot be reached."
    assert failure.value.__context__ is None
    assert "account" not in caplog.text
    store.close()


def test_an_unreachable_sqs_says_neither_address_nor_message(closed_port, caplog, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "secret")
    caplog.set_level(logging.DEBUG)
    queue = open_sqs_queue(*[f"http://127.0.0.1:{closed_port}/123456789012/work"] * 2)
    with pytest.raises(StorageUnavailable) as failure:
        queue.send(piece())
    assert str(failure.value) == "The queue cannot be reached."
    assert failure.value.__context__ is None
    assert "123456789012" not in caplog.text
    queue.close()
