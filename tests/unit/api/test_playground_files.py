"""The files of the playground: types, caching, policy, and names that are not served."""

import re

import pytest

from functions.api.app import create_app
from functions.api.playground.routes import _FOLDER
from functions.api.realtime.sessions import Sessions
from shared.settings import Settings
from shared.transcription.scripted_transcriber import ScriptedTranscriber

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
TYPES = {
    "playground.js": "text/javascript; charset=utf-8",
    "playground.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


@pytest.fixture
def client(make_client):
    """Return a client without a key: the page asks for it."""
    made = make_client()
    del made.headers["Ocp-Apim-Subscription-Key"]
    return made


@pytest.mark.parametrize("name", TYPES)
def test_a_file_has_its_type_and_the_policy(client, name):
    answer = client.get(f"/playground/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == TYPES[name]
    assert answer.headers["content-security-policy"] == STRICT
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content == (_FOLDER / name).read_bytes()
    head = client.head(f"/playground/{name}")
    assert head.headers["content-length"] == answer.headers["content-length"]
    assert head.content == b""


@pytest.mark.parametrize("path", ["/", "/playground/playground.js"])
def test_a_copy_is_used_while_the_file_is_the_same(client, path):
    """The browser asks each time, and the file is sent again only if it has changed."""
    first = client.get(path)
    assert first.headers["cache-control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["content-security-policy"] == STRICT
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "nothing.js",
        "routes.py",
        "..%2froutes.py",
        "%2e%2e/routes.py",
        "..%5croutes.py",
        "files/playground.js",
        "playground.html",
        "",
        "playground.js%00",
    ],
)
def test_no_other_name_is_served(client, name):
    """The page itself has one address, `/`."""
    answer = client.get(f"/playground/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")


def test_every_file_that_the_page_and_its_modules_name_is_served(client):
    page = client.get("/").text
    names = set(re.findall(r'(?:href|src)="playground/([^"]+)"', page))
    for module in _FOLDER.glob("*.js"):
        names |= set(re.findall(r'from "\./([^"]+)"', module.read_text("utf-8")))
    assert "playground.js" in names
    assert "api.js" in names
    for name in names:
        assert client.get(f"/playground/{name}").status_code == 200, name


@pytest.mark.parametrize("sessions", [None, Sessions(1)])
@pytest.mark.parametrize("keys", [(), ("k",)])
def test_the_page_knows_whether_there_is_real_time_and_whether_keys_are_needed(sessions, keys):
    """Functions and Lambda serve no WebSockets, and the page hides its microphone there."""
    from starlette.testclient import TestClient  # noqa: PLC0415

    app = create_app(Settings(keys=keys), ScriptedTranscriber(), sessions=sessions)
    page = TestClient(app, base_url="http://127.0.0.1").get("/").text
    assert f'data-real-time="{"yes" if sessions is not None else "no"}"' in page
    assert f'data-needs-key="{"yes" if keys else "no"}"' in page


def test_the_files_are_no_part_of_the_api(client):
    paths = client.get("/openapi.json").json()["paths"]
    assert "/" in paths
    assert [path for path in paths if "playground" in path] == []
