"""The manifest of the speech set, and the choice of clips from it."""

import pytest

from benchmarks.clips import clips_of, drawn_clips, read_manifest

MANIFEST = (
    "file\tlanguage\tseconds\ttext\n"
    "en_read/a.flac\ten\t2.83\tyou don't mean \"that\n"
    "en_read/b.flac\ten\t5.06\ti really liked that\n"
    "nonspeech/silence2sec.wav\t\t\t\n"
    "en_read/c.flac\ten\t7.5\tanything else he said\n"
)


@pytest.fixture
def clips(tmp_path):
    (tmp_path / "manifest.tsv").write_text(MANIFEST, encoding="utf-8")
    return read_manifest(tmp_path)


def test_a_row_becomes_a_clip_with_its_file_length_and_words(clips, tmp_path):
    """A quotation mark is a character of the text like any other."""
    first = clips[0]
    assert (first.name, first.folder) == ("en_read/a.flac", "en_read")
    assert first.path == tmp_path / "en_read" / "a.flac"
    assert (first.seconds, first.text) == (2.83, "you don't mean \"that")


def test_a_clip_without_an_entry_in_the_manifest_is_zero_seconds_and_no_text(clips):
    silence = clips[2]
    assert (silence.seconds, silence.text) == (0.0, "")


def test_a_folder_is_chosen_in_the_order_of_the_manifest(clips):
    assert [clip.name[-6] for clip in clips_of(clips, "en_read")] == ["a", "b", "c"]


def test_fewer_clips_are_taken_evenly_so_that_all_speakers_are_heard(clips):
    many = [clips[0]] * 3 + [clips[1]] * 3 + [clips[3]] * 3
    assert [clip.seconds for clip in clips_of(tuple(many), "en_read", 3)] == [2.83, 5.06, 7.5]


def test_the_language_and_the_channels_are_those_of_the_manifest_where_it_has_them(tmp_path):
    (tmp_path / "manifest.tsv").write_text(
        "file\tlanguage\tseconds\tchannels\ttext\n"
        "telephone/a.wav\ten,zh\t2.8\t2\t\n"
        "broken/b.wav\t\t\t\t\n"
    )
    stereo, broken = read_manifest(tmp_path)
    assert (stereo.language, stereo.n_channels) == ("en,zh", 2)
    assert (broken.language, broken.n_channels) == ("", 1)


def test_clips_are_drawn_alike_for_a_seed_and_stay_in_the_order_of_the_manifest(clips):
    drawn = drawn_clips(clips, "en_read", 2, seed=7)
    assert drawn == drawn_clips(clips, "en_read", 2, seed=7)
    assert len(set(drawn)) == 2
    assert sorted(drawn, key=clips.index) == list(drawn)
    assert drawn_clips(clips, "en_read", 9, seed=7) == clips_of(clips, "en_read")


def test_a_folder_without_a_manifest_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_manifest(tmp_path)
