"""Invalid definitions of jobs: refused with the contract's codes, and nothing is stored."""

import json

import pytest
from batch_api import DATED, JOBS, OLD_JOBS, definition, make_api

from functions.api.management.json_body import MAX_BODY_BYTES

SUBMIT = f"{JOBS}:submit"
URL = "https://store.example/a.wav"
DELETE = object()


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    made = make_api(tmp_path_factory.mktemp("hostile"))
    yield made
    made.batch.queue.close()


def post(api, body, *, is_dated=True):
    """Post a body, whatever it is."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    path, params = (SUBMIT, DATED) if is_dated else (OLD_JOBS, {})
    return api.unhurried_client().post(
        path, params=params, content=content, headers={"Content-Type": "application/json"}
    )


def assert_refused(api, answer, inner_code, status=400):
    body = answer.json()
    assert (answer.status_code, body["innerError"]["code"]) == (status, inner_code), body
    assert set(body) == {"code", "message", "innerError"}
    assert body["code"] in {"InvalidRequest", "InvalidArgument", "NotAllowed"}
    assert set(body["innerError"]) == {"code", "message"}
    assert answer.headers["content-type"] == "application/json"
    assert len(body["message"]) < 300
    assert api.stored() == []
    assert api.batch.queue.lease(1) is None


def with_member(name, value):
    body = definition(URL)
    if value is DELETE:
        del body[name]
    else:
        body[name] = value
    return body


MEMBERS = [
    ("displayName", DELETE, "InvalidPayload"),
    ("displayName", None, "InvalidPayload"),
    ("displayName", "", "InvalidPayload"),
    ("displayName", " \t", "InvalidPayload"),
    ("displayName", "n" * 10_000, "InvalidPayload"),
    ("displayName", 5, "InvalidPayload"),
    ("displayName", ["a"], "InvalidPayload"),
    ("displayName", {"a": "b"}, "InvalidPayload"),
    ("displayName", True, "InvalidPayload"),
    ("description", "d" * 10_000, "InvalidPayload"),
    ("description", 1.5, "InvalidPayload"),
    ("locale", DELETE, "InvalidLocale"),
    ("locale", "", "InvalidLocale"),
    ("locale", "xx-XX", "InvalidLocale"),
    ("locale", "l" * 10_000, "InvalidLocale"),
    ("locale", ["en-US"], "InvalidLocale"),
    ("locale", "es-ES", "InvalidLocale"),
    ("contentUrls", DELETE, "OnlyOneOfUrlsOrContainerOrDataset"),
    ("contentUrls", None, "OnlyOneOfUrlsOrContainerOrDataset"),
    (
        "contentContainerUrl",
        "https://a.blob.core.windows.net/c?sig=x",
        "OnlyOneOfUrlsOrContainerOrDataset",
    ),
    ("dataset", {"self": "https://h/d/1"}, "OnlyOneOfUrlsOrContainerOrDataset"),
    ("contentUrls", [], "InvalidRecordingsUri"),
    ("contentUrls", URL, "InvalidRecordingsUri"),
    ("contentUrls", [5], "InvalidRecordingsUri"),
    ("contentUrls", [None], "InvalidRecordingsUri"),
    ("contentUrls", [[URL]], "InvalidRecordingsUri"),
    ("contentUrls", {"0": URL}, "InvalidRecordingsUri"),
    ("contentUrls", [URL] * 1001, "ExceededNumberOfRecordingsUris"),
    ("contentUrls", [URL + "?" + "s" * 10_000], "InvalidRecordingsUri"),
    ("model", "base", "InvalidModelUri"),
    ("model", {}, "InvalidModelUri"),
    ("model", {"self": 5}, "InvalidModelUri"),
    ("model", {"self": "base"}, "InvalidModelUri"),
    ("model", {"self": "https://h/speechtotext/models/base/unknown"}, "InvalidModel"),
    ("model", {"self": "https://["}, "InvalidModel"),
    ("project", {"self": "https://h/speechtotext/projects/1"}, "InvalidPayload"),
    ("customProperties", [], "InvalidPayload"),
    ("customProperties", "a=b", "InvalidPayload"),
    ("customProperties", {"a": 5}, "InvalidPayload"),
    ("customProperties", {"a": None}, "InvalidPayload"),
    ("customProperties", {"a": {"b": "c"}}, "InvalidPayload"),
    ("customProperties", {"": "v"}, "InvalidPayload"),
    ("customProperties", {"k" * 65: "v"}, "InvalidPayload"),
    ("customProperties", {"k": "v" * 257}, "InvalidPayload"),
    ("customProperties", {str(n): "v" for n in range(11)}, "InvalidPayload"),
    ("properties", DELETE, "InvalidTimeToLive"),
    ("properties", None, "InvalidTimeToLive"),
    ("properties", [], "InvalidPayload"),
    ("properties", "{}", "InvalidPayload"),
]


@pytest.mark.parametrize(("name", "value", "inner_code"), MEMBERS, ids=range(len(MEMBERS)))
def test_invalid_members_are_refused(api, name, value, inner_code):
    assert_refused(api, post(api, with_member(name, value)), inner_code)


PROPERTIES = [
    ("timeToLiveHours", DELETE, "InvalidTimeToLive"),
    ("timeToLiveHours", None, "InvalidTimeToLive"),
    ("timeToLiveHours", 5, "InvalidTimeToLive"),
    ("timeToLiveHours", 745, "InvalidTimeToLive"),
    ("timeToLiveHours", -6, "InvalidTimeToLive"),
    ("timeToLiveHours", 6.5, "InvalidTimeToLive"),
    ("timeToLiveHours", "two days", "InvalidTimeToLive"),
    ("timeToLiveHours", True, "InvalidTimeToLive"),
    ("timeToLiveHours", 10**15, "InvalidTimeToLive"),
    ("wordLevelTimestampsEnabled", "yes", "InvalidParameterValue"),
    ("wordLevelTimestampsEnabled", 1, "InvalidParameterValue"),
    ("displayFormWordLevelTimestampsEnabled", [], "InvalidParameterValue"),
    ("channels", [], "InvalidChannels"),
    ("channels", 0, "InvalidChannels"),
    ("channels", [-1], "InvalidChannels"),
    ("channels", [0, 0], "InvalidChannels"),
    ("channels", ["left"], "InvalidChannels"),
    ("channels", [64], "InvalidChannels"),
    ("channels", list(range(65)), "InvalidChannels"),
    ("punctuationMode", "Sometimes", "InvalidParameterValue"),
    ("punctuationMode", 5, "InvalidParameterValue"),
    ("punctuationMode", "n" * 10_000, "InvalidParameterValue"),
    ("profanityFilterMode", "Raw", "InvalidParameterValue"),
    ("profanityFilterMode", ["Masked"], "InvalidParameterValue"),
    ("diarization", True, "InvalidParameterValue"),
    ("diarization", {"enabled": "yes"}, "InvalidParameterValue"),
    ("diarization", {"enabled": True, "maxSpeakers": 1}, "InvalidParameterValue"),
    ("diarization", {"enabled": True, "maxSpeakers": 36}, "InvalidParameterValue"),
    ("diarization", {"enabled": False, "maxSpeakers": 0}, "InvalidParameterValue"),
    ("languageIdentification", [], "InvalidParameterValue"),
    ("languageIdentification", {}, "InvalidParameterValue"),
    ("languageIdentification", {"candidateLocales": []}, "InvalidParameterValue"),
    ("languageIdentification", {"candidateLocales": ["en-US"]}, "InvalidParameterValue"),
    ("languageIdentification", {"candidateLocales": ["de-DE", "fr-FR"]}, "InvalidParameterValue"),
    ("languageIdentification", {"candidateLocales": ["en-US", "en-us"]}, "InvalidParameterValue"),
    ("languageIdentification", {"candidateLocales": ["en-US", "xx-XX"]}, "InvalidLocale"),
    ("languageIdentification", {"candidateLocales": "en-US"}, "InvalidParameterValue"),
    (
        "languageIdentification",
        {"candidateLocales": ["en-US", "de-DE"], "mode": "Sometimes"},
        "InvalidParameterValue",
    ),
    (
        "languageIdentification",
        {"candidateLocales": [], "mode": "Single"},
        "InvalidParameterValue",
    ),
    (
        "languageIdentification",
        {"candidateLocales": ["en-US"] * 101, "mode": "Single"},
        "InvalidParameterValue",
    ),
    (
        "languageIdentification",
        {
            "candidateLocales": ["en-US", "de-DE"],
            "speechModelMapping": {"fr-FR": {"self": "https://h/models/base/base"}},
        },
        "InvalidParameterValue",
    ),
    (
        "languageIdentification",
        {
            "candidateLocales": ["en-US", "de-DE"],
            "speechModelMapping": {"de-DE": {"self": "https://h/models/base/other"}},
        },
        "InvalidModel",
    ),
    ("destinationContainerUrl", 5, "InvalidParameterValue"),
    ("destinationContainerUrl", "https://store.example/out?sig=x", "InaccessibleCustomerStorage"),
    (
        "destinationContainerUrl",
        "https://a.blob.core.windows.net/out",
        "InaccessibleCustomerStorage",
    ),
    ("destinationContainerUrl", "http://[::1", "InaccessibleCustomerStorage"),
    ("destinationContainerUrl", "/srv/out", "InaccessibleCustomerStorage"),
    ("destinationContainerUrl", "s3://bucket", "InaccessibleCustomerStorage"),
]


@pytest.mark.parametrize(("name", "value", "inner_code"), PROPERTIES, ids=range(len(PROPERTIES)))
def test_invalid_properties_are_refused(api, name, value, inner_code):
    body = definition(URL)
    if value is DELETE:
        del body["properties"][name]
    else:
        body["properties"][name] = value
    assert_refused(api, post(api, body), inner_code)


OLD_PROPERTIES = [
    ({"timeToLive": "P32D"}, "InvalidTimeToLive"),
    ({"timeToLive": "P1M"}, "InvalidTimeToLive"),
    ({"timeToLive": 48}, "InvalidTimeToLive"),
    ({"timeToLive": "12 hours"}, "InvalidTimeToLive"),
    ({"timeToLive": "-PT1H"}, "InvalidTimeToLive"),
    ({"diarizationEnabled": "yes"}, "InvalidParameterValue"),
    ({"diarization": {"speakers": {"minCount": 3, "maxCount": 2}}}, "InvalidParameterValue"),
    ({"diarization": {"speakers": {"minCount": 1, "maxCount": 36}}}, "InvalidParameterValue"),
    ({"diarization": {"speakers": {"minCount": 1}}}, "InvalidParameterValue"),
    ({"diarization": {"speakers": 5}}, "InvalidParameterValue"),
]


@pytest.mark.parametrize(("properties", "inner_code"), OLD_PROPERTIES)
def test_invalid_properties_of_the_first_generation_are_refused(api, properties, inner_code):
    body = definition(URL) | {"properties": properties}
    assert_refused(api, post(api, body, is_dated=False), inner_code)


DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
BODIES = [
    (b"", "EmptyRequest"),
    (b"  \n", "EmptyRequest"),
    (b"{", "InvalidRequestBodyFormat"),
    (b"[]", "InvalidRequestBodyFormat"),
    (b"null", "InvalidRequestBodyFormat"),
    (b'"text"', "InvalidRequestBodyFormat"),
    (b"\xff\xfe{\x00}\x00", "InvalidRequestBodyFormat"),
    (b'{"displayName":"\xff"}', "InvalidRequestBodyFormat"),
    (b'{"displayName":"\\ud800"}', "InvalidRequestBodyFormat"),
    (b'{"displayName":"a","displayName":"b"}', "InvalidRequestBodyFormat"),
    (b'{"n":NaN}', "InvalidRequestBodyFormat"),
    (b'{"n":' + b"9" * 5000 + b"}", "InvalidRequestBodyFormat"),
    (DEEP, "InvalidRequestBodyFormat"),
    (b"[" * 100_000, "InvalidRequestBodyFormat"),
    (b"<xml/>", "InvalidRequestBodyFormat"),
    (b"displayName=a&locale=en-US", "InvalidRequestBodyFormat"),
]


@pytest.mark.parametrize(("body", "inner_code"), BODIES, ids=range(len(BODIES)))
def test_bodies_that_are_no_object(api, body, inner_code):
    assert_refused(api, post(api, body), inner_code)


def test_a_body_that_is_too_large_is_not_read_to_its_end(api):
    answer = post(api, b'{"displayName":"' + b"n" * MAX_BODY_BYTES + b'"}')
    assert_refused(api, answer, "InvalidPayload", 413)


def test_another_content_type_is_415(api):
    answer = api.unhurried_client().post(
        SUBMIT, params=DATED, content=b"<a/>", headers={"Content-Type": "application/xml"}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "UnsupportedMediaType")


ADDRESSES = [
    "",
    "a.wav",
    "//store.example/a.wav",
    "/etc/passwd",
    "file:///etc/passwd",
    "ftp://store.example/a.wav",
    "data:audio/wav;base64,AAAA",
    "gopher://store.example/",
    "javascript:alert(1)",
    "https://",
    "https:///a.wav",
    "https://[::1",
    "https://user:password@store.example/a.wav",
    "https://store.example:99999/a.wav",
    "https://store.example:0/a.wav",
    "http://127.0.0.1/a.wav",
    "http://127.1/a.wav",
    "http://2130706433/a.wav",
    "http://0x7f.0.0.1/a.wav",
    "http://0177.0.0.1/a.wav",
    "http://0/a.wav",
    "http://[::1]/a.wav",
    "http://[::ffff:127.0.0.1]/a.wav",
    "http://[fe80::1%25eth0]/a.wav",
    "http://[fd00::1]/a.wav",
    "http://[64:ff9b::a9fe:a9fe]/a.wav",
    "http://localhost/a.wav",
    "http://LOCALHOST./a.wav",
    "http://a.localhost:8080/a.wav",
    "http://10.0.0.1/a.wav",
    "http://172.16.0.1/a.wav",
    "http://192.168.1.1/a.wav",
    "http://100.64.0.1/a.wav",
    "http://169.254.169.254/latest/meta-data/iam/",
    "http://168.63.129.16/machine?comp=goalstate",
    "http://100.100.100.200/latest/meta-data/",
    "http://192.0.0.192/opc/v2/",
    "http://0.0.0.0/a.wav",
    "http://255.255.255.255/a.wav",
    "http://224.0.0.1/a.wav",
    "http://store.example\\@10.0.0.1/a.wav",
    "http://ｌocalhost/a.wav",
    "http://127。0。0。1/a.wav",
    "http://store example/a.wav",
    "http://store.example/a\r\nHost: evil",
    "http://-/a.wav#@10.0.0.1",
    "http://testserver/containers/other/a.wav",
    "http://testserver/containers/jobs/a.wav",
    "http://testserver/containers/audio/",
    "http://testserver/containers/audio/../../queue.sqlite",
    "http://testserver/containers/audio/%2e%2e/jobs/a",
    "http://127.0.0.1:5000/containers/transcripts/a.json",
]


@pytest.mark.parametrize("url", ADDRESSES, ids=range(len(ADDRESSES)))
def test_addresses_that_may_not_be_fetched_are_refused(api, url):
    """Addresses are judged at once as far as no name server is needed, and again at the fetch."""
    answer = post(api, definition(URL, url))
    assert_refused(api, answer, "InvalidRecordingsUri")
    if url:
        assert url not in answer.text


CONTAINERS = [
    ("https://store.example/in?sig=x", "InvalidRecordingsUri"),
    ("https://a.blob.core.windows.net/in", "InvalidRecordingsUri"),
    ("http://a.blob.core.windows.net/in?sig=x", "InvalidRecordingsUri"),
    ("https://a.blob.core.windows.net.evil.example/in?sig=x", "InvalidRecordingsUri"),
    ("https://a.blob.core.windows.net/in/deep?sig=x", "InvalidRecordingsUri"),
    ("/srv/audio", "InvalidRecordingsUri"),
    ("s3://bucket/audio", "InvalidRecordingsUri"),
    ("azure:audio", "InvalidRecordingsUri"),
    ("http://testserver/containers/other", "InvalidRecordingsUri"),
    ("http://testserver/containers/audio/deep", "InvalidRecordingsUri"),
    ("http://testserver/containers/audio", "InvalidRecordingsUri"),  # there is nothing in it
    ("c" * 9000, "InvalidRecordingsUri"),
    (["https://a.blob.core.windows.net/in?sig=x"], "InvalidRecordingsUri"),
]


@pytest.mark.parametrize(("url", "inner_code"), CONTAINERS, ids=range(len(CONTAINERS)))
def test_containers_that_cannot_be_read_are_refused(api, url, inner_code):
    body = definition() | {"contentUrls": None, "contentContainerUrl": url}
    assert_refused(api, post(api, body), inner_code)


def test_datasets_there_are_none(api):
    body = definition() | {"contentUrls": None, "dataset": {"self": "https://h/datasets/1"}}
    assert_refused(api, post(api, body), "InvalidParameterValue")


def test_unknown_members_are_ignored(tmp_path):
    api = make_api(tmp_path)
    body = definition(URL, email="me@example.com", unknown={"a": [1]}) | {
        "self": "https://h/1",
        "status": "Succeeded",
        "x" * 10_000: None,
        "model": None,
        "contentContainerUrl": None,
    }
    answer = post(api, body)
    assert answer.status_code == 201
    assert "example.com" not in answer.text
    assert answer.json()["status"] == "NotStarted"
    api.batch.queue.close()


def test_addresses_with_signatures_are_in_no_log(tmp_path, capfd):
    """Neither those that are taken nor those that are refused."""
    api = make_api(tmp_path)
    assert post(api, definition("https://store.example/a.wav?sig=CANARY")).status_code == 201
    assert post(api, definition("https://10.0.0.1/CANARY?sig=CANARY")).status_code == 400
    body = definition("https://store.example/a.wav", destinationContainerUrl="https://CANARY/")
    assert post(api, body).status_code == 400
    written = capfd.readouterr()
    assert "CANARY" not in written.out + written.err
    api.batch.queue.close()


def test_a_body_of_a_million_values_is_refused_before_it_is_parsed(api):
    """It is no JSON at its end, and still the number of its values is what is wrong."""
    body = b'{"displayName":"a","locale":"en-US","contentUrls":[' + b'"",' * 990_000
    answer = post(api, body)
    assert_refused(api, answer, "ExceededNumberOfRecordingsUris")
    assert answer.json()["message"] == "contentUrls must have no more than 1000 items."


def test_addresses_may_have_commas(api):
    """As many as fit into the body, nearly: 1 000 addresses with 90 commas each."""
    url = "https://audio.example/a.wav?" + "," * 90
    body = {"displayName": "d", "locale": "en-US", "contentUrls": [url] * 1_000}
    assert post(api, body, is_dated=False).status_code == 201
