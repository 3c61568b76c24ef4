"""The tab of jobs in a browser: submit, watch, read, cancel, delete."""

import json

from playwright.sync_api import expect

from tests.contract.batch_client import serving_files
from tests.contract.conftest import speak

READING = "The children are playing in the garden behind the house."
NOW = "Fri, 02 Jan 2026 03:05:00 GMT"  # in the answers of the test


def job(name, status, *, at="2026-01-02T03:04:05Z", **properties):
    return {
        "self": f"http://x/speechtotext/transcriptions/{name}", "displayName": name,
        "status": status, "createdDateTime": "2026-01-02T03:00:00Z", "lastActionDateTime": at,
        "properties": properties,
    }  # fmt: skip


def test_a_job_is_submitted_watched_read_and_deleted(open_jobs):
    """Its end names the files that failed, and their reasons."""
    files = {"reading.wav": speak(READING)}
    with serving_files(files) as (address, _), open_jobs() as page:
        tab = page.locator("#batch")
        tab.locator("[name=addresses]").fill(f"{address}/reading.wav\n{address}/missing.wav")
        tab.locator("[name=name]").fill("calls")
        tab.get_by_role("button", name="Submit").click()
        row = tab.locator("tbody tr")
        expect(row).to_contain_text("calls")
        expect(row).to_contain_text("succeeded: 1 of 2 files", timeout=60_000)
        expect(tab.locator("progress")).to_have_count(0)
        tab.get_by_role("button", name="Results calls").click()
        expect(tab.locator(".text")).to_contain_text("garden")
        expect(tab.locator(".text .error")).to_contain_text("missing.wav: ")
        tab.get_by_role("button", name="Delete calls").click()
        expect(tab.locator(".state")).to_have_text("0 jobs, 0 under way.")
        expect(tab.locator("tbody tr")).to_have_count(0)


def test_a_job_under_way_has_its_files_and_its_time(open_shared):
    """The contract has no number of finished files before the end of a job."""
    submitted = []

    def answer(route):
        submitted.append(json.loads(route.request.post_data))
        route.fulfill(status=201, json=job("calls", "NotStarted"))

    jobs = {"values": [job("older", "Running"), job("calls", "NotStarted")]}
    with open_shared(tab="batch", errors={501}) as page:
        page.route("**/transcriptions:submit?*", answer)
        page.route(
            "**/speechtotext/transcriptions?*",
            lambda route: route.fulfill(json=jobs, headers={"Date": NOW}),
        )
        tab = page.locator("#batch")
        tab.locator("[name=addresses]").fill("https://x.example/a.wav\nhttps://x.example/b.wav")
        tab.locator("[name=locale]").fill("en-US, de-DE")
        tab.locator("[name=profanity]").select_option("Tags")
        tab.get_by_role("button", name="Submit").click()
        rows = tab.locator("tbody tr")
        expect(rows.nth(0)).to_contain_text("waiting for a worker, 2 files, for 0:55")
        expect(rows.nth(1)).to_contain_text("running, for 0:55")
        expect(rows.locator("progress")).to_have_count(2)
        expect(tab.locator(".state")).to_have_text("2 jobs, 2 under way.")
        expect(rows.get_by_role("button", name="Cancel calls")).to_be_visible()
    (definition,) = submitted
    assert definition["locale"] == "en-US"
    assert definition["properties"]["profanityFilterMode"] == "Tags"
    assert definition["properties"]["languageIdentification"] == {
        "candidateLocales": ["en-US", "de-DE"],
        "mode": "Continuous",
    }


def test_a_job_of_which_all_files_failed_says_why(open_jobs):
    files = {"broken.wav": b"no audio" * 100}
    with serving_files(files) as (address, _), open_jobs() as page:
        tab = page.locator("#batch")
        tab.locator("[name=addresses]").fill(f"{address}/broken.wav")
        tab.get_by_role("button", name="Submit").click()
        row = tab.locator("tbody tr")
        expect(row).to_contain_text("failed: 0 of 1 file", timeout=60_000)
        expect(row).to_contain_text("None of the files could be transcribed.")
        tab.get_by_role("button", name="Results From the playground").click()
        expect(tab.locator(".text .error")).to_contain_text("broken.wav: ")


def test_a_server_without_jobs_says_so(browser, ready_server, opened):
    with opened(browser, ready_server.url, tab="batch", errors={501}) as page:
        tab = page.locator("#batch")
        tab.get_by_role("button", name="Show jobs").click()
        expect(tab.locator("[role=alert]")).to_contain_text("SOTTO_")
