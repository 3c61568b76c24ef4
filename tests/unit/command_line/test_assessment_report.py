"""The tables of an assessment, at several widths and without colours."""

import re
from dataclasses import replace

import pytest
from assessed_speech import HELLO_ASSESSMENT

from functions.command_line.assessment_report import Report
from functions.command_line.colours import Colours
from shared.assessment import (
    AssessedWord,
    AssessmentOptions,
    ErrorType,
    GradingSystem,
    PhonemeAlphabet,
)

(HELLO,) = HELLO_ASSESSMENT.words
OPTIONS = AssessmentOptions(
    reference_text="Hello, world.",
    alphabet=PhonemeAlphabet.IPA,
    grading_system=GradingSystem.HUNDRED_MARK,
)
LEFT_OUT = AssessedWord("world", 0.0, 0.0, 0.0, ErrorType.OMISSION)


def lines_of(*words, width=80, is_unicode=True, colours=False, **scores):
    """Lines of a report."""
    assessment = replace(HELLO_ASSESSMENT, words=words, **scores)
    return list(Report(OPTIONS, Colours(colours), width, is_unicode).lines(assessment))


def line_of(word, lines):
    """Line of the table with a word."""
    return next(line for line in lines if line.startswith(f"{word} "))


def test_a_word_that_was_left_out_is_named_and_has_no_time():
    assert line_of("world", lines_of(HELLO, LEFT_OUT)).split() == ["world", "-", "Omission", "-"]


@pytest.mark.parametrize("error", [ErrorType.INSERTION, ErrorType.MISPRONUNCIATION])
def test_an_error_is_named(error):
    assert f" {error.value} " in line_of("hello", lines_of(replace(HELLO, error=error)))


def test_a_break_is_shown_from_the_proposed_confidence():
    def with_break(**confidence):
        return replace(HELLO, prosody=replace(HELLO.prosody, break_s=1.24, **confidence))

    assert "UnexpectedBreak 1.2 s" in line_of("hello", lines_of(with_break(unexpected_break=0.8)))
    assert "MissingBreak" in line_of("hello", lines_of(with_break(missing_break=0.8)))
    assert "Break" not in line_of("hello", lines_of(with_break(unexpected_break=0.7)))


def test_a_flat_pitch_is_a_note():
    flat = replace(HELLO, prosody=replace(HELLO.prosody, monotone=0.9))
    assert lines_of(flat)[-1] == "The pitch is flat (Monotone)."
    assert "Monotone" not in lines_of(HELLO)[-1]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_phonemes_wrap_at_the_width_and_none_is_lost(width):
    word = replace(HELLO, phonemes=HELLO.phonemes * 8)
    lines = lines_of(word, width=width)
    assert sum(line.count("h 98") for line in lines) == 8
    assert not any(line.endswith(" ") for line in lines)
    if width >= 40:
        assert max(map(len, lines[6:-1])) <= width


def test_bars_are_as_wide_as_the_terminal_allows():
    assert lines_of(HELLO, width=40)[0] == "Pronunciation  90.8  #################.."
    assert lines_of(HELLO, width=20)[0] == "Pronunciation  90.8"


def test_colours_change_nothing_but_the_colour():
    plain = lines_of(HELLO, LEFT_OUT)
    painted = lines_of(HELLO, LEFT_OUT, colours=True)
    assert [re.sub(r"\x1b\[\d+m", "", line) for line in painted] == plain
    assert "\x1b[31mɛ 47 (ə 100, ɛ 47)\x1b[0m" in line_of("hello", painted)


def test_an_output_without_letters_of_ipa_has_names_in_sapi():
    lines = lines_of(HELLO, is_unicode=False)
    assert "\n".join(lines).isascii()
    assert "eh 47 (ax 100, eh 47)" in line_of("hello", lines)


def test_a_score_that_is_missing_has_no_line():
    assert not any(line.startswith("Prosody") for line in lines_of(HELLO, prosody=None))
