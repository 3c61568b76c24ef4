"""Sources of results never contain credentials."""

import pytest

from shared.formats.source_address import source_text


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("https://store.example/a.wav", "https://store.example/a.wav"),
        ("https://store.example/a%20b.wav?sp=r&sig=x", "https://store.example/a%20b.wav"),
        ("https://store.example:8443/a.wav#part", "https://store.example:8443/a.wav"),
        ("https://user:secret@store.example/a.wav", "https://store.example/a.wav"),
        ("http://[::1/a.wav?sig=x", "http://[::1/a.wav"),
        ("calls/monday.wav", "calls/monday.wav"),
        ("why?.wav", "why?.wav"),
        ("take #2.wav", "take #2.wav"),
    ],
)
def test_an_address_loses_query_fragment_and_user_and_a_name_nothing(source, shown):
    assert source_text(source) == shown
