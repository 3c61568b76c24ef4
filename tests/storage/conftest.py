"""The emulators, started once, and containers of all kinds."""

import pytest
from containers import azure_address, azure_container, s3_bucket, s3_client

from shared.storage.folder import FolderContainer
from shared.storage.s3 import S3Container


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
