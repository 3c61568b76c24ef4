"""Storage that misbehaves, as seen through the port.

A proxy between the adapter and the emulator loses answers, cuts them or makes them up.
"""

from collections import deque

import pytest
from containers import (
    REGION,
    FaultyProxy,
    azure_address,
    azure_container,
    s3_bucket,
    s3_client,
    s3_container,
)

from shared.errors import (
    AccessDenied,
    AlreadyExists,
    BlobNotFound,
    Changed,
    ContainerNotFound,
    StorageError,
    StorageFull,
    StorageUnavailable,
)
from shared.storage.addresses import StorageAccess, open_container
from shared.storage.azure_account import CLIENT_OPTIONS
from shared.storage.blob_reader import RANGE_BYTES


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    """Try again without the pauses that a real service needs."""
    monkeypatch.setitem(CLIENT_OPTIONS, "initial_backoff", 0)
    monkeypatch.setitem(CLIENT_OPTIONS, "increment_base", 0)
    monkeypatch.setitem(CLIENT_OPTIONS, "random_jitter_range", 0)
    monkeypatch.setattr("shared.storage.s3._FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", _no_delay)


def _no_delay(_backoff, _context):
    return 0


@pytest.fixture(params=["azure", "s3"])
def kind(request):
    """Kind of storage."""
    return request.param


@pytest.fixture
def proxy(kind, request):
    """Give a proxy in front of the emulator of this kind."""
    if kind == "azure":
        target = request.getfixturevalue("azure_storage").blob_url
    else:
        target = request.getfixturevalue("aws_url")
    with FaultyProxy(target).serving() as serving:
        yield serving


@pytest.fixture
def container(kind, proxy, request):
    """Give a new container behind the proxy."""
    if kind == "azure":
        storage = request.getfixturevalue("azure_storage")
        netloc = storage.blob_url.split("/")[2]
        address = azure_address(storage).replace(f"http://{netloc}", proxy.url)
        return azure_container(address)
    bucket = s3_bucket(s3_client(request.getfixturevalue("aws_url")))
    return s3_container(proxy.url, f"s3://{bucket}/part")


def test_a_create_whose_answer_was_lost_has_succeeded(container, proxy):
    """The library sends it again, and the blob exists already: it is its own."""
    proxy.faults["PUT"] = deque(["lose"])
    etag = container.create("closed", b"mine", {"by": "me"})
    found = container.read("closed", 10)
    assert (found.data, found.properties.etag) == (b"mine", etag)
    assert found.properties.metadata == {"by": "me"}


def test_a_repeated_create_does_not_take_the_blob_of_another_writer(container, proxy):
    container.create("closed", b"theirs")
    proxy.faults["PUT"] = deque(["lose"])
    with pytest.raises(AlreadyExists):
        container.create("closed", b"mine")
    assert container.read("closed", 10).data == b"theirs"


def test_a_replace_whose_answer_was_lost_has_succeeded(container, proxy):
    seen = container.create("a", b"first")
    proxy.faults["PUT"] = deque(["lose"])
    etag = container.replace("a", b"second", seen)
    assert container.properties("a").etag == etag != seen


def test_a_delete_whose_answer_was_lost_has_succeeded(container, proxy):
    seen = container.create("a", b"first")
    proxy.faults["DELETE"] = deque(["lose"])
    container.delete("a", seen)
    with pytest.raises(BlobNotFound):
        container.properties("a")


