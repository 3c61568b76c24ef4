import pytest

from benchmarks.repetition_count import count_repetitions

HOLD = "Please hold. Your call is important to us."


@pytest.mark.parametrize(
    ("text", "unit", "n", "expected"),
    [
        ("no no no no", "No.", 4, 4),
        ("no no", "No.", 4, 2),
        ("", "No.", 4, 0),
        ("hahahaha", "Ha.", 4, 4),
        ("hah hah hah", "Ha.", 3, 3),
        ("nobody came", "Seven.", 3, 0),
        ("7, 7, 7", "Seven.", 3, 3),
        ("please hold your call is important please hold your call is important to us", HOLD, 2, 2),
        ("please hold your call is important to us " * 14, HOLD, 2, 14),
    ],
)
def test_units_are_counted_by_alignment(text: str, unit: str, n: int, expected: int) -> None:
    """A joined or slightly misheard unit counts, a missing one does not, a loop counts in full."""
    assert count_repetitions(text, (unit,), n, "en") == expected


def test_speech_around_the_units_is_not_counted() -> None:
    """Words before and after take no part, also where the unit is in them."""
    text = "there is no time no no no and then he left"
    count = count_repetitions(text, ("No.",), 3, "en", ("There is no time.", "And then he left."))
    assert count == 3


def test_a_unit_that_is_misheard_each_time_counts_by_its_reading_alone() -> None:
    """The unit alone is recognised as another word, and so is each of its repetitions."""
    assert count_repetitions("huh huh huh huh", ("Ha.", "Huh."), 4, "en") == 4
