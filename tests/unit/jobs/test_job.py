"""The three records of a job, and how it ends."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.diarization.speaker_range import SpeakerRange
from shared.errors import MalformedJob
from shared.formats.subtitle_options import SubtitleOptions
from shared.jobs.job import DropTarget, Job, JobFile, JobOptions, RestTarget, ResultFormat
from shared.jobs.labels import JobLabels
from shared.jobs.outcome import (
    FileOutcome,
    FileStatus,
    JobStatus,
    JobSummary,
    WrittenBlob,
    job_status,
    summarise_job,
)
from shared.jobs.requested_properties import PunctuationMode, RequestedProperties
from shared.scheduling import Priority
from shared.text_forms.profanity import ProfanityMode

ID = "0b0e9f5e-6c1d-4d53-9c1a-3f2f7f4f8a11"
CREATED = datetime(2026, 11, 24, 8, 15, tzinfo=UTC)
CLOSED = datetime(2026, 11, 24, 9, 0, 0, 250_000, UTC)
SIGNED = "https://store.example/a.wav?sig=secret"
JOB = Job(
    id=ID,
    created_at=CREATED,
    files=(JobFile(SIGNED, "contenturl_0.json"), JobFile("b ü.wav", "b ü.wav.json", '"0x8D"')),
    options=JobOptions(
        locales=("en-US", "de-DE"),
        language_per_phrase=True,
        fallback_locale="en-US",
        channels=(0,),
        word_timestamps=True,
        display_word_timestamps=True,
        punctuation=False,
        profanity=ProfanityMode.TAGS,
        speakers=SpeakerRange(2, 4),
        formats=(ResultFormat.BATCH_JSON, ResultFormat.SRT),
        subtitles=SubtitleOptions(max_line_characters=37, max_cue_s=6.0),
    ),
    time_to_live=timedelta(hours=48),
    labels=JobLabels(
        display_name="calls of monday",
        description="private",
        custom_properties=(("team", "blue"),),
    ),
    target=RestTarget(
        destination="https://store.example/out?sig=secret",
        source_container="https://store.example/in?sig=secret",
        requested=RequestedProperties(
            punctuation=PunctuationMode.DICTATED,
            candidate_locales=("de-DE", "en-US"),
            mapped_locales=("de-DE",),
            names_model=True,
        ),
    ),
)
PLAIN = Job(
    id=ID,
    created_at=CREATED,
    files=(JobFile("a.wav", "a.json"),),
    target=DropTarget("calls", "The options cannot be read."),
)
OWN = JobFile("http://h/containers/calls/c.wav", "contenturl_0.json", None, "calls", "c.wav")
OUTCOME = FileOutcome(
    file_index=1,
    status=FileStatus.FAILED,
    finished_at=CLOSED,
    n_attempts=5,
    audio_s=2.58,
    error_kind="InvalidAudio",
    error_message="Audio could not be decoded.",
    written=(WrittenBlob("b.error.json", '"0x1"', "calls-out"), WrittenBlob("r.json", '"0x2"')),
)
SUCCESS = FileOutcome(file_index=0, status=FileStatus.SUCCEEDED, finished_at=CLOSED)
CLOSING = JobSummary(
    status=JobStatus.FAILED,
    closed_at=CLOSED,
    n_succeeded=0,
    n_failed=2,
    expires_at=CLOSED + timedelta(hours=48),
    error_kind="InvalidData",
    error_message="None of the files could be transcribed.",
    audio_s=5.16,
)


@pytest.mark.parametrize(
    "record",
    [
        JOB,
        PLAIN,
        replace(PLAIN, files=(OWN,)),
        OUTCOME,
        SUCCESS,
        CLOSING,
        JOB.labels,
        replace(CLOSING, expires_at=None, error_kind=None, has_delivered_report=True),
    ],
    ids=[
        "job",
        "dropped file",
        "own address",
        "failed file",
        "file",
        "summary",
        "labels",
        "without end",
    ],
)
def test_a_record_that_is_written_is_read_again(record):
    assert type(record).from_json(record.to_json()) == record


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=31)), st.text(max_size=50))
def test_any_time_to_live_and_name_survive(time_to_live, name):
    job = replace(PLAIN, time_to_live=time_to_live, labels=JobLabels(display_name=name))
    assert Job.from_json(job.to_json()) == job


def test_a_record_says_its_version_and_leaves_out_what_is_not_there():
    record = json.loads(PLAIN.to_json())
    assert record["v"] == 1
    assert "timeToLive" not in record
    assert record["files"] == [["a.wav", "a.json"]]
    assert record["createdAt"] == "2026-11-24T08:15:00Z"


def changed(**changes):
    return json.dumps({**json.loads(JOB.to_json()), **changes}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"RIFF....WAVE",
        changed(v=2),
        changed(id="a"),
        changed(origin="mail"),
        changed(createdAt="yesterday"),
        changed(files=[["only one"]]),
        changed(files=[["a", "b", "c", "d", "e", "f"]]),
        changed(files=[{"source": "a"}]),
        changed(options={}),
        changed(options={**json.loads(JOB.to_json())["options"], "maxSpeakers": 36}),
        changed(timeToLive="P1M"),
        changed(customProperties=[["a", 1]]),
        changed(owner="me"),
        JOB.to_json()[:-1],
    ],
)
def test_a_malformed_record_is_refused(body):
    with pytest.raises(MalformedJob):
        Job.from_json(body)


@pytest.mark.parametrize("kind", [FileOutcome, JobSummary])
def test_one_record_is_not_taken_for_another(kind):
    with pytest.raises(MalformedJob):
        kind.from_json(JOB.to_json())


def test_the_largest_job_is_read():
    """1,000 addresses with signatures of 1,000 characters: a megabyte."""
    files = tuple(JobFile(f"https://x.example/{i}?{'s' * 1000}", f"{i}.json") for i in range(1000))
    job = replace(PLAIN, files=files)
    assert Job.from_json(job.to_json()) == job


def test_no_address_name_or_description_is_in_the_text_of_a_job():
    """A dataclass's own text ends up in error messages sooner or later."""
    text = repr((JOB, OUTCOME))
    assert not any(word in text for word in ("secret", "monday", "private", "b ü", "b.error"))


