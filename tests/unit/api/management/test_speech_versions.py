"""Versions of the management API: how they are asked for, and the addresses of answers."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from starlette.requests import Request

from functions.api.management.speech_versions import (
    Addresses,
    SpeechVersion,
    base_address,
    speech_version,
    time_text,
)
from functions.api.problems import Problem
from functions.api.speech_models.base_model import base_model_id, names_model
from shared.settings import Settings

V32, DATED = SpeechVersion("v3.2"), SpeechVersion("2024-11-15")


def request(query="", version=None, scheme="http", **headers):
    return Request(
        {
            "type": "http",
            "scheme": scheme,
            "path": "/",
            "query_string": query.encode(),
            "headers": [(n.replace("_", "-").encode(), v.encode()) for n, v in headers.items()],
            "path_params": {} if version is None else {"version": version},
            "server": ("10.0.0.4", 5000),
        }
    )


def test_the_version_is_in_the_path_or_in_the_query():
    assert asyncio.run(speech_version(request(version="v3.2"))) == V32
    assert asyncio.run(speech_version(request("API-Version=2024-11-15"))) == DATED
    assert not V32.is_dated
    assert DATED.is_dated


@pytest.mark.parametrize(
    ("query", "version", "status"),
    [
        ("", None, 400),
        ("api-version=", None, 400),
        ("api-version=v3.2", None, 400),
        ("api-version=2023-01-01", None, 400),
        ("", "v2.0", 404),
        ("api-version=2024-11-15", "v3.9", 404),
    ],
)
def test_no_version_that_is_known(query, version, status):
    with pytest.raises(Problem) as refused:
        asyncio.run(speech_version(request(query, version)))
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("headers", "base"),
    [
        ({"host": "speech.local:5000"}, "http://speech.local:5000"),
        ({"host": "[::1]:5000"}, "http://[::1]:5000"),
        ({"host": "inner", "x_forwarded_host": "outer.example"}, "http://outer.example"),
        (
            {
                "host": "inner",
                "x_forwarded_proto": "HTTPS, http",
                "x_forwarded_host": "outer.example, inner",
            },
            "https://outer.example",
        ),
        ({"host": "inner", "x_forwarded_proto": "javascript"}, "http://inner"),
        ({"host": "evil.example/path?"}, "http://10.0.0.4:5000"),
        ({"host": "user@evil.example", "x_forwarded_host": '"><b>'}, "http://10.0.0.4:5000"),
        ({}, "http://10.0.0.4:5000"),
    ],
)
def test_addresses_begin_with_the_address_of_the_request(headers, base):
    assert base_address(request(**headers), Settings(tls_terminated=True)) == base


def test_forwarded_addresses_are_ignored_where_no_proxy_is():
    """Any client could have written them."""
    asked = request(host="inner", x_forwarded_host="evil.example", x_forwarded_proto="https")
    assert base_address(asked, Settings()) == "http://inner"


def test_the_public_address_wins_over_every_header():
    asked = request(host="evil.example", x_forwarded_host="evil.example")
    settings = Settings(public_url="https://speech.example/stt")
    assert base_address(asked, settings) == "https://speech.example/stt"


def test_each_generation_has_addresses_and_durations_of_its_own():
    address = Addresses("https://h", V32).of_resource("transcriptions", "1", "files", top=5)
    assert address == "https://h/speechtotext/v3.2/transcriptions/1/files?top=5"
    address = Addresses("https://h", DATED).of_resource("transcriptions", "1")
    assert address == "https://h/speechtotext/transcriptions/1?api-version=2024-11-15"
    filtered = Addresses("https://h", V32).of_resource("transcriptions", filter="status eq 'a&b'")
    assert filtered.endswith("?filter=status%20eq%20%27a%26b%27")
    assert V32.duration(62.5) == {"duration": "PT1M2.5S"}
    assert DATED.duration(62.5) == {"durationMilliseconds": 62_500}


def test_times_are_whole_seconds_in_utc():
    moment = datetime(2025, 5, 24, 5, 20, 39, 999_999, timezone(timedelta(hours=2)))
    assert time_text(moment) == "2025-05-24T03:20:39Z"
    assert time_text(moment.astimezone(UTC)) == "2025-05-24T03:20:39Z"


def test_a_model_is_named_by_its_id_on_whatever_host():
    address = f"https://other/speechtotext/models/base/{base_model_id('base')}?api-version=x"
    assert names_model(address, "base")
    assert not names_model(address, "small")
    assert names_model("https://h/speechtotext/v3.2/models/base/base", "base")
    assert not names_model("http://[", "base")
