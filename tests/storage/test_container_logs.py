"""Libraries of storage log and quote addresses, names and headers. Nothing of it gets out."""

import logging
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from containers import azure_address, azure_container, s3_bucket, s3_client

from shared.errors import AlreadyExists, BlobNotFound, StorageError
from shared.storage.folder import FolderContainer
from shared.storage.s3 import S3Container

PROJECT = Path(__file__).resolve().parent.parent.parent
NAME, METADATA, CONTENT = "canary-name.wav", "canary-metadata", b"canary-content"


@pytest.fixture(params=["azure", "s3", "folder"])
def secrets_and_container(request, tmp_path):
    """Return a container, and the secrets that no log may have beside the canaries."""
    if request.param == "azure":
        address = azure_address(request.getfixturevalue("azure_storage"))
        signature = address.partition("sig=")[2].partition("&")[0]
        return (signature, address.partition("?")[0]), azure_container(address)
    if request.param == "s3":
        client = s3_client(request.getfixturevalue("aws_url"))
        bucket = s3_bucket(client)
        return (bucket, "Signature="), S3Container(client, bucket)
    return (str(tmp_path),), FolderContainer(tmp_path)


@pytest.fixture
def logged():
    """All lines of all loggers, at all levels."""
    records = []

    class Listener(logging.Handler):
        def emit(self, record):
            records.append(f"{record.name} {record.getMessage()} {record.exc_text}")

    root, listener = logging.getLogger(), Listener(logging.DEBUG)
    level = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    yield records
    root.setLevel(level)
    root.removeHandler(listener)


def use_all_of_it(container):
    """Call every method, with success and without; the errors."""
    container.create(NAME, CONTENT, {"k": METADATA})
    etag = container.put(NAME, CONTENT, {"k": METADATA})
    container.replace(NAME, CONTENT + b"2", etag)
    container.read(NAME, 100)
    container.properties(NAME)
    list(container.list())
    errors = []
    for fail in (
        lambda: container.create(NAME, CONTENT, {"k": METADATA}),
        lambda: container.replace(NAME, CONTENT, "stale", {"k": METADATA}),
        lambda: container.delete(NAME, "stale"),
        lambda: container.read(NAME, 1),
        lambda: container.read(f"no/{NAME}", 1),
        lambda: container.open(f"no/{NAME}"),
        lambda: container.properties(f"no/{NAME}"),
        lambda: container.create(f"{NAME}/..", CONTENT),
        lambda: container.create("a", CONTENT, {"k": f"{METADATA}\ud800"}),
        lambda: container.create("a", CONTENT, {"canary-metadata": "v"}),
        lambda: container.create("a", CONTENT, {"k": METADATA * 200}),
    ):
        with pytest.raises(StorageError) as caught:
            fail()
        errors.append(caught.value)
    container.delete(NAME)
    return errors


def chain(error):
    """Give an error and all that it was raised from, suppressed or not."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def test_no_log_line_describes_a_blob(secrets_and_container, logged):
    _, container = secrets_and_container
    use_all_of_it(container)
    assert [line for line in logged if not line.startswith("asyncio")] == []


def test_no_error_describes_a_blob(secrets_and_container):
    """Neither its message nor any error behind it, which a tracing tool might collect."""
    secrets, container = secrets_and_container
    for error in use_all_of_it(container):
        described = "".join(f"{link!r} {link.__dict__}" for link in chain(error))
        for secret in (*secrets, NAME, METADATA, CONTENT.decode()):
            assert secret not in described


def test_no_library_stands_behind_an_error(secrets_and_container):
    _, container = secrets_and_container
    for error in use_all_of_it(container):
        for link in chain(error):
            assert type(link).__module__ == "shared.errors", type(link)


def test_a_printed_traceback_quotes_no_address(azure_storage):
    address = azure_address(azure_storage).replace("sig=", "sig=x")
    with pytest.raises(StorageError) as caught:
        azure_container(address).properties("a")
    printed = "".join(traceback.format_exception(caught.value))
    assert "sig=" not in printed
    assert "devstoreaccount1" not in printed


def test_a_span_of_a_tracer_is_not_made(azure_storage):
    """It would carry the blob's address to the trace collector."""
    from azure.core.settings import settings  # noqa: PLC0415

    azure_container(azure_address(azure_storage))
    assert settings.tracing_enabled() is False


def test_errors_of_the_contract_are_storage_errors():
    assert issubclass(AlreadyExists, StorageError)
    assert issubclass(BlobNotFound, StorageError)


def test_a_folder_needs_no_sdk(tmp_path):
    """Azure's and AWS's take a third of a second each: only their users pay for them."""
    script = (
        "import sys\n"
        "from shared.storage.addresses import open_container\n"
        "container = open_container(sys.argv[1])\n"
        "container.create('a', b'x')\n"
        "print(*(name for name in ('azure', 'boto3', 'botocore', 'requests', 'urllib3') "
        "if name in sys.modules))\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
