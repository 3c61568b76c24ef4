"""Values of SSML's `prosody` and `break`."""

import pytest

from shared.synthesis.prosody import gain_db, pause_s, pitch_factor, speed_factor


@pytest.mark.parametrize(
    ("rate", "factor"),
    [
        ("default", 1.0), ("slow", 0.64), ("X-Fast", 2.0), ("1.5", 1.5), ("+20%", 1.2),
        ("-20.00%", 0.8), ("30%", 1.3), ("0.1", 0.5), ("+900%", 3.0), ("quick", 1.0), ("", 1.0),
        ("9" * 5_000 + "%", 1.0),
    ],
)  # fmt: skip
def test_rates_are_factors_of_half_to_three(rate, factor):
    assert speed_factor(rate) == pytest.approx(factor)


@pytest.mark.parametrize(
    ("pitch", "factor"),
    [
        ("medium", 1.0), ("high", 1.2), ("+12st", 1.5), ("-12st", 0.5), ("+2st", 1.122),
        ("+99999st", 1.5), ("-99999st", 0.5), ("+10%", 1.1), ("+16Hz", 1.1),
        ("600Hz", 1.0), ("squeaky", 1.0),
    ],
)  # fmt: skip
def test_pitches_are_factors_of_a_half_to_one_and_a_half(pitch, factor):
    assert pitch_factor(pitch) == pytest.approx(factor, abs=0.001)


@pytest.mark.parametrize(
    ("volume", "expected"),
    [
        ("default", 0.0), ("100", 0.0), ("50", -6.02), ("soft", -7.96), ("-50%", -6.02),
        ("+100", 6.02), ("+6dB", 6.0), ("-6db", -6.0), ("silent", -120.0), ("0", -120.0),
        ("louder", 0.0), ("+90dB", 20.0),
    ],
)  # fmt: skip
def test_volumes_are_decibels(volume, expected):
    assert gain_db(volume) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("time", "strength", "expected"),
    [
        ("200ms", None, 0.2), ("1.5s", "weak", 1.5), ("+.25s", None, 0.25), ("90s", None, 20.0),
        (None, None, 0.75), (None, "none", 0.0), (None, "x-strong", 1.25), ("soon", "weak", 0.5),
    ],
)  # fmt: skip
def test_breaks_are_seconds(time, strength, expected):
    assert pause_s(time, strength) == expected
