"""Transcription as its users call it: the `openai` client, unmodified, and `curl`."""

import subprocess

import openai
import pytest

KEY = "k"
SPOKEN = "Please remind me to buy milk and bread at 5 o'clock."


def client_of(server, key=KEY):
    """OpenAI's client, which tries nothing twice here."""
    return openai.OpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0)


@pytest.fixture
def client(server):
    with client_of(server) as made:
        yield made


def transcribe(client, audio, model="whisper-1", **asked):
    return client.audio.transcriptions.create(file=("t.wav", audio), model=model, **asked)


def test_a_transcript_is_its_text(client, spoken):
    answer = transcribe(client, spoken)
    assert answer.text == SPOKEN
    assert (answer.usage.type, answer.usage.seconds) == ("duration", 4)
    assert [language.code for language in answer.languages] == ["en"]


def test_text_formats_are_strings(client, spoken):
    texts = {
        form: transcribe(client, spoken, response_format=form) for form in ("text", "srt", "vtt")
    }
    assert texts["text"] == f"{SPOKEN}\n"
    assert texts["srt"].startswith("1\n00:00:00,")
    assert texts["vtt"].startswith("WEBVTT\n\n00:00:00.")
    shown = "\n".join(texts["srt"].splitlines()[2:])
    assert shown.split() == SPOKEN.split()


def test_verbose_json_times_segments_and_words(client, spoken):
    answer = transcribe(
        client,
        spoken,
        language="en",
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    assert (answer.language, answer.text) == ("english", SPOKEN)
    assert 3.3 < answer.duration < 3.8
    (segment,) = answer.segments
    assert segment.text == f" {SPOKEN}"
    assert -1 < segment.avg_logprob < 0
    assert [word.word for word in answer.words] == SPOKEN.rstrip(".").split()
    ends = [word.end for word in answer.words]
    assert ends == sorted(ends)
    assert ends[-1] <= answer.duration


def test_speakers_are_labelled_with_letters(client, spoken):
    answer = transcribe(
        client,
        spoken,
        "gpt-4o-transcribe-diarize",
        response_format="diarized_json",
        chunking_strategy="auto",
    )
    assert answer.text == SPOKEN
    assert {segment.speaker for segment in answer.segments} == {"A"}
    assert " ".join(segment.text for segment in answer.segments) == SPOKEN


def test_two_speakers_are_distinguished(client, speech_data):
    """Thirty seconds of a telephone call of two."""
    audio = (speech_data / "diarization" / "pyannote_sample.flac").read_bytes()
    answer = transcribe(client, audio, response_format="diarized_json", chunking_strategy="auto")
    assert {segment.speaker for segment in answer.segments} >= {"A", "B"}


def test_events_tell_the_text_as_it_is_recognised(client, spoken):
    """With the events' own types."""
    told = list(transcribe(client, spoken, "gpt-4o-transcribe", stream=True))
    assert [event.type for event in told[:-1]] == ["transcript.text.delta"] * (len(told) - 1)
    assert "".join(event.delta for event in told[:-1]) == SPOKEN
    assert (told[-1].type, told[-1].text) == ("transcript.text.done", SPOKEN)


def test_events_of_speakers(client, spoken):
    told = list(
        transcribe(
            client,
            spoken,
            "gpt-4o-transcribe-diarize",
            stream=True,
            response_format="diarized_json",
            chunking_strategy={"type": "server_vad", "threshold": 0.5},
        )
    )
    segments = [event for event in told if event.type == "transcript.text.segment"]
    assert [segment.speaker for segment in segments] == ["A"] * len(segments)
    assert told[-1].text == SPOKEN


def test_the_first_words_of_a_long_reading_arrive_before_the_rest_is_read(
    gated_server, speech_data
):
    """The server decodes nothing beyond half a minute of it until they are here."""
    audio = (speech_data / "long" / "long_reading_LJ001.mp3").read_bytes()[:500_000]
    with client_of(gated_server) as client:
        events = transcribe(client, audio, language="en", stream=True)
        assert next(events).delta.startswith("Printing")
        gated_server.open_gate()
        *_, done = events
    assert len(done.text.split()) > 100


def test_every_parameter_of_the_client_arrives(client, spoken):
    """Arrays are sent as `name[]`, objects as `name[member]`."""
    answer = transcribe(
        client,
        spoken,
        "gpt-transcribe",
        languages=["de", "en"],
        keywords=["milk", "bread"],
        prompt="A reminder.",
        temperature=0,
        response_format="json",
        stream=False,
    )
    assert answer.text == SPOKEN


def test_known_voices_are_refused_with_the_reason(client, spoken):
    with pytest.raises(openai.BadRequestError, match="no enrolment") as refused:
        transcribe(
            client,
            spoken,
            "gpt-4o-transcribe-diarize",
            response_format="diarized_json",
            known_speaker_names=["Ann"],
            known_speaker_references=["data:audio/wav;base64,UklGRg=="],
        )
    assert refused.value.param == "known_speaker_names"
    assert refused.value.type == "invalid_request_error"


def test_an_unknown_model_is_not_found(client, spoken):
    with pytest.raises(openai.NotFoundError) as refused:
        transcribe(client, spoken, "gpt-5")
    assert (refused.value.code, refused.value.param) == ("model_not_found", "model")


def test_a_file_without_audio_is_a_bad_request(client):
    with pytest.raises(openai.BadRequestError) as refused:
        transcribe(client, b"not audio at all")
    assert refused.value.param == "file"


def test_a_wrong_key_is_an_authentication_error(server, spoken):
    with (
        client_of(server, key="x") as client,
        pytest.raises(openai.AuthenticationError) as refused,
    ):
        transcribe(client, spoken)
    assert refused.value.code == "invalid_api_key"


def test_models_can_be_listed_and_looked_up(client):
    names = [model.id for model in client.models.list()]
    assert names[:2] == ["base", "whisper-1"]
    assert client.models.retrieve("whisper-1").owned_by == "sotto"


def test_curl_with_the_two_fields_of_the_documentation(server, spoken_file):
    ran = subprocess.run(
        [
            *("curl", "-sS", f"{server.url}/v1/audio/transcriptions"),
            *("-H", f"Authorization: Bearer {KEY}"),
            *("-F", f"file=@{spoken_file}", "-F", "model=whisper-1", "-F", "response_format=text"),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout == f"{SPOKEN}\n"
