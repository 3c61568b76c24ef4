"""Arguments and variables of the original speech containers."""

import pytest

from functions.container.original_arguments import api_keys
from shared.errors import KeysMissing


def test_the_command_line_of_the_originals_gives_its_key():
    arguments = ["Eula=accept", "Billing=https://mine.example/a=b", "ApiKey=abc=="]
    assert api_keys(arguments, {}) == ("abc==",)


@pytest.mark.parametrize("name", ["ApiKey", "apikey", "APIKEY", "apiKey"])
def test_names_are_known_in_any_case_as_argument_and_as_variable(name):
    assert api_keys([f"{name}=a"], {name: "b", "Eula": "accept"}) == ("a", "b")


def test_a_key_with_a_comma_is_one_key():
    """`SOTTO_KEYS` is a list; here a part of the key would be a key."""
    assert api_keys(["ApiKey=a,b"], {}) == ("a,b",)


def test_other_arguments_have_no_effect():
    arguments = [
        "accept",
        "Logging:Console:LogLevel:Default=Information",
        "Mounts:License=/license",
    ]
    assert api_keys(arguments, {"API_KEY": "a", "XAPIKEY": "b"}) == ()


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(["ApiKey="], {}), (["ApiKey"], {}), ([], {"APIKEY": " "}), (["ApiKey=a"], {"ApiKey": ""})],
)
def test_a_key_without_a_value_is_refused(arguments, environment):
    """A template whose variable is not set must not open the service."""
    with pytest.raises(KeysMissing, match="ApiKey"):
        api_keys(arguments, environment)
