"""Phones that count as a phoneme: its own, and those of the recogniser's reading of the word."""

import numpy as np
import pytest
from phone_posteriors import columns, log_posteriors

from shared.pronunciation.phones.phone_target import PhoneTarget, emissions_of, targets_of


def test_without_a_reading_only_the_phonemes_count():
    assert targets_of(("AH1", "V")) == tuple(PhoneTarget((one,)) for one in columns("AH V"))


def test_the_reading_counts_in_its_place():
    first, second = targets_of(("AH1", "V"), [("AO1", "F")])
    assert set(first.columns) == set(columns("AH AO"))
    assert set(second.columns) == set(columns("V F"))
    assert first.columns[0] == columns("AH")[0]


def test_a_phoneme_that_the_reading_lacks_may_be_silent():
    first, second = targets_of(("HH", "UW1"), [("UW1",)])
    assert first.may_be_silent
    assert not second.may_be_silent


def test_all_readings_count():
    second = targets_of(
        ("M", "IH1", "S", "T", "ER0"), [("M", "ER1", "R", "AH0"), ("M", "IY1", "S")]
    )[1]
    assert set(second.columns) >= set(columns("IH ER IY"))


def test_a_reading_of_another_length_keeps_the_order():
    targets = targets_of(("AY1", "ER0", "N"), [("AY1", "R", "N")])
    assert [set(one.columns) for one in targets] == [
        set(columns("AY")), set(columns("ER R")), set(columns("N")),
    ]  # fmt: skip


def test_the_emission_of_a_set_is_the_sum_of_its_probabilities():
    posteriors = log_posteriors(1, {0: "L R"})
    both, one = emissions_of(posteriors, [tuple(columns("L R")), tuple(columns("L"))])[0]
    assert np.exp(both) == pytest.approx(2 * np.exp(one))
