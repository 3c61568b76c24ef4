"""Errors are counted on the normal form, and a difference has an interval that can be checked."""

import pytest

from benchmarks.word_error_rate import (
    WordErrors,
    count_errors,
    difference_interval,
    normal_form,
    word_error_rate,
)


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("mister hale paid twenty five dollars", "Mr. Hale paid $25."),
        ("i won't recognise the colour", "I will not recognize the color!"),
        ("we are, hmm, here", "We're here"),
    ],
)
def test_ways_to_write_the_same_words_are_no_errors(spoken, written):
    assert normal_form(spoken) == normal_form(written)
    assert count_errors(spoken, written).n_errors == 0


@pytest.mark.parametrize(
    ("language", "spoken", "written"),
    [
        ("es", "¿Dentro de veinte minutos?", "dentro de 20 minutos"),
        ("fr", "Dans quatre-vingt-dix ans.", "dans 90 ans"),
        ("it", "Fra ventuno minuti!", "fra 21 minuti"),
        ("pt", "Em vinte e dois minutos.", "em 22 minutos"),
        ("de", "In einundzwanzig Minuten.", "in 21 Minuten"),
    ],
)
def test_in_other_languages_digits_and_words_are_the_same_number(language, spoken, written):
    assert count_errors(spoken, written, language).n_errors == 0


@pytest.mark.parametrize(
    ("heard", "n_errors"),
    [
        ("the children play behind the house", 0),
        ("the children play behind the mouse", 1),
        ("children play behind the house", 1),
        ("the children play right behind the house", 1),
        ("", 6),
    ],
)
def test_substituted_missing_and_added_words_count_once(heard, n_errors):
    counted = count_errors("The children play behind the house.", heard)
    assert counted == WordErrors(n_errors, n_words=6)


def test_the_rate_is_that_of_all_words_together():
    """Not the mean of 50 % and 0 %."""
    assert word_error_rate([WordErrors(1, 2), WordErrors(0, 98)]) == 1.0


def test_systems_that_err_alike_differ_by_nothing():
    counts = [WordErrors(n, 10) for n in (0, 3, 1, 7)]
    assert difference_interval(counts, counts) == (0.0, 0.0)


def test_a_difference_that_every_clip_shows_is_certain():
    ours = [WordErrors(1, 20)] * 30
    theirs = [WordErrors(2, 20)] * 30
    assert difference_interval(ours, theirs) == (-5.0, -5.0)


def test_the_interval_is_that_of_the_binomial_where_clips_are_words():
    """Of 400 clips of one word 40 are wrong in one system only: 10 % +- 1.96 standard errors."""
    ours = [WordErrors(1, 1)] * 40 + [WordErrors(0, 1)] * 360
    theirs = [WordErrors(0, 1)] * 400
    low, high = difference_interval(ours, theirs)
    margin = 1.96 * 100 * (0.1 * 0.9 / 400) ** 0.5
    assert (low, high) == (pytest.approx(10 - margin, abs=0.3), pytest.approx(10 + margin, abs=0.3))
    assert (low, high) == difference_interval(ours, theirs)
