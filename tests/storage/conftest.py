"""The emulators, started once, and containers of all kinds."""

import pytest
from containers import azure_address, azure_container, s3_bucket, s3_client
from emulators import azurite, moto_server

from shared.storage.folder import FolderContainer
from shared.storage.s3 import S3Container


@pytest.fixture(scope="session")
def azure_storage():
    """Azurite, in memory."""
    with azurite() as running:
        yield running


@pytest.fixture(scope="session")
def aws_url():
    """Moto's address. Credentials come from the environment, as a role's do."""
    with pytest.MonkeyPatch.context() as patch, moto_server() as url:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("AWS_CONFIG_FILE", "/nonexistent")
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        yield url


@pytest.fixture(params=["azure", "s3", "folder"])
def container(request, tmp_path):
    """Give a new, empty container of each kind."""
    if request.param == "azure":
        return azure_container(azure_address(request.getfixturevalue("azure_storage")))
    if request.param == "s3":
        client = s3_client(request.getfixturevalue("aws_url"))
        return S3Container(client, s3_bucket(client), "part of it/")
    folder = tmp_path / "calls"
    folder.mkdir()
    return FolderContainer(folder)
