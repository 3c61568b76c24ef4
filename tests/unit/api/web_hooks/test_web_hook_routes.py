"""The routes of web hooks: what they take, what they refuse, what they show."""

import pytest
from fastapi.testclient import TestClient

from functions.api.app import create_app
from functions.api.web_hooks.routes import MAX_HOOKS
from shared.jobs.batch_services import BatchServices
from shared.jobs.blob_names import new_job_id
from shared.jobs.job import Job
from shared.jobs.store import JobStore
from shared.settings import Settings
from shared.storage.folder import FolderContainer
from shared.storage.work_message import HookEvent
from shared.transcription.scripted_transcriber import ScriptedTranscriber
from shared.web_hooks.hook import HookStatus

KEY = "k"
DATED = {"api-version": "2024-11-15"}
URL = "https://93.184.216.34/cb"  # a public address, so that no name is resolved
BODY = {
    "displayName": "hook",
    "webUrl": URL,
    "events": {"transcriptionCompletion": True, "ping": True},
    "properties": {"secret": "s3"},
}
BASE = "http://testserver/speechtotext"


class _Queue:
    """Keeps what was sent, with its delays."""

    def __init__(self):
        self.sent = []

    def send(self, message, delay_s=0):
        self.sent.append((message, delay_s))

    @property
    def notices(self):
        return [message.notice.event for message, _ in self.sent]


@pytest.fixture
def batch(tmp_path):
    return BatchServices(JobStore(FolderContainer(tmp_path)), _Queue())


def client_of(batch, **settings):
    app = create_app(Settings(keys=(KEY,), **settings), ScriptedTranscriber(), batch)
    client = TestClient(app)
    client.headers["Ocp-Apim-Subscription-Key"] = KEY
    return client


@pytest.fixture
def client(batch):
    return client_of(batch)


def create(client, **changes):
    return client.post("/speechtotext/webhooks", params=DATED, json={**BODY, **changes})


def stored(batch, hook):
    return batch.web_hooks.find(id_of(hook))[0]


def id_of(hook):
    return hook["self"].partition("?")[0].rpartition("/")[2]


def succeed(batch, hook):
    """Let the challenge be answered."""
    record, etag = batch.web_hooks.find(id_of(hook))
    changed = {"status": HookStatus.SUCCEEDED}
    batch.web_hooks.replace(type(record)(**fields_of(record) | changed), etag)


def fields_of(record):
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def test_a_hook_is_created_shown_and_challenged(client, batch):
    answer = create(client)
    hook = answer.json()
    hook_id, created = id_of(hook), hook["createdDateTime"]
    address = f"{BASE}/webhooks/{hook_id}"
    assert (answer.status_code, answer.headers["Location"]) == (201, hook["self"])
    assert hook == {
        "self": f"{address}?api-version=2024-11-15",
        "displayName": "hook",
        "webUrl": URL,
        "events": {"transcriptionCompletion": True, "ping": True},
        "links": {
            "ping": f"{address}:ping?api-version=2024-11-15",
            "test": f"{address}:test?api-version=2024-11-15",
        },
        "properties": {"apiVersion": "v2024-11-15"},
        "status": "NotStarted",
        "createdDateTime": created,
        "lastActionDateTime": created,
    }
    assert client.get(hook["self"]).json() == hook
    assert stored(batch, hook).secret == "s3"
    ((message, delay_s),) = batch.queue.sent
    assert (message.notice.event, message.notice.hook_id) == (HookEvent.CHALLENGE, hook_id)
    assert message.notice.invocation_id == stored(batch, hook).challenge_id
    assert delay_s > 0


@pytest.mark.parametrize("version", ["v3.0", "v3.1", "v3.2"])
def test_each_version_shows_the_hook_under_its_own_addresses(client, version):
    created = client.post(f"/speechtotext/{version}/webhooks", json=BODY).json()
    address = f"{BASE}/{version}/webhooks/{id_of(created)}"
    sign = "/" if version == "v3.0" else ":"
    assert created["self"] == address
    assert created["links"] == {"ping": f"{address}{sign}ping", "test": f"{address}{sign}test"}
    assert created["properties"] == {"apiVersion": version}
    assert client.post(created["links"]["ping"]).status_code == 204
    (listed,) = client.get("/speechtotext/webhooks", params=DATED).json()["values"]
    assert listed["self"] == f"{BASE}/webhooks/{id_of(created)}?api-version=2024-11-15"


