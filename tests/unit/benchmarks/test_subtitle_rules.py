"""The judge of subtitles: each rule is found broken where it is, and kept where it is."""

from dataclasses import replace

import pytest

from benchmarks.subtitle_rules import Rule, broken_rules
from shared.formats.cues import Cue
from shared.formats.subtitle_options import SubtitleOptions
from shared.transcript import Alternative, Phrase, Transcript, Word

CUE = Cue(0, "en-US", 1_000, 3_000, "", names_voice=False, lines=("We went home early.",))
NEXT = replace(CUE, offset_ms=3_083, end_ms=5_000, lines=("It was already dark outside.",))


def broken(*cues):
    """Rules that each of these cues breaks, with words spoken from 0.1 s after its begin."""
    words = [
        Word(word, cue.offset_ms / 1000 + 0.1, 1.0, 0.9)
        for cue in cues
        for line in cue.lines
        for word in line.split()
    ]
    text = " ".join(word.text for word in words)
    phrase = Phrase(0, "en-US", 0, 60, (Alternative(0.9, "", "", "", text),), (), tuple(words))
    return broken_rules(Transcript(60, 1, (phrase,), ()), cues, SubtitleOptions())


def test_good_cues_break_no_rule():
    assert broken(CUE, NEXT) == [set(), set()]
    assert broken() == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (
            {"offset_ms": 500, "lines": ("We went home very early on this dark night.",)},
            Rule.LINE_LENGTH,
        ),
        ({"lines": ("We went", "straight", "home again.")}, Rule.LINES),
        ({"end_ms": 1_800, "lines": ("We went.",)}, Rule.SHORT),
        ({"end_ms": 2_900, "lines": ("It was already dark", "outside, as we saw.")}, Rule.SPEED),
        ({"end_ms": 3_060}, Rule.GAP),
        ({"end_ms": 3_200}, Rule.GAP),
        ({"lines": ("We went home very early", "then.")}, Rule.ORPHAN),
        ({"lines": ("early",)}, Rule.ORPHAN),
        ({"lines": ("We went to the", "house early.")}, Rule.BREAK),
        ({"lines": ("We went to the",)}, Rule.BREAK),
    ],
)
def test_a_broken_rule_is_found(change, rule):
    assert broken(replace(CUE, **change), NEXT)[0] == {rule}


def test_a_cue_that_stays_too_long_is_found():
    assert Rule.LONG in broken(replace(CUE, end_ms=9_000))[0]


def test_a_cue_out_of_step_with_its_words_is_found():
    """Its speech ends 1.1 s after it begins."""
    assert broken(replace(CUE, end_ms=3_600)) == [set()]
    assert broken(replace(CUE, end_ms=3_700)) == [{Rule.STEP}]


def test_the_label_of_a_speaker_counts_in_its_line():
    text = "We went home early in this evening."
    assert broken(replace(CUE, voice="Guest-1", lines=(text,))) == [set()]
    assert broken(replace(CUE, voice="Guest-1", names_voice=True, lines=(text,))) == [
        {Rule.LINE_LENGTH}
    ]
