"""`python -m functions.container.health_check`: exit status 0 if the server can take a request.

It is the image's HEALTHCHECK, since the image has no curl. Only the status of `GET /ready` counts,
so a certificate is not verified: it names the service, not the loopback address.
"""

import http.client
import os
import ssl
import sys
from collections.abc import Mapping

TIMEOUT_S = 4
DEFAULT_PORT = 5000


def main() -> int:
    """Return 0 if `GET /ready` answers 200, else 1."""
    connection = _connection(os.environ)
    try:
        connection.request("GET", "/ready")
        return 0 if connection.getresponse().status == 200 else 1
    except (OSError, http.client.HTTPException):
        return 1
    finally:
        connection.close()


def _connection(environment: Mapping[str, str]) -> http.client.HTTPConnection:
    host = environment.get("SOTTO_HOST") or "127.0.0.1"
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - not bound here
    port = int(environment.get("SOTTO_PORT") or DEFAULT_PORT)
    if environment.get("SOTTO_TLS_CERT"):
        unverified = ssl._create_unverified_context()  # noqa: S323, SLF001
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=unverified)
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)


if __name__ == "__main__":
    sys.exit(main())
