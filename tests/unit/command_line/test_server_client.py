"""Calls from the command line to a server."""

import httpx
import pytest

from functions.command_line.server_client import ServerClient, ServerError

KEY = "Kq7canarykey"


class Server:
    """Answers one after the other; keeps the requests."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []
        self.waits_s = []

    def __call__(self, request):
        """Answer a request."""
        self.requests.append(request)
        return self.answers.pop(0)

    def client(self, key=KEY):
        """Make a client whose requests come here."""
        return ServerClient(
            "https://speech.example/", key, httpx.MockTransport(self), self.waits_s.append
        )


def test_the_key_goes_into_the_header_of_the_contract():
    server = Server(httpx.Response(200, json={}))
    server.client().call("GET", "/speechtotext/transcriptions", params={"top": 1})
    (request,) = server.requests
    assert str(request.url) == "https://speech.example/speechtotext/transcriptions?top=1"
    assert request.headers["Ocp-Apim-Subscription-Key"] == KEY


def test_a_download_carries_no_key():
    server = Server(httpx.Response(200, content=b"text"))
    with server.client().download("https://elsewhere.example/a?sig=s") as pieces:
        assert b"".join(pieces) == b"text"
    assert "Ocp-Apim-Subscription-Key" not in server.requests[0].headers


def test_a_busy_server_is_asked_again_after_the_time_that_it_gives():
    server = Server(
        httpx.Response(429, headers={"Retry-After": "3"}), httpx.Response(503), httpx.Response(200)
    )
    server.client().call("GET", "/a")
    assert server.waits_s == [3.0, 2.0]


def test_a_server_that_stays_busy_is_given_up():
    server = Server(*[httpx.Response(429) for _ in range(5)])
    with pytest.raises(ServerError) as refused:
        server.client().call("GET", "/a")
    assert refused.value.status == 429
    assert len(server.waits_s) == 4


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx.Response(401, json={"message": "no"}), "refuses the key: give it with --key"),
        (httpx.Response(400, json={"message": "locale is missing"}), "400: locale is missing"),
        (httpx.Response(404, json={"error": {"message": "no job"}}), "404: no job"),
        (httpx.Response(501), "501: it does not serve this"),
        (httpx.Response(302, headers={"Location": "https://other.example"}), "302"),
        (httpx.Response(500, text="<html>"), "answers 500"),
    ],
)
def test_a_refusal_is_said_in_words(answer, words):
    with pytest.raises(ServerError, match=words) as refused:
        Server(answer).client().call("POST", "/a", body={})
    assert refused.value.status == answer.status_code
    assert KEY not in str(refused.value)


def test_a_server_that_cannot_be_reached_is_said_in_words():
    def refuse(request):
        raise httpx.ConnectError("refused", request=request)

    client = ServerClient("http://127.0.0.1:1", KEY, httpx.MockTransport(refuse))
    for call in (lambda: client.call("GET", "/a"), lambda: client.send("GET", "/a")):
        with pytest.raises(ServerError, match=r"http://127.0.0.1:1 cannot be used") as failed:
            call()
        assert failed.value.__context__ is None


@pytest.mark.parametrize("server", ["speech.example", "ftp://a", "https://user:secret@a"])
def test_an_address_that_is_none_is_refused(server):
    with pytest.raises(ServerError, match="such as https://speech") as refused:
        ServerClient(server, None)
    assert "secret" not in str(refused.value)


def test_a_key_that_no_header_can_carry_is_refused_and_not_quoted():
    with pytest.raises(ServerError, match="no header can carry") as refused:
        ServerClient("https://a", "schlüssel")
    assert "schl" not in str(refused.value)
