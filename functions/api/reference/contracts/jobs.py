"""Jobs of batch transcription and their files, as requests and answers have them.

Base classes have the members of both generations of the contract.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from functions.api.batch_jobs.definition import (
    MAX_CONTENT_URLS,
    MAX_CUSTOM_PROPERTIES,
    MAX_DESCRIPTION_CHARACTERS,
    MAX_KEY_CHARACTERS,
    MAX_NAME_CHARACTERS,
    MAX_VALUE_CHARACTERS,
)
from functions.api.batch_jobs.properties import (
    CANDIDATES_OF_CONTINUOUS,
    CONTINUOUS,
    PROFANITY_MODES,
    SINGLE,
)
from functions.api.reference.contracts.generations import EntityError, EntityReference, Page
from functions.api.reference.schemas import (
    CamelCase,
    Duration,
    Int32,
    Int64,
    Moment,
    RemovableText,
    Url,
)
from functions.api.request_limits import MAX_LOCALE_CHARACTERS, MAX_URL_CHARACTERS
from shared.jobs.limits import MAX_CHANNELS, MAX_REQUESTED_LOCALES, MAX_SPEAKERS
from shared.jobs.outcome import JobStatus
from shared.jobs.requested_properties import PunctuationMode
from shared.time_to_live import LONGEST_HOURS, SHORTEST_HOURS

Channels = Annotated[
    list[Annotated[Int32, Field(ge=0, lt=MAX_CHANNELS)]],
    Field(min_length=1, max_length=MAX_CHANNELS, json_schema_extra={"uniqueItems": True}),
]
Speakers = Annotated[Int32, Field(ge=1, le=MAX_SPEAKERS)]
CustomKey = Annotated[str, Field(min_length=1, max_length=MAX_KEY_CHARACTERS)]
CustomValue = Annotated[str, Field(max_length=MAX_VALUE_CHARACTERS)]
CustomProperties = Annotated[
    dict[CustomKey, CustomValue],
    Field(max_length=MAX_CUSTOM_PROPERTIES, description="Properties of the caller's own."),
]
JobProfanityFilterMode = Annotated[
    str,
    Field(
        json_schema_extra={"enum": list(PROFANITY_MODES)},
        description="Treatment of profane words.",
    ),
]
IdentificationMode = Annotated[str, Field(json_schema_extra={"enum": [CONTINUOUS, SINGLE]})]
RequestUrl = Annotated[Url, Field(max_length=MAX_URL_CHARACTERS)]


class NewLanguageIdentification(CamelCase):
    """Candidates of the language of the speech; the locale of the job is the fallback."""

    candidate_locales: list[Annotated[str, Field(max_length=MAX_LOCALE_CHARACTERS)]] = Field(
        min_length=1,
        max_length=MAX_REQUESTED_LOCALES,
        description=f"`{CONTINUOUS}`: {CANDIDATES_OF_CONTINUOUS[0]} to "
        f"{CANDIDATES_OF_CONTINUOUS[-1]}, with the locale of the job.",
    )
    mode: IdentificationMode = Field(
        CONTINUOUS, description="One language per phrase, or one of the whole audio."
    )
    speech_model_mapping: dict[str, EntityReference] | None = Field(
        None, description="Model of each candidate; it must be this server's."
    )


class LanguageIdentification(NewLanguageIdentification):
    """Candidates of the language of the speech of a job."""

    mode: IdentificationMode


class NewDiarization(CamelCase):
    """Labels of speakers in a new job; they are on unless `enabled` is false."""

    enabled: bool = True
    max_speakers: Annotated[Int32, Field(ge=2, le=MAX_SPEAKERS)] = MAX_SPEAKERS


class JobDiarization(NewDiarization):
    """Labels of speakers of a job."""

    enabled: Literal[True]
    max_speakers: Int32


class NewSpeakerCounts(CamelCase):
    """Least and greatest number of speakers of a new job."""

    min_count: Speakers = 1
    max_count: Speakers


class NewDiarizationV3(CamelCase):
    """Number of speakers, of the first generation; `diarizationEnabled` turns labels on."""

    speakers: NewSpeakerCounts


class SpeakerCounts(NewSpeakerCounts):
    """Least and greatest number of speakers of a job."""

    min_count: Speakers


class JobDiarizationV3(CamelCase):
    """Number of speakers of a job of the first generation."""

    speakers: SpeakerCounts


class _RequestedProperties(CamelCase):
    word_timestamps: bool = Field(
        default=False, alias="wordLevelTimestampsEnabled", description="List the lexical words."
    )
    display_word_timestamps: bool = Field(
        default=False,
        alias="displayFormWordLevelTimestampsEnabled",
        description="List the words of the display form.",
    )
    channels: Channels = Field(
        [0, 1], description="Channels to transcribe; those that a file lacks are skipped."
    )
    punctuation_mode: PunctuationMode = PunctuationMode.DICTATED_AND_AUTOMATIC
    profanity_filter_mode: JobProfanityFilterMode = "Masked"
    language_identification: NewLanguageIdentification | None = None
    destination_container_url: RequestUrl | None = Field(
        None,
        description="Azure container that results are written to as well, with its signature.",
    )


class NewTranscriptionProperties(_RequestedProperties):
    """Properties of a new job. Words of enumerations ignore case."""

    time_to_live_hours: Annotated[Int32, Field(ge=SHORTEST_HOURS, le=LONGEST_HOURS)] = Field(
        description="Hours from the end of the job to the deletion of all of it."
    )
    diarization: NewDiarization | None = None


class NewTranscriptionPropertiesV3(_RequestedProperties):
    """Properties of a new job in the first generation. Words of enumerations ignore case."""

    time_to_live: Duration | None = Field(
        None, description="Up to `P31D` from its end; none or zero keeps the job until deletion."
    )
    diarization_enabled: bool = False
    diarization: NewDiarizationV3 | None = Field(None, description="Without it, two speakers.")


class _NewTranscription(CamelCase):
    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["contentUrls"]}, {"required": ["contentContainerUrl"]}]
        }
    )

    display_name: str = Field(min_length=1, max_length=MAX_NAME_CHARACTERS)
    description: str | None = Field(None, max_length=MAX_DESCRIPTION_CHARACTERS)
    locale: str = Field(max_length=MAX_LOCALE_CHARACTERS, examples=["en-US"])
    content_urls: list[RequestUrl] | None = Field(
        None,
        min_length=1,
        max_length=MAX_CONTENT_URLS,
        description="Addresses of the files; either this or `contentContainerUrl`.",
    )
    content_container_url: RequestUrl | None = Field(
        None, description="Azure container of the files, with a signature for reading and listing."
    )
    model: EntityReference | None = Field(None, description="It must be this server's.")
    custom_properties: CustomProperties | None = None


class NewTranscription(_NewTranscription):
    """A new job."""

    properties: NewTranscriptionProperties


class NewTranscriptionV3(_NewTranscription):
    """A new job in the first generation."""

    properties: NewTranscriptionPropertiesV3 | None = None


class TranscriptionUpdate(CamelCase):
    """A change of labels.

    A merge patch merges custom properties, and null removes one; JSON replaces all of them.
    """

    display_name: str | None = Field(None, min_length=1, max_length=MAX_NAME_CHARACTERS)
    description: RemovableText | None = Field(None, description="Null removes it.")
    custom_properties: dict[str, RemovableText] | None = None


class _JobProperties(CamelCase):
    word_timestamps: bool = Field(alias="wordLevelTimestampsEnabled")
    display_word_timestamps: bool = Field(alias="displayFormWordLevelTimestampsEnabled")
    channels: list[Int32]
    punctuation_mode: PunctuationMode
    profanity_filter_mode: JobProfanityFilterMode
    language_identification: LanguageIdentification | None = None
    destination_container_url: Url | None = None
    error: EntityError | None = Field(None, description="Why the job has failed as a whole.")


class TranscriptionProperties(_JobProperties):
    """Properties of a job, with the defaults of those that were not requested."""

    time_to_live_hours: Int32 | None = Field(
        None, description="Not of a job of the first generation that is kept until deletion."
    )
    diarization: JobDiarization | None = None
    duration_milliseconds: Int64 | None = Field(
        None, description="Length of all audio, at the end of the job."
    )


class TranscriptionPropertiesV3(_JobProperties):
    """Properties of a job in the first generation."""

    time_to_live: Duration | None = None
    diarization_enabled: bool
    diarization: JobDiarizationV3 | None = None
    duration: Duration | None = Field(
        None, description="Length of all audio, at the end of the job."
    )


class JobLinks(CamelCase):
    """Addresses below a job."""

    files: Url


class _Job(CamelCase):
    self: Url
    display_name: str
    description: str | None = None
    locale: str
    created_date_time: Moment
    last_action_date_time: Moment = Field(description="Start of the present status.")
    links: JobLinks
    custom_properties: dict[str, str] | None = None
    status: JobStatus


class TranscriptionJob(_Job):
    """A job, without the addresses of its audio: they may be signed."""

    model: EntityReference | None = Field(None, description="Where the request named one.")
    properties: TranscriptionProperties


class TranscriptionJobV3(_Job):
    """A job in the first generation."""

    model: EntityReference
    properties: TranscriptionPropertiesV3


class TranscriptionJobs(Page):
    """A page of jobs."""

    values: list[TranscriptionJob]


class TranscriptionJobsV3(Page):
    """A page of jobs in the first generation."""

    values: list[TranscriptionJobV3]


class FileLinks(CamelCase):
    """Addresses of a file."""

    content_url: Url = Field(description="For a bare GET, without a key, for a limited time.")


class FileProperties(CamelCase):
    """Properties of a file."""

    size: Int64 = Field(description="In bytes.")


class JobFile(CamelCase):
    """A transcript, or the report of a job."""

    self: Url
    name: str
    kind: Literal["Transcription", "TranscriptionReport"]
    links: FileLinks
    properties: FileProperties
    created_date_time: Moment


class JobFiles(Page):
    """A page of files."""

    values: list[JobFile]
