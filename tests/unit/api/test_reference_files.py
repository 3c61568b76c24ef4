"""The files of the API reference: its own and Swagger UI's, under a policy without exceptions."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from functions.api.reference.routes import _FOLDER

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
TYPES = {
    "reference.css": "text/css; charset=utf-8",
    "reference.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
}


@pytest.fixture
def client(make_client):
    """Return a client without a key: the page asks for it."""
    made = make_client()
    del made.headers["Ocp-Apim-Subscription-Key"]
    return made


@pytest.mark.parametrize("name", TYPES)
def test_a_file_has_its_type_and_the_policy(client, name):
    answer = client.get(f"/swagger/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == TYPES[name]
    assert answer.headers["content-security-policy"] == STRICT
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["permissions-policy"].endswith("microphone=()")
    head = client.head(f"/swagger/{name}")
    assert head.headers["content-length"] == answer.headers["content-length"]
    assert head.content == b""


def test_swagger_ui_is_sent_as_its_package_has_it(client):
    resources = Path(find_spec("fastapi_swagger").origin).parent / "resources"
    for name in ("swagger-ui.css", "swagger-ui-bundle.js"):
        assert client.get(f"/swagger/{name}").content == (resources / name).read_bytes()


@pytest.mark.parametrize(
    ("offered", "encoding"),
    [("gzip, br", "gzip"), ("GZIP;q=0.5", "gzip"), ("gzip;q=0", None), ("br", None), ("", None)],
)
@pytest.mark.parametrize("path", ["/swagger/swagger-ui-bundle.js", "/openapi.json"])
def test_a_file_is_compressed_for_a_client_that_takes_it(client, path, offered, encoding):
    answer = client.get(path, headers={"Accept-Encoding": offered})
    assert answer.headers.get("content-encoding") == encoding
    assert "Accept-Encoding" in answer.headers["vary"]
    assert answer.content == client.get(path, headers={"Accept-Encoding": "identity"}).content
    if encoding:
        assert int(answer.headers["content-length"]) < 600_000  # base64 of it has less than 1 MB


@pytest.mark.parametrize("path", ["/swagger", "/swagger/swagger-ui-bundle.js", "/openapi.json"])
def test_a_copy_is_used_while_the_file_is_the_same(client, path):
    """Swagger UI is 1.9 MB, which the browser loads once."""
    first = client.get(path)
    assert first.headers["cache-control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name",
    [
        "reference.html",
        "main.py",
        "favicon-32x32.png",
        "..%2froutes.py",
        "%2e%2e/routes.py",
        "files/reference.js",
        "v1/nothing.json",
    ],
)
def test_no_other_name_is_served(client, name):
    answer = client.get(f"/swagger/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")


def test_every_file_that_the_page_and_its_modules_name_is_served(client):
    names = set(re.findall(r'(?:href|src)="([^"]+\.\w+)"', client.get("/swagger").text))
    for module in _FOLDER.glob("*.js"):
        imported = re.findall(r'from "\./([^"]+)"', module.read_text("utf-8"))
        names |= {f"swagger/{name}" for name in imported}
    assert {"swagger/corrections.js", "openapi.json", "playground/icon.svg"} <= names
    for name in names:
        assert client.get(f"/{name}").status_code == 200, name


@pytest.mark.parametrize("path", ["/swagger/", "/swagger/index.html"])
def test_other_addresses_lead_to_the_page(client, path):
    """Relative addresses in the page would be others there, and below a prefix, too."""
    answer = client.get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "../swagger")
    assert client.get(path).text == client.get("/swagger").text