def test_hooks_are_listed_page_by_page_and_filtered(client):
    for name in ("a", "b", "c"):
        create(client, displayName=name)
    page = client.get("/speechtotext/webhooks", params={**DATED, "top": 2}).json()
    assert [hook["displayName"] for hook in page["values"]] == ["a", "b"]
    last = client.get(page["@nextLink"]).json()
    assert [hook["displayName"] for hook in last["values"]] == ["c"]
    assert "@nextLink" not in last
    wanted = {**DATED, "filter": "displayName eq 'b' or status eq 'Failed'"}
    found = client.get("/speechtotext/webhooks", params=wanted).json()
    assert [hook["displayName"] for hook in found["values"]] == ["b"]
    create(client, displayName="d", webUrl=f"{URL}/other")
    wanted = {**DATED, "filter": f"webUrl ne '{URL}'"}
    found = client.get("/speechtotext/webhooks", params=wanted).json()
    assert [hook["displayName"] for hook in found["values"]] == ["d"]


def test_answers_about_an_open_challenge_say_when_to_ask_again(client, batch):
    hook, hooks = create(client).json(), "/speechtotext/webhooks?api-version=2024-11-15"
    assert {client.get(address).headers["Retry-After"] for address in (hook["self"], hooks)} == {
        "5"
    }
    changed = client.patch(hook["self"], json={"displayName": "new"})
    assert changed.headers["Retry-After"] == "5"
    succeed(batch, hook)
    for address in (hook["self"], hooks):
        assert "Retry-After" not in client.get(address).headers


@pytest.mark.parametrize(
    ("changes", "inner_code"),
    [
        ({"webUrl": "http://93.184.216.34/cb"}, "InvalidCallbackUri"),
        ({"webUrl": "https://169.254.169.254/latest/meta-data"}, "InvalidCallbackUri"),
        ({"webUrl": "https://localhost/cb"}, "InvalidCallbackUri"),
        ({"webUrl": "https://127.0.0.1:5000/cb"}, "InvalidCallbackUri"),
        ({"webUrl": "https://[::1]/cb"}, "InvalidCallbackUri"),
        ({"webUrl": "https://[fd00::1]/cb"}, "InvalidCallbackUri"),
        ({"webUrl": "https://0x7f.1/cb"}, "InvalidCallbackUri"),
        ({"webUrl": "https://10.1.2.3/cb"}, "InvalidCallbackUri"),
        ({"webUrl": "https://user:pass@93.184.216.34/cb"}, "InvalidCallbackUri"),
        ({"webUrl": "file:///etc/passwd"}, "InvalidCallbackUri"),
        ({"webUrl": ""}, "InvalidCallbackUri"),
        ({"webUrl": 7}, "InvalidCallbackUri"),
        ({"webUrl": None}, "InvalidCallbackUri"),
        ({"webUrl": f"{URL}?{'x' * 10_000}"}, "InvalidCallbackUri"),
        ({"events": {"transcriptionDone": True}}, "InvalidWebHookEventKind"),
        ({"events": {"TranscriptionCompletion": True}}, "InvalidWebHookEventKind"),
        ({"events": {"ping": "yes"}}, "InvalidPayload"),
        ({"events": {"ping": False}}, "InvalidPayload"),
        ({"events": {}}, "InvalidPayload"),
        ({"events": ["ping"]}, "InvalidPayload"),
        ({"events": None}, "InvalidPayload"),
        ({"displayName": ""}, "InvalidPayload"),
        ({"displayName": " "}, "InvalidPayload"),
        ({"displayName": None}, "InvalidPayload"),
        ({"displayName": "n" * 10_000}, "InvalidPayload"),
        ({"description": "d" * 10_000}, "InvalidPayload"),
        ({"description": 1}, "InvalidPayload"),
        ({"properties": {"secret": 1}}, "InvalidPayload"),
        ({"properties": {"secret": "s" * 10_000}}, "InvalidPayload"),
        ({"properties": "s3"}, "InvalidPayload"),
        ({"customProperties": {"k": 1}}, "InvalidPayload"),
        ({"customProperties": {"k" * 65: "v"}}, "InvalidPayload"),
        ({"customProperties": {"k": "v" * 257}}, "InvalidPayload"),
        ({"customProperties": {str(n): "v" for n in range(11)}}, "InvalidPayload"),
    ],
)
def test_an_invalid_hook_is_refused_and_not_stored(client, batch, changes, inner_code):
    answer = create(client, **changes)
    assert answer.status_code == 400
    assert answer.json()["code"] == "InvalidArgument"
    assert answer.json()["innerError"]["code"] == inner_code
    assert batch.web_hooks.all() == []
    assert batch.queue.sent == []


