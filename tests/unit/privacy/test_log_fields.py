"""Fields that a log line may hold."""

import enum
import math

import numpy as np
import pytest

from shared.privacy.log_fields import (
    ALLOWED_FIELDS,
    exception_fields,
    keep_allowed_fields,
    name_exception,
)
from shared.ticks import ticks_from_seconds


class _Mode(enum.StrEnum):
    GREEDY = "greedy"


def kept(**fields):
    return keep_allowed_fields(None, "info", {"event": "request"} | fields)


@pytest.mark.parametrize(
    ("key", "value", "written"),
    [
        ("status", 200, 200),
        ("rtf", 0.123456, 0.123),
        ("audio_ms", np.float32(1.5), 1.5),
        ("n_phrases", np.int64(3), 3),
        ("route", "/speechtotext/transcriptions:transcribe", None),
        ("route", "/speech/recognition/{mode}/cognitiveservices/v1", None),
        ("method", "POST", None),
        ("request_id", "0f8fad5b-d9cb-469f-a165-70867728950e", None),
        ("error_code", "InvalidArgument", None),
        ("error_at", "shared.audio.stream:120", None),
        ("engine", _Mode.GREEDY, "greedy"),
    ],
)
def test_numbers_and_names_pass(key, value, written):
    expected = value if written is None else written
    assert kept(**{key: value}) == {"event": "request", key: expected}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("text", "remind me at five"),
        ("audio", b"RIFF"),
        ("key", "k"),
        ("url", "https://x.example/a.wav?sig=s"),
        ("locale", "en-US"),
        ("error_code", "the speaker said remind me at five"),
        ("error_code", "a" * 65),
        ("route", "/containers/in/board meeting.wav"),
        ("route", "/x?sig=abc"),
        ("request_id", "remind-me"),
        ("method", "remind"),
        ("status", "two hundred"),
        ("status", b"200"),
        ("status", [200]),
        ("audio_ms", math.nan),
        ("audio_ms", np.zeros(3)),
        ("error_type", ValueError("remind me at five")),
    ],
)
def test_anything_else_is_deleted_and_counted(key, value):
    assert kept(**{key: value}) == {"event": "request", "n_fields_dropped": 1}


@pytest.mark.parametrize("event", ["Recognised: remind me at five", "", 7, None, "a" * 49])
def test_an_event_that_is_no_name_is_replaced(event):
    line = keep_allowed_fields(None, "info", {"event": event})
    assert line["event"] == "unnamed_event" or line["event"] == event == 7


def test_a_field_without_a_value_is_left_out():
    assert kept(n_phrases=None) == {"event": "request"}


def test_every_field_has_a_reason_and_a_name_in_snake_case():
    for name, field in ALLOWED_FIELDS.items():
        assert field.reason
        assert name == name.lower()


def caught(function):
    try:
        function()
    except Exception as error:  # noqa: BLE001
        return error
    return None


def test_an_exception_is_named_by_type_and_by_the_place_in_our_code():
    error = caught(lambda: ticks_from_seconds("remind me at five"))
    fields = exception_fields(error)
    assert fields["error_type"] == "TypeError"
    assert fields["error_at"].startswith("shared.ticks:")


def test_an_exception_that_never_was_raised_has_no_place():
    assert exception_fields(KeyError("remind me")) == {"error_type": "KeyError"}


@pytest.mark.parametrize("form", ["instance", "tuple", "true"])
def test_exc_info_in_any_form_becomes_fields(form):
    try:
        raise KeyError("remind me at five")  # noqa: TRY301
    except KeyError as error:
        given = {"instance": error, "tuple": (KeyError, error, None), "true": True}[form]
        line = name_exception(None, "error", {"event": "failed", "exc_info": given})
    assert line["error_type"] == "KeyError"
    assert set(line) == {"event", "error_type", "error_at"}


@pytest.mark.parametrize("given", [None, False, (None, None, None)])
def test_no_exception_is_no_field(given):
    assert name_exception(None, "error", {"event": "x", "exc_info": given}) == {"event": "x"}