def test_the_source_of_a_file_is_its_address_without_the_signature_of_its_container():
    in_container = replace(JOB, files=(JobFile("calls/b ü?.wav", "calls/b ü?.wav.json"),))
    address = in_container.address_of(in_container.files[0])
    assert address == "https://store.example/in/calls/b%20%C3%BC%3F.wav"
    assert PLAIN.address_of(PLAIN.files[0]) == "a.wav"


def test_recognition_is_asked_for_what_the_job_says_behind_everybody_else():
    options = replace(JOB.options, speakers=None).recognition_options()
    assert options.locales == ("en-US", "de-DE")
    assert options.channels == (0,)
    assert options.speakers is None
    assert options.word_timestamps
    assert options.profanity is ProfanityMode.TAGS
    assert options.priority is Priority.BATCH


@pytest.mark.parametrize(
    ("formats", "are_timed"),
    [("json,txt,rttm", False), ("srt", True), ("json,vtt", True), ("ttml", True)],
)
def test_words_are_timed_where_subtitles_are_written(formats, are_timed):
    options = JobOptions(formats=tuple(map(ResultFormat, formats.split(","))))
    assert options.recognition_options().word_timestamps is are_timed


def test_usual_rules_of_subtitles_are_not_in_the_record():
    """Records of earlier versions have no such field, and earlier versions refuse one."""
    assert b"subtitles" not in PLAIN.to_json()
    assert Job.from_json(PLAIN.to_json()).options.subtitles == SubtitleOptions()


def test_diarization_mixes_all_channels():
    options = replace(JOB.options, speakers=SpeakerRange(most=3)).recognition_options()
    assert options.channels == ()
    assert options.speakers.most == 3


def test_a_job_succeeds_if_any_file_did():
    summary = summarise_job(JOB, [OUTCOME, SUCCESS])
    assert (summary.status, summary.n_succeeded, summary.n_failed) == (JobStatus.SUCCEEDED, 1, 1)
    assert summary.error_kind is None


def test_a_job_fails_if_every_file_did():
    outcomes = [replace(OUTCOME, file_index=index) for index in (0, 1)]
    summary = summarise_job(JOB, outcomes)
    assert summary == CLOSING


def test_time_to_live_counts_from_the_end_of_the_job():
    assert summarise_job(JOB, [OUTCOME, SUCCESS]).expires_at == datetime(
        2026, 11, 26, 9, 0, 0, 250_000, UTC
    )
    assert summarise_job(PLAIN, [SUCCESS]).expires_at is None


def test_a_job_without_files_has_failed():
    assert summarise_job(replace(JOB, files=()), []).status is JobStatus.FAILED


@pytest.mark.parametrize("outcomes", [[], [SUCCESS], [SUCCESS, SUCCESS], [SUCCESS] * 3])
def test_a_job_with_unfinished_files_cannot_be_closed(outcomes):
    with pytest.raises(ValueError, match="one outcome"):
        summarise_job(JOB, outcomes)


def test_the_status_follows_from_the_records():
    assert job_status(has_started=False, summary=None) is JobStatus.NOT_STARTED
    assert job_status(has_started=True, summary=None) is JobStatus.RUNNING
    assert job_status(has_started=True, summary=CLOSING) is JobStatus.FAILED
