import pytest

from shared.errors import FetchFailed
from shared.models.download import Downloader, Retries
from shared.models.progress import NullProgress

CONTENT = bytes(range(256)) * 1000  # 256 kB


class Watcher(NullProgress):
    """Keeps what a download tells."""

    def __init__(self) -> None:
        self.begun: list[tuple[int, int | None]] = []
        self.n_bytes = 0

    def begin(self, label, done_bytes, total_bytes) -> None:  # noqa: D102, ARG002
        self.begun.append((done_bytes, total_bytes))

    def advance(self, n_bytes) -> None:  # noqa: D102
        self.n_bytes += n_bytes


@pytest.fixture
def watcher() -> Watcher:
    return Watcher()


@pytest.fixture
def downloader(watcher) -> Downloader:
    return Downloader(retries=Retries(attempts=3, first_wait_s=0), progress=watcher)


@pytest.fixture
def part(tmp_path):
    return tmp_path / "model.bin.part"


def test_a_cut_connection_is_resumed_where_it_broke(shelf, downloader, part):
    shelf.files["/m"] = CONTENT
    shelf.cuts["/m"] = [100_000, 50_000]
    downloader.download(f"{shelf.url}/m", part, label="m", size_bytes=len(CONTENT))
    assert part.read_bytes() == CONTENT
    assert shelf.asked("/m") == [None, "bytes=100000-", "bytes=150000-"]


def test_a_part_from_an_earlier_run_is_kept(shelf, downloader, part, watcher):
    shelf.files["/m"] = CONTENT
    part.write_bytes(CONTENT[:200_000])
    downloader.download(f"{shelf.url}/m", part, label="m")
    assert part.read_bytes() == CONTENT
    assert watcher.begun == [(200_000, len(CONTENT))]
    assert watcher.n_bytes == len(CONTENT) - 200_000


def test_a_complete_part_is_not_requested_again(shelf, downloader, part):
    shelf.files["/m"] = CONTENT
    part.write_bytes(CONTENT)
    downloader.download(f"{shelf.url}/m", part, label="m", size_bytes=len(CONTENT))
    assert shelf.requests == []


def test_a_whole_part_of_unknown_size_is_recognised_by_the_server_s_refusal(
    shelf, downloader, part
):
    shelf.files["/m"] = CONTENT
    part.write_bytes(CONTENT)
    downloader.download(f"{shelf.url}/m", part, label="m")
    assert part.read_bytes() == CONTENT
    assert shelf.asked("/m") == [f"bytes={len(CONTENT)}-"]


def test_a_part_that_is_too_long_is_fetched_anew(shelf, downloader, part):
    shelf.files["/m"] = CONTENT
    part.write_bytes(CONTENT + b"more")
    downloader.download(f"{shelf.url}/m", part, label="m")
    assert part.read_bytes() == CONTENT


def test_a_server_without_ranges_starts_over(shelf, downloader, part):
    shelf.files["/m"] = CONTENT
    shelf.knows_ranges = False
    shelf.cuts["/m"] = [100_000]
    downloader.download(f"{shelf.url}/m", part, label="m")
    assert part.read_bytes() == CONTENT


def test_a_server_that_never_gets_further_is_given_up(shelf, downloader, part):
    """Without ranges each try brings the same bytes again: that is no progress."""
    shelf.files["/m"] = CONTENT
    shelf.knows_ranges = False
    shelf.cuts["/m"] = [1000] * 10
    with pytest.raises(FetchFailed, match="the connection was cut"):
        downloader.download(f"{shelf.url}/m", part, label="m")
    assert len(shelf.requests) == 3


def test_a_passing_refusal_is_tried_again(shelf, downloader):
    shelf.files["/m"] = CONTENT
    shelf.refusals["/m"] = [503, 429]
    assert downloader.read(f"{shelf.url}/m").body == CONTENT


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_final_refusal_is_not_tried_again(shelf, downloader, status):
    shelf.refusals["/m"] = [status]
    with pytest.raises(FetchFailed, match=f"HTTP {status}"):
        downloader.read(f"{shelf.url}/m")
    assert len(shelf.requests) == 1


def test_another_size_than_expected_is_refused_before_the_download(shelf, downloader, part):
    shelf.files["/m"] = CONTENT
    with pytest.raises(FetchFailed, match="256000 bytes, 7 are expected"):
        downloader.download(f"{shelf.url}/m", part, label="m", size_bytes=7)


def test_a_full_disk_or_forbidden_folder_is_not_retried(shelf, downloader, tmp_path):
    shelf.files["/m"] = CONTENT
    with pytest.raises(FetchFailed, match="No such file or directory"):
        downloader.download(f"{shelf.url}/m", tmp_path / "absent" / "m.part", label="m")
    assert len(shelf.requests) == 1


def test_no_message_quotes_credentials_or_a_query(shelf, downloader):
    url = shelf.url.replace("http://", "http://me:secret@") + "/m?sig=secret"
    with pytest.raises(FetchFailed) as raised:
        downloader.read(url)
    assert "secret" not in str(raised.value)


def test_credentials_in_a_url_become_a_header(shelf, downloader):
    shelf.files["/m"] = b"x"
    downloader.read(shelf.url.replace("http://", "http://me:p%40ss@") + "/m")
    assert shelf.requests[0][2] == "Basic bWU6cEBzcw=="


def test_a_token_follows_a_redirect_on_the_same_host_only(shelf, downloader):
    """Hubs redirect to storage elsewhere, which is signed already and must not learn the token."""
    elsewhere = shelf.url.replace("127.0.0.1", "localhost")
    shelf.files["/m"] = b"x"
    shelf.redirects["/renamed"] = "/m"
    shelf.redirects["/stored"] = f"{elsewhere}/m"
    for path in ("/renamed", "/stored"):
        downloader.read(f"{shelf.url}{path}", authorization="Bearer t")
    assert [authorization for path, _, authorization in shelf.requests if path == "/m"] == [
        "Bearer t",
        None,
    ]
