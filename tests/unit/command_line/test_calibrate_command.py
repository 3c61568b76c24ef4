"""`sotto models calibrate`, with transcribers from a script."""

import wave

import numpy as np
import pytest

from functions.command_line.main import main
from shared.transcript import Alternative, Phrase
from shared.transcription import local_transcriber
from shared.transcription.scripted_transcriber import ScriptedTranscriber


def phrase(text, offset_s=0.0):
    return Phrase(0, "en-US", offset_s, 1.0, (Alternative(0.9, text, text, text, text),))


@pytest.fixture
def folder(tmp_path):
    """Folder with a file of audio and a text."""
    with wave.open(str(tmp_path / "call.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", "not compressed"))
        file.writeframes(np.zeros(16_000, np.int16).tobytes())
    (tmp_path / "notes.txt").write_text("no audio")
    return tmp_path


@pytest.fixture
def heard(monkeypatch):
    """Texts that each context hears; a context that is not there hears what the full one does."""
    texts = {}

    def transcriber(settings):
        said = texts.get(settings.context, texts["full"])
        return ScriptedTranscriber([phrase(text) for text in said])

    monkeypatch.setattr(local_transcriber, "LocalTranscriber", transcriber)
    return texts


def test_a_margin_that_mishears_is_measured_and_not_chosen(folder, heard, capsys):
    heard["full"] = ["ten words are in this line and so it goes"] * 60
    heard["3"] = ["ten birds are in this line and so it goes"] * 60
    assert main(["models", "calibrate", "base", "--audio", str(folder)]) == 0
    said = capsys.readouterr()
    rows = [line.split()[:2] for line in said.out.splitlines()[3:8]]
    assert rows == [
        ["full", "0.00%"],
        ["3", "10.00%"],
        ["5", "0.00%"],
        ["8", "0.00%"],
        ["12", "0.00%"],
    ]
    assert "\nSet SOTTO_CONTEXT=" in said.out
    assert "SOTTO_CONTEXT=3" not in said.out
    assert "of 600 words" in said.out


def test_no_text_is_printed(folder, heard, capsys):
    heard["full"] = ["the password is swordfish"]
    heard["3"] = ["the password is sword fish"]
    main(["models", "calibrate", "base", "--audio", str(folder)])
    said = capsys.readouterr()
    assert "sword" not in said.out + said.err


def test_few_words_ask_for_more_audio(folder, heard, capsys):
    heard["full"] = ["three words only"]
    assert main(["models", "calibrate", "base", "--audio", str(folder)]) == 0
    assert "Set SOTTO_CONTEXT=full, or give more audio." in capsys.readouterr().out


def test_a_file_that_is_no_audio_is_named_and_left_out(folder, heard, capsys):
    heard["full"] = ["three words only"]
    main(["models", "calibrate", "base", "--audio", str(folder)])
    said = capsys.readouterr()
    assert said.err == f"{folder / 'notes.txt'}: no audio, left out\n"
    assert said.out.startswith("base: 1 file of audio")


@pytest.mark.parametrize(
    ("name", "message"),
    [("empty", "has no audio that can be read."), ("absent", "is no folder.")],
)
def test_a_folder_without_audio_is_an_error(tmp_path, capsys, name, message):
    (tmp_path / "empty").mkdir()
    assert main(["models", "calibrate", "base", "--audio", str(tmp_path / name)]) == 1
    assert capsys.readouterr().err == f"sotto: {tmp_path / name} {message}\n"


def test_a_model_that_is_missing_is_an_error(folder, monkeypatch, capsys):
    monkeypatch.setenv("SOTTO_MODEL_FOLDER", str(folder))
    assert main(["models", "calibrate", "base", "--audio", str(folder)]) == 1
    assert "models fetch base" in capsys.readouterr().err


def test_audio_is_required(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["models", "calibrate", "base"])
    assert ended.value.code == 2
    assert "--audio" in capsys.readouterr().err


def test_an_unknown_locale_is_an_error(folder, heard, capsys):
    heard["full"] = ["three words only"]
    arguments = ["models", "calibrate", "base", "--audio", str(folder), "--locale", "xx-XX"]
    assert main(arguments) == 1
    assert "xx-XX" in capsys.readouterr().err
