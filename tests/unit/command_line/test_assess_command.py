"""`sotto assess`, with a transcriber from a script."""

import io
import json
import wave

import numpy as np
import pytest
from assessed_speech import HELLO, HELLO_ASSESSMENT, HELLO_RESULT

from functions.command_line import assess
from functions.command_line.main import main
from shared.assessment import AssessmentOptions, GradingSystem, PhonemeAlphabet
from shared.errors import InvalidReferenceText, ModelMissing, UnsupportedLocale
from shared.transcription import local_transcriber
from shared.transcription.scripted_transcriber import ScriptedTranscriber


def wav(seconds=1.0):
    """Bytes of a file of silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, 16_000, 0, "NONE", "not compressed"))
        writer.writeframes(np.zeros(int(16_000 * seconds), np.int16).tobytes())
    return file.getvalue()


@pytest.fixture
def audio(tmp_path):
    """Path of a recording."""
    path = tmp_path / "hello.wav"
    path.write_bytes(wav())
    return str(path)


@pytest.fixture
def scripted(monkeypatch):
    """Replace the transcriber of the command; the default one hears and assesses `hello`."""

    def replace(results=(HELLO,), assessment=HELLO_ASSESSMENT):
        transcriber = ScriptedTranscriber(results, assessment=assessment)
        monkeypatch.setattr(local_transcriber, "LocalTranscriber", lambda _settings: transcriber)
        return transcriber

    return replace


@pytest.fixture(autouse=True)
def hello(scripted):
    """Transcriber that hears and assesses `hello`."""
    return scripted()


def test_people_see_scores_words_and_phonemes(audio, capsys):
    assert main(["assess", audio, "--reference", "Hello."]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == [
        "Pronunciation  90.8  ####################################....",
        "Accuracy       92.0  #####################################...",
        "Fluency       100.0  ########################################",
        "Completeness  100.0  ########################################",
        "Prosody        87.0  ###################################.....",
    ]
    assert lines[6].split() == ["WORD", "SCORE", "ERROR", "SECONDS", "PHONEMES"]
    assert lines[7].split()[:3] == ["hello", "92", "0.75-2.13"]
    assert "h 98 (h 100, k 23)" in lines[7]


def test_all_scores_are_requested_and_miscues_too(hello, audio):
    main(["assess", audio, "--reference", "Hello.", "--candidates", "3"])
    assert hello.requested_assessments == [
        (
            AssessmentOptions(
                reference_text="Hello.",
                grading_system=GradingSystem.HUNDRED_MARK,
                alphabet=PhonemeAlphabet.IPA,
                is_comprehensive=True,
                miscue=True,
                prosody=True,
                n_best_phonemes=3,
            ),
            "en-US",
        )
    ]


def test_options_change_the_request(hello, audio):
    main(["assess", audio, "--no-miscue", "--no-prosody", "--alphabet", "sapi", "--scale", "5",
          "--locale", "en-GB"])  # fmt: skip
    ((options, locale),) = hello.requested_assessments
    assert locale == "en-GB"
    assert (options.miscue, options.prosody) == (False, False)
    assert options.alphabet is PhonemeAlphabet.SAPI
    assert options.grading_system is GradingSystem.FIVE_POINT


def test_scores_of_five_points_have_one_decimal(audio, capsys):
    main(["assess", audio, "--scale", "5"])
    said = capsys.readouterr().out
    assert "Accuracy        4.6  " in said
    assert "h 4.9 (h 5.0" in said


def test_an_unscripted_assessment_has_no_completeness(hello, audio, capsys):
    assert main(["assess", audio]) == 0
    assert "Completeness" not in capsys.readouterr().out
    assert hello.requested_assessments[0][0].reference_text == ""


def test_json_is_the_result_of_real_time_as_one_document(audio, capsys):
    assert main(["assess", audio, "--candidates", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == HELLO_RESULT


def test_a_reference_is_read_from_a_file(hello, audio, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("\ufeffThe café is open.\n", encoding="utf-8")
    assert main(["assess", audio, "--reference-file", str(text)]) == 0
    assert hello.requested_assessments[0][0].reference_text == "The café is open.\n"


def test_a_file_that_is_no_text_is_named_and_not_quoted(audio, tmp_path, capsys):
    text = tmp_path / "text.txt"
    text.write_bytes("naïve secret".encode("latin-1"))
    assert main(["assess", audio, "--reference-file", str(text)]) == 1
    assert capsys.readouterr().err == f"sotto: {text} is no text in UTF-8.\n"


def test_audio_may_come_from_standard_input(hello, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(wav())))
    assert main(["assess", "-"]) == 0
    assert "hello" in capsys.readouterr().out
    ((seconds, _, _),) = hello.assessed
    assert seconds == 1.0


@pytest.mark.parametrize(
    ("given", "coloured"),
    [((), False), (("--colour", "never"), False), (("--colour", "always"), True)],
)
def test_colours_are_for_terminals_or_on_request(audio, capsys, given, coloured):
    main(["assess", audio, *given])
    assert ("\x1b[32m" in capsys.readouterr().out) is coloured


def test_no_color_leaves_a_terminal_without_colours(audio, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    main(["assess", audio])
    assert "\x1b[32m" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    main(["assess", audio])
    assert "\x1b" not in capsys.readouterr().out


def test_silence_is_an_error(scripted, audio, capsys):
    scripted(results=())
    assert main(["assess", audio, "--json"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "sotto: No speech was found.\n")


def test_longer_audio_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(assess, "MAX_AUDIO_S", 2)
    path = tmp_path / "long.wav"
    path.write_bytes(wav(3.0))
    assert main(["assess", str(path)]) == 1
    assert capsys.readouterr().err == "sotto: The audio lasts more than 2 s.\n"


@pytest.mark.parametrize(
    "error",
    [
        InvalidReferenceText("The reference text has no word."),
        UnsupportedLocale("Pronunciation is assessed in English only."),
        ModelMissing("Fetch it: `sotto models fetch pronunciation`."),
    ],
)
def test_an_error_is_one_line(scripted, audio, capsys, error):
    scripted(assessment=error)
    assert main(["assess", audio, "--reference", "..."]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"sotto: {error}\n")


def test_a_blank_reference_is_not_taken_for_none(audio, capsys):
    assert main(["assess", audio, "--reference", "  "]) == 1
    assert capsys.readouterr().err == "sotto: The reference text has no word.\n"


def test_a_file_that_is_no_audio_is_an_error(tmp_path, capsys):
    path = tmp_path / "notes.txt"
    path.write_text("no audio at all, only notes")
    assert main(["assess", str(path)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("sotto: ")
    assert said.count("\n") == 1


def test_a_file_that_is_not_there_is_named(tmp_path, capsys):
    assert main(["assess", str(tmp_path / "absent.wav")]) == 1
    assert "absent.wav" in capsys.readouterr().err


@pytest.mark.parametrize("n", ["-1", "many"])
def test_a_number_of_candidates_is_a_whole_number(audio, capsys, n):
    with pytest.raises(SystemExit) as ended:
        main(["assess", audio, "--candidates", n])
    assert ended.value.code == 2
    assert "--candidates" in capsys.readouterr().err
