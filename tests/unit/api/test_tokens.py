"""Tokens of `issueToken`."""

import jwt
import pytest

from functions.api.tokens import TOKEN_LIFETIME_S, TokenIssuer, TokenScope
from shared.signing_keys import derive_signing_keys

NOW = 1_760_000_000
OLD, NEW = "old-key-0123456789", "new-key-9876543210"


def issuer(*keys, now=NOW):
    return TokenIssuer(keys, now=lambda: now)


def test_a_token_is_a_jwt_of_three_parts_that_lasts_ten_minutes():
    token = issuer(OLD).issue()
    assert token.count(".") == 2
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims == {
        "iss": "sotto", "aud": "sotto.speech", "iat": NOW, "exp": NOW + 600, "scope": "speech",
        "sub": "",
    }  # fmt: skip


@pytest.mark.parametrize("scope", TokenScope)
def test_another_instance_with_the_same_keys_accepts_it_with_its_scope(scope):
    assert issuer(OLD).verify(issuer(OLD).issue(scope)) is scope


def test_it_expires():
    token = issuer(OLD).issue()
    assert issuer(OLD, now=NOW + TOKEN_LIFETIME_S - 1).verify(token) is TokenScope.SPEECH
    assert issuer(OLD, now=NOW + TOKEN_LIFETIME_S).verify(token) is None


def test_an_instance_whose_clock_is_behind_accepts_it():
    assert issuer(OLD, now=NOW - 30).verify(issuer(OLD).issue()) is TokenScope.SPEECH


def test_it_survives_rotation_while_its_key_is_configured():
    token = issuer(OLD).issue()
    assert issuer(NEW, OLD).verify(token) is TokenScope.SPEECH
    assert issuer(NEW).verify(token) is None


def test_the_first_key_signs():
    assert issuer(NEW).verify(issuer(NEW, OLD).issue()) is TokenScope.SPEECH
    assert issuer(OLD).verify(issuer(NEW, OLD).issue()) is None


def test_without_keys_a_token_is_valid_in_this_process():
    assert issuer().verify(issuer().issue()) is TokenScope.SPEECH
    assert issuer(OLD).verify(issuer().issue()) is None


def forged(**changes):
    claims = {"iss": "sotto", "aud": "sotto.speech", "iat": NOW, "exp": NOW + 9, "scope": "speech"}
    claims |= changes
    (key,) = derive_signing_keys([OLD], "token")
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm="HS256")


def test_the_forgery_of_these_tests_is_valid_where_nothing_is_changed():
    assert issuer(OLD).verify(forged()) is TokenScope.SPEECH


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        "é.è.ê",
        "." * 5000,
        forged(iss="other"),
        forged(aud="other"),
        forged(exp=None),
        forged(exp="soon"),
        forged(scope="everything"),
        forged(scope=None),
        jwt.encode({"scope": "speech"}, "", algorithm="none"),
        jwt.encode({"scope": "speech", "exp": NOW + 9}, OLD.ljust(32), algorithm="HS256"),
        forged()[:-4] + "AAAA",
    ],
)
def test_anything_else_is_no_token(token):
    assert issuer(OLD).verify(token) is None


def test_keys_of_another_purpose_or_client_key_are_others():
    keys = {
        derive_signing_keys([client_key], purpose)
        for client_key in (OLD, NEW)
        for purpose in ("token", "file address")
    }
    assert len(keys) == 4
    assert {len(key) for (key,) in keys} == {32}


def test_derivation_is_the_same_in_every_release():
    """A new release beside an old one must accept its tokens; change the salt's number if not."""
    (key,) = derive_signing_keys(["k"], "token")
    assert key.hex() == "5c95dc596e39c9024b229723a395662c8380ef71793aa5878577e826cd402773"


def test_a_token_of_more_than_4_kb_is_wrong_even_if_it_is_signed_by_us():
    """So nothing that long is decoded: its claims would be read before its signature is."""
    [key] = derive_signing_keys([OLD], "token")
    claims = jwt.decode(issuer(OLD).issue(), options={"verify_signature": False})
    for padding, scope in (("a" * 1_000, TokenScope.SPEECH), ("a" * 4_000, None)):
        token = jwt.encode(claims | {"padding": padding}, key, algorithm="HS256")
        assert issuer(OLD).verify(token) is scope
