"""An issuer of access tokens on loopback: its documents over real HTTP, and its tokens."""

import contextlib
import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

AUDIENCE = "api://sotto"
DISCOVERY = "/.well-known/openid-configuration"
KEYS = "/keys"

# Making an RSA key takes up to a second: those of all tests are the same.
_PRIVATE_KEYS: dict[str, Any] = {}


def private_key(name: str, kind: str = "RSA") -> Any:
    """Private key of a name; each name has one, of the kind of its first use."""
    if name not in _PRIVATE_KEYS:
        _PRIVATE_KEYS[name] = {
            "RSA": lambda: rsa.generate_private_key(65_537, 2048),
            "RSA-1024": lambda: rsa.generate_private_key(65_537, 1024),  # noqa: S505 - too weak
            "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
            "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
            "P-521": lambda: ec.generate_private_key(ec.SECP521R1()),
            "Ed25519": ed25519.Ed25519PrivateKey.generate,
        }[kind]()
    return _PRIVATE_KEYS[name]


def public_jwk(name: str, kind: str = "RSA", **members: Any) -> dict[str, Any]:
    """Public key of a name as an issuer publishes it."""
    algorithms: dict[str, Any] = {
        "RSA": jwt.algorithms.RSAAlgorithm,
        "RSA-1024": jwt.algorithms.RSAAlgorithm,
        "Ed25519": jwt.algorithms.OKPAlgorithm,
    }
    written = algorithms.get(kind, jwt.algorithms.ECAlgorithm).to_jwk(
        private_key(name, kind).public_key(), as_dict=True
    )
    return {**written, "kid": name, "use": "sig"} | members


class Issuer:
    """An issuer: what it publishes may be changed, and `is_down` makes it fail.

    n_requests: requests by path, from the start.
    """

    def __init__(self) -> None:
        self.published = [public_jwk("first")]
        self.discovery: dict[str, Any] = {}
        self.is_down = False
        self.delay_s = 0.0
        self.body: bytes | None = None
        self.n_requests: Counter[str] = Counter()
        self.url = ""

    def documents(self) -> dict[str, Any]:
        """Documents by path."""
        discovery = {"issuer": self.url, "jwks_uri": f"{self.url}{KEYS}"} | self.discovery
        return {DISCOVERY: discovery, KEYS: {"keys": self.published}}

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Claims of a valid token; a claim that is None is left out."""
        now = int(time.time())
        claims = {
            "iss": self.url, "sub": "caller-1", "aud": AUDIENCE, "iat": now, "nbf": now,
            "exp": now + 3600,
        } | changed  # fmt: skip
        return {name: value for name, value in claims.items() if value is not None}

    def token(
        self,
        key: str = "first",
        algorithm: str = "RS256",
        headers: dict[str, Any] | None = None,
        **changed: Any,
    ) -> str:
        """Token that this issuer has signed."""
        return jwt.encode(
            self.claims(**changed),
            private_key(key),
            algorithm,
            {"kid": key} | (headers or {}),
        )


@contextlib.contextmanager
def running_issuer():
    """Run an issuer while the block runs."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.n_requests[self.path] += 1
            time.sleep(issuer.delay_s)
            document = issuer.documents().get(self.path)
            status = 503 if issuer.is_down else 200 if document is not None else 404
            body = json.dumps(document).encode() if issuer.body is None else issuer.body
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    running.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        running.join()
        server.server_close()
