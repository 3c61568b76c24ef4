"""Access tokens of a local issuer: which are accepted, and why the others are refused."""

import asyncio
import base64
import hashlib
import hmac
import json
import time

import pytest
from cryptography.hazmat.primitives import serialization
from structlog.testing import capture_logs

from functions.api.access import Access
from functions.api.identity import published_keys
from functions.api.identity.access_tokens import (
    LEEWAY_S,
    MAX_ACCESS_TOKEN_CHARACTERS,
    AccessTokens,
    Identity,
)
from functions.api.identity.signing_key_set import UNKNOWN_KEY_PERIOD_S
from shared.errors import ConfigurationError
from shared.settings import Settings
from tests.issuer import AUDIENCE, DISCOVERY, KEYS, private_key, public_jwk, running_issuer


@pytest.fixture
def issuer():
    with running_issuer() as running:
        yield running


@pytest.fixture
def read(issuer):
    """Reader of tokens, whose settings name the local issuer."""
    return reader(issuer)


def access_tokens(issuer, **settings):
    given = {"oidc_issuer": (issuer.url,), "oidc_audience": ("other", AUDIENCE)} | settings
    return AccessTokens(Settings(**given))


def reader(issuer, **settings):
    tokens = access_tokens(issuer, **settings)
    return lambda token: asyncio.run(tokens.read(token))


def base64url(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def later(tokens, issuer, by_s):
    """Let the time of the issuer's key set pass."""
    tokens._key_sets[issuer.url]._now = lambda: time.time() + by_s


def test_a_token_names_its_caller_and_its_end(issuer, read):
    identity = read(issuer.token(exp=2_000_000_000))
    assert identity == Identity(f"{issuer.url}\ncaller-1", 2_000_000_000)


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [
        ("RSA", "RS256"), ("RSA", "RS384"), ("RSA", "RS512"), ("RSA", "PS256"), ("RSA", "PS512"),
        ("P-256", "ES256"), ("P-384", "ES384"), ("P-521", "ES512"), ("Ed25519", "EdDSA"),
    ],
)  # fmt: skip
def test_asymmetric_algorithms_are_verified(issuer, read, kind, algorithm):
    name = f"of {kind}"
    issuer.published = [public_jwk(name, kind)]
    token = issuer.token(name, algorithm)
    assert isinstance(read(token), Identity)
    head, body, signature = token.split(".")
    changed = base64url(json.loads(base64.urlsafe_b64decode(body + "==")) | {"sub": "caller-2"})
    assert read(f"{head}.{changed}.{signature}") is Access.WRONG


@pytest.mark.parametrize(
    "changed",
    [
        {"typ": "at+jwt"},
        {"typ": "application/at+jwt"},
        {"typ": None},
        # Addresses and keys that a token brings are not read: its key is the issuer's.
        {
            "jku": "http://127.0.0.1:9/keys",
            "x5u": "http://127.0.0.1:9/x",
            "jwk": public_jwk("evil"),
        },
    ],
)
def test_other_headers_of_access_tokens_are_accepted(issuer, read, changed):
    assert isinstance(read(issuer.token(headers=changed)), Identity)


@pytest.mark.parametrize(
    ("changed", "access"),
    [
        ({"aud": "api://another"}, Access.OTHER_AUDIENCE),
        ({"aud": ["api://another", AUDIENCE]}, None),
        ({"aud": "other"}, None),
        ({"aud": AUDIENCE + "/"}, Access.OTHER_AUDIENCE),
        ({"aud": None}, Access.OTHER_AUDIENCE),
        ({"aud": 7}, Access.OTHER_AUDIENCE),
        ({"iss": "https://login.example"}, Access.WRONG),
        ({"iss": None}, Access.WRONG),
        ({"sub": None}, Access.WRONG),
        ({"sub": 7}, Access.WRONG),
        ({"exp": None}, Access.WRONG),
        ({"exp": "soon"}, Access.WRONG),
        ({"exp": 1e400}, Access.WRONG),
        ({"iat": None, "nbf": None}, None),
    ],
)
def test_claims_must_fit(issuer, read, changed, access):
    result = read(issuer.token(**changed))
    assert isinstance(result, Identity) if access is None else result is access


