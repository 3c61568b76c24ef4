"""`sotto models remove`."""

import pytest

from functions.command_line.main import main


@pytest.fixture
def models(tmp_path, monkeypatch):
    """Folder with two models; the settings use one of them."""
    for name in ("base", "tiny.en"):
        (tmp_path / name / "int8-1").mkdir(parents=True)
        (tmp_path / name / "int8-1" / "model.bin").write_bytes(bytes(2_000_000))
    monkeypatch.setenv("SOTTO_MODEL_FOLDER", str(tmp_path))
    return tmp_path


def test_a_model_is_deleted_and_the_freed_space_is_said(models, capsys):
    assert main(["models", "remove", "tiny.en", "--yes"]) == 0
    assert not (models / "tiny.en").exists()
    assert (models / "base").exists()
    assert capsys.readouterr().out == "tiny.en: deleted\n2 MB freed\n"


def test_a_model_that_the_settings_use_is_kept_unless_forced(models, capsys):
    assert main(["models", "remove", "tiny.en", "base", "--yes"]) == 1
    assert "base is used by these settings" in capsys.readouterr().err
    assert (models / "tiny.en").exists()
    assert main(["models", "remove", "base", "--yes", "--force"]) == 0
    assert not (models / "base").exists()


@pytest.mark.parametrize(("said", "is_there"), [("n", True), ("", True), ("y", False)])
def test_a_person_is_asked(models, monkeypatch, said, is_there):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _question: said)
    assert main(["models", "remove", "tiny.en"]) == 0
    assert (models / "tiny.en").exists() is is_there


def test_without_a_terminal_the_answer_is_an_option(models, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert main(["models", "remove", "tiny.en"]) == 1
    assert "--yes" in capsys.readouterr().err
    assert (models / "tiny.en").exists()


def test_a_folder_of_the_users_own_is_never_deleted(models, tmp_path, capsys):
    assert main(["models", "remove", str(models / "tiny.en"), "--yes"]) == 1
    assert "only fetched models are deleted" in capsys.readouterr().err
    assert (tmp_path / "tiny.en").exists()


def test_a_model_that_is_not_fetched_is_said(models, capsys):
    assert main(["models", "remove", "large-v3", "--yes"]) == 1
    assert f"Model large-v3 is not in {models}" in capsys.readouterr().err
