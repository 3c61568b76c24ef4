"""Files that `sotto transcribe` finds, and the names of their results."""

from pathlib import Path

import pytest

from functions.command_line.recordings import Recording, find_recordings, output_stems

RESULTS = {".srt", ".txt", ".json"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Current folder with audio, results and other files at two levels."""
    for name in (
        "b.WAV", "a.mp4", "a.srt", "notes.md", ".hidden.wav", "calls/one.opus", "calls/.old/x.wav",
        "calls/day/two.flac", "calls/day/two.txt",
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*arguments):
    """Names of the recordings, as messages show them."""
    return [one.name for one in find_recordings(arguments, RESULTS).recordings]


def test_a_folder_stands_for_all_audio_below_it():
    assert names(".") == ["a.mp4", "b.WAV", "calls/day/two.flac", "calls/one.opus"]


def test_files_of_a_folder_without_an_ending_of_audio_are_left_out():
    found = find_recordings(["."], RESULTS)
    assert found.left_out == [Path("notes.md")]


def test_a_pattern_is_expanded_where_no_shell_did_it():
    assert names("calls/**/*.*") == ["calls/day/two.flac", "calls/one.opus"]


def test_a_named_file_may_have_any_ending_but_that_of_a_result():
    found = find_recordings(["notes.md", "a.srt"], RESULTS)
    assert [one.name for one in found.recordings] == ["notes.md"]
    assert found.left_out == [Path("a.srt")]


def test_a_file_that_is_named_twice_is_one_recording(folder):
    assert names("a.mp4", "./a.mp4", str(folder / "a.mp4"), ".")[0] == "a.mp4"
    assert len(names("a.mp4", str(folder / "a.mp4"), ".")) == 4


def test_an_argument_without_a_file_is_reported():
    found = find_recordings(["c.wav", "x/*.wav", "a.mp4"], RESULTS)
    assert found.absent == ["c.wav", "x/*.wav"]
    assert [one.name for one in found.recordings] == ["a.mp4"]


def test_a_name_with_brackets_is_no_pattern_where_it_exists(folder):
    (folder / "talk [1].wav").write_bytes(b"")
    assert names("talk [1].wav") == ["talk [1].wav"]


def test_a_dash_is_standard_input():
    (one,) = find_recordings(["-"], RESULTS).recordings
    assert (one.path, one.name) == (None, "standard input")


def test_a_result_lies_beside_its_recording():
    assert output_stems([Recording(Path("calls/one.opus"))], None) == [Path("calls/one")]


def test_recordings_with_one_result_keep_their_endings():
    recordings = [Recording(Path(name)) for name in ("talk.wav", "talk.mp3", "other.wav")]
    assert output_stems(recordings, None) == [Path("talk.wav"), Path("talk.mp3"), Path("other")]


def test_an_output_folder_has_the_folders_of_the_input():
    found = [
        Recording(Path("calls/day/two.flac"), Path("day")),
        Recording(Path("elsewhere/two.flac")),
        Recording(None),
    ]
    assert output_stems(found, Path("out")) == [
        Path("out/day/two"),
        Path("out/two"),
        Path("out/standard-input"),
    ]
