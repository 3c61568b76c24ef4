"""`sotto transcribe`, with a transcriber from a script."""

import io
import json
import os
import wave
from dataclasses import replace

import numpy as np
import pytest

from functions.command_line import transcription_run
from functions.command_line.main import main
from shared.audio.format import UNKNOWN_FORMAT
from shared.diarization.speaker_range import SpeakerRange
from shared.errors import LanguageNotIdentified, ModelMissing
from shared.jobs.job import ResultFormat
from shared.text_forms.profanity import ProfanityMode
from shared.transcript import Alternative, Phrase, Word
from shared.transcription import local_transcriber
from shared.transcription.scripted_transcriber import ScriptedTranscriber
from shared.translation import installed
from shared.translation.chain import TranslatorChain
from shared.translation.translator import ScriptedTranslator

HELLO = Phrase(
    channel=0,
    locale="en-US",
    offset_s=0.5,
    duration_s=1.0,
    n_best=(Alternative(0.9, "hello", "hello", "hello", "Hello."),),
    words=(Word("hello", 0.5, 1.0, 0.9),),
    display_words=(Word("Hello.", 0.5, 1.0, 0.9),),
)
SUBTITLES = "1\n00:00:00,500 --> 00:00:01,500\nHello.\n"


def wav(seconds=2.0):
    """Bytes of a file of silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, 16_000, 0, "NONE", "not compressed"))
        writer.writeframes(np.zeros(int(16_000 * seconds), np.int16).tobytes())
    return file.getvalue()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Current folder, with two recordings and a broken file between them."""
    (tmp_path / "a.wav").write_bytes(wav())
    (tmp_path / "b.mp3").write_bytes(b"no audio at all")
    (tmp_path / "c.wav").write_bytes(wav())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def scripted(monkeypatch):
    """Replace the transcriber of the command; the default one hears `Hello.`."""

    def replace(results=(HELLO,)):
        transcriber = ScriptedTranscriber(results)
        monkeypatch.setattr(local_transcriber, "LocalTranscriber", lambda _settings: transcriber)
        return transcriber

    return replace


@pytest.fixture(autouse=True)
def hello(scripted):
    """Transcriber that hears `Hello.`."""
    return scripted()


@pytest.fixture
def spanish(monkeypatch):
    """Translators of the command: from English to Spanish and French."""
    chain = TranslatorChain([ScriptedTranslator([("en", "es"), ("en", "fr")])])
    monkeypatch.setattr(installed, "translator_chain", lambda _settings: chain)


