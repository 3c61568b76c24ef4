"""Ratios are taken within a round, in which other load of the machine affects both."""

import pytest

from benchmarks.accuracy import measure_accuracy
from benchmarks.speed import READ_SHORT, TARGETS, SpeedSet, measure_speed


def test_the_ratio_of_a_clip_is_the_median_of_its_rounds(compared):
    """Not the ratio of its median times, 6: they come from different rounds."""
    one = compared("en_read/a.flac", 5.0, (0.1, 0.4), (0.4, 2.0), (0.2, 1.2))
    assert (one.our_seconds, one.their_seconds) == (0.2, 1.2)
    assert one.ratio == pytest.approx(5.0)


def speed_set(defaults, greedy):
    return SpeedSet(READ_SHORT, defaults, greedy, *TARGETS[READ_SHORT])


def ratios_of(section):
    """Ratios to the defaults and to greedy, and whether the targets are met."""
    return [(row.theirs, *row.others, row.met) for row in section.figures if "faster, " in row.what]


def test_a_set_has_the_ratio_of_its_median_clip_of_all_together_and_of_the_worst(compared):
    """All together: 1.8 s by 0.4 s, and 1.5 s by 0.4 s."""
    defaults = [
        compared("en_read/a.flac", 4.0, (0.1, 0.6)),
        compared("en_read/b.flac", 5.0, (0.1, 0.7)),
        compared("en_read/c.flac", 5.5, (0.2, 0.5)),
    ]
    greedy = [
        compared("en_read/a.flac", 4.0, (0.1, 0.5)),
        compared("en_read/b.flac", 5.0, (0.1, 0.6)),
        compared("en_read/c.flac", 5.5, (0.2, 0.4)),
    ]
    section = measure_speed(defaults, [speed_set(defaults, greedy)])
    assert ratios_of(section) == [
        ("6.00", "5.00", True),
        ("4.50", "3.75", True),
        ("2.50", "2.00", True),
    ]


def test_one_clip_slower_than_either_rival_misses_the_target_of_the_worst(compared):
    defaults = [compared(f"en_read/{name}.flac", 4.0, (0.1, 0.9)) for name in "abc"]
    greedy = [*defaults[1:], compared("en_read/c.flac", 4.0, (0.5, 0.4))]
    section = measure_speed(defaults, [speed_set(defaults, greedy)])
    assert ratios_of(section)[2] == ("9.00", "0.80", False)
    assert section.missed() == ("read clips under 6 s (3): times faster, worst clip",)


def test_rtf_is_processing_time_by_audio_time(compared):
    comparisons = [
        compared("en_read/a.flac", 4.0, (0.1, 0.6)),
        compared("en_read/b.flac", 6.0, (0.3, 1.4)),
    ]
    rows = {row.what: row for row in measure_speed(comparisons, []).figures}
    assert rows["all read clips: RTF"].ours == "0.040"
    assert rows["all read clips: RTF"].theirs == "0.200"


def test_no_recognised_text_is_among_the_numbers(compared, capsys):
    comparisons = [compared("en_read/a.flac", 4.0, (0.1, 0.6), heard="we canary")]
    section = measure_accuracy(comparisons)
    assert "canary" in capsys.readouterr().out
    assert "canary" not in section.markdown() + repr(section.numbers)
    assert (section.numbers["wer"], section.numbers["rival_wer"]) == (50.0, 50.0)
