"""Fast transcription over HTTP: forms as clients send them, and the answers.

https://learn.microsoft.com/rest/api/speechtotext/transcriptions/transcribe
"""

import pytest
from fast_transcription_api import ROUTE, VERSION, form, transcribe

from shared.scheduling import Priority
from shared.text_forms.profanity import ProfanityMode
from shared.transcript import Alternative, Dropped, DropReason, Phrase


def test_a_part_without_filename_is_audio(make_client, remind, tone):
    """The Python client sends plain bytes so; the definition may be absent."""
    client = make_client(remind)
    answer = transcribe(client, tone(1.0))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "durationMilliseconds": 1000,
        "combinedPhrases": [{"text": "Remind me at 5."}],
        "phrases": [
            {
                "offsetMilliseconds": 180,
                "durationMilliseconds": 720,
                "text": "Remind me at 5.",
                "words": [
                    {"text": "Remind", "offsetMilliseconds": 180, "durationMilliseconds": 410}
                ],
                "locale": "en-US",
                "confidence": 0.92,
            }
        ],
    }
    asked = client.transcriber.requested[0]
    assert (asked.locales, asked.channels, asked.word_timestamps) == ((), (), True)
    assert (asked.profanity, asked.priority) == (ProfanityMode.MASKED, Priority.FILE)


def test_silence_has_all_three_members(make_client, tone):
    """Clients index the combined phrases without looking."""
    assert transcribe(make_client(), tone(0.5)).json() == {
        "durationMilliseconds": 500,
        "combinedPhrases": [{"text": ""}],
        "phrases": [],
    }


def test_stretches_without_text_are_in_a_header_and_not_in_the_body(make_client, remind, tone):
    """The body is Azure's; the reasons of the recogniser are beside it."""
    client = make_client(remind, Dropped(0, 0.9, 0.1, DropReason.SILENCE))
    answer = transcribe(client, tone(1.0))
    assert answer.headers["sotto-dropped"] == "silence;at=900;for=100"
    assert set(answer.json()) == {"durationMilliseconds", "combinedPhrases", "phrases"}


@pytest.mark.parametrize(
    "path",
    [
        "////speechtotext/transcriptions:transcribe",
        "/speechtotext/transcriptions%3Atranscribe",
        "/speechtotext/transcriptions%3atranscribe",
        "/speechtotext//transcriptions:transcribe/",
    ],
)
def test_path_is_found_in_every_spelling(make_client, remind, tone, path):
    """The Python client asks for four slashes when its endpoint ends with one."""
    answer = make_client(remind).post(
        f"http://testserver{path}{VERSION}", **form(("audio", tone(0.2)))
    )
    assert answer.status_code == 200


def test_channels_are_separated_in_stereo(make_client, tone):
    """One combined phrase per channel that was asked for, phrases name theirs."""
    reading = (Alternative(0.9, "hello", "hello", "hello", "Hello."),)
    client = make_client(Phrase(1, "en-US", 0.1, 0.3, reading))
    answer = transcribe(client, tone(0.5, n_channels=2), {"channels": [0, 1]}).json()
    assert answer["combinedPhrases"] == [
        {"channel": 0, "text": ""},
        {"channel": 1, "text": "Hello."},
    ]
    assert answer["phrases"][0]["channel"] == 1


def test_channels_are_ignored_in_mono(make_client, remind, tone):
    """There is nothing to separate."""
    client = make_client(remind)
    answer = transcribe(client, tone(0.5), {"channels": [0, 1]}).json()
    assert answer["combinedPhrases"] == [{"text": "Remind me at 5."}]
    assert client.transcriber.requested[0].channels == ()


def test_parts_come_in_any_order(make_client, remind, tone):
    """The definition may be first, and other parts may be between."""
    answer = make_client(remind).post(
        ROUTE + VERSION,
        **form(("definition", b"{}"), ("note", b"1"), ("audio", tone(0.2))),
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "version",
    [
        "2024-05-15-preview",
        "2024-11-15",
        "2025-10-15",
        "2026-01-01",
        "2026-01-01-preview.2",
    ],
)
def test_known_versions_are_served(make_client, remind, tone, version):
    """Those that clients send, and later ones."""
    answer = transcribe(make_client(remind), tone(0.1), version=f"?api-version={version}")
    assert answer.status_code == 200
    assert transcribe(make_client(remind), tone(0.1), version=f"?API-Version={version}").is_success


def test_audio_wins_over_the_url(make_client, remind, tone):
    """Both given: the URL is not opened."""
    answer = transcribe(make_client(remind), tone(0.1), {"audioUrl": "http://169.254.169.254/"})
    assert answer.status_code == 200


def test_locales_are_listed(make_client):
    """Those of the loaded model, under the contract's two names."""
    answer = make_client().get(f"/speechtotext/transcriptions/locales{VERSION}")
    assert answer.json() == {"Submit": ["de-DE", "en-US"], "Transcribe": ["de-DE", "en-US"]}


def test_locales_need_version_and_key(make_client):
    """Like every route of this contract."""
    client = make_client()
    assert client.get("/speechtotext/transcriptions/locales").status_code == 400
    del client.headers["Ocp-Apim-Subscription-Key"]
    assert client.get(f"/speechtotext/transcriptions/locales{VERSION}").status_code == 401
