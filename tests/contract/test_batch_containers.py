"""Jobs between containers of Azure's and S3's storage, as their owners hand them out.

The app and a worker run in this process: Azurite speaks HTTP, which no setting of the server
allows for a container that a caller names.
"""

import json
from urllib.parse import urlsplit

import pytest
from batch_client import DATED, files_of
from containers import azure_address, s3_bucket, s3_client
from fastapi.testclient import TestClient

from functions.api.app import create_app
from shared.errors import SpeechError
from shared.jobs.attempt import Attempt
from shared.jobs.batch_services import BatchServices
from shared.jobs.store import JobStore
from shared.jobs.worker import JobWorker
from shared.settings import Settings
from shared.storage.addresses import StorageAccess, open_container
from shared.storage.folder import FolderContainer
from shared.storage.sqlite_queue import open_sqlite_queue
from shared.transcript import Alternative, Phrase
from shared.transcription.scripted_transcriber import ScriptedTranscriber

HELLO = Phrase(
    0, "en-US", 0.1, 0.8, (Alternative(0.9, "hello world", "hello world", "hello world", "Hello."),)
)
LOOPBACK = Settings.from_environment({"SOTTO_ALLOWED_NETWORKS": "127.0.0.0/8"}).allowed_networks


@pytest.fixture
def make_service(tmp_path):
    """Make a client and a function that does all work there is."""
    queue = open_sqlite_queue(tmp_path / "queue.sqlite")
    (tmp_path / "jobs").mkdir()

    def make(emulator=""):
        batch = BatchServices(
            JobStore(FolderContainer(tmp_path / "jobs")),
            queue,
            allowed_networks=LOOPBACK,
            access=StorageAccess(emulator_hosts=(emulator,)),
        )
        transcriber = ScriptedTranscriber([HELLO], locales=("en-US",))
        client = TestClient(create_app(Settings(keys=("k",)), transcriber, batch))
        client.headers["Ocp-Apim-Subscription-Key"] = "k"

        def work():
            worker = JobWorker(batch, transcriber)
            while (lease := queue.lease(60)) is not None:
                try:
                    worker.handle(lease.message, Attempt(lease.delivery_count))
                except SpeechError:
                    queue.release(lease)
                else:
                    queue.acknowledge(lease)

        return client, work

    yield make
    queue.close()


def definition(*urls, **properties):
    return {
        "displayName": "calls of monday",
        "locale": "en-US",
        "contentUrls": urls,
        "properties": {"timeToLiveHours": 48, **properties},
    }


def owned(azurite, url):
    """Container of an address as its owner has it."""
    name = urlsplit(url).path.rpartition("/")[2]
    access = StorageAccess(azure_connection_string=azurite.connection_string)
    return open_container(f"azure:{name}", access)


def listing(container):
    return [(entry.name, entry.etag) for entry in container.list()]


def submit(client, body):
    answer = client.post("/speechtotext/transcriptions:submit", params=DATED, json=body)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def test_from_a_container_into_a_container_and_what_else_lies_there_stays(
    make_service, azure_storage, spoken
):
    source_url = azure_address(azure_storage, "rl")
    target_url = azure_address(azure_storage, "cw")
    source, target = (owned(azure_storage, url) for url in (source_url, target_url))
    for name in ("a.wav", "calls/b ü?#%.wav"):
        source.put(name, spoken)
    source.put("notes.txt", b"buy milk")
    target.put("mine.txt", b"mine")
    before = listing(source), listing(target)
    client, work = make_service(urlsplit(source_url).netloc)
    body = definition(destinationContainerUrl=target_url) | {
        "contentUrls": None,
        "contentContainerUrl": source_url,
    }
    job = submit(client, body)
    assert job["properties"]["destinationContainerUrl"] == target_url
    assert "sig" not in json.dumps({**job, "properties": None})
    work()
    ended = client.get(job["self"]).json()
    assert ended["status"] == "Succeeded"
    files = files_of(client, ended)
    assert [file["name"] for file in files] == [
        "a.wav.json",
        "calls/b ü?#%.wav.json",
        "report.json",
    ]
    job_id = job["self"].partition("?")[0].rpartition("/")[2]
    for file in files:
        address = file["links"]["contentUrl"]
        assert address.startswith(target_url.partition("?")[0] + f"/{job_id}/")
        assert "?" not in address
        written = target.read(f"{job_id}/{file['name']}", 100_000)
        assert len(written.data) == file["properties"]["size"]
        assert written.properties.content_type == "application/json"
    report = json.loads(target.read(f"{job_id}/report.json", 100_000).data)
    base = source_url.partition("?")[0]
    assert [detail["source"] for detail in report["details"]] == [
        f"{base}/a.wav",
        f"{base}/calls/b%20%C3%BC%3F%23%25.wav",
        f"{base}/notes.txt",
    ]
    assert "sig" not in json.dumps(report)
    # The end of the job takes nothing that is its owner's.
    with_results = listing(target)
    assert client.delete(job["self"]).status_code == 204
    assert listing(source) == before[0]
    assert listing(target) == with_results
    assert set(before[1]) < set(with_results)


