"""Arguments of `sotto jobs`, and names of results."""

import argparse

import pytest

from functions.command_line.jobs import _job_id, definition, job_id_of, safe_path
from functions.command_line.main import _parser, main
from functions.command_line.server_client import ServerError


def parse(*arguments):
    return _parser().parse_args(["jobs", "submit", *arguments])


def test_the_body_of_a_job_has_the_options_of_the_arguments():
    parsed = parse(
        "https://a/1.wav", "https://a/2.wav", "--locale", "de-DE", "--candidates", "en-US, de-DE",
        "--speakers", "3", "--words", "--profanity", "tags", "--hours", "24", "--name", "calls",
        "--destination", "https://b/out?sig=s",
    )  # fmt: skip
    assert definition(parsed) == {
        "displayName": "calls",
        "locale": "de-DE",
        "contentUrls": ["https://a/1.wav", "https://a/2.wav"],
        "properties": {
            "timeToLiveHours": 24,
            "profanityFilterMode": "Tags",
            "wordLevelTimestampsEnabled": True,
            "diarization": {"enabled": True, "maxSpeakers": 3},
            "languageIdentification": {
                "candidateLocales": ["de-DE", "en-US"],
                "mode": "Continuous",
            },
            "destinationContainerUrl": "https://b/out?sig=s",
        },
    }


def test_a_container_takes_the_place_of_addresses():
    body = definition(parse("--container", "https://a/calls?sig=s"))
    assert body["contentContainerUrl"] == "https://a/calls?sig=s"
    assert "contentUrls" not in body


@pytest.mark.parametrize("arguments", [[], ["https://a", "--container", "https://b"]])
def test_addresses_and_a_container_exclude_each_other(arguments, capsys):
    assert main(["jobs", "submit", *arguments]) == 1
    assert "either addresses of files, or --container" in capsys.readouterr().err


def test_an_id_may_be_the_address_of_a_job():
    assert _job_id("https://a/speechtotext/transcriptions/1-2?api-version=3") == "1-2"
    assert job_id_of({"self": "https://a/speechtotext/transcriptions/1-2?api-version=3"}) == "1-2"
    with pytest.raises(argparse.ArgumentTypeError):
        _job_id("a b")


@pytest.mark.parametrize("name", ["../a.json", "/etc/a.json", "a/../../b", "", "a\x1b[2J.json"])
def test_a_result_cannot_be_written_outside_of_the_folder(name):
    with pytest.raises(ServerError, match="out of the folder"):
        safe_path(name)


def test_a_result_may_lie_in_a_folder_below():
    assert str(safe_path("calls/monday.wav.json")) == "calls/monday.wav.json"


def test_an_invalid_setting_of_this_machine_does_not_matter(monkeypatch, capsys):
    monkeypatch.setenv("SOTTO_THREADS", "many")
    assert main(["jobs", "list", "--server", "nowhere"]) == 1
    assert "such as https://speech.example" in capsys.readouterr().err


def test_a_file_of_this_machine_is_no_address_of_a_job(capsys):
    assert main(["jobs", "submit", "talk.wav"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("sotto: talk.wav is no address: the server reads https:// addresses.")
    assert " transcribe` transcribes files of this machine" in said
