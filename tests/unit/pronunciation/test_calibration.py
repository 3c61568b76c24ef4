"""Accuracy rises with the log ratio of a phone, from 0 to 100."""

import numpy as np
import pytest

from shared.pronunciation.phones.calibration import Calibration, load_calibration
from shared.pronunciation.phones.phone_engine import PHONES


def test_accuracy_rises_with_the_ratio_for_every_phone():
    calibration = load_calibration()
    ratios = np.linspace(-30, 30, 200)
    for phone in range(len(PHONES)):
        accuracies = calibration.accuracy(ratios, [phone] * len(ratios))
        assert (np.diff(accuracies) >= 0).all()
        assert accuracies[0] < 1
        assert accuracies[-1] > 99


def test_the_offset_of_a_phone_moves_its_curve():
    calibration = Calibration(1.0, np.array([0.0, 3.0]))
    one, other = calibration.accuracy(np.zeros(2), [0, 1])
    assert one == pytest.approx(50)
    assert other == pytest.approx(100 / (1 + np.exp(-3)))


def test_all_phones_of_a_place_have_an_accuracy():
    accuracies = load_calibration().accuracy(np.zeros((4, len(PHONES))))
    assert accuracies.shape == (4, len(PHONES))
    assert ((accuracies > 0) & (accuracies < 100)).all()
