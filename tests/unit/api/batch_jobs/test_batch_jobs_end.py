"""The end of a job: deleted, or its time over, and nothing of it left."""

from datetime import UTC, datetime, timedelta

from batch_api import DATED, JOBS, definition, submit_many

from shared.jobs.blob_names import new_job_id
from shared.jobs.job import Job, JobFile, JobOptions
from shared.jobs.outcome import FileOutcome, FileStatus, summarise_job
from shared.jobs.submission import submit


def test_deleting_removes_all_at_once_and_may_be_done_again(api):
    job = api.submit(definition(api.drop("a.wav"), api.drop("b.wav"))).json()
    api.work()
    file = api.client.get(job["links"]["files"]).json()["values"][0]
    assert api.client.get(file["links"]["contentUrl"]).status_code == 200
    assert api.client.delete(job["self"]).status_code == 204
    for address in (job["self"], job["links"]["files"], file["self"], file["links"]["contentUrl"]):
        assert api.client.get(address).status_code == 404
    assert api.client.delete(job["self"]).status_code == 204
    assert api.client.patch(job["self"], json={"displayName": "n"}).status_code == 404
    assert not [name for name in api.stored() if name.startswith(("jobs/", "created/"))]


def test_deleting_cancels_what_has_not_been_done(api):
    job = api.submit(definition(*[api.drop("a.wav")] * 12)).json()
    assert api.client.delete(job["self"]).status_code == 204
    api.work()
    assert api.transcriber.requested == []
    assert not [name for name in api.stored() if name.startswith(("jobs/", "created/"))]


def test_a_job_whose_time_is_over_is_gone_though_no_purge_has_run(api):
    created_at = datetime.now(UTC) - timedelta(hours=9)
    job = Job(
        id=new_job_id(created_at),
        created_at=created_at,
        files=(JobFile("https://store.example/a.wav?sig=x", "contenturl_0.json"),),
        options=JobOptions(locales=("en-US",)),
        time_to_live=timedelta(seconds=0.01),
    )
    submit(job, api.batch)
    listed = submit_many(api, 1)
    outcome = FileOutcome(file_index=0, status=FileStatus.FAILED, finished_at=created_at)
    api.batch.store.finish(job.id, outcome)
    api.batch.store.close(job.id, summarise_job(job, [outcome]))
    page = api.client.get(JOBS, params=DATED).json()
    assert [job["self"] for job in page["values"]] == [listed[0]["self"]]
    assert api.client.get(f"{JOBS}/{job.id}", params=DATED).status_code == 404
    assert not [name for name in api.stored() if name.startswith(f"jobs/{job.id}")]
