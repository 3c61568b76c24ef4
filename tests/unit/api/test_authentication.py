"""Keys and tokens, and the addresses that need none."""

import asyncio
import base64
from pathlib import Path

import pytest
from starlette.datastructures import Headers
from starlette.requests import Request

from functions.api.access import Access
from functions.api.admission import caller_of
from functions.api.authentication import Authenticator
from functions.api.problems import Problem, Shape
from functions.api.safe_binding import is_loopback, require_safe_binding
from functions.api.tokens import MAX_CREDENTIAL_CHARACTERS
from shared.errors import ConfigurationError
from shared.settings import Settings

KEYS = ("first-key", "second-key", "schlüssel-π")
AUTHENTICATOR = Authenticator(Settings(keys=KEYS))
OPEN = Authenticator(Settings())

GRANTED = [
    {"Ocp-Apim-Subscription-Key": "first-key"},
    {"ocp-apim-subscription-key": "second-key"},
    {"api-key": "first-key"},
    {"Authorization": "Bearer first-key"},
    {"Authorization": "bearer   first-key"},
    {"Ocp-Apim-Subscription-Key": "wrong", "Authorization": "Bearer first-key"},
    {"Ocp-Apim-Subscription-Key": "schlüssel-π"},
]
WRONG = [
    {"Ocp-Apim-Subscription-Key": "wrong"},
    {"Ocp-Apim-Subscription-Key": "first-ke"},
    {"Ocp-Apim-Subscription-Key": "first-key "},
    {"Ocp-Apim-Subscription-Key": "FIRST-KEY"},
    {"Ocp-Apim-Subscription-Key": "first-key,second-key"},
    {"Ocp-Apim-Subscription-Key": "é" * 3},
    {"api-key": "wrong"},
    {"Authorization": "Bearer wrong"},
    {"Authorization": "Bearer"},
    {"Authorization": "Basic first-key"},
    {"Authorization": "first-key"},
    {"Authorization": "Bearer " + AUTHENTICATOR.tokens.issue() + "x"},
]
MISSING = [{}, {"Ocp-Apim-Subscription-Key": ""}, {"Accept": "application/json"}]


def headers_of(given):
    """Headers as an ASGI server hands them over: UTF-8 on the wire."""
    return Headers(raw=[(name.lower().encode(), value.encode()) for name, value in given.items()])


def check(authenticator, headers, **query):
    return asyncio.run(authenticator.check(headers, **query))


def check_exchangeable(authenticator, headers):
    return asyncio.run(authenticator.identify_exchangeable(headers)).access


def request_with(given):
    return Request({"type": "http", "path": "/", "headers": headers_of(given).raw})


@pytest.mark.parametrize(
    ("given", "access"),
    [(given, Access.GRANTED) for given in GRANTED]
    + [(given, Access.WRONG) for given in WRONG]
    + [(given, Access.MISSING) for given in MISSING],
)
def test_credentials_are_judged(given, access):
    assert check(AUTHENTICATOR, headers_of(given)) is access


def test_a_token_gives_the_access_of_a_key():
    """Made here: one of the table would be too old when its turn comes."""
    given = {"Authorization": f"Bearer {AUTHENTICATOR.tokens.issue()}"}
    assert check(AUTHENTICATOR, headers_of(given)) is Access.GRANTED


def caller(authenticator, given):
    """Identifier of the key that a request counts for."""
    request = Request({"type": "http", "headers": headers_of(given).raw})
    asyncio.run(authenticator.authenticate(request))
    return caller_of(request)


def test_a_request_counts_for_its_key_and_a_token_for_the_key_that_it_was_issued_for():
    """However the key is presented; no identifier has a key in it."""
    first, second = (caller(AUTHENTICATOR, {"api-key": key}) for key in KEYS[:2])
    token = AUTHENTICATOR.tokens.issue(caller=second)
    assert first != second
    assert caller(AUTHENTICATOR, {"Authorization": "Bearer first-key"}) == first
    assert caller(AUTHENTICATOR, {"Authorization": f"Bearer {token}"}) == second
    assert "key" not in first + second
    assert caller(AUTHENTICATOR, WRONG[0]) == caller(OPEN, MISSING[0]) == ""


@pytest.mark.parametrize("given", [MISSING[0], WRONG[0]])
def test_without_keys_everybody_may_call(given):
    assert check(OPEN, headers_of(given)) is Access.GRANTED
    assert check_exchangeable(OPEN, headers_of(given)) is Access.GRANTED


@pytest.mark.parametrize(
    ("authorization", "access"),
    [("Bearer first-key", Access.GRANTED), ("first-key", Access.WRONG), ("", Access.MISSING)],
)
def test_a_websocket_of_a_browser_may_bring_its_authorization_in_the_query(authorization, access):
    """The Speech SDK for JavaScript puts its headers there."""
    assert check(AUTHENTICATOR, {}, query_authorization=authorization) is access


def test_a_websocket_of_a_browser_may_bring_its_key_in_the_query():
    assert check(AUTHENTICATOR, headers_of({}), query_key="first-key") is Access.GRANTED
    assert check(AUTHENTICATOR, headers_of({}), query_key="wrong") is Access.WRONG


def test_a_plain_dictionary_with_a_key_outside_latin_1_is_judged_too():
    assert check(AUTHENTICATOR, {"api-key": "schlüssel-π"}) is Access.GRANTED


