"""`sotto translate`, with a translator that names its target."""

import io

import pytest

from functions.command_line.main import main
from shared.translation import installed
from shared.translation.chain import TranslatorChain
from shared.translation.detection import DetectedLanguage
from shared.translation.translator import ScriptedTranslator


@pytest.fixture(autouse=True)
def translator(monkeypatch):
    """Translator of the command, from German to Spanish; German is detected where letters are."""

    def detect(texts, _likely):
        return [DetectedLanguage("de", float(any(map(str.isalpha, text)))) for text in texts]

    scripted = ScriptedTranslator([("de", "es")])
    chain = TranslatorChain([scripted], detect)
    monkeypatch.setattr(installed, "translator_chain", lambda _settings: chain)
    return scripted


def test_a_text_is_translated_from_a_language_to_another(capsys):
    assert main(["translate", "--from", "de-DE", "--to", "es", "Guten Tag."]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("es: Guten Tag.\n", "")


def test_the_language_is_detected(translator, capsys):
    assert main(["translate", "--to", "es", "Guten Tag."]) == 0
    assert capsys.readouterr().out == "es: Guten Tag.\n"
    assert translator.requests == [(("Guten Tag.",), "de", "es")]


def test_each_line_of_standard_input_is_translated_by_itself(monkeypatch, capsys):
    text = "\ufeffEins.\r\n\r\nZwei: ä.\n".encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert main(["translate", "--to", "es", "-"]) == 0
    assert capsys.readouterr().out == "es: Eins.\n\nes: Zwei: ä.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "fr", "Guten Tag."], "translates from German to French. Install the Apertium"),
        (["--to", "qq", "Guten Tag."], "The language qq is not supported"),
        (["--to", "es", "12"], "The language of the text was not detected. Name it with --from."),
        (["--to", "es", " "], "There is no text."),
    ],
)
def test_a_failure_is_one_line(arguments, message, capsys):
    assert main(["translate", *arguments]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert said.err.count("\n") == 1


def test_a_target_is_needed(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["translate", "Guten Tag."])
    assert ended.value.code == 2
    assert "--to" in capsys.readouterr().err
