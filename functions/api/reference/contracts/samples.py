"""Samples for the examples of all contracts, which the code that answers requests renders.

So each example has the members that an answer really has, and all are of one recording.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.assessment import (
    AssessedPhoneme,
    AssessedSyllable,
    AssessedWord,
    Assessment,
    ErrorType,
    SpokenPhone,
    WordProsody,
)
from shared.jobs.job import Job, JobFile, JobOptions
from shared.jobs.labels import JobLabels
from shared.jobs.outcome import JobStatus, JobSummary
from shared.jobs.queries import JobState, ResultFile
from shared.transcript import (
    Alternative,
    Dropped,
    DropReason,
    Phrase,
    Transcript,
    Translation,
    Word,
)
from shared.web_hooks.hook import ApiAddress, HookStatus, WebHook

ORIGIN = "https://sotto.example"
JOB_ID = "ba7ea6f5-3065-40b7-b49a-a90f48584683"
HOOK_ID = "b2a1c4d5-6a0f-4f0e-9d53-0d2d7b9f2e61"
FILE_ID = "ec226a24-9c3f-5d0e-8a4f-9d4e9bde0f2c"
REQUESTED_AT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
ENDED_AT = REQUESTED_AT + timedelta(minutes=2)
AUDIO_URL = "https://store.example/calls/monday.wav"

PHRASE = Phrase(
    channel=0,
    locale="en-US",
    offset_s=0.18,
    duration_s=1.12,
    n_best=(
        Alternative(
            0.92, "remind me at five", "remind me at 5", "remind me at 5", "Remind me at 5."
        ),
    ),
    words=(
        Word("remind", 0.18, 0.41, 0.95),
        Word("me", 0.59, 0.2, 0.9),
        Word("at", 0.79, 0.16, 0.9),
        Word("five", 0.95, 0.35, 0.93),
    ),
    display_words=(
        Word("Remind", 0.18, 0.41, 0.95),
        Word("me", 0.59, 0.2, 0.9),
        Word("at", 0.79, 0.16, 0.9),
        Word("5.", 0.95, 0.35, 0.93),
    ),
)
TRANSCRIPT = Transcript(duration_s=1.6, n_channels=1, phrases=(PHRASE,), dropped=())
LABELLED = replace(TRANSCRIPT, phrases=(replace(PHRASE, speaker=1),))
TRANSLATED = replace(
    TRANSCRIPT,
    phrases=(replace(PHRASE, translations=(Translation("es", "Recuérdamelo a las 5."),)),),
)
SILENCE = replace(TRANSCRIPT, phrases=(), dropped=(Dropped(0, 0.0, 1.6, DropReason.SILENCE),))

GREETING = replace(
    PHRASE,
    n_best=(Alternative(0.97, "hello", "hello", "hello", "Hello."),),
    words=(Word("hello", 0.18, 1.12, 0.97),),
    display_words=(Word("Hello.", 0.18, 1.12, 0.97),),
)
ASSESSMENT = Assessment(
    accuracy=92.0,
    fluency=100.0,
    completeness=100.0,
    prosody=87.0,
    pronunciation=89.4,
    snr_db=38.5,
    words=(
        AssessedWord(
            "hello", 0.18, 1.12, 92.0, ErrorType.NONE,
            phonemes=(AssessedPhoneme("HH", 0.18, 0.3, 98.0, (SpokenPhone("HH", 100.0),)),),
            syllables=(AssessedSyllable(("HH", "AH0"), "hel", 0.18, 0.5, 83.0),),
            prosody=WordProsody(0.0, 0.01, 0.1, 0.0, 0.0, 0.91),
        ),
    ),
)  # fmt: skip

MODEL = "base"
_JOB = Job(
    id=JOB_ID,
    created_at=REQUESTED_AT,
    files=(JobFile(AUDIO_URL, "contenturl_0.json"),),
    options=JobOptions(locales=("en-US",), word_timestamps=True),
    time_to_live=timedelta(hours=48),
    labels=JobLabels(display_name="calls of monday", custom_properties=(("team", "blue"),)),
)
NEW_JOB = JobState(_JOB, _JOB.labels, JobStatus.NOT_STARTED, REQUESTED_AT)
ENDED_JOB = JobState(
    _JOB,
    _JOB.labels,
    JobStatus.SUCCEEDED,
    ENDED_AT,
    JobSummary(
        status=JobStatus.SUCCEEDED, closed_at=ENDED_AT, n_succeeded=1, n_failed=0, audio_s=1.6
    ),
)
RESULT_FILE = ResultFile(
    id=FILE_ID,
    name="contenturl_0.json",
    stored_name="contenturl_0.json",
    size_bytes=1230,
    created_at=ENDED_AT,
)


def web_hook(api: ApiAddress) -> WebHook:
    """A web hook that has answered its challenge, created through an address of the API."""
    return WebHook(
        id=HOOK_ID,
        created_at=REQUESTED_AT,
        last_action_at=ENDED_AT,
        web_url="https://me.example/notices",
        events=("transcriptionCompletion",),
        api=api,
        challenge_id=HOOK_ID,
        status=HookStatus.SUCCEEDED,
        display_name="finished calls",
    )