def test_the_issuer_is_compared_character_by_character(issuer, read):
    assert read(issuer.token(iss=issuer.url + "/")) is Access.WRONG


@pytest.mark.parametrize(
    ("changed", "is_granted"),
    [
        ({"exp": -LEEWAY_S - 5}, False),
        ({"exp": 5 - LEEWAY_S}, True),
        ({"nbf": LEEWAY_S + 5}, False),
        ({"nbf": LEEWAY_S - 5}, True),
        ({"iat": LEEWAY_S + 5}, False),
    ],
)
def test_times_count_with_a_minute_for_clocks_that_differ(issuer, read, changed, is_granted):
    now = int(time.time())
    result = read(issuer.token(**{name: now + by_s for name, by_s in changed.items()}))
    assert isinstance(result, Identity) if is_granted else result is Access.EXPIRED


def test_a_token_without_signature_is_refused(issuer, read):
    for algorithm in ("none", "None", "NONE", ""):
        head = base64url({"alg": algorithm, "kid": "first", "typ": "JWT"})
        assert read(f"{head}.{base64url(issuer.claims())}.") is Access.WRONG
    assert not issuer.n_requests  # no key was needed for that


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_the_public_key_is_no_secret_of_a_symmetric_algorithm(issuer, read, algorithm):
    public = private_key("first").public_key()
    written = [
        public.public_bytes(serialization.Encoding.PEM, layout)
        for layout in (serialization.PublicFormat.SubjectPublicKeyInfo,
                       serialization.PublicFormat.PKCS1)
    ]  # fmt: skip
    signed = f"{base64url({'alg': algorithm, 'kid': 'first'})}.{base64url(issuer.claims())}"
    for secret in (*written, json.dumps(public_jwk("first")).encode()):
        digest = hmac.digest(secret, signed.encode(), getattr(hashlib, f"sha{algorithm[2:]}"))
        assert read(f"{signed}.{base64url(digest)}") is Access.WRONG


def test_a_symmetric_key_that_an_issuer_publishes_verifies_nothing(issuer, read):
    secret = b"s" * 32
    issuer.published = [{"kty": "oct", "kid": "secret", "alg": "HS256", "k": base64url(secret)}]
    signed = f"{base64url({'alg': 'HS256', 'kid': 'secret'})}.{base64url(issuer.claims())}"
    digest = hmac.digest(secret, signed.encode(), "sha256")
    assert read(f"{signed}.{base64url(digest)}") is Access.WRONG


@pytest.mark.parametrize(
    "headers",
    [
        {"crit": ["b64"], "b64": True},
        {"crit": ["http://extension.example"], "http://extension.example": 1},
        {"crit": []},
        {"typ": "logout+jwt"},
        {"typ": 7},
        {"kid": ""},
    ],
)
def test_headers_that_mean_something_else_are_refused(issuer, read, headers):
    """Signed by the issuer itself, written here: PyJWT does not write some of them."""
    head = {"alg": "RS256", "kid": "first", "typ": "JWT"} | headers
    signed = f"{base64url(head)}.{base64url(issuer.claims())}"
    from jwt.algorithms import RSAAlgorithm  # noqa: PLC0415 - as the library signs

    signature = RSAAlgorithm(RSAAlgorithm.SHA256).sign(signed.encode(), private_key("first"))
    assert read(f"{signed}.{base64url(signature)}") is Access.WRONG


def test_a_token_without_key_id_is_refused(issuer, read):
    token = issuer.token()
    head = base64url({"alg": "RS256", "typ": "JWT"})
    assert read(f"{head}.{token.partition('.')[2]}") is Access.WRONG
    assert not issuer.n_requests


