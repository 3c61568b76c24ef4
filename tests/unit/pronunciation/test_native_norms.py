import pytest

from shared.pronunciation.prosody.native_norms import Norm, Scale


def test_marks_are_high_at_the_mean_and_half_two_deviations_below():
    norm = Norm(mean=2.0, deviation=0.5)
    assert norm.marks(2.0) > 0.95
    assert norm.marks(1.0) == pytest.approx(0.5)
    assert norm.marks(-1.0) < 0.05
    assert norm.marks(9.0) > norm.marks(2.0)


def test_an_unreliable_value_is_drawn_towards_the_mean():
    norm = Norm(mean=2.0, deviation=0.5)
    assert norm.marks(0.0, reliability=0.3) > norm.marks(0.0)
    assert norm.marks(0.0, reliability=0.0) == pytest.approx(norm.marks(2.0))


def test_a_confidence_is_half_at_its_half_and_grows():
    scale = Scale(half=0.5, steepness=7.0)
    assert scale.confidence(0.5) == pytest.approx(0.5)
    assert 0 <= scale.confidence(0.0) < 0.01
    assert scale.confidence(1.0) > 0.98
    assert scale.confidence(1e9) <= 1