def test_blobs_by_their_signed_addresses(make_service, azure_storage, spoken):
    """Each blob of a container with the container's signature, as the portal copies it."""
    url = azure_address(azure_storage, "r")
    source = owned(azure_storage, url)
    source.put("calls/a b.wav", spoken)
    address, _, signature = url.partition("?")
    client, work = make_service(urlsplit(url).netloc)
    job = submit(
        client,
        definition(f"{address}/calls/a%20b.wav?{signature}", f"{address}/calls/a%20b.wav"),
    )
    work()
    report = _content(client, files_of(client, job)[-1])
    assert [detail["status"] for detail in report["details"]] == ["Succeeded", "Failed"]
    assert report["details"][1]["errorKind"] == "InvalidRecordingsUri"


def test_presigned_addresses_of_s3(make_service, aws_url, spoken):
    client_of_s3 = s3_client(aws_url)
    bucket = s3_bucket(client_of_s3)
    client_of_s3.put_object(Bucket=bucket, Key="calls/a ü.wav", Body=spoken)
    presigned = client_of_s3.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": "calls/a ü.wav"}, ExpiresIn=600
    )
    before = client_of_s3.list_objects_v2(Bucket=bucket)["Contents"]
    client, work = make_service()
    job = submit(client, definition(presigned))
    work()
    transcript, report = files_of(client, job)
    assert _content(client, transcript)["combinedRecognizedPhrases"][0]["lexical"] == "hello world"
    assert _content(client, report)["successfulTranscriptionsCount"] == 1
    assert "Signature" not in json.dumps(_content(client, report))
    assert client_of_s3.list_objects_v2(Bucket=bucket)["Contents"] == before


def test_a_container_that_cannot_be_listed_is_refused_at_once(make_service, azure_storage):
    url = azure_address(azure_storage, "r")
    client, _ = make_service(urlsplit(url).netloc)
    body = definition() | {"contentUrls": None, "contentContainerUrl": url}
    answer = client.post("/speechtotext/transcriptions:submit", params=DATED, json=body)
    assert answer.status_code == 400
    assert answer.json()["innerError"]["code"] == "InaccessibleCustomerStorage"
    assert "sig=" not in answer.text


def test_a_destination_that_takes_nothing_is_in_the_report_that_is_kept_here(
    make_service, azure_storage, spoken
):
    """The job ends, and its report is read where it is."""
    source_url = azure_address(azure_storage, "rl")
    owned(azure_storage, source_url).put("a.wav", spoken)
    target_url = azure_address(azure_storage, "r")
    client, work = make_service(urlsplit(source_url).netloc)
    body = definition(destinationContainerUrl=target_url) | {
        "contentUrls": None,
        "contentContainerUrl": source_url,
    }
    job = submit(client, body)
    work()
    ended = client.get(job["self"]).json()
    assert ended["status"] == "Failed"
    (report,) = files_of(client, ended)
    assert report["links"]["contentUrl"].startswith("http://testserver/")
    details = _content(client, report)["details"]
    assert details[0]["errorKind"] == "InaccessibleCustomerStorage"


def _content(client, file):
    return client.get(file["links"]["contentUrl"]).json()