def test_a_key_serves_only_algorithms_of_its_kind(issuer, read):
    """A curve's key under an RSA name, another curve, and a key that is bound to one algorithm."""
    issuer.published = [
        public_jwk("of P-256", "P-256"),
        public_jwk("first", alg="RS512"),
        public_jwk("of P-384", "P-384"),
    ]
    elliptic = issuer.token("of P-256", "ES256").partition(".")[2]
    for algorithm in ("RS256", "PS256", "EdDSA", "ES384"):
        head = base64url({"alg": algorithm, "kid": "of P-256"})
        assert read(f"{head}.{elliptic}") is Access.WRONG
    head = base64url({"alg": "ES256", "kid": "of P-384"})
    assert read(f"{head}.{elliptic}") is Access.WRONG
    assert read(issuer.token("first", "RS256")) is Access.WRONG
    assert isinstance(read(issuer.token("first", "RS512")), Identity)


def test_a_key_of_another_issuer_signs_nothing_here(read, issuer):
    with running_issuer() as other:
        other.published = [public_jwk("of other")]
        both = reader(issuer, oidc_issuer=(issuer.url, other.url))
        assert isinstance(both(other.token("of other")), Identity)
        assert both(other.token("of other", iss=issuer.url)) is Access.WRONG
        assert read(other.token("of other")) is Access.WRONG


def test_both_versions_of_entra_tokens_are_accepted_while_an_api_moves(issuer, monkeypatch):
    """With the documents that Entra ID publishes: both versions are signed with the same keys."""
    tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47"
    v1 = f"https://sts.windows.net/{tenant}/"
    v2 = f"https://login.microsoftonline.com/{tenant}/v2.0"
    bound = "https://login.microsoftonline.com/{tenantid}/v2.0"
    documents = {
        f"{v1}.well-known/openid-configuration": {"issuer": v1, "jwks_uri": "https://keys/v1"},
        f"{v2}/.well-known/openid-configuration": {"issuer": v2, "jwks_uri": "https://keys/v2"},
        "https://keys/v1": {"keys": [public_jwk("first")]},
        "https://keys/v2": {"keys": [public_jwk("first", issuer=bound)]},
    }
    monkeypatch.setattr(published_keys, "_document", documents.__getitem__)
    read = reader(
        issuer,
        oidc_issuer=(v1, v2),
        oidc_audience=("api://11111111-2222", "11111111-2222"),
        oidc_roles=("Speech.Use",),
    )
    common = {"oid": "caller-1", "tid": tenant, "roles": ["Speech.Use"]}
    of_v1 = {"iss": v1, "aud": "api://11111111-2222", "ver": "1.0", "appid": "a"} | common
    of_v2 = {"iss": v2, "aud": "11111111-2222", "ver": "2.0", "azp": "a"} | common
    assert isinstance(read(issuer.token(**of_v1)), Identity)
    assert isinstance(read(issuer.token(**of_v2)), Identity)
    assert read(issuer.token(**of_v2 | {"tid": "another"})) is Access.WRONG
    assert read(issuer.token(**of_v1 | {"iss": v1.rstrip("/")})) is Access.WRONG
    assert read(issuer.token(**of_v2 | {"roles": []})) is Access.WITHOUT_ROLE


def test_two_issuers_are_two_callers(issuer):
    with running_issuer() as other:
        both = reader(issuer, oidc_issuer=(issuer.url, other.url))
        assert both(issuer.token()).subject != both(other.token()).subject