@pytest.mark.parametrize(
    ("body", "inner_code"),
    [
        (b"", "EmptyRequest"),
        (b"[]", "InvalidRequestBodyFormat"),
        (b"{", "InvalidRequestBodyFormat"),
    ],
)
def test_a_body_that_is_no_object_is_refused(client, body, inner_code):
    answer = client.post("/speechtotext/webhooks", params=DATED, content=body)
    assert (answer.status_code, answer.json()["innerError"]["code"]) == (400, inner_code)


def test_a_private_network_that_is_allowed_may_be_named(batch):
    client = client_of(
        batch,
        allowed_networks=Settings.from_environment(
            {"SOTTO_ALLOWED_NETWORKS": "10.1.0.0/16"}
        ).allowed_networks,
    )
    assert create(client, webUrl="https://10.1.2.3/cb").status_code == 201
    assert create(client, webUrl="https://10.2.2.3/cb").status_code == 400


def test_only_what_is_named_is_changed(client, batch):
    hook = create(client, description="d", customProperties={"a": "1", "b": "2"}).json()
    delta = {
        "displayName": "new",
        "description": None,
        "customProperties": {"a": None, "c": "3"},
        "events": {"ping": False, "transcriptionDeletion": True},
        "properties": {"secret": "s4"},
    }
    answer = client.patch(
        hook["self"], json=delta, headers={"Content-Type": "application/merge-patch+json"}
    )
    changed = {
        **hook,
        "displayName": "new",
        "customProperties": {"b": "2", "c": "3"},
        "events": {"transcriptionCompletion": True, "transcriptionDeletion": True},
    }
    del changed["description"]
    assert (answer.status_code, answer.json()) == (200, changed)
    assert client.get(hook["self"]).json() == changed
    assert stored(batch, hook).secret == "s4"
    assert batch.queue.notices == [HookEvent.CHALLENGE]  # the first one


def test_a_change_without_a_secret_ends_signing(client, batch):
    hook = create(client).json()
    assert client.patch(hook["self"], json={"displayName": "new"}).status_code == 200
    assert stored(batch, hook).secret == ""


def test_a_changed_address_is_challenged_before_it_receives_a_notice(client, batch):
    hook = create(client).json()
    succeed(batch, hook)
    before = stored(batch, hook)
    changed = client.patch(hook["self"], json={"webUrl": f"{URL}/new"}).json()
    assert (changed["status"], changed["webUrl"]) == ("NotStarted", f"{URL}/new")
    after = stored(batch, hook)
    assert after.challenge_id != before.challenge_id
    assert batch.queue.sent[-1][0].notice.invocation_id == after.challenge_id
    succeed(batch, hook)
    unchanged = client.patch(hook["self"], json={"webUrl": f"{URL}/new"}).json()
    assert unchanged["status"] == "Succeeded"
    assert batch.queue.notices == [HookEvent.CHALLENGE] * 2


@pytest.mark.parametrize(
    ("delta", "inner_code"),
    [
        ({"status": "Succeeded"}, "UnsupportedDelta"),
        ({"self": "x"}, "UnsupportedDelta"),
        ({"webUrl": "https://localhost/"}, "InvalidCallbackUri"),
        ({"events": {"nothing": True}}, "InvalidWebHookEventKind"),
        ({"events": {"ping": False, "transcriptionCompletion": False}}, "InvalidPayload"),
        ({"displayName": ""}, "InvalidPayload"),
    ],
)
def test_a_change_that_is_not_valid_changes_nothing(client, batch, delta, inner_code):
    hook = create(client).json()
    answer = client.patch(hook["self"], json=delta)
    assert (answer.status_code, answer.json()["innerError"]["code"]) == (400, inner_code)
    assert client.get(hook["self"]).json() == hook
    assert batch.queue.notices == [HookEvent.CHALLENGE]


def test_a_deleted_hook_is_gone_and_may_be_deleted_again(client):
    hook = create(client).json()
    assert client.delete(hook["self"]).status_code == 204
    assert client.delete(hook["self"]).status_code == 204
    for method in ("GET", "PATCH"):
        answer = client.request(method, hook["self"], json={})
        assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")


@pytest.mark.parametrize("hook_id", ["x", "5D1C7C1E-8A57-4C3C-9A3E-0F6F5D1C2B11", "..%2Fjobs"])
def test_a_malformed_id_is_not_found(client, hook_id):
    assert client.get(f"/speechtotext/webhooks/{hook_id}", params=DATED).status_code == 404
    assert client.post(f"/speechtotext/webhooks/{hook_id}:ping", params=DATED).status_code == 404


