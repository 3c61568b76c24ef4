"""`sotto speak` and `sotto translate` with eSpeak NG and Apertium, and what was spoken, read."""

import pytest

from functions.command_line.main import main

SENTENCE = "The children are playing in the garden behind the house."


@pytest.fixture(autouse=True)
def environment(model_folder, monkeypatch):
    """The fetched models, eSpeak NG's voices, Apertium's pairs."""
    monkeypatch.setenv("SOTTO_MODEL_FOLDER", str(model_folder))
    monkeypatch.setenv("SOTTO_VOICES", "espeak-ng")
    monkeypatch.setenv("SOTTO_TRANSLATORS", "apertium")


@pytest.mark.parametrize("name", ["sentence.wav", "sentence.mp3"])
def test_a_sentence_that_is_spoken_is_read_again(name, tmp_path, capsys):
    path = tmp_path / name
    assert main(["speak", SENTENCE, "-o", str(path)]) == 0
    assert main(["transcribe", str(path), "--language", "en-US", "--stdout"]) == 0
    assert capsys.readouterr().out == f"{SENTENCE}\n"
    assert [one.name for one in tmp_path.iterdir()] == [name]


@pytest.mark.usefixtures("apertium")
def test_a_text_is_translated_and_so_are_subtitles(spoken_clip, tmp_path, capsys):
    assert main(["translate", "--to", "es", "The house is big."]) == 0
    assert capsys.readouterr().out == "La casa es grande.\n"
    (tmp_path / "talk.wav").write_bytes(spoken_clip.wav)
    arguments = ["--format", "srt", "--language", "en-US", "--translate", "es"]
    assert main(["transcribe", str(tmp_path), *arguments]) == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "talk.es.srt",
        "talk.srt",
        "talk.wav",
    ]
    assert "la casa" in (tmp_path / "talk.es.srt").read_text()


@pytest.mark.usefixtures("apertium")
def test_a_pair_without_a_translator_is_refused_with_the_set_up(capsys):
    assert main(["translate", "--from", "en", "--to", "ja", "The house is big."]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "Install the Apertium package of the pair" in said.err