@pytest.mark.parametrize(
    ("claims", "is_granted"),
    [
        ({}, False),
        ({"roles": ["Speech.Use"]}, True),
        ({"roles": ["Other", "Speech.Read"]}, True),
        ({"roles": ["speech.use", "Speech.UseMore"]}, False),
        ({"roles": [{"name": "Speech.Use"}, 7]}, False),
        ({"scp": "user_impersonation Speech.Use"}, True),
        ({"scope": "openid Speech.Use"}, True),
        ({"scp": "Speech.Use.All"}, False),
        ({"scp": ["Speech.Use"]}, True),
        ({"groups": ["Speech.Use"]}, False),
    ],
)
def test_a_role_or_scope_may_be_required(issuer, claims, is_granted):
    read = reader(issuer, oidc_roles=("Speech.Use", "Speech.Read"))
    result = read(issuer.token(**claims))
    assert isinstance(result, Identity) if is_granted else result is Access.WITHOUT_ROLE


def test_a_role_does_not_mend_a_bad_token(issuer):
    read = reader(issuer, oidc_roles=("Speech.Use",))
    assert read(issuer.token(roles=["Speech.Use"], aud="x")) is Access.OTHER_AUDIENCE


def test_a_token_with_200_groups_is_accepted_and_a_huge_one_is_not_decoded(issuer, read):
    groups = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(200)]
    token = issuer.token(groups=groups)
    assert 10_000 < len(token) < MAX_ACCESS_TOKEN_CHARACTERS
    assert isinstance(read(token), Identity)
    assert read(issuer.token(groups=groups * 2)) is Access.WRONG
    deep = base64url(b"[" * 9_750_000)
    assert read(f"{deep}.{deep}.a") is Access.WRONG


@pytest.mark.parametrize(
    "token",
    [
        "", ".", "..", "a.b", "a.b.c", "a.b.c.d", "é.é.é", "\udc80.a.a",
        f"{base64url(b'[' * 6000)}.{base64url(b'{}')}.a",
        f"{base64url({'alg': 'RS256', 'kid': 'first'})}.{base64url(b'[' * 5000)}.a",
        f"{base64url({'alg': 'RS256', 'kid': 'first'})}.{base64url(b'[1]')}.aaaa",
        f"{base64url(b'7')}.{base64url({})}.aaaa",
        f"{base64url({'alg': ['RS256'], 'kid': {}})}.{base64url({'iss': []})}.aaaa",
    ],
)  # fmt: skip
def test_text_that_is_no_token_is_wrong(issuer, read, token):
    assert read(token) is Access.WRONG
    assert not issuer.n_requests


def test_keys_are_read_once_for_many_tokens(issuer, read):
    for _ in range(5):
        assert isinstance(read(issuer.token()), Identity)
    assert issuer.n_requests == {DISCOVERY: 1, KEYS: 1}


def test_a_flood_of_unknown_key_ids_reaches_the_issuer_once_in_half_a_minute(issuer):
    tokens = access_tokens(issuer)
    flood = [issuer.token(headers={"kid": f"unknown-{number}"}) for number in range(50)]

    async def at_once():
        return await asyncio.gather(*(tokens.read(token) for token in flood))

    assert set(asyncio.run(at_once())) == {Access.WRONG}
    assert set(asyncio.run(at_once())) == {Access.WRONG}
    assert issuer.n_requests[KEYS] == 1
    assert isinstance(asyncio.run(tokens.read(issuer.token())), Identity)
    later(tokens, issuer, UNKNOWN_KEY_PERIOD_S + 1)
    asyncio.run(at_once())
    assert issuer.n_requests[KEYS] == 2


def test_keys_are_rotated_without_a_restart(issuer):
    """A new key is taken with its first token; the old one counts no longer once it is gone."""
    tokens = access_tokens(issuer)
    old = issuer.token()
    assert isinstance(asyncio.run(tokens.read(old)), Identity)
    issuer.published = [public_jwk("second")]
    later(tokens, issuer, UNKNOWN_KEY_PERIOD_S + 1)
    with capture_logs() as lines:
        assert isinstance(asyncio.run(tokens.read(issuer.token("second"))), Identity)
    assert asyncio.run(tokens.read(old)) is Access.WRONG
    changes = [(line["event"], line["issuer"]) for line in lines]
    assert changes == [("signing_keys_changed", 1)]


