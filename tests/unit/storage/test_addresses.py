"""Containers that addresses name, and invalid addresses."""

import pytest

from shared.errors import AddressRefused, ConfigurationError
from shared.storage.addresses import StorageAccess, open_client_container, open_container
from shared.storage.azure_blob import AzureBlobContainer
from shared.storage.folder import FolderContainer
from shared.storage.s3 import S3Container

SIGNED = "?sv=2025-11-05&sp=rl&sig=c2VjcmV0c2lnbmF0dXJl"
EMULATOR = StorageAccess(emulator_hosts=("127.0.0.1:10000",))


@pytest.fixture(autouse=True)
def aws_environment(monkeypatch):
    """Set credentials that no account has."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@pytest.mark.parametrize(
    "address",
    [
        f"https://calls.blob.core.windows.net/inbox{SIGNED}",
        f"https://calls.blob.core.windows.net/inbox/{SIGNED}",
        f"https://Calls.Blob.core.windows.net/inbox{SIGNED}",
        f"https://calls.z12.blob.storage.azure.net/inbox{SIGNED}",
        f"https://calls.privatelink.blob.core.windows.net/inbox{SIGNED}",
        f"https://calls.blob.core.usgovcloudapi.net/$web{SIGNED}",
        f"https://calls.blob.core.chinacloudapi.cn/a-b{SIGNED}",
    ],
)
def test_a_signed_address_is_azures(address):
    assert isinstance(open_container(address), AzureBlobContainer)
    assert isinstance(open_client_container(address), AzureBlobContainer)


def test_a_signature_is_not_sent_along_with_a_token():
    container = open_container(f"https://calls.blob.core.windows.net/inbox{SIGNED}")
    assert container._client.credential is None


def test_without_a_signature_the_identity_is_used():
    address = "https://calls.blob.core.windows.net/inbox"
    container = open_container(address, StorageAccess(azure_client_id="17"))
    assert container._client.url == address
    assert type(container._client.credential).__name__ == "DefaultAzureCredential"


@pytest.mark.parametrize(
    "address",
    [
        "https://calls.blob.core.windows.net.evil.example/inbox",
        "https://evil.example/calls.blob.core.windows.net/inbox",
        "https://evil.example/inbox",
        "https://user@calls.blob.core.windows.net/inbox",
        "https://calls.blob.core.windows.net:8443/inbox",
        "https://calls.blob.core.windows.net@evil.example/inbox",
        "https://evil.example#.blob.core.windows.net/inbox",
        "https://evil.example\\.blob.core.windows.net/inbox",
        "https://169.254.169.254/inbox",
        "https://[::1]/inbox",
        "https://[broken/inbox",
        "http://calls.blob.core.windows.net/inbox",
        "https://calls.blob.core.windows.net/",
        "https://calls.blob.core.windows.net/inbox/deeper",
        "https://calls.blob.core.windows.net/inbox#part",
        "https://calls.blob.core.windows.net/INBOX",
        "https://calls.queue.core.windows.net/inbox",
        "http://127.0.0.1:10000/devstoreaccount1/inbox",
    ],
)
def test_neither_token_nor_signature_goes_to_another_host(address):
    with pytest.raises(ConfigurationError):
        open_container(address)
    with pytest.raises(AddressRefused):
        open_client_container(address + SIGNED)


@pytest.mark.parametrize(
    "address",
    [
        "https://calls.blob.core.windows.net/inbox",
        "https://calls.blob.core.windows.net/inbox?sv=1",
        "https://calls.blob.core.windows.net/inbox?sig=",
        "s3://bucket",
        "azure:calls",
        "/etc",
        "file:///etc",
        "",
    ],
)
def test_a_caller_cannot_use_the_operators_addresses(address):
    """Its identity, roles, folders and connection strings."""
    access = StorageAccess(azure_connection_string="AccountName=a;AccountKey=aw==")
    with pytest.raises(AddressRefused):
        open_client_container(address, access)


def test_the_emulator_is_reached_where_it_is_named():
    address = f"http://127.0.0.1:10000/devstoreaccount1/calls{SIGNED}"
    container = open_container(address, EMULATOR)
    assert isinstance(container, AzureBlobContainer)
    assert isinstance(open_client_container(address, EMULATOR), AzureBlobContainer)
    assert container._client.container_name == "calls"


def test_a_token_is_not_sent_to_the_emulator():
    with pytest.raises(ConfigurationError):
        open_container("http://127.0.0.1:10000/devstoreaccount1/calls", EMULATOR)


def test_an_invalid_connection_string_stops_the_start_and_is_not_quoted():
    access = StorageAccess(azure_connection_string="c2VjcmV0")
    with pytest.raises(ConfigurationError, match="must name an account") as refused:
        open_container("azure:calls", access)
    assert "c2VjcmV0" not in str(refused.value)


def test_a_connection_string_opens_containers_by_name():
    key = "c2VjcmV0"
    access = StorageAccess(
        azure_connection_string=f"AccountName=calls;AccountKey={key};EndpointSuffix=core.windows.net"
    )
    container = open_container("azure:inbox", access)
    assert container._client.url == "https://calls.blob.core.windows.net/inbox"
    assert key not in repr(access)


@pytest.mark.parametrize(
    ("address", "bucket", "prefix"),
    [
        ("s3://calls", "calls", ""),
        ("s3://calls/", "calls", ""),
        ("s3://calls.of.monday/inbox", "calls.of.monday", "inbox/"),
        ("s3://calls/inbox/deep er/", "calls", "inbox/deep er/"),
    ],
)
def test_an_s3_address_is_a_bucket_and_a_prefix(address, bucket, prefix):
    container = open_container(address, StorageAccess(s3_region="eu-west-1"))
    assert isinstance(container, S3Container)
    assert (container._bucket, container._prefix) == (bucket, prefix)


def test_a_path_is_a_folder(tmp_path):
    container = open_container(str(tmp_path))
    assert isinstance(container, FolderContainer)
    assert container._root == tmp_path


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ftp://host/inbox",
        "s3://",
        "s3://UPPER",
        "s3://calls?x=1",
        "azure:inbox",
        "file://host/inbox",
        "\0",
    ],
)
def test_an_address_without_a_container_stops_the_start(address):
    with pytest.raises(ConfigurationError):
        open_container(address)


@pytest.mark.parametrize("opening", [open_container, open_client_container])
def test_an_error_quotes_no_address(opening):
    with pytest.raises((ConfigurationError, AddressRefused)) as caught:
        opening(f"https://secret.example/calls{SIGNED}")
    for link in (caught.value, caught.value.__context__, caught.value.__cause__):
        assert "secret" not in repr(link)
