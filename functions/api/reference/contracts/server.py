"""The server itself: probes, metrics, the playground and this reference."""

from typing import Any, Literal

from functions.api.problems import Shape
from functions.api.reference.errors import error_answers
from functions.api.reference.operation import Access, Answer, Content, Operation, json_answer
from functions.api.reference.schemas import CamelCase, SnakeCase
from shared.version import VERSION

TAG = "Server"


class Readiness(SnakeCase):
    """Whether the model is loaded."""

    service: Literal["speechtotext"]
    ready: Literal["ready", "loading"]


class KeyStatus(CamelCase):
    """That this process accepts its configured keys, and its version."""

    service: Literal["speechtotext"]
    api_status: Literal["Valid"]
    api_status_message: str
    version: str


class Liveness(SnakeCase):
    """That the process is alive."""

    status: Literal["ok"]


_READY = {"service": "speechtotext", "ready": "ready"}
_STATUS = {
    "service": "speechtotext",
    "apiStatus": "Valid",
    "apiStatusMessage": "Api Key is valid.",
    "version": VERSION,
}
_METRICS = "# TYPE sotto_requests_total counter\n"
_PAGE = '<!doctype html><html lang="en"></html>'


def _get(
    id_: str, path: str, summary: str, description: str, answer: Answer, **more: Any
) -> Operation:
    return Operation(
        id=id_,
        method="GET",
        path=path,
        tag=TAG,
        summary=summary,
        description=description,
        access=more.pop("access", Access.NOTHING),
        answers={200: answer, **more.pop("answers", {})},
    )


OPERATIONS = (
    _get(
        "ready",
        "/ready",
        "Readiness probe",
        "Report whether the model is loaded.",
        json_answer("The model is loaded.", Readiness, {"ready": _READY}),
        answers={
            503: json_answer(
                "The model is still loading.", Readiness, {"loading": _READY | {"ready": "loading"}}
            )
        },
    ),
    _get(
        "status",
        "/status",
        "Status of the key",
        "Report that this process accepts its configured keys, and its version.",
        json_answer("The status.", KeyStatus, {"status": _STATUS}),
    ),
    _get(
        "healthz",
        "/healthz",
        "Liveness probe",
        "Report that the process is alive.",
        json_answer("It is alive.", Liveness, {"status": {"status": "ok"}}),
    ),
    _get(
        "metrics",
        "/metrics",
        "Metrics of this process",
        "Show numbers and times of this process, without content. Only the container has them.",
        Answer("Prometheus's text format.", (Content(str, "text/plain", {"metrics": _METRICS}),)),
        access=Access.KEY_OR_TOKEN,
        answers=error_answers(Shape.FLAT),
    ),
    _get(
        "playground",
        "/",
        "Playground",
        "Show a page to try the server with, with links to this reference and the probes.",
        Answer("The page.", (Content(str, "text/html", {"page": _PAGE}),)),
        answers={304: Answer("The page is that of `If-None-Match`.")},
    ),
    _get(
        "reference",
        "/swagger",
        "API reference",
        "Show this reference as a page.",
        Answer("The page.", (Content(str, "text/html", {"page": _PAGE}),)),
    ),
    _get(
        "openapi",
        "/openapi.json",
        "OpenAPI document",
        "Return this document; also at `/swagger/v1/swagger.json`, where the original container "
        "has it.",
        json_answer("The document.", dict[str, Any], {"document": {"openapi": "3.1.0"}}),
    ),
)
