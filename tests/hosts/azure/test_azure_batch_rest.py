"""Batch jobs over REST on Functions: the HTTP trigger accepts, the queue trigger works."""

JOBS = "/speechtotext/transcriptions"
DATED = {"api-version": "2024-11-15"}


def test_a_file_of_a_drop_folder_becomes_a_transcript_and_is_gone_with_its_job(
    batch_host, spoken_clip, http
):
    """The service's own address of the file: the container is opened with its identity."""
    batch_host.drop("rest/a b.wav", spoken_clip.wav)
    url = batch_host.host.url
    submitted = http.post(
        f"{url}{JOBS}:submit",
        params=DATED,
        json={
            "displayName": "calls",
            "locale": "en-US",
            "contentUrls": [f"{url}/containers/calls/rest/a%20b.wav"],
            "properties": {"timeToLiveHours": 6},
        },
        timeout=60,
    )
    assert submitted.status_code == 201
    address = submitted.headers["Location"]
    assert address.startswith(url)
    assert batch_host.deliver_all() == 1
    job = http.get(address, timeout=60).json()
    assert job["status"] == "Succeeded"
    transcript, report = http.get(job["links"]["files"], timeout=60).json()["values"]
    assert transcript["name"] == "contenturl_0.json"
    assert report["kind"] == "TranscriptionReport"
    del http.headers["Ocp-Apim-Subscription-Key"]
    content = http.get(transcript["links"]["contentUrl"], timeout=60).json()
    assert content["combinedRecognizedPhrases"][0]["display"] == spoken_clip.text
    http.headers["Ocp-Apim-Subscription-Key"] = "wrong"
    assert http.get(address, timeout=60).status_code == 401
    assert http.get(transcript["links"]["contentUrl"], timeout=60).status_code == 200


def test_without_places_the_routes_say_so(azure_host, http):
    answer = http.get(f"{azure_host.url}{JOBS}", params=DATED, timeout=60)
    assert answer.status_code == 501
    assert "SOTTO_JOBS" in answer.json()["message"]
