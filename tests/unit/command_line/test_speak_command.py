"""`sotto speak`, with a voice that is silence."""

import io
import wave

import pytest

from functions.command_line.main import main
from shared.synthesis import installed
from shared.synthesis.installed import Voices
from shared.synthesis.synthesizer import ScriptedSynthesizer
from shared.synthesis.voice_catalogue import ESPEAK, Voice


@pytest.fixture
def voice():
    return ScriptedSynthesizer()


@pytest.fixture
def speaks(monkeypatch, voice, tmp_path):
    """Replace the voices of the command: one English one, and the names of those not here."""
    monkeypatch.setenv("SOTTO_MODEL_FOLDER", str(tmp_path / "no models"))

    def replace(*missing, engine="scripted"):
        english = Voice(
            name="Ada", locale="en-GB", gender="Female", engine=engine, speaker="ada",
            sample_rate=24_000,
        )  # fmt: skip
        voices = Voices((english,), {engine: voice}, missing)
        monkeypatch.setattr(installed, "find_voices", lambda _settings: voices)

    replace()
    return replace


def seconds_of(data):
    """Duration of a WAV."""
    with wave.open(io.BytesIO(data)) as reader:
        return reader.getnframes() / reader.getframerate()


@pytest.mark.usefixtures("speaks")
def test_a_text_is_spoken_into_a_file(voice, tmp_path, capsys):
    path = tmp_path / "new" / "hello.wav"
    assert main(["speak", "Hello there.", "-o", str(path)]) == 0
    assert [(one.text, one.language) for one, _ in voice.requests] == [("Hello there.", "en-GB")]
    assert seconds_of(path.read_bytes()) == pytest.approx(12 * 0.05 + 0.2)
    assert [one.name for one in path.parent.iterdir()] == ["hello.wav"]
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


@pytest.mark.usefixtures("speaks")
@pytest.mark.parametrize(
    ("name", "start"),
    [("a.flac", b"fLaC"), ("a.opus", b"OggS"), ("a.OGG", b"OggS"), ("a.mp3", b"\xff"),
     ("a.aac", b"\xff"), ("a.pcm", b"\0\0")],
)  # fmt: skip
def test_the_ending_names_the_format(name, start, tmp_path):
    assert main(["speak", "Hello.", "-o", str(tmp_path / name)]) == 0
    assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.usefixtures("speaks")
def test_text_comes_from_standard_input_and_audio_goes_to_standard_output(
    monkeypatch, voice, capsysbinary
):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"Good morning.\n")))
    assert main(["speak", "-", "-o", "-"]) == 0
    assert seconds_of(capsysbinary.readouterr().out) == pytest.approx(13 * 0.05 + 0.2)
    assert voice.requests[0][0].text == "Good morning."


@pytest.mark.usefixtures("speaks")
def test_voice_and_language_are_chosen(voice, tmp_path):
    path = str(tmp_path / "a.wav")
    assert main(["speak", "Hi.", "--voice", "ada", "--language", "en-US", "-o", path]) == 0
    assert [(one.language, speaker) for one, speaker in voice.requests] == [("en-US", "ada")]


@pytest.mark.parametrize("option", [["--voice", "af_heart"], ["--language", "ja-JP"]])
def test_a_voice_that_is_not_fetched_is_refused_with_the_command(option, speaks, tmp_path, capsys):
    speaks("kokoro")
    assert main(["speak", "Hi.", *option, "-o", str(tmp_path / "a.wav")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("sotto: ")
    assert "`sotto models fetch kokoro`" in said
    assert list(tmp_path.iterdir()) == []


def test_the_voice_of_last_resort_is_named_as_such(speaks, tmp_path, capsys):
    speaks("kokoro", engine=ESPEAK)
    assert main(["speak", "Hi.", "-o", str(tmp_path / "a.wav")]) == 0
    assert "A better voice is not here. Fetch it: `sotto models fetch kokoro`" in (
        capsys.readouterr().err
    )


@pytest.mark.usefixtures("speaks")
def test_speech_that_reaches_the_limit_is_said_to_end(tmp_path, capsys):
    text = "a" * 12_001  # of 50 ms each
    assert main(["speak", text, "-o", str(tmp_path / "a.wav")]) == 1
    assert seconds_of((tmp_path / "a.wav").read_bytes()) == pytest.approx(600)
    assert capsys.readouterr().err == "sotto: The speech ends after 600 s, the limit.\n"


@pytest.mark.usefixtures("speaks")
@pytest.mark.parametrize(("text", "message"), [(b" \n", "no text"), (b"\xff", "UTF-8")])
def test_standard_input_without_a_text_is_refused(text, message, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert main(["speak", "-", "-o", str(tmp_path / "a.wav")]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["Hi."], ["Hi.", "-o", "a.doc"], ["-o", "a.wav"]])
def test_wrong_usage_is_status_2(arguments, voice):
    with pytest.raises(SystemExit) as ended:
        main(["speak", *arguments])
    assert ended.value.code == 2
    assert voice.requests == []
