import re

import pytest

from shared.models.catalogue import CATALOGUE, HubSource, PackageSource, find_model


@pytest.mark.parametrize("model", CATALOGUE, ids=lambda model: model.name)
def test_every_entry_is_complete(model):
    """Hashes have 64 digits, packages provide every file, and the sizes add up."""
    assert model.sources
    for file in model.files:
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
    for source in model.sources:
        if isinstance(source, PackageSource):
            assert source.parts.keys() == {file.name for file in model.files}
    if model.files:
        assert model.size_bytes == sum(file.size_bytes for file in model.files)


def test_names_and_aliases_are_unique():
    names = [name for model in CATALOGUE for name in (model.name, *model.aliases)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "repository"),
    [
        ("large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo"),
        ("turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo"),
        ("large", "Systran/faster-whisper-large-v3"),
        ("distil-large-v3", "Systran/faster-distil-whisper-large-v3"),
        ("owner/whisper-small-ct2", "owner/whisper-small-ct2"),
    ],
)
def test_a_name_leads_to_its_repository(name, repository):
    assert find_model(name).sources == (HubSource(repository),)


@pytest.mark.parametrize("name", ["huge", "", "a/b/c", "../base", "owner/", "-owner/name"])
def test_a_text_that_is_no_name_means_nothing(name):
    assert find_model(name) is None


def test_base_prefers_the_package_to_the_hub():
    """A machine without a hub starts without waiting for one."""
    assert [type(source) for source in find_model("base").sources] == [PackageSource, HubSource]