def test_a_ping_is_sent_to_who_has_answered_the_challenge(client, batch):
    hook = create(client).json()
    assert client.post(hook["links"]["ping"]).status_code == 204
    succeed(batch, hook)
    assert client.post(hook["links"]["ping"]).status_code == 202
    assert batch.queue.notices == [HookEvent.CHALLENGE, HookEvent.PING]


def test_a_test_sends_what_there_is_under_an_id_of_its_own_each_time(client, batch):
    hook = create(client, events={"transcriptionCreation": True, "ping": True}).json()
    assert client.post(hook["links"]["test"]).status_code == 204
    succeed(batch, hook)
    assert client.post(hook["links"]["test"]).status_code == 204
    created_at = stored(batch, hook).created_at
    job_id = new_job_id(created_at)
    batch.store.create(Job(id=job_id, created_at=created_at, files=()))
    for _ in range(2):
        assert client.post(hook["links"]["test"]).status_code == 202
    first, second = (message for message, _ in batch.queue.sent[1:])
    assert first.job_id == second.job_id == job_id
    assert first.notice.event is HookEvent.TRANSCRIPTION_CREATION
    assert first.notice.invocation_id != second.notice.invocation_id


def test_there_is_an_end_of_hooks(client, batch, monkeypatch):
    """Each of them is read before an event is sent."""
    assert MAX_HOOKS == 100
    monkeypatch.setattr("functions.api.web_hooks.routes.MAX_HOOKS", 1)
    create(client)
    answer = create(client)
    assert (answer.status_code, answer.json()["innerError"]["code"]) == (400, "QuotaViolation")
    assert len(batch.web_hooks.all()) == 1


def test_a_request_without_a_key_or_a_version_is_refused(client):
    assert client.get("/speechtotext/webhooks").status_code == 400
    client.headers.pop("Ocp-Apim-Subscription-Key")
    for path in ("/speechtotext/webhooks?api-version=2024-11-15", "/speechtotext/v3.2/webhooks"):
        assert client.get(path).status_code == 401
        assert client.post(path, json=BODY).status_code == 401
    assert client.get("/speechtotext/v2.0/webhooks").status_code in {401, 404}


def test_without_a_place_for_jobs_an_operator_reads_what_to_set():
    answer = create(client_of(None))
    assert answer.status_code == 501
    assert "SOTTO_JOBS" in answer.json()["message"]


EMOJI = "\N{GRINNING FACE}"


def test_the_largest_web_hook_is_created_and_listed(client):
    """Each emoji has four bytes; escaped it had twelve, and the list could not be read."""
    body = {
        "displayName": 500 * EMOJI,
        "description": 2000 * EMOJI,
        "webUrl": f"{URL}?".ljust(2000, "a"),
        "properties": {"secret": 1000 * EMOJI},
        "customProperties": {f"{n}".ljust(64, EMOJI): 256 * EMOJI for n in range(10)},
    }
    created = create(client, **body)
    assert created.status_code == 201
    (listed,) = client.get("/speechtotext/webhooks", params=DATED).json()["values"]
    assert listed["description"] == body["description"]


def test_a_web_hook_that_could_not_be_read_back_is_refused(batch):
    """Its address of the API comes from the settings and is too long for a record."""
    client = client_of(batch, public_url=f"https://host/{11_000 * 'a'}")
    refused = create(client)
    assert refused.status_code == 400
    assert list(batch.web_hooks.ids()) == []
    assert batch.queue.sent == []


def test_a_web_hook_that_cannot_be_read_is_left_out_and_can_be_deleted(client, batch):
    damaged, whole = (id_of(create(client).json()) for _ in range(2))
    batch.store.container.put(f"hooks/{damaged}/hook.json", b'{"v":1,"id":"5d1c')
    (listed,) = client.get("/speechtotext/webhooks", params=DATED).json()["values"]
    assert id_of(listed) == whole
    address = f"/speechtotext/webhooks/{damaged}"
    shown = client.get(address, params=DATED)
    assert shown.status_code == 500
    assert shown.json()["message"] == "The stored record cannot be read. DELETE removes it."
    assert client.delete(address, params=DATED).status_code == 204
    assert list(batch.web_hooks.ids()) == [whole]


def test_web_hooks_that_cannot_be_read_count_among_the_most_there_may_be(client, batch):
    for number in range(MAX_HOOKS):
        name = f"hooks/{number:08}-8a57-4c3c-9a3e-0f6f5d1c2b11/hook.json"
        batch.store.container.put(name, b"{")
    assert create(client).status_code == 400
