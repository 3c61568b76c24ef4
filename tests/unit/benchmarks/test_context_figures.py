"""Figures of the served text against the full context's."""

from pathlib import Path

import pytest

from benchmarks.clips import Clip
from benchmarks.context import chosen_clips, measure_context
from benchmarks.context_readings import ClipReading, ClipReadings, read_clips
from benchmarks.halves import halves_of
from benchmarks.instruction_sets import instruction_sets


def reading(text, processor_s=1.0, n_retries=0):
    return ClipReading(text, processor_s, audio_s=4.0, n_segments=1, n_retries=n_retries)


def read(name, served, full, rival=None, *, spoken="", speaker="a"):
    clip = Clip(name, Path(name), 4.0, spoken, speaker=speaker)
    heard = None if rival is None else ClipReading(rival)
    return ClipReadings(clip, reading(served), reading(full, 2.0), heard)


def rows_of(*readings, other=()):
    by_set = {"AVX2": readings} | ({"SSE 4.1": other} if other else {})
    section = measure_context(by_set, shows_texts=False)
    return {row.what: row for row in section.figures}


def test_words_that_differ_are_those_of_the_full_context_in_normal_form():
    rows = rows_of(
        read("phones/a.wav", "Mr. Hale paid $25!", "mister hale paid twenty five dollars"),
        read("phones/b.wav", "the second clip", "a second clip"),
    )
    row = rows["AVX2, phones, 2 clips, 7 words: words that differ"]
    assert row.ours.startswith("14.29 % (")
    assert row.ours.endswith(", 1 clips")


def test_both_halves_of_the_speakers_are_shown_and_the_second_has_the_target():
    readings = [
        read(f"speakers/{number}.flac", "red green blue", "red green blue", speaker=str(number))
        for number in range(10)
    ]
    halves = halves_of([one.clip for one in readings])
    differing = [
        read(one.clip.name, "red green", "red green blue", speaker=one.clip.speaker)
        if one.clip in halves.b
        else one
        for one in readings
    ]
    rows = rows_of(*differing)
    half_a = rows["AVX2, speakers half A, 5 clips, 15 words: words that differ"]
    half_b = rows["AVX2, speakers half B, 5 clips, 15 words: words that differ"]
    assert (half_a.ours, half_a.met) == ("0.00 % (0.00 to 0.00), 0 clips", None)
    assert (half_b.ours, half_b.met) == ("33.33 % (33.33 to 33.33), 5 clips", False)


def test_a_set_with_a_reference_has_the_errors_of_all_three():
    rows = rows_of(
        read("phones/a.wav", "red green", "red green blue", "red blue", spoken="red green blue"),
        read(
            "phones/b.wav",
            "pink grey black",
            "pink grey black",
            "pine grey",
            spoken="pink grey black",
        ),
    )
    wer = rows["AVX2, phones, 2 clips, 6 words: WER"]
    assert (wer.ours, wer.theirs, wer.others) == ("16.67 %", "0.00 %", ("50.00 %",))
    above = rows["AVX2, phones: points that served is above"]
    assert (above.theirs.split()[0], above.others[0].split()[0]) == ("+16.67", "-33.33")
    assert above.met is True  # one clip of two may be chance


def test_a_set_that_is_worse_in_every_clip_is_significantly_worse():
    clips = [
        read(f"phones/{n}.wav", "red green", "red green blue", spoken="red green blue")
        for n in range(5)
    ]
    assert rows_of(*clips)["AVX2, phones: points that served is above"].met is False


def test_the_pooled_sets_have_a_target_in_points_and_leave_long_files_out():
    rows = rows_of(
        read(
            "phones/a.wav", "red green blue", "red green", "red green blue", spoken="red green blue"
        ),
        read("long/b.wav", "red", "red green blue", "red green blue", spoken="red green blue"),
    )
    pooled = rows["AVX2, short labelled sets: points that served is above"]
    assert (pooled.target, pooled.met) == ("at most +0.3", True)
    assert "AVX2, short labelled sets, 1 clips, 3 words: WER" in rows


def test_words_in_sound_without_speech_are_counted():
    rows = rows_of(read("nonspeech/noise.wav", "thank you", ""))
    row = rows["AVX2, nonspeech, 1 clips: words"]
    assert (row.ours, row.theirs) == ("2", "0")


def test_the_differences_between_two_instruction_sets_are_shown_for_both_contexts():
    rows = rows_of(
        read("phones/a.wav", "red green", "red green"),
        other=[read("phones/a.wav", "red greed", "red green")],
    )
    row = rows["phones: words that differ, AVX2 from SSE 4.1"]
    assert (row.ours, row.theirs) == ("50.00 %", "0.00 %")


def test_processor_time_is_that_of_a_second_of_audio():
    rows = rows_of(read("phones/a.wav", "red", "red"), read("phones/b.wav", "blue", "blue"))
    row = rows["AVX2: seconds of the processor for a second of audio"]
    assert (row.ours, row.theirs) == ("0.250", "0.500")


def test_texts_go_to_the_terminal_alone_and_only_on_request(capsys):
    readings = {"AVX2": [read("phones/a.wav", "a canary", "a swan", spoken="a crane")]}
    section = measure_context(readings, shows_texts=False)
    assert capsys.readouterr().out == ""
    assert not any(
        word in section.markdown() + repr(section.numbers) for word in ("canary", "swan", "crane")
    )
    measure_context(readings, shows_texts=True)
    assert "canary" in capsys.readouterr().out


def test_all_sets_with_audio_are_chosen_or_the_named_ones():
    clips = tuple(
        Clip(f"{folder}/{n}.wav", Path(), 1.0, "")
        for folder in ("en_read", "broken", "phones")
        for n in range(4)
    )
    assert len(chosen_clips(clips, None, None)) == 8
    assert [clip.name for clip in chosen_clips(clips, ["phones"], 2)] == [
        "phones/0.wav",
        "phones/2.wav",
    ]


def test_a_run_is_continued_from_the_readings_that_are_kept(tmp_path):
    clip = Clip("phones/a.wav", Path("nowhere.wav"), 1.0, "red green")
    best = instruction_sets()[:1]
    kept = '["phones/a.wav", {"served": {"text": "red"}, "full": {"text": "red green"}}]\n'
    (tmp_path / f"ours, {best[0].name}.jsonl").write_text(kept)
    ((only,),) = read_clips([clip], best, None, tmp_path).values()
    assert (only.served.text, only.full.text, only.rival) == ("red", "red green", None)


@pytest.mark.parametrize(
    ("flags", "names"),
    [
        (["avx2", "avx512f"], ["AVX-512", "AVX2"]),
        (["avx", "avx2"], ["AVX2", "SSE 4.1"]),
        (["asimd"], ["best"]),
    ],
)
def test_the_best_instruction_set_needs_no_variables_and_the_other_one_does(
    monkeypatch, flags, names
):
    monkeypatch.setattr("benchmarks.instruction_sets.cpu_flags", lambda: flags)
    sets = instruction_sets()
    assert [one.name for one in sets] == names
    assert [bool(one.environment) for one in sets] == [False, True][: len(names)]
