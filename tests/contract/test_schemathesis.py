"""The server keeps what its OpenAPI document says, whatever is requested.

Schemathesis draws requests from the document, valid ones and spoilt ones: the same at each run of
the same tests, and others with `--fuzz-examples 200`, as `make fuzz` does.
https://schemathesis.readthedocs.io/
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contract.fuzzed_app import fuzzed_app

# Not among them, since servers of these contracts ignore what they do not know: the checks that
# every spoilt request is refused, and that every valid one succeeds. A schema does not say which
# languages there are, or that bytes are audio.
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
FEW_EXAMPLES, MANY_EXAMPLES = 16, 1024
# 501: pronunciation assessment has no model here. 503: a voice or translator is not available.
EXPECTED_5XX = {501, 503}


@schemathesis.serializer("audio/wav", "audio/ogg")
def serialize_audio(_context, value):
    """Send bytes as they are, and other values as their spelling. Schemathesis knows no audio."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "ignore")


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    with fuzzed_app(tmp_path_factory.mktemp("fuzzed")) as app:
        yield app


@pytest.fixture(scope="module")
def operations(fuzzed):
    schema = schemathesis.openapi.from_dict(fuzzed.document)
    return [found.ok() for found in schema.get_all_operations()]


@pytest.fixture
def draw(request):
    """Draw a few requests of each operation, the same each time; or as many as are wanted."""
    n_wanted = request.config.getoption("--fuzz-examples", default=None)
    return settings(
        max_examples=n_wanted or FEW_EXAMPLES,
        derandomize=n_wanted is None,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def test_every_answer_to_a_valid_request_is_described(subtests, fuzzed, operations, draw):
    """Some request of each operation succeeds, so the answers are not only refusals."""
    for operation in operations:
        with subtests.test(operation.label):
            statuses = statuses_of(fuzzed, operation, GenerationMode.POSITIVE, draw)
            # Hypothesis draws constants of the modules that are loaded, so other tests beside this
            # one change the draw; and of a few requests all may be refused.
            n_more = draw.max_examples
            while min(statuses) >= 300 and n_more < MANY_EXAMPLES:
                n_more *= 4
                more = settings(draw, max_examples=n_more)
                statuses = statuses_of(fuzzed, operation, GenerationMode.POSITIVE, more)
            assert min(statuses) < 300


def test_every_answer_to_a_spoilt_request_is_described(subtests, fuzzed, operations, draw):
    for operation in filter(can_be_spoilt, operations):
        with subtests.test(operation.label):
            statuses_of(fuzzed, operation, GenerationMode.NEGATIVE, draw)


def test_operations_that_need_a_key_refuse_requests_without_one(subtests, fuzzed, operations, draw):
    guarded = [one for one in operations if one.definition.raw.get("security")]
    assert len(guarded) > 60
    few = settings(draw, max_examples=FEW_EXAMPLES)
    for operation in guarded:
        with subtests.test(operation.label):
            statuses = statuses_of(fuzzed, operation, GenerationMode.POSITIVE, few, key=None)
            assert statuses <= {401, 403}


def can_be_spoilt(operation):
    """Whether a request has parts that could be otherwise."""
    parts = (operation.path_parameters, operation.query, operation.headers, operation.body)
    return any(len(part) for part in parts)


def statuses_of(fuzzed, operation, mode, draw, **credentials):
    """Draw and send requests, and check the answers; their statuses."""
    statuses = set()

    @draw
    @given(st.data())
    def send(data):
        case = data.draw(operation.as_strategy(generation_mode=mode))
        fuzzed.complete(data, case, **credentials)
        response = case.call(base_url=fuzzed.url, session=fuzzed.session, timeout=60)
        assert response.status_code < 500 or response.status_code in EXPECTED_5XX, response.content
        case.validate_response(response, checks=checks_of(response))
        statuses.add(response.status_code)

    send()
    return statuses


def checks_of(response):
    """Checks of a response.

    Two schemas are not compared. Schemathesis takes `application/jwt` for JSON, and would parse a
    token. It compares each event of a stream as a whole, but the document has the schema of its
    data, as OpenAI's has; OpenAPI 3.1 says neither.
    """
    [media_type] = response.headers.get("content-type", [""])
    if media_type.startswith(("application/jwt", "text/event-stream")):
        return [check for check in CHECKS if check is not response_schema_conformance]
    return CHECKS
