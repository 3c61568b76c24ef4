"""Lists of jobs: their order, pages and filters."""

import pytest
from batch_api import DATED, JOBS, OLD_JOBS, submit_many


def follow(api, address, **params):
    """All pages of a list, by their next links as they stand."""
    pages = []
    answer = api.client.get(address, params=params or None)
    while True:
        pages.append(answer.json()["values"])
        if "@nextLink" not in answer.json():
            return pages
        answer = api.client.get(answer.json()["@nextLink"])


def test_a_list_is_in_the_order_of_creation_and_goes_on_page_by_page(api):
    jobs = submit_many(api, 7)
    pages = follow(api, JOBS, **DATED, top=3)
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [job["self"] for page in pages for job in page] == [job["self"] for job in jobs]
    assert [len(page) for page in follow(api, OLD_JOBS, skip=2, top=5)] == [5]
    assert follow(api, JOBS, **DATED, skip=50) == [[]]


def test_deleted_jobs_are_in_no_list(api):
    jobs = submit_many(api, 5)
    for job in (jobs[0], jobs[3]):
        assert api.client.delete(job["self"]).status_code == 204
    listed = follow(api, JOBS, **DATED, top=2)
    assert [job["displayName"] for page in listed for job in page] == ["job 1", "job 2", "job 4"]


def test_a_filter_goes_along_to_the_next_page(api):
    jobs = submit_many(api, 6)
    for job in jobs[::2]:
        api.client.patch(job["self"], json={"description": "odd & even"})
    text = "description eq 'odd & even' and not (displayName eq 'job 4')"
    pages = follow(api, JOBS, **DATED, top=1, filter=text)
    names = [job["displayName"] for page in pages for job in page]
    assert names == ["job 0", "job 2"]


def test_jobs_are_filtered_by_how_they_stand(api):
    (first,) = submit_many(api, 1)
    api.work()
    submit_many(api, 1)
    succeeded = follow(api, OLD_JOBS, filter="status eq 'Succeeded' and locale eq 'en-US'")
    assert [[job["displayName"] for job in page] for page in succeeded] == [["job 0"]]
    at = api.client.get(first["self"]).json()["lastActionDateTime"]
    same = follow(api, OLD_JOBS, filter=f"status eq 'Succeeded' and lastActionDateTime eq {at}")
    assert len(same[0]) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"skip": "-1"},
        {"top": "0"},
        {"top": "1001"},
        {"skip": "x"},
        {"skip": "9" * 500},
        {"top": "1.5"},
    ],
)
def test_invalid_pages_are_refused(api, query):
    answer = api.client.get(JOBS, params=DATED | query)
    assert answer.status_code == 400
    assert answer.json()["innerError"]["code"] == "UnsupportedPagination"
