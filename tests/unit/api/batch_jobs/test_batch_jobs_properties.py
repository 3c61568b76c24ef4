"""The properties of a job: the options of recognition that they set, and how they are shown."""

import pytest
from batch_api import OLD_JOBS, definition, make_api, old_definition

from functions.api.speech_models.base_model import base_model_id
from shared.text_forms.profanity import ProfanityMode


def id_of(job):
    return job["self"].partition("?")[0].rpartition("/")[2]


def test_recognition_is_asked_for_what_the_properties_say(api):
    job = api.submit(
        definition(
            api.drop("a.wav"),
            channels=[0],
            punctuationMode="none",
            profanityFilterMode="TAGS",
            displayFormWordLevelTimestampsEnabled=True,
        )
    ).json()
    assert job["properties"]["punctuationMode"] == "None"
    assert job["properties"]["profanityFilterMode"] == "Tags"
    api.work()
    (options,) = api.transcriber.requested
    assert options.profanity is ProfanityMode.TAGS
    assert options.word_timestamps
    assert options.locales == ("en-US",)
    files = api.client.get(job["links"]["files"]).json()["values"]
    result = api.client.get(files[0]["links"]["contentUrl"]).json()
    best = result["recognizedPhrases"][0]["nBest"][0]
    assert best["display"] == "Hello world"
    assert "displayWords" in best
    assert "words" not in best


def test_speakers_are_asked_for_in_the_words_of_each_generation(api):
    url = api.drop("a.wav")
    wanted = {"enabled": True, "maxSpeakers": 4}
    job = api.submit(definition(url, diarization=wanted)).json()
    assert job["properties"]["diarization"] == wanted
    old = api.client.get(f"{OLD_JOBS}/{id_of(job)}").json()["properties"]
    assert old["diarizationEnabled"] is True
    assert old["diarization"] == {"speakers": {"minCount": 1, "maxCount": 4}}
    off = api.submit(definition(url, diarization={"enabled": False, "maxSpeakers": 4})).json()
    assert "diarization" not in off["properties"]


@pytest.mark.parametrize(
    ("properties", "limits"),
    [
        ({"diarizationEnabled": True}, (1, 2)),
        (
            {
                "diarizationEnabled": True,
                "diarization": {"speakers": {"minCount": 2, "maxCount": 5}},
            },
            (2, 5),
        ),
        ({"diarizationEnabled": True, "diarization": {"maxSpeakers": 3}}, (1, 3)),
        ({"diarization": {"speakers": {"maxCount": 5}}}, None),
    ],
)
def test_the_first_generation_tells_two_speakers_apart_unless_it_says_how_many(
    api, properties, limits
):
    answer = api.client.post(OLD_JOBS, json=old_definition(api.drop("a.wav"), **properties))
    stored = api.batch.store.job(id_of(answer.json()))
    speakers = stored.options.recognition_options().speakers
    assert (speakers and (speakers.least, speakers.most)) == limits


def test_numbers_and_truth_values_may_be_strings(api):
    properties = {
        "timeToLiveHours": "48",
        "channels": ["0", "1"],
        "wordLevelTimestampsEnabled": "true",
        "diarization": {"enabled": "True", "maxSpeakers": "3"},
    }
    answer = api.submit(definition(api.drop("a.wav"), **properties))
    assert answer.status_code == 201
    assert answer.json()["properties"]["timeToLiveHours"] == 48
    options = api.batch.store.job(id_of(answer.json())).options.recognition_options()
    assert (options.word_timestamps, options.speakers.most) == (True, 3)


def test_a_language_is_identified_among_the_candidates(api):
    wanted = {
        "candidateLocales": ["de-de", "en-US", "fr-FR"],
        "mode": "single",
        "speechModelMapping": {"de-DE": {"self": "https://h/speechtotext/models/base/base"}},
    }
    job = api.submit(definition(api.drop("a.wav"), languageIdentification=wanted)).json()
    shown = job["properties"]["languageIdentification"]
    assert shown["candidateLocales"] == ["de-DE", "en-US", "fr-FR"]
    assert shown["mode"] == "Single"
    model = base_model_id("base", "de-DE")
    assert model in shown["speechModelMapping"]["de-DE"]["self"]
    api.work()
    (options,) = api.transcriber.requested
    assert options.locales == ("en-US", "de-DE", "fr-FR")
    assert options.fallback_locale == "en-US"
    assert not options.language_per_phrase
    files = api.client.get(job["links"]["files"]).json()["values"]
    result = api.client.get(files[0]["links"]["contentUrl"]).json()
    assert result["recognizedPhrases"][0]["locale"] == "en-US"


def test_a_stage_that_the_operator_switched_off_is_refused_and_nothing_is_stored(tmp_path):
    api = make_api(tmp_path, diarization=False)
    wanted = {"enabled": True, "maxSpeakers": 2}
    answer = api.submit(definition(api.drop("a.wav"), diarization=wanted))
    api.batch.queue.close()
    assert answer.status_code == 501
    assert answer.json()["innerError"]["code"] == "FeatureUnavailable"
    assert api.stored() == []


def test_the_language_of_each_phrase_is_identified_on_request(api):
    wanted = {"candidateLocales": ["de-DE", "en-US"], "mode": "Continuous"}
    job = api.submit(definition(api.drop("a.wav"), languageIdentification=wanted)).json()
    assert job["properties"]["languageIdentification"]["mode"] == "Continuous"
    api.work()
    (options,) = api.transcriber.requested
    assert options.language_per_phrase
    assert options.locales == ("en-US", "de-DE")


def test_a_model_that_was_listed_may_be_named_by_its_address(api):
    address = f"https://elsewhere/speechtotext/models/base/{base_model_id('base', 'en-US')}"
    job = api.submit(definition(api.drop("a.wav")) | {"model": {"self": address}}).json()
    assert job["model"]["self"].startswith("http://testserver/speechtotext/models/base/")
    assert job["model"]["self"].endswith("?api-version=2024-11-15")