def files_of(folder):
    """Names of all files of a folder."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_the_text_lies_beside_the_recording(folder, capsys):
    assert main(["transcribe", "a.wav"]) == 0
    assert (folder / "a.txt").read_text() == "Hello.\n"
    assert files_of(folder) == ["a.txt", "a.wav", "b.mp3", "c.wav"]
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[0] == "a.wav (2 s)"
    assert said.err.splitlines()[1].startswith("a.wav: 2 s in 0 s (")
    assert said.err.splitlines()[1].endswith("x real time), to a.txt")


def test_every_format_of_a_job_is_written(folder, capsys):
    formats = ",".join(ResultFormat)
    assert main(["transcribe", "a.wav", "--format", formats, "--speakers"]) == 0, (
        capsys.readouterr()
    )
    for one in ResultFormat:
        assert (folder / f"a.{one}").exists()
    assert (folder / "a.srt").read_text() == SUBTITLES
    assert json.loads((folder / "a.json").read_text())["phrases"][0]["words"] == [
        {"text": "Hello.", "offsetMilliseconds": 500, "durationMilliseconds": 1000}
    ]


def test_subtitles_follow_the_rules_of_the_options(scripted, folder):
    text = "One two three four five six seven eight."
    scripted([replace(HELLO, n_best=(Alternative(0.9, text, text, text, text),), display_words=())])
    rules = ["--line-length", "12", "--lines", "1", "--reading-speed", "40"]
    assert main(["transcribe", "a.wav", "--format", "srt", *rules]) == 0
    blocks = (folder / "a.srt").read_text().split("\n\n")
    lines = [line for block in blocks for line in block.splitlines()[2:]]
    assert " ".join(lines) == text
    assert max(map(len, lines)) <= 12
    assert len(lines) == len(blocks)


def test_a_broken_file_stops_no_other(folder, capsys):
    assert main(["transcribe", "."]) == 1
    assert (folder / "a.txt").exists()
    assert (folder / "c.txt").exists()
    said = capsys.readouterr().err.splitlines()
    assert f"2 of 3  b.mp3: failed: {UNKNOWN_FORMAT}" in said
    assert said[-1] == "3 files: 2 transcribed, 1 failed"


def test_a_failure_of_recognition_stops_no_other(scripted, folder, capsys):
    scripted([LanguageNotIdentified("The speech is in none of the locales.")])
    assert main(["transcribe", "a.wav", "c.wav"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert "1 of 2  a.wav: failed: The speech is in none of the locales." in said
    assert "2 of 2  c.wav: failed: The speech is in none of the locales." in said
    assert files_of(folder) == ["a.wav", "b.mp3", "c.wav"]


@pytest.mark.usefixtures("folder")
def test_a_missing_model_ends_the_command_at_once(hello, monkeypatch, capsys):
    def load():
        raise ModelMissing("Fetch it: `sotto models fetch base`.")

    monkeypatch.setattr(hello, "load", load)
    assert main(["transcribe", "a.wav", "c.wav"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said == ["2 files: 2 left", "sotto: Fetch it: `sotto models fetch base`."]


def test_results_that_are_newer_are_left_as_they_are(folder, hello, capsys):
    main(["transcribe", "a.wav", "--format", "srt,txt"])
    (folder / "a.txt").write_text("corrected")
    assert main(["transcribe", "a.wav", "c.wav", "--format", "srt,txt"]) == 0
    assert (folder / "a.txt").read_text() == "corrected"
    assert len(hello.requested) == 2
    said = capsys.readouterr().err.splitlines()
    assert "1 of 2  a.wav: skipped, a.srt, a.txt are newer" in said
    assert said[-1] == "2 files: 1 transcribed, 1 skipped"


def test_a_result_that_is_older_or_not_there_is_written(folder, hello):
    main(["transcribe", "a.wav", "--format", "txt"])
    main(["transcribe", "a.wav", "--format", "txt,srt"])
    assert len(hello.requested) == 2
    later_s = (folder / "a.txt").stat().st_mtime + 10
    os.utime(folder / "a.wav", (later_s, later_s))
    main(["transcribe", "a.wav", "--format", "txt"])
    assert len(hello.requested) == 3


def test_force_writes_newer_results_again(folder, hello):
    main(["transcribe", "a.wav"])
    (folder / "a.txt").write_text("old")
    assert main(["transcribe", "a.wav", "--force"]) == 0
    assert (folder / "a.txt").read_text() == "Hello.\n"
    assert len(hello.requested) == 2


@pytest.mark.parametrize("option", [["--stdout"], ["--output", "-"]])
def test_standard_output_has_the_result_alone(option, folder, capsys):
    assert main(["transcribe", "a.wav", "--format", "srt", *option]) == 0
    assert capsys.readouterr().out == SUBTITLES
    assert files_of(folder) == ["a.wav", "b.mp3", "c.wav"]


def test_standard_input_goes_to_standard_output(monkeypatch, folder, capsys):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(wav())))
    assert main(["transcribe", "-"]) == 0
    assert capsys.readouterr().out == "Hello.\n"
    assert files_of(folder) == ["a.wav", "b.mp3", "c.wav"]


def test_an_output_folder_is_made(folder):
    (folder / "calls" / "day").mkdir(parents=True)
    (folder / "a.wav").rename(folder / "calls" / "day" / "a.wav")
    assert main(["transcribe", "calls", "--output", "out/texts"]) == 0
    assert (folder / "out" / "texts" / "day" / "a.txt").read_text() == "Hello.\n"


@pytest.mark.usefixtures("spanish")
def test_translations_are_files_of_their_own(folder):
    assert main(["transcribe", "a.wav", "--format", "srt,json", "--translate", "es,fr"]) == 0
    assert (folder / "a.srt").read_text() == SUBTITLES
    assert (folder / "a.es.srt").read_text() == SUBTITLES.replace("Hello.", "es: Hello.")
    assert (folder / "a.fr.srt").read_text() == SUBTITLES.replace("Hello.", "fr: Hello.")
    (phrase,) = json.loads((folder / "a.json").read_text())["phrases"]
    assert phrase["translations"] == {"es": "es: Hello.", "fr": "fr: Hello."}
    assert "a.es.json" not in files_of(folder)


@pytest.mark.usefixtures("spanish", "folder")
def test_standard_output_has_the_translation_alone(capsys):
    assert main(["transcribe", "a.wav", "--stdout", "--translate", "es"]) == 0
    assert capsys.readouterr().out == "es: Hello.\n"


@pytest.mark.usefixtures("spanish", "folder")
def test_a_language_without_a_translator_is_refused_before_any_work(hello, capsys):
    arguments = ["transcribe", "a.wav", "--language", "de-DE", "--translate", "es"]
    assert main(arguments) == 1
    assert "translates from German to Spanish" in capsys.readouterr().err
    assert hello.requested == []


@pytest.mark.usefixtures("folder")
def test_options_change_the_recognition(hello):
    main(["transcribe", "a.wav", "--language", "en-US,de-DE", "--speakers=2", "--profanity", "raw",
          "--phrases", "Ulm, Bad Urach"])  # fmt: skip
    (options,) = hello.requested
    assert options.locales == ("en-US", "de-DE")
    assert options.speakers == SpeakerRange(2, 2)
    assert options.profanity is ProfanityMode.RAW
    assert options.phrases == ("Ulm", "Bad Urach")
    assert not options.word_timestamps


@pytest.mark.usefixtures("folder")
def test_by_default_the_language_is_detected_and_speakers_are_not_labelled(hello):
    main(["transcribe", "a.wav"])
    (options,) = hello.requested
    assert (options.locales, options.speakers, options.phrases) == ((), None, ())


@pytest.mark.usefixtures("folder")
def test_a_file_behind_speakers_is_no_number(hello):
    assert main(["transcribe", "--speakers", "a.wav", "c.wav"]) == 0
    assert [one.speakers for one in hello.requested] == [SpeakerRange()] * 2


def test_phrases_come_from_a_file(folder, hello):
    (folder / "terms.txt").write_text("Ulm\n\n  Bad Urach\n", encoding="utf-8")
    main(["transcribe", "a.wav", "--phrases", "terms.txt"])
    assert hello.requested[0].phrases == ("Ulm", "Bad Urach")


@pytest.mark.usefixtures("folder")
def test_a_file_of_phrases_that_does_not_exist_is_no_phrase(capsys):
    assert main(["transcribe", "a.wav", "--phrases", "term.txt"]) == 1
    assert capsys.readouterr().err == "sotto: term.txt: there is no such file.\n"


@pytest.mark.usefixtures("folder")
def test_a_model_is_named_for_one_command(monkeypatch):
    seen = []

    def transcriber(settings):
        seen.append(settings.model)
        return ScriptedTranscriber([HELLO])

    monkeypatch.setattr(local_transcriber, "LocalTranscriber", transcriber)
    assert main(["transcribe", "a.wav", "--model", "small"]) == 0
    assert seen == ["small"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name files or folders, or - for standard input"),
        (["a.wav", "--format", "doc"], "the formats are json, srt, vtt, ttml, txt, rttm"),
        (["a.wav", "--format", "rttm"], "rttm lists turns of speakers: add --speakers"),
        (["a.wav", "--lines", "4"], "argument --lines: 1 to 2 is needed"),
        (["a.wav", "--line-length", "9"], "argument --line-length: 10 to 100 is needed"),
        (["a.wav", "--reading-speed", "50"], "argument --reading-speed: 2 to 40 is needed"),
        (["a.wav", "--speakers=0"], "1 or more is needed"),
        (["a.wav", "--stdout", "--format", "srt,vtt"], "standard output takes one format"),
        (["a.wav", "c.wav", "--stdout", "--format", "vtt"], "takes vtt of one file"),
        (["a.wav", "--stdout", "--translate", "es,fr"], "standard output takes one translation"),
        (["a.wav", "--output", "b.mp3"], "--output names a folder, and b.mp3 is a file"),
        (["a.wav", "--stdout", "--output", "out"], "not allowed with argument --stdout"),
    ],
)
def test_wrong_usage_is_status_2_and_does_nothing(arguments, message, folder, hello, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["transcribe", *arguments])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
    assert hello.requested == []
    assert files_of(folder) == ["a.wav", "b.mp3", "c.wav"]


def test_a_name_that_is_no_text_is_written_and_shown_as_far_as_it_is_one(
    folder, scripted, monkeypatch
):
    said = io.BytesIO()
    monkeypatch.setattr("sys.stderr", io.TextIOWrapper(said, errors="backslashreplace"))
    scripted([replace(HELLO, speaker=1)])
    name = os.fsdecode(b"caf\xe9")
    (folder / "a.wav").rename(folder / f"{name}.wav")
    assert main(["transcribe", f"{name}.wav", "--format", "rttm,txt", "--speakers"]) == 0
    (path,) = folder.glob("*.rttm")
    assert path.name == f"{name}.rttm"
    assert path.read_text().startswith("SPEAKER caf\N{REPLACEMENT CHARACTER} 1 ")
    assert said.getvalue().startswith(b"caf\\udce9.wav (2 s)\n")


def test_an_argument_without_a_file_fails_and_the_others_are_transcribed(folder, capsys):
    assert main(["transcribe", "none.wav", "a.wav"]) == 1
    assert (folder / "a.txt").exists()
    assert "sotto: none.wav: there is no such file" in capsys.readouterr().err


def test_a_folder_without_audio_fails(tmp_path, capsys):
    assert main(["transcribe", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "sotto: There is nothing to transcribe.\n"


def test_an_interruption_keeps_what_is_done_and_says_what_is_left(folder, monkeypatch, capsys):
    class Interrupted(ScriptedTranscriber):
        def recognise(self, *arguments):
            if self.requested:
                raise KeyboardInterrupt
            return super().recognise(*arguments)

    transcriber = Interrupted([HELLO])
    monkeypatch.setattr(local_transcriber, "LocalTranscriber", lambda _settings: transcriber)
    assert main(["transcribe", "a.wav", "c.wav"]) == 130
    assert files_of(folder) == ["a.txt", "a.wav", "b.mp3", "c.wav"]
    assert "2 files: 1 transcribed, 1 left" in capsys.readouterr().err


def test_a_write_that_fails_leaves_no_part_of_a_file(folder, monkeypatch, capsys):
    def fail(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("functions.command_line.whole_file.os.fsync", fail)
    assert main(["transcribe", "a.wav"]) == 1
    assert files_of(folder) == ["a.wav", "b.mp3", "c.wav"]
    assert "a.wav: failed: No space left on device" in capsys.readouterr().err


def test_audio_that_is_too_long_fails(folder, monkeypatch, capsys):
    monkeypatch.setattr(transcription_run, "MAX_AUDIO_S", 1)
    assert main(["transcribe", "a.wav"]) == 1
    assert "a.wav: failed: The audio lasts more than 1 s." in capsys.readouterr().err
    assert "a.txt" not in files_of(folder)
