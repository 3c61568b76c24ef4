"""Answers of all contracts, rendered by the code that answers: pairs of component and value.

Each optional member is in one of the values and missing in another.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from assessed_speech import HELLO, HELLO_ASSESSMENT

from functions.api.batch_jobs.rendering import file_body, job_body
from functions.api.management.pagination import Paging
from functions.api.management.speech_versions import Addresses, SpeechVersion
from functions.api.openai.models import model_object
from functions.api.openai.problems import invalid_parameter
from functions.api.problems import Problem, Shape, problem_of
from functions.api.speech_models.rendering import base_model_body, health_body, manifest_body
from functions.api.translator.answers import (
    TranslatedText,
    detected_languages,
    later_answer,
    supported_languages,
    version_3_answer,
)
from functions.api.translator.request import Target, Text, TranslationRequest
from shared.assessment import (
    AssessedWord,
    AssessmentOptions,
    ErrorType,
    GradingSystem,
    Granularity,
    PhonemeAlphabet,
    WordProsody,
)
from shared.diarization.speaker_range import SpeakerRange
from shared.errors import QueueFull, UnsupportedLocale
from shared.formats.batch_report import ReportEntry, batch_report
from shared.formats.batch_result import BatchResultOptions, batch_result
from shared.formats.fast_transcription import fast_transcription_result
from shared.formats.openai_audio import (
    diarized_events,
    diarized_json,
    transcription_json,
    verbose_json,
)
from shared.formats.pronunciation import AssessedSpeech, flat_result
from shared.formats.short_audio import detailed_result, error_result, simple_result
from shared.formats.speech_translation import speech_translation_result
from shared.jobs.job import Job, JobFile, JobOptions, RestTarget
from shared.jobs.labels import JobLabels
from shared.jobs.outcome import JobStatus, JobSummary
from shared.jobs.queries import JobState, ResultFile
from shared.jobs.requested_properties import PunctuationMode, RequestedProperties
from shared.synthesis.voice_catalogue import ESPEAK, kokoro_voice
from shared.synthesis.voice_list import azure_voice_list, openai_voice_list
from shared.text_forms.profanity import ProfanityMode
from shared.transcript import (
    Alternative,
    Dropped,
    DropReason,
    Phrase,
    Transcript,
    Translation,
    Word,
)
from shared.translation.chain import TranslatorChain
from shared.translation.detection import DetectedLanguage
from shared.translation.translator import ScriptedTranslator
from shared.web_hooks.hook import EVENT_NAMES, ApiAddress, HookStatus, WebHook, described

# Speech

MINUTE = Phrase(
    channel=0,
    locale="en-US",
    offset_s=0.5,
    duration_s=1.5,
    n_best=(
        Alternative(0.9364, "a minute", "1 minute", "1 minute", "1 minute."),
        Alternative(0.4, "a mint", "a mint", "a mint", "A mint."),
    ),
    words=(Word("a", 0.5, 0.2, 0.9), Word("minute", 0.7, 1.3, 0.95)),
    display_words=(Word("1", 0.5, 0.2, 0.9), Word("minute.", 0.7, 1.3, 0.95)),
)
BARE = replace(MINUTE, n_best=MINUTE.n_best[:1], words=(), display_words=())
OTHER_CHANNEL = replace(MINUTE, channel=1, speaker=2, locale="de-DE", offset_s=3.0)
SPANISH = replace(MINUTE, translations=(Translation("es", "1 minuto."),))


def transcript(*phrases, n_channels=1, dropped=()):
    return Transcript(5.2004, n_channels, phrases, dropped)


def dropped(reason):
    return transcript(dropped=(Dropped(0, 0.1, 2.0, reason),))


def assessed(assessment=HELLO_ASSESSMENT, **options):
    return flat_result((HELLO,), AssessedSpeech(assessment, AssessmentOptions(**options)))


EVERYTHING = {
    "grading_system": GradingSystem.HUNDRED_MARK,
    "alphabet": PhonemeAlphabet.IPA,
    "is_comprehensive": True,
    "prosody": True,
    "n_best_phonemes": 2,
}
OMITTED = AssessedWord("there", 0.0, 0.0, 0.0, ErrorType.OMISSION)
MONOTONE = WordProsody(0.3, 0.9, 0.0, 0.8, 0.7, 0.9)
MISTAKES = replace(
    HELLO_ASSESSMENT,
    prosody=None,
    words=(*HELLO_ASSESSMENT.words, OMITTED, replace(OMITTED, prosody=MONOTONE)),
)

SPEECH = [
    ("RecognizedText", simple_result(transcript(MINUTE))),
    ("RecognizedText", simple_result(transcript(BARE, OTHER_CHANNEL))),
    ("DetailedRecognition", detailed_result(transcript(MINUTE, BARE))),
    ("DetailedRecognition", detailed_result(transcript(BARE))),
    *(("RecognitionWithoutText", simple_result(dropped(reason))) for reason in DropReason),
    ("RecognitionWithoutText", detailed_result(transcript())),
    ("FailedRecognition", error_result()),
    *(
        ("AssessedRecognition", assessed(made, granularity=level, **options))
        for made in (HELLO_ASSESSMENT, MISTAKES)
        for level in Granularity
        for options in ({}, EVERYTHING, {"is_comprehensive": True}, {"prosody": True})
    ),
    ("TranscribeResult", fast_transcription_result(transcript(MINUTE, BARE))),
    ("TranscribeResult", fast_transcription_result(transcript(replace(MINUTE, speaker=1)))),
    (
        "TranscribeResult",
        fast_transcription_result(transcript(MINUTE, OTHER_CHANNEL, n_channels=2), (0, 1)),
    ),
    ("TranscribeResult", fast_transcription_result(transcript())),
    ("SpeechTranslationResult", speech_translation_result(transcript(SPANISH), ("es",))),
    (
        "SpeechTranslationResult",
        speech_translation_result(transcript(SPANISH, OTHER_CHANNEL), ("es", "de"), (0, 1)),
    ),
    ("SpeechTranslationResult", speech_translation_result(transcript(), ("es",))),
    ("Transcription", transcription_json(transcript(MINUTE, OTHER_CHANNEL))),
    ("Transcription", transcription_json(transcript())),
    *(
        ("VerboseTranscription", verbose_json(transcript(MINUTE, BARE), granularities, "en-US"))
        for granularities in (("segment",), ("word",), ("segment", "word"))
    ),
    ("VerboseTranscription", verbose_json(transcript(), ("segment",))),
    (
        "VerboseTranscription",  # of a translation
        verbose_json(transcript(MINUTE), ("segment",))
        | {"task": "translate", "language": "english"},
    ),
    ("DiarizedTranscription", diarized_json(transcript(MINUTE, OTHER_CHANNEL))),
    ("DiarizedTranscription", diarized_json(transcript())),
]

# Jobs, hooks and models

VERSIONS = {"": SpeechVersion("2025-10-15"), "V3": SpeechVersion("v3.1")}
NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
ID = "ba7ea6f5-3065-40b7-b49a-a90f48584683"
REQUESTED = RequestedProperties(
    punctuation=PunctuationMode.NONE,
    candidate_locales=("en-US", "de-DE"),
    mapped_locales=("en-US",),
    names_model=True,
)
PLAIN_JOB = Job(
    id=ID,
    created_at=NOW,
    files=(JobFile("https://store.example/a.wav", "contenturl_0.json"),),
    options=JobOptions(locales=("en-US",)),
)
FULL_JOB = replace(
    PLAIN_JOB,
    options=JobOptions(
        locales=("en-US", "de-DE"),
        language_per_phrase=True,
        channels=(0,),
        word_timestamps=True,
        display_word_timestamps=True,
        profanity=ProfanityMode.TAGS,
        speakers=SpeakerRange(2, 5),
    ),
    target=RestTarget(destination="https://store.example/out?sig=x", requested=REQUESTED),
    time_to_live=timedelta(hours=30),
    labels=JobLabels(
        display_name="calls", description="of monday", custom_properties=(("team", "blue"),)
    ),
)
ONE_LANGUAGE = replace(
    FULL_JOB,
    options=replace(FULL_JOB.options, language_per_phrase=False),
    target=RestTarget(requested=replace(REQUESTED, mapped_locales=())),
)
GOOD = JobSummary(
    status=JobStatus.SUCCEEDED, closed_at=NOW, n_succeeded=1, n_failed=0, audio_s=3725.5
)
BAD = replace(
    GOOD,
    status=JobStatus.FAILED,
    error_kind="InvalidData",
    error_message="No file of the job could be read.",
)
JOB_STATES = [
    JobState(PLAIN_JOB, PLAIN_JOB.labels, JobStatus.NOT_STARTED, NOW),
    JobState(FULL_JOB, FULL_JOB.labels, JobStatus.RUNNING, NOW),
    JobState(ONE_LANGUAGE, ONE_LANGUAGE.labels, JobStatus.SUCCEEDED, NOW, GOOD),
    JobState(FULL_JOB, FULL_JOB.labels, JobStatus.FAILED, NOW, BAD),
]
RESULTS = [
    ResultFile(id=ID, name=name, stored_name=name, size_bytes=1230, created_at=NOW)
    for name in ("contenturl_0.json", "report.json")
]
HOOK = WebHook(
    id=ID,
    created_at=NOW,
    last_action_at=NOW,
    web_url="https://me.example/cb",
    events=("ping",),
    api=ApiAddress("https://sotto.example/speechtotext", "2025-10-15"),
    challenge_id=ID,
    secret="s3",
)
FAILED_HOOK = replace(
    HOOK,
    api=ApiAddress("https://sotto.example/speechtotext/v3.0", "v3.0"),
    events=EVENT_NAMES,
    status=HookStatus.FAILED,
    failure="The address did not answer the challenge.",
    description="of monday",
    custom_properties=(("team", "blue"),),
)


def addresses(version):
    return Addresses("https://sotto.example", version)


def page(*values, next_skip=None, version=VERSIONS[""]):
    return Paging(0, 1).answer(values, next_skip, addresses(version), "transcriptions")


def results(**options):
    return batch_result(
        transcript(MINUTE, OTHER_CHANNEL, n_channels=2),
        "https://store.example/a.wav?sig=x",
        NOW,
        BatchResultOptions(channels=(0, 1), **options),
    )


MANAGED = [
    *(
        (f"TranscriptionJob{suffix}", job_body(state, addresses(version), "base"))
        for suffix, version in VERSIONS.items()
        for state in JOB_STATES
    ),
    *(
        (
            f"TranscriptionJobs{suffix}",
            page(
                job_body(JOB_STATES[0], addresses(version), "base"),
                next_skip=next_skip,
                version=version,
            ),
        )
        for suffix, version in VERSIONS.items()
        for next_skip in (None, 1)
    ),
    *(
        ("JobFile", file_body(found, ID, addresses(version), "https://sotto.example/content?se=1"))
        for found in RESULTS
        for version in VERSIONS.values()
    ),
    *(
        ("JobFiles", page(*values, next_skip=next_skip))
        for values, next_skip in (
            ((), None),
            ((file_body(RESULTS[0], ID, addresses(VERSIONS[""]), "https://a.example/b"),), 1),
        )
    ),
    ("TranscriptionResult", results()),
    (
        "TranscriptionResult",
        results(word_timestamps=True, display_word_timestamps=True, names_locale=True),
    ),
    ("TranscriptionResult", results(display_word_timestamps=True, punctuation=False)),
    (
        "TranscriptionReport",
        batch_report(
            [
                ReportEntry("a.wav", succeeded=True),
                ReportEntry(
                    "b.wav",
                    succeeded=False,
                    error_message="Audio could not be decoded.",
                    error_kind="InvalidAudio",
                ),
                ReportEntry("c.wav", succeeded=False),
            ]
        ),
    ),
    *(("WebHook", described(hook, hook.api)) for hook in (HOOK, FAILED_HOOK)),
    *(
        ("WebHooks", page(described(HOOK, HOOK.api), next_skip=next_skip))
        for next_skip in (None, 1)
    ),
    *(
        (f"BaseSpeechModel{suffix}", base_model_body("base", ID, "en-US", addresses(version)))
        for suffix, version in VERSIONS.items()
    ),
    *(
        (
            f"BaseSpeechModels{suffix}",
            page(
                base_model_body("base", ID, "en-US", addresses(version)),
                next_skip=next_skip,
                version=version,
            ),
        )
        for suffix, version in VERSIONS.items()
        for next_skip in (None, 1)
    ),
    ("ModelManifest", manifest_body(ID, addresses(VERSIONS[""]))),
    *(("ServiceHealth", health_body(is_healthy=is_healthy)) for is_healthy in (True, False)),
]

# Voices, texts, models and errors

VOICES = (kokoro_voice("af_heart"), replace(kokoro_voice("bm_george"), engine=ESPEAK))
CHAIN = TranslatorChain(
    [ScriptedTranslator({("en", "es"), ("en", "ar")})],
    lambda texts, _likely: [DetectedLanguage("en", 0.4) for _ in texts],
)
ASKED = TranslationRequest(
    (Text("Hello. You.", None, None, is_html=False, targets=(Target("ES", "es"),)),)
)
TRANSLATED = [TranslatedText(DetectedLanguage("en", 0.99), ("Hola. Tú.",))]
WITHOUT_DETECTION = [replace(TRANSLATED[0], detected=None)]

OTHERS = [
    *(("VoiceEntry", voice) for voice in azure_voice_list(VOICES)),
    ("OpenAIVoices", openai_voice_list(VOICES)),
    *(
        ("TranslatedElement", element)
        for translated in (TRANSLATED, WITHOUT_DETECTION)
        for with_lengths in (True, False)
        for element in version_3_answer(replace(ASKED, with_lengths=with_lengths), translated)
    ),
    ("TranslationResult", later_answer(ASKED, TRANSLATED)),
    ("TranslationResult", later_answer(ASKED, WITHOUT_DETECTION)),
    *(("DetectedText", one) for one in detected_languages(CHAIN, ["Hello"])),
    *(
        ("TextLanguages", supported_languages(CHAIN, version, scopes))
        for version in ("3.0", "2026-06-06")
        for scopes in (("translation", "transliteration", "dictionary"), ("models",))
    ),
    ("OpenAIModel", model_object("whisper-1")),
]
PROBLEMS = [
    Problem(404),
    Problem(400, "It is not valid.", code="InvalidArgument", inner_code="InvalidLocale", detail=36),
    problem_of(UnsupportedLocale("No.")),
    problem_of(QueueFull(3)),
    Problem(500, inner_code="UnexpectedError"),
    invalid_parameter("language", "in ISO 639-1"),
]
ERRORS = [
    (name, problem.body(shape))
    for problem in PROBLEMS
    for name, shape in {
        "FlatError": Shape.FLAT,
        "WrappedError": Shape.WRAPPED,
        "OpenAIError": Shape.OPENAI,
        "TranslatorError": Shape.TRANSLATOR,
    }.items()
    if problem.shape in {None, shape}
]
RENDERED = [*SPEECH, *MANAGED, *OTHERS, *ERRORS]

EVENTS = list(diarized_events(transcript(MINUTE, OTHER_CHANNEL)))