def test_a_range_that_breaks_off_is_requested_again(container, proxy):
    data = bytes(range(256)) * (RANGE_BYTES // 256) + b"tail"
    container.create("a", data)
    proxy.faults["GET"] = deque(["cut", "cut"])
    assert container.read("a", len(data)).data == data


def test_ranges_that_break_off_each_time_become_unavailable(container, proxy):
    container.create("a", b"0123456789")
    proxy.faults["GET"] = deque(["cut"] * 40)
    with pytest.raises(StorageUnavailable):
        container.read("a", 10)


def test_a_busy_service_is_retried(container, proxy):
    proxy.faults["PUT"] = deque([503, 500])
    container.create("a", b"x")
    proxy.faults["GET"] = deque([503])
    assert [entry.name for entry in container.list()] == ["a"]


def test_a_service_that_stays_busy_is_unavailable(container, proxy):
    uses = {
        "PUT": lambda: container.put("a", b"x"),
        "GET": lambda: list(container.list()),
        "HEAD": lambda: container.properties("a"),
        "DELETE": lambda: container.delete("a"),
    }
    for method, use in uses.items():
        proxy.faults[method] = deque([503] * 10)
        with pytest.raises(StorageUnavailable):
            use()
        proxy.faults.clear()


def test_retries_end(container, proxy):
    """Four tries, and no more."""
    proxy.faults["HEAD"] = deque([503] * 20)
    with pytest.raises(StorageUnavailable):
        container.properties("a")
    assert next(proxy.n_requests) == 4


@pytest.mark.parametrize("method", ["PUT", "GET", "HEAD", "DELETE"])
def test_a_refusal_is_not_tried_again(container, proxy, method):
    proxy.faults[method] = deque([403])
    use = {
        "PUT": lambda: container.create("a", b"x"),
        "GET": lambda: container.open("a"),
        "HEAD": lambda: container.properties("a"),
        "DELETE": lambda: container.delete("a"),
    }[method]
    with pytest.raises(AccessDenied):
        use()
    assert next(proxy.n_requests) == 1


def test_an_unexpected_answer_is_a_storage_error(container, proxy):
    proxy.faults["PUT"] = deque([418])
    with pytest.raises(StorageError, match="418"):
        container.put("a", b"x")


@pytest.mark.parametrize("kind", ["s3"], indirect=True)
def test_writes_that_meet_in_s3_are_tried_again(container, proxy):
    """409 asks for that; what the others did shows then. Azure orders writes by itself."""
    proxy.faults["PUT"] = deque([409, 409])
    seen = container.create("a", b"x")
    container.put("a", b"y")
    proxy.faults["PUT"] = deque([409])
    with pytest.raises(Changed):
        container.replace("a", b"z", seen)
    proxy.faults["PUT"] = deque([409] * 10)
    with pytest.raises(StorageError):
        container.put("a", b"z")


def test_where_nothing_listens_storage_is_unavailable(kind, azure_storage, aws_url):
    with FaultyProxy("http://127.0.0.1:1").serving() as closed:
        pass
    del azure_storage, aws_url
    if kind == "azure":
        address = f"{closed.url}/devstoreaccount1/calls?sig=x"
        container = azure_container(address)
    else:
        container = s3_container(closed.url, "s3://calls")
    with pytest.raises(StorageUnavailable):
        container.properties("a")


def test_a_missing_container_is_an_error_that_says_so(kind, proxy, azure_storage, aws_url):
    del proxy
    if kind == "azure":
        access = StorageAccess(azure_connection_string=azure_storage.connection_string)
        container = open_container("azure:no-such-container", access)
    else:
        access = StorageAccess(s3_endpoint=aws_url, s3_region=REGION)
        container = open_container("s3://no-such-bucket-anywhere", access)
    for use in (
        lambda: list(container.list()),
        lambda: container.put("a", b""),
        lambda: container.create("a", b""),
        lambda: container.read("a", 10),
    ):
        with pytest.raises(ContainerNotFound):
            use()


def test_a_signature_that_only_reads_writes_nothing(azure_storage):
    container = azure_container(azure_address(azure_storage, permissions="rl"))
    assert list(container.list()) == []
    with pytest.raises(AccessDenied):
        container.create("a", b"")


def test_the_emulator_is_reached_by_its_connection_string(azure_storage):
    netloc_and_name = azure_address(azure_storage).partition("?")[0]
    access = StorageAccess(azure_connection_string=azure_storage.connection_string)
    container = open_container(f"azure:{netloc_and_name.rpartition('/')[2]}", access)
    container.create("a", b"x")
    assert [entry.name for entry in container.list()] == ["a"]


def test_a_blob_with_a_lease_is_busy_and_one_with_snapshots_goes(azure_storage):
    """Others may hold leases and make snapshots."""
    address = azure_address(azure_storage, permissions="racwdlx")
    container = azure_container(address)
    container.create("a", b"x")
    blob = container._client.get_blob_client("a")
    lease = blob.acquire_lease(15)
    with pytest.raises(StorageUnavailable):
        container.delete("a")
    lease.release()
    blob.create_snapshot()
    container.delete("a")
    assert list(container.list()) == []


def test_a_prefix_hides_the_blobs_outside_of_it(aws_url):
    client = s3_client(aws_url)
    bucket = s3_bucket(client)
    whole, part = (s3_container(aws_url, f"s3://{bucket}{path}") for path in ("", "/calls/in/"))
    whole.put("calls/out.wav", b"")
    part.put("a.wav", b"")
    assert [entry.name for entry in whole.list()] == ["calls/in/a.wav", "calls/out.wav"]
    assert [entry.name for entry in part.list()] == ["a.wav"]


def test_a_folder_of_a_console_is_no_blob(aws_url):
    client = s3_client(aws_url)
    bucket = s3_bucket(client)
    client.put_object(Bucket=bucket, Key="calls/", Body=b"")
    assert list(s3_container(aws_url, f"s3://{bucket}").list()) == []
    assert list(s3_container(aws_url, f"s3://{bucket}/calls").list()) == []


def test_a_service_without_room_is_full(container, proxy):
    """507 is HTTP's status for it, which stores beside AWS and Azure answer with."""
    proxy.faults["PUT"] = deque([507] * 10)
    with pytest.raises(StorageFull):
        container.put("a", b"x")
