"""Key sets: which keys are used, and for which issuers."""

import pytest

from functions.api.identity import published_keys
from functions.api.identity.published_keys import (
    KEY_KINDS,
    MalformedDocument,
    UnsafeAddress,
    load_keys,
    read_keys,
)
from tests.issuer import public_jwk

TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
V1 = f"https://sts.windows.net/{TENANT}/"
V2 = f"https://login.microsoftonline.com/{TENANT}/v2.0"
# Personal accounts of Microsoft have a tenant of their own.
PERSONAL = "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"
TEMPLATE = "https://login.microsoftonline.com/{tenantid}/v2.0"


def test_no_algorithm_is_symmetric():
    assert not [name for name in KEY_KINDS if name.startswith("HS") or name.lower() == "none"]


@pytest.mark.parametrize(
    "entry",
    [
        public_jwk("first") | {"use": "enc"},
        public_jwk("first") | {"use": None},
        public_jwk("first") | {"key_ops": ["encrypt"]},
        public_jwk("first") | {"key_ops": 7},
        public_jwk("first") | {"kid": None},
        public_jwk("first") | {"kty": "oct", "k": "c2VjcmV0"},
        public_jwk("first") | {"kty": ["RSA"]},
        public_jwk("first") | {"alg": "HS256"},
        public_jwk("first") | {"alg": ["RS256"]},
        public_jwk("first") | {"n": "%%%"},
        public_jwk("first") | {"n": None},
        public_jwk("weak", "RSA-1024"),
        public_jwk("of P-256", "P-256") | {"crv": "secp256k1"},
        public_jwk("of P-256", "P-256") | {"crv": "P-384"},
        public_jwk("of P-256", "P-256") | {"y": "AAAA"},
        public_jwk("of Ed25519", "Ed25519") | {"x": "AAAA"},
        "first",
        None,
    ],
    ids=str,
)
def test_a_key_that_is_not_for_signatures_is_passed_over(entry):
    found = read_keys({"keys": [entry, public_jwk("good")]})
    assert [key.key_id for key in found] == ["good"]


def test_the_private_part_of_a_published_key_is_not_kept():
    """An issuer that publishes it has another problem; here only the public part is read."""
    (key,) = read_keys({"keys": [public_jwk("first") | {"d": "AQAB", "p": "AQAB", "q": "AQAB"}]})
    assert not hasattr(key.public_key, "private_numbers")


def test_an_issuer_may_withdraw_all_keys():
    assert read_keys({"keys": []}) == ()


@pytest.mark.parametrize("document", [{}, {"keys": {}}, {"keys": [public_jwk("first")] * 101}])
def test_another_document_is_no_key_set(document):
    with pytest.raises(MalformedDocument):
        read_keys(document)


@pytest.mark.parametrize(
    ("issuer", "read"),
    [
        (V1, f"{V1}.well-known/openid-configuration"),
        (V2, f"{V2}/.well-known/openid-configuration"),
    ],
)
def test_the_discovery_document_lies_below_the_issuer(monkeypatch, issuer, read):
    documents = {
        read: {"issuer": issuer, "jwks_uri": "https://login.example/keys"},
        "https://login.example/keys": {"keys": [public_jwk("first")]},
    }
    monkeypatch.setattr(published_keys, "_document", documents.__getitem__)
    assert [key.key_id for key in load_keys(issuer)] == ["first"]


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/keys", "http://login.example/keys", "ftp://x/keys", "keys", ""]
)
def test_an_encrypted_issuer_names_no_address_without_encryption(monkeypatch, address):
    document = {"issuer": V2, "jwks_uri": address}
    monkeypatch.setattr(published_keys, "_document", lambda _address: document)
    with pytest.raises(UnsafeAddress):
        load_keys(V2)


@pytest.mark.parametrize(
    ("bound", "issuer", "tenant", "may"),
    [
        (None, "https://keycloak.example/realms/a", None, True),
        (TEMPLATE, V2, TENANT, True),
        (V2, V2, TENANT, True),
        (TEMPLATE, V1, TENANT, True),
        (PERSONAL, V2, TENANT, False),
        (PERSONAL, V1, TENANT, False),
        (TEMPLATE, V2, None, False),
        (TEMPLATE, V2, "another-tenant", False),
        (TEMPLATE, V2, ["tenant"], False),
        (V2, V2, None, True),
        ("https://another.example", "https://keycloak.example/realms/a", None, False),
    ],
)
def test_a_key_of_entra_signs_only_for_its_tenants(bound, issuer, tenant, may):
    """Entra ID binds some keys to one tenant, such as that of personal accounts."""
    (key,) = read_keys({"keys": [public_jwk("first", issuer=bound)]})
    assert key.may_sign_for(issuer, tenant) is may
