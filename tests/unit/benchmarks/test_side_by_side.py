"""Ratios are taken within a round, in which other load of the machine affects both."""

import pytest

from benchmarks.accuracy import measure_accuracy
from benchmarks.speed import measure_speed


def test_the_ratio_of_a_clip_is_the_median_of_its_rounds(compared):
    """Not the ratio of its median times, 6: they come from different rounds."""
    one = compared("en_read/a.flac", 5.0, (0.1, 0.4), (0.4, 2.0), (0.2, 1.2))
    assert (one.our_seconds, one.their_seconds) == (0.2, 1.2)
    assert one.ratio == pytest.approx(5.0)


def test_the_ratio_of_a_set_is_the_median_of_its_clips(compared):
    comparisons = [
        compared("en_read/a.flac", 4.0, (0.1, 0.6)),
        compared("en_read/b.flac", 5.0, (0.1, 0.7)),
        compared("en_read/c.flac", 8.0, (0.5, 1.0)),
    ]
    section = measure_speed(comparisons, comparisons[:1])
    ratios = {row.what: row for row in section.figures if "times faster" in row.what}
    every, short, greedy = ratios.values()
    assert (every.ours, every.met) == ("6.00 (2.00 to 7.00)", True)
    assert (short.ours, short.met) == ("6.50 (6.00 to 7.00)", True)
    assert (greedy.ours, greedy.met) == ("6.00 (6.00 to 6.00)", None)


def test_a_set_below_the_target_is_missed(compared):
    comparisons = [compared("en_read/a.flac", 8.0, (0.5, 1.0))]
    missed = measure_speed(comparisons, comparisons).missed()
    assert missed == ("all clips: times faster, median (least to most)",)


def test_rtf_is_processing_time_by_audio_time(compared):
    comparisons = [
        compared("en_read/a.flac", 4.0, (0.1, 0.6)),
        compared("en_read/b.flac", 6.0, (0.3, 1.4)),
    ]
    rows = {row.what: row for row in measure_speed(comparisons, comparisons).figures}
    assert rows["all clips: RTF"].ours == "0.040"
    assert rows["all clips: RTF"].theirs == "0.200"


def test_no_recognised_text_is_among_the_numbers(compared, capsys):
    comparisons = [compared("en_read/a.flac", 4.0, (0.1, 0.6), heard="we canary")]
    section = measure_accuracy(comparisons)
    assert "canary" in capsys.readouterr().out
    assert "canary" not in section.markdown() + repr(section.numbers)
    assert (section.numbers["wer"], section.numbers["rival_wer"]) == (50.0, 50.0)
