"""Strict reading of what Sotto wrote: names what is wrong, never what was there."""

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.json_fields import FieldError, JsonFields, is_uuid, moment_text


class Colour(StrEnum):
    """Words that a field may be."""

    RED = "red"
    BLUE = "blue"


def pair_of_texts(item):
    return item.items("item", 2, lambda text: text.text("item"))


def fields(text):
    return JsonFields.parse(text.encode(), 1000)


def test_each_shape_is_taken():
    found = fields(
        '{"t":"ü","i":3,"n":1.5,"f":false,"e":"red","m":"2026-11-24T08:15:00.5Z",'
        '"o":{"a":1},"l":[1,2],"z":null}'
    )
    assert (found.text("t"), found.integer("i", 0, 3), found.number("n", 0, 2)) == ("ü", 3, 1.5)
    assert found.flag("f") is False
    assert found.member("e", Colour) is Colour.RED
    assert found.moment("m") == datetime(2026, 11, 24, 8, 15, 0, 500_000, UTC)
    assert found.fields("o").integer("a", 1, 1) == 1
    assert found.items("l", 2, lambda item: item.integer("item", 0, 9)) == [1, 2]
    assert not found.has("z")
    found.end()


@pytest.mark.parametrize(
    ("text", "take", "message"),
    [
        ("{}", lambda f: f.text("a"), "a is missing"),
        ('{"a":1}', lambda f: f.text("a"), "a must be text"),
        ('{"a":"long"}', lambda f: f.text("a", 3), "a must have no more than 3 characters"),
        ('{"a":"1"}', lambda f: f.integer("a", 0, 9), "a must be a whole number"),
        ('{"a":true}', lambda f: f.integer("a", 0, 9), "a must be a whole number"),
        ('{"a":10}', lambda f: f.integer("a", 0, 9), "a must be 0 to 9"),
        ('{"a":1e999}', lambda f: f.number("a", 0, 9), "a must be 0 to 9"),
        ('{"a":0}', lambda f: f.flag("a"), "a must be true or false"),
        ('{"a":"green"}', lambda f: f.member("a", Colour), "a must be one of red, blue"),
        ('{"a":"today"}', lambda f: f.moment("a"), "a must be a time such as"),
        ('{"a":"2026-02-30T00:00:00Z"}', lambda f: f.moment("a"), "a must be a time such as"),
        ('{"a":"2026-02-20T00:00:00"}', lambda f: f.moment("a"), "a must be a time such as"),
        ('{"a":[]}', lambda f: f.fields("a"), "a must be an object"),
        ('{"a":{}}', lambda f: f.items("a", 1, JsonFields.names), "a must be a list"),
        ('{"a":[1,2]}', lambda f: f.items("a", 1, JsonFields.names), "no more than 1 items"),
        ('{"a":[1]}', lambda f: f.items("a", 1, JsonFields.names), "no unknown fields"),
        ('{"a":1}', JsonFields.end, "there must be no unknown fields"),
        ('{"a":{"b":1}}', lambda f: f.fields("a").text("b"), r"^a\.b must be text$"),
        ('{"a":{}}', lambda f: f.fields("a").text("b"), r"^a\.b is missing$"),
        ('{"a":{"b":1,"c":2}}', lambda f: f.fields("a", 1), "^a must have no more than 1 members$"),
        (
            '{"a":[0,"1"]}',
            lambda f: f.items("a", 2, lambda item: item.integer("item", 1, 9)),
            r"^a\[0\] must be 1 to 9$",
        ),
        (
            '{"a":{"b":[{"c":"d"},{"c":5}]}}',
            lambda f: f.fields("a").items("b", 2, lambda item: item.fields("item").text("c")),
            r"^a\.b\[1\]\.c must be text$",
        ),
        (
            '{"a":[["b"],[5]]}',
            lambda f: f.items("a", 2, pair_of_texts),
            r"^a\[1\]\[0\] must be text$",
        ),
    ],
)
def test_another_shape_is_refused_in_words_of_ours(text, take, message):
    with pytest.raises(FieldError, match=message) as refusal:
        take(fields(text))
    assert refusal.value.__context__ is None


@pytest.mark.parametrize("text", ["", "1", "[]", '{"a":NaN}', '{"a":1,"a":1}', "{'a':1}"])
def test_a_text_that_is_no_json_object_is_refused(text):
    with pytest.raises(FieldError):
        fields(text)


def test_a_text_that_is_too_long_is_not_even_read():
    with pytest.raises(FieldError, match="no more than 10 bytes"):
        JsonFields.parse(b"{" * 11, 10)


def test_a_uuid_is_lower_case_with_dashes():
    assert is_uuid("0b0e9f5e-6c1d-4d53-9c1a-3f2f7f4f8a11")
    assert not is_uuid("0B0E9F5E-6C1D-4D53-9C1A-3F2F7F4F8A11")
    assert not is_uuid("0b0e9f5e6c1d4d539c1a3f2f7f4f8a11")
    assert not is_uuid("../../etc/passwd")


def test_a_moment_is_written_in_utc():
    berlin = timezone(timedelta(hours=1))
    assert moment_text(datetime(2026, 11, 24, 9, 15, tzinfo=berlin)) == "2026-11-24T08:15:00Z"


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_that_is_written_is_read_again(moment):
    assert fields(f'{{"a":"{moment_text(moment)}"}}').moment("a") == moment