@pytest.mark.parametrize(
    ("change", "error_type"),
    [
        ({"is_down": True}, "FetchFailed"),
        ({"body": b"<html>"}, "MalformedDocument"),
        ({"body": b"[]"}, "MalformedDocument"),
        ({"body": b"[" * 100_000}, "MalformedDocument"),
        ({"body": b" " * 300_000}, "FetchRefused"),
        ({"published": [{}] * 101}, "MalformedDocument"),
        ({"published": None}, "MalformedDocument"),
        ({"discovery": {"issuer": "https://another.example"}}, "OtherIssuer"),
        ({"discovery": {"jwks_uri": None}}, "MalformedDocument"),
        ({"discovery": {"jwks_uri": "http://issuer.example/keys"}}, "UnsafeAddress"),
        ({"discovery": {"jwks_uri": "file:///etc/keys"}}, "UnsafeAddress"),
    ],
)
def test_an_issuer_whose_keys_cannot_be_read_is_not_the_callers_fault(issuer, change, error_type):
    """The line names the kind of error and which issuer it is; it quotes nothing."""
    for name, value in change.items():
        setattr(issuer, name, value)
    tokens = access_tokens(issuer)
    with capture_logs() as lines:
        assert asyncio.run(tokens.read(issuer.token())) is Access.UNVERIFIABLE
        assert asyncio.run(tokens.read(issuer.token())) is Access.UNVERIFIABLE
    (line,) = lines
    assert line["event"] == "signing_keys_unavailable"
    assert (line["issuer"], line["error_type"]) == (1, error_type)
    assert "127.0.0.1" not in str(line)
    assert sum(issuer.n_requests.values()) <= 2


def test_a_set_of_keys_may_be_named_by_a_setting(issuer):
    """Then there is no discovery: its document may even be missing."""
    issuer.discovery = {"issuer": "https://another.example"}
    read = reader(issuer, oidc_jwks=f"{issuer.url}{KEYS}")
    assert isinstance(read(issuer.token()), Identity)
    assert issuer.n_requests == {KEYS: 1}


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"oidc_issuer": ("http://login.example",)}, "SOTTO_OIDC_ISSUER"),
        ({"oidc_issuer": ("https://login.example", "http://10.0.0.5")}, "SOTTO_OIDC_ISSUER"),
        (
            {"oidc_issuer": ("https://login.example",), "oidc_jwks": "http://login.example/k"},
            "SOTTO_OIDC_JWKS",
        ),
    ],
)
def test_addresses_beyond_loopback_must_be_encrypted(settings, key):
    with pytest.raises(ConfigurationError, match=key) as raised:
        AccessTokens(Settings(oidc_audience=("a",), **settings))
    assert "login" not in str(raised.value)


def test_the_loop_goes_on_while_keys_are_read(issuer):
    """Reading waits for the network: other requests are served meanwhile."""
    issuer.delay_s = 0.2
    tokens = access_tokens(issuer)

    async def both():
        reading = asyncio.create_task(tokens.read(issuer.token()))
        n_turns = 0
        while not reading.done():
            await asyncio.sleep(0.005)
            n_turns += 1
        return await reading, n_turns

    identity, n_turns = asyncio.run(both())
    assert isinstance(identity, Identity)
    assert n_turns > 5


def test_a_request_that_is_given_up_leaves_the_reading_to_the_others(issuer):
    issuer.delay_s = 0.1
    tokens = access_tokens(issuer)

    async def one_gives_up():
        first = asyncio.create_task(tokens.read(issuer.token()))
        second = asyncio.create_task(tokens.read(issuer.token()))
        await asyncio.sleep(0.05)
        first.cancel()
        return await second

    assert isinstance(asyncio.run(one_gives_up()), Identity)
    assert issuer.n_requests[KEYS] == 1
