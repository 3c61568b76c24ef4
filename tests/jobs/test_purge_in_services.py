"""The same purge in Azurite and in moto: what goes, and that its calls follow what is over."""

from datetime import timedelta

import pytest

from benchmarks.purge import (
    FOLDER,
    NOW,
    azure_batch,
    purge_counted,
    s3_batch,
    write_finished_jobs,
)

N_JOBS, N_EXPIRED = 300, 30  # `make bench` takes 10,000
SECOND = timedelta(seconds=1)


@pytest.fixture(params=["azure", "s3"])
def batch(request, tmp_path):
    """Open a new batch in each of the two."""
    if request.param == "azure":
        account = request.getfixturevalue("azure_storage")
        opened = azure_batch(account.connection_string, tmp_path)
    else:
        opened = s3_batch(request.getfixturevalue("aws_url"), tmp_path)
    yield opened
    opened.queue.close()


def listed(container, prefix=""):
    return {entry.name for entry in container.list(prefix)}


def test_the_expired_tenth_goes_and_nothing_else(batch):
    ids = set(write_finished_jobs(batch, range(N_EXPIRED), NOW - N_EXPIRED * SECOND))
    write_finished_jobs(batch, range(N_EXPIRED, N_JOBS), NOW + SECOND)
    output = batch.drop_folders[FOLDER].output
    records, outputs = listed(batch.store.container), listed(output)
    counted = purge_counted(batch, NOW)
    print(f"{N_EXPIRED} of {N_JOBS} jobs: {counted.n_calls} calls, {counted.took_s:.1f} s")  # noqa: T201 - a figure to report
    assert (counted.done.n_jobs, counted.done.n_outputs) == (N_EXPIRED, N_EXPIRED // 2)
    assert counted.done.failures == []
    left = listed(batch.store.container)
    assert {name for name in left if ids.isdisjoint(name.split("/"))} == {
        name for name in records if ids.isdisjoint(name.split("/"))
    }
    assert listed(batch.store.container, "jobs/") == {
        name for name in records if name.startswith("jobs/") and name.split("/")[1] not in ids
    }
    assert listed(output) == {name for name in outputs if int(name[:5]) >= N_EXPIRED}
    # Twelve a job; and three for each of those whose time is over later in this very minute.
    assert counted.n_calls <= 12 * N_EXPIRED + 3 * (60 - NOW.second) + 10
