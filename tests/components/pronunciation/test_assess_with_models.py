"""`sotto assess` with the real models, on a sentence of a synthetic voice."""

import pytest

from functions.command_line.main import main


@pytest.fixture
def recording(pronunciation_folder, spoken_clip, tmp_path, monkeypatch):
    """Path of the sentence."""
    monkeypatch.setenv("SOTTO_MODEL_FOLDER", str(pronunciation_folder.parent))
    path = tmp_path / "sentence.wav"
    path.write_bytes(spoken_clip.wav)
    return str(path)


def test_a_word_that_was_not_spoken_is_named(recording, capsys):
    reference = "The children are playing in the garden behind the big red house."
    assert main(["assess", recording, "--reference", reference]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    left_out = [words[0] for words in lines if "Omission" in words]
    assert left_out == ["big", "red"]


def test_another_language_is_one_line(recording, capsys):
    assert main(["assess", recording, "--locale", "de-DE"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "sotto: Pronunciation is assessed in English only, such as en-US, not in de-DE.\n"
    )
