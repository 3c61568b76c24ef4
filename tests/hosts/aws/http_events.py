"""HTTP requests as the events that AWS makes of them, and answers as clients get them."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

EVENTS = Path(__file__).resolve().parent / "events"
TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")


def event_json(name):
    """One of the events in the folder `events`."""
    return json.loads((EVENTS / f"{name}.json").read_text())


def as_function_url(request, base="function_url"):
    """Event of a function URL, payload format 2.0."""
    event, url = event_json(base), urlsplit(request.url)
    event["rawPath"] = event["requestContext"]["http"]["path"] = url.path
    event["rawQueryString"] = url.query
    event["requestContext"]["http"]["method"] = request.method
    event["headers"] |= lower_headers(request)
    return with_body(event, request)


def as_api_gateway_v2(request):
    """Event of an HTTP API at its default stage."""
    return as_function_url(request, "api_gateway_v2")


def as_api_gateway_v2_stage(request):
    """Event of an HTTP API at the stage `prod`, which is in front of the path."""
    event = as_api_gateway_v2(request)
    event["requestContext"]["stage"] = "prod"
    event["rawPath"] = f"/prod{event['rawPath']}"
    event["requestContext"]["http"]["path"] = event["rawPath"]
    return event


def as_api_gateway_rest(request):
    """Event of a REST API (payload format 1.0): names as sent, query decoded."""
    event, url = event_json("api_gateway_rest"), urlsplit(request.url)
    event["path"], event["httpMethod"] = url.path, request.method
    query = dict(parse_qsl(url.query))
    event["queryStringParameters"] = query or None
    event["multiValueQueryStringParameters"] = {k: [v] for k, v in query.items()} or None
    event["headers"] |= dict(request.headers)
    event["multiValueHeaders"] |= {name: [value] for name, value in request.headers.items()}
    return with_body(event, request)


def as_load_balancer(request, base="alb"):
    """Event of an Application Load Balancer, whose query is passed on encoded as it came."""
    event, url = event_json(base), urlsplit(request.url)
    event["path"], event["httpMethod"] = url.path, request.method
    query = dict(pair.split("=", 1) for pair in url.query.split("&") if pair)
    if "multiValueHeaders" in event:
        event["multiValueQueryStringParameters"] = {k: [v] for k, v in query.items()}
        event["multiValueHeaders"] |= {k: [v] for k, v in lower_headers(request).items()}
    else:
        event["queryStringParameters"] = query
        event["headers"] |= lower_headers(request)
    return with_body(event, request)


def as_load_balancer_multi_value(request):
    """Event of a load balancer whose target group has multi-value headers on."""
    return as_load_balancer(request, "alb_multi_value")


def lower_headers(request):
    """Headers of a request, names in lower case."""
    return {name.lower(): value for name, value in request.headers.items()}


def with_body(event, request):
    """Put the body in: text types as they are, all else in base64."""
    if request.body:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        is_text = request.headers.get("Content-Type", "").startswith(TEXT_TYPES)
        event["body"] = body.decode() if is_text else base64.b64encode(body).decode()
        event["isBase64Encoded"] = not is_text
    return event


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer as a client gets it, and the JSON that the function returned for it."""

    status_code: int
    headers: dict[str, str]
    content: bytes
    returned: dict[str, Any]

    @property
    def text(self):
        """Body as UTF-8."""
        return self.content.decode()

    def json(self):
        """Body as JSON."""
        return json.loads(self.content)

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        pass


class FunctionSession:
    """Sends requests to a function as a `requests` session would to its address."""

    def __init__(self, function: Any, as_event: Any = as_function_url, headers: Any = None) -> None:
        self._function = function
        self._as_event = as_event
        self.headers = headers or {}

    def post(self, url: str, **request: Any) -> Answer:
        """Send a POST request."""
        return self.send("POST", url, **request)

    def send(
        self, method: str, url: str, *, timeout: float = 60.0, headers: Any = None, **request: Any
    ) -> Answer:
        """Send a request; `timeout` is the time limit of the invocation in seconds."""
        prepared = requests.Request(
            method, f"https://function{url}", headers=self.headers | (headers or {}), **request
        ).prepare()
        returned = json.loads(self._function.api.invoke(self._as_event(prepared), timeout))
        return answer_of(returned)


def answer_of(returned: dict[str, Any]) -> Answer:
    """Read what a function returned as AWS does: headers of one kind, base64 undone."""
    headers = returned.get("headers") or {}
    headers |= {name: values[-1] for name, values in returned.get("multiValueHeaders", {}).items()}
    body = returned["body"]
    content = base64.b64decode(body) if returned["isBase64Encoded"] else body.encode()
    return Answer(returned["statusCode"], headers, content, returned)