@pytest.mark.parametrize("place", ["Ocp-Apim-Subscription-Key", "api-key", "Authorization", None])
def test_13_mb_of_credential_are_wrong_wherever_they_come(place):
    """As deep JSON in the head of a token, which would be decoded before its signature is read."""
    credential = base64.urlsafe_b64encode(b"[" * 9_750_000).decode() + ".a.a"
    if place is None:
        assert check(AUTHENTICATOR, {}, query_key=credential) is Access.WRONG
        return
    given = {place.lower(): f"Bearer {credential}" if place == "Authorization" else credential}
    assert check(AUTHENTICATOR, given) is Access.WRONG


def test_a_configured_key_is_no_longer_than_a_checked_one():
    longest = "k" * MAX_CREDENTIAL_CHARACTERS
    authenticator = Authenticator(Settings(keys=(longest,)))
    assert check(authenticator, {"api-key": longest}) is Access.GRANTED
    assert check(authenticator, {"api-key": longest + "k"}) is Access.WRONG
    with pytest.raises(ConfigurationError, match="SOTTO_KEYS") as raised:
        Authenticator(Settings(keys=("k", longest + "k")))
    assert "kk" not in str(raised.value)


def test_a_token_does_not_buy_a_token():
    token = AUTHENTICATOR.tokens.issue()
    for header in ("Ocp-Apim-Subscription-Key", "api-key"):
        assert check_exchangeable(AUTHENTICATOR, headers_of({header: token})) is Access.WRONG
    given = {"Authorization": f"Bearer {token}"}
    assert check_exchangeable(AUTHENTICATOR, headers_of(given)) is Access.MISSING
    assert check_exchangeable(AUTHENTICATOR, headers_of({"api-key": "first-key"})) is Access.GRANTED


@pytest.mark.parametrize(
    ("requirement", "given", "status"),
    [
        ("require", {}, 401),
        ("require", WRONG[0], 401),
        ("require_short_audio", {}, 403),
        ("require_short_audio", WRONG[0], 401),
        ("require_exchangeable", {}, 401),
        ("require_exchangeable", WRONG[0], 401),
    ],
)
def test_a_refusal_has_the_status_of_its_contract(requirement, given, status):
    with pytest.raises(Problem) as raised:
        asyncio.run(getattr(AUTHENTICATOR, requirement)(request_with(given)))
    assert raised.value.status == status
    assert raised.value.shape is Shape.WRAPPED
    assert ("WWW-Authenticate" in raised.value.headers) is (status == 401)
    assert "wrong" not in str(raised.value.body(Shape.WRAPPED))


@pytest.mark.parametrize("requirement", ["require", "require_short_audio", "require_exchangeable"])
def test_a_right_key_passes(requirement):
    asyncio.run(getattr(AUTHENTICATOR, requirement)(request_with(GRANTED[0])))


def test_every_key_is_compared_whichever_fits(monkeypatch):
    compared = []

    def counting(first, second):
        compared.append(len(first) == len(second) == 32)
        return first == second

    monkeypatch.setattr("hmac.compare_digest", counting)
    assert check(AUTHENTICATOR, {"api-key": "first-key"}) is Access.GRANTED
    assert compared == [True, True, True]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost"])
def test_loopback_may_be_open(host):
    assert is_loopback(host)
    require_safe_binding(Settings(host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "10.0.0.5", "speech.example", "127.0.0.1x"])  # noqa: S104
def test_any_other_address_needs_keys(host):
    assert not is_loopback(host)
    with pytest.raises(ConfigurationError, match="SOTTO_KEYS"):
        require_safe_binding(Settings(host=host, tls_terminated=True))


@pytest.mark.parametrize(
    "settings",
    [{"tls_terminated": True}, {"public_url": "https://speech.example"}],
)
def test_loopback_behind_a_proxy_needs_keys(settings):
    """All clients of the proxy reach the service."""
    with pytest.raises(ConfigurationError, match="SOTTO_KEYS"):
        require_safe_binding(Settings(**settings))
    require_safe_binding(Settings(keys=KEYS, **settings))


@pytest.mark.parametrize(
    "url",
    ["http://localhost:5000", "http://sotto.localhost", "http://127.0.0.1", "http://[::1]:5000"],
)
def test_a_public_address_of_this_machine_needs_no_keys(url):
    require_safe_binding(Settings(public_url=url))


@pytest.mark.parametrize("settings", [{}, {"public_url": "https://speech.example"}])
def test_an_issuer_protects_as_keys_do(settings):
    issuer = {"oidc_issuer": ("https://login.example",), "oidc_audience": ("api://sotto",)}
    require_safe_binding(Settings(host="10.0.0.5", tls_terminated=True, **issuer, **settings))
    with pytest.raises(ConfigurationError, match="SOTTO_TLS_TERMINATED"):
        require_safe_binding(Settings(host="10.0.0.5", **issuer, **settings))


def test_any_other_address_needs_encryption():
    with pytest.raises(ConfigurationError, match="SOTTO_TLS_TERMINATED") as raised:
        require_safe_binding(Settings(host="10.0.0.5", keys=KEYS))
    assert "first-key" not in str(raised.value)


@pytest.mark.parametrize(
    "encryption",
    [{"tls_terminated": True}, {"tls_cert": Path("c.pem"), "tls_key": Path("k.pem")}],
)
def test_with_keys_and_encryption_any_address_is_fine(encryption):
    require_safe_binding(Settings(host="10.0.0.5", keys=KEYS, **encryption))
