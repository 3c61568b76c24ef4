"""Changes of a job that is stored."""

import json

import pytest
from batch_api import OLD_JOBS, definition, old_definition


def test_a_job_is_renamed_and_nothing_else(api):
    job = api.submit(
        definition(api.drop("a.wav")) | {"customProperties": {"a": "1", "b": "2"}}
    ).json()
    answer = api.client.patch(
        job["self"],
        content=json.dumps(
            {"displayName": "new", "description": "d", "customProperties": {"a": None, "c": "3"}}
        ),
        headers={"Content-Type": "application/merge-patch+json"},
    )
    assert answer.status_code == 200
    expected = {"displayName": "new", "description": "d", "customProperties": {"b": "2", "c": "3"}}
    assert answer.json() == job | expected
    assert api.client.get(job["self"]).json() == job | expected


def test_plain_json_replaces_custom_properties_and_null_takes_away(api):
    job = api.submit(
        definition(api.drop("a.wav")) | {"customProperties": {"a": "1"}, "description": "d"}
    ).json()
    job = api.client.patch(job["self"], json={"customProperties": {"c": "3"}}).json()
    assert job["customProperties"] == {"c": "3"}
    job = api.client.patch(job["self"], json={"customProperties": None, "description": None}).json()
    assert "customProperties" not in job
    assert "description" not in job


@pytest.mark.parametrize(
    ("body", "inner_code"),
    [
        ({"locale": "de-DE"}, "UnsupportedDelta"),
        ({"properties": {"timeToLiveHours": 700}}, "UnsupportedDelta"),
        ({"status": "Succeeded"}, "UnsupportedDelta"),
        ({"contentUrls": []}, "UnsupportedDelta"),
        ({"project": None}, "UnsupportedDelta"),
        ({"displayName": None}, "InvalidPayload"),
        ({"displayName": " "}, "InvalidPayload"),
        ({"displayName": "n" * 10_000}, "InvalidPayload"),
        ({"description": 5}, "InvalidPayload"),
        ({"customProperties": {"k": 5}}, "InvalidPayload"),
        ({"customProperties": {"k": None}}, "InvalidPayload"),
        ({"customProperties": {str(n): "v" for n in range(11)}}, "InvalidPayload"),
    ],
)
def test_changes_of_other_members_and_invalid_values_are_refused(api, body, inner_code):
    job = api.submit(definition(api.drop("a.wav"))).json()
    answer = api.client.patch(job["self"], json=body)
    assert (answer.status_code, answer.json()["innerError"]["code"]) == (400, inner_code)
    assert api.client.get(job["self"]).json() == job


def test_a_version_with_projects_may_say_that_there_is_none(api):
    """v3.x and 2025-10-15 have them; 2024-11-15 has not, see above."""
    none = {"project": None}
    old = api.client.post(OLD_JOBS, json=old_definition(api.drop("a.wav")) | none).json()
    new = api.submit(definition(api.drop("a.wav")) | none, {"api-version": "2025-10-15"}).json()
    for job in (old, new):
        assert api.client.patch(job["self"], json=none).status_code == 200
        named = {"project": {"self": f"{job['self']}/projects/1"}}
        answer = api.client.patch(job["self"], json=named)
        assert (answer.status_code, answer.json()["innerError"]["code"]) == (400, "InvalidPayload")
