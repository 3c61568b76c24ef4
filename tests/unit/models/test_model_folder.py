import json
import os

import pytest

from shared.errors import ModelCorrupt, ModelMissing
from shared.models.catalogue import find_model
from shared.models.folder import (
    FileState,
    check_folder,
    check_model,
    is_verified,
    locate_model,
    named_model,
    read_manifest,
    required_models,
    write_manifest,
)
from shared.settings import Settings


@pytest.fixture
def demo(tmp_path, in_parts, whisper):
    """Put the files of `demo` in their place below `tmp_path`; return their folder."""
    folder = tmp_path / in_parts.folder_name
    folder.mkdir()
    for name, content in whisper.items():
        (folder / name).write_bytes(content)
    return folder


def _record(folder, model):
    write_manifest(folder, {file.name: file.sha256 for file in model.files}, "a test")


def test_a_model_is_found_by_name(demo, tmp_path):
    assert locate_model("demo", tmp_path) == demo


def test_a_model_is_found_by_alias(tmp_path, whisper):
    folder = tmp_path / "large-v3-turbo"
    folder.mkdir()
    for name, content in whisper.items():
        (folder / name).write_bytes(content)
    assert locate_model("turbo", tmp_path) == folder


@pytest.mark.parametrize("vocabulary", ["vocabulary.txt", "vocabulary.json"])
def test_a_user_s_folder_serves_as_a_model(tmp_path, whisper, vocabulary):
    """Either vocabulary will do: large-v3 has JSON."""
    whisper[vocabulary] = whisper.pop("vocabulary.txt")
    for name, content in whisper.items():
        (tmp_path / name).write_bytes(content)
    assert locate_model(str(tmp_path), tmp_path / "models") == tmp_path


def test_a_missing_model_names_the_command_that_fetches_it(tmp_path):
    with pytest.raises(ModelMissing) as raised:
        locate_model("base", tmp_path)
    assert str(raised.value) == (
        f"Model base is not in {tmp_path / 'base'} (config.json, model.bin, tokenizer.json, "
        "vocabulary.txt missing). Fetch it: `sotto models fetch base` "
        "(`make models` fetches what the settings ask for)."
    )
    assert "sotto models fetch base" in raised.value.remedy
    assert str(tmp_path) not in raised.value.remedy


def test_an_unknown_name_tells_where_names_are_listed(tmp_path):
    with pytest.raises(ModelMissing, match=r"No model is called 'huge'.*models list"):
        locate_model("huge", tmp_path)


def test_a_folder_that_does_not_exist_is_missing(tmp_path):
    with pytest.raises(ModelMissing, match=r"lacks config\.json"):
        locate_model(str(tmp_path / "absent"), tmp_path)


def test_a_truncated_file_is_corrupt(demo, tmp_path):
    """Seen without a hash, at every start."""
    (demo / "model.bin").write_bytes(b"short")
    with pytest.raises(ModelCorrupt, match=r"demo/model\.bin does not have the 1048576 bytes"):
        locate_model("demo", tmp_path)


def test_a_catalogue_name_wins_over_a_folder_of_that_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base").mkdir()
    assert named_model("base") is find_model("base")


def test_a_folder_wins_over_a_hub_repository_of_that_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "owner" / "name").mkdir(parents=True)
    assert named_model("owner/name") is None
    assert named_model("owner/other").sources[0].repository == "owner/other"


def test_the_default_settings_need_base_voice_activity_diarization_and_pronunciation():
    needed = ("base", "silero-vad")
    assert required_models(Settings()) == (*needed, "diarization", "pronunciation")
    assert required_models(Settings(diarization=False)) == (*needed, "pronunciation")
    assert required_models(Settings(diarization=False, pronunciation=False)) == needed


def test_a_file_that_changed_is_no_longer_verified(demo, in_parts):
    _record(demo, in_parts)
    assert is_verified(in_parts, demo)
    os.utime(demo / "model.bin", ns=(0, 1))
    assert not is_verified(in_parts, demo)


@pytest.mark.parametrize(
    "manifest", [None, b"", b"{}", b"[]", b'{"files": 3}', b'{"files": {"model.bin": {"size": 1}}}']
)
def test_a_manifest_that_cannot_be_read_verifies_nothing(demo, in_parts, manifest):
    if manifest is not None:
        (demo / "verified.json").write_bytes(manifest)
    assert read_manifest(demo) == {}
    assert not is_verified(in_parts, demo)


def test_a_manifest_with_another_hash_than_the_catalogue_s_verifies_nothing(demo, in_parts):
    """The catalogue moved on to other weights of the same name."""
    _record(demo, in_parts)
    manifest = json.loads((demo / "verified.json").read_text())
    manifest["files"]["model.bin"]["sha256"] = "0" * 64
    (demo / "verified.json").write_text(json.dumps(manifest))
    assert not is_verified(in_parts, demo)


def test_a_check_tells_good_corrupt_and_missing_files_apart(demo, in_parts, whisper):
    (demo / "model.bin").write_bytes(bytes(len(whisper["model.bin"])))
    (demo / "config.json").unlink()
    assert check_model(in_parts, demo) == {
        "config.json": FileState.MISSING,
        "model.bin": FileState.CORRUPT,
        "tokenizer.json": FileState.GOOD,
        "vocabulary.txt": FileState.GOOD,
    }


def test_a_user_s_folder_has_no_hashes_to_compare_with(demo):
    assert set(check_folder(demo).values()) == {FileState.UNKNOWN}
