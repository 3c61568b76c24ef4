"""Access tokens of an issuer in a function app, beside its keys."""

import requests

from tests.hosts.azure.functions_host import KEY
from tests.issuer import AUDIENCE, KEYS, running_issuer


def test_a_function_app_accepts_tokens_of_its_issuer_and_its_keys(start_host):
    with running_issuer() as issuer:
        given = {"SOTTO_OIDC_ISSUER": issuer.url, "SOTTO_OIDC_AUDIENCE": AUDIENCE}
        with start_host(**given) as host:
            found = [
                requests.get(
                    host.url + "/v1/models",
                    headers={"Authorization": f"Bearer {credential}"},
                    timeout=60,
                ).status_code
                for credential in (
                    issuer.token(),
                    f"aad#/subscriptions/x#{issuer.token(sub='caller-2')}",
                    KEY,
                    issuer.token(aud="api://another"),
                    "wrong",
                )
            ]
        assert found == [200, 200, 200, 401, 401]
        assert issuer.n_requests[KEYS] == 1
        assert not [line for line in host.output if "caller-" in line]
