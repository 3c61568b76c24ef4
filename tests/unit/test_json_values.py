"""Numbers and truth values that clients write as strings."""

import pytest

from shared.json_fields import FieldError, JsonFields
from shared.json_values import read_number, read_truth_value, read_whole_number


@pytest.mark.parametrize(
    ("written", "number"),
    [("3", 3), (" 3 ", 3), ("-3", -3), ("0", 0), ("007", 7), ("3.0", 3), (3.0, 3), (3, 3)],
)
def test_a_whole_number_may_be_a_string_or_end_in_a_zero(written, number):
    assert read_whole_number(written) == number
    assert type(read_whole_number(written)) is int


NOT_WHOLE = ["", " ", "3.5", "3,0", "three", "0x3", "1_0", "\u0663", "3e0", "+3", "9" * 21]
NOT_WHOLE += [3.5, float("inf"), float("nan"), True, None, [3], {"3": 3}]


@pytest.mark.parametrize("written", NOT_WHOLE)
def test_anything_else_is_no_whole_number(written):
    assert read_whole_number(written) is written


def test_a_number_may_be_a_string_and_a_truth_value_is_none():
    assert [read_number(value) for value in ("1.5", " 2 ", "-1", 0.5)] == [1.5, 2.0, -1.0, 0.5]
    assert [read_number(value) for value in ("", "nan", "1e3", True)] == ["", "nan", "1e3", True]


def test_a_truth_value_may_be_a_string_and_a_number_is_none():
    assert [read_truth_value(value) for value in ("true", "False", True)] == [True, False, True]
    assert [read_truth_value(value) for value in ("", "1", 1, "yes")] == ["", "1", 1, "yes"]


BODY = b'{"i":"3","n":"1.5","f":"true","o":{"a":"1"},"l":["1",2.0],"t":"5"}'


def test_fields_of_a_request_are_read_so_and_texts_stay_texts():
    found = JsonFields.parse(BODY, 1000, reads_text=True)
    assert (found.integer("i", 0, 3), found.number("n", 0, 2), found.flag("f")) == (3, 1.5, True)
    assert found.fields("o").integer("a", 1, 1) == 1
    assert found.items("l", 2, lambda item: item.integer("item", 0, 9)) == [1, 2]
    assert found.text("t") == "5"


@pytest.mark.parametrize("name", ["i", "f"])
def test_records_of_ours_have_no_numbers_in_strings(name):
    found = JsonFields.parse(BODY, 1000)
    with pytest.raises(FieldError, match=f"{name} must be"):
        found.integer("i", 0, 9) if name == "i" else found.flag("f")
