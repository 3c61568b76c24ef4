"""A job as it is stored: its files, its options, and where its results go.

`outcome.py` has how it ended, `blob_names.py` where both lie.

A source may be an address with a signature in its query: sources stay out of `repr`, and so
out of every error text and log.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from urllib.parse import quote

from shared.diarization.speaker_range import SpeakerRange
from shared.durations import duration_text, parse_duration
from shared.formats.subtitle_options import SubtitleOptions
from shared.jobs.labels import JobLabels
from shared.jobs.limits import MAX_CHANNELS, MAX_SPEAKERS, MAX_STORED_LOCALES
from shared.jobs.requested_properties import RequestedProperties
from shared.jobs.subtitle_fields import read_subtitles, write_subtitles
from shared.json_fields import FieldError, JsonFields, moment_text
from shared.json_records import optional, read_record, texts, write_record
from shared.recognition.options import RecognitionOptions
from shared.scheduling import Priority
from shared.storage.work_message import MAX_FILES
from shared.text_forms.profanity import ProfanityMode

MAX_JOB_BYTES = 64 * 1024 * 1024
"""10,000 blobs of a drop folder, each named by its address, name and result: 52 MB at most."""


class _Origin(StrEnum):
    """Stored word for the kind of target."""

    REST = "rest"
    DROP = "drop"


class ResultFormat(StrEnum):
    """Format of a transcript, named by its file extension."""

    BATCH_JSON = "json"
    SRT = "srt"
    VTT = "vtt"
    TTML = "ttml"
    TEXT = "txt"
    RTTM = "rttm"


_TIMED_BY_WORDS = frozenset({ResultFormat.SRT, ResultFormat.VTT, ResultFormat.TTML})


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOptions:
    """How the files of a job are transcribed.

    locales: the job's own first; further ones are candidates of language identification.
    language_per_phrase: identify it again for each phrase (the contract's `Continuous`).
    fallback_locale: of speech in none of several candidates; None fails the file.
    channels: transcribed where a file has them; empty mixes all of them to one.
    word_timestamps, display_word_timestamps: which words the result lists.
    punctuation: display text with punctuation; False leaves only words.
    speakers: of diarization; None labels no speakers.
    formats: of each transcript.
    subtitles: rules of the cues in those formats that have some.
    """

    locales: tuple[str, ...] = ()
    language_per_phrase: bool = False
    fallback_locale: str | None = None
    channels: tuple[int, ...] = (0, 1)
    word_timestamps: bool = False
    display_word_timestamps: bool = False
    punctuation: bool = True
    profanity: ProfanityMode = ProfanityMode.MASKED
    speakers: SpeakerRange | None = None
    formats: tuple[ResultFormat, ...] = (ResultFormat.BATCH_JSON,)
    subtitles: SubtitleOptions = field(default_factory=SubtitleOptions)

    def recognition_options(self) -> RecognitionOptions:
        """Options of recognition, at the priority of batch work."""
        return RecognitionOptions(
            locales=self.locales,
            language_per_phrase=self.language_per_phrase,
            fallback_locale=self.fallback_locale,
            # Diarization takes the mix of all channels.
            channels=self.channels if self.speakers is None else (),
            speakers=self.speakers,
            # Without word times, those of cues would be interpolated.
            word_timestamps=self.word_timestamps
            or self.display_word_timestamps
            or not _TIMED_BY_WORDS.isdisjoint(self.formats),
            profanity=self.profanity,
            priority=Priority.BATCH,
        )


@dataclass(frozen=True, slots=True)
class JobFile:
    """One input.

    source: address, or name in the container of the job.
    result_name: of its transcript, as the client sees it: `contenturl_3.json`.
    etag: version of the blob to transcribe; None takes the current one.
    drop_folder, blob: location of an address in this service's own containers, read without HTTP.
    """

    source: str = field(repr=False)
    result_name: str = field(repr=False)
    etag: str | None = None
    drop_folder: str | None = None
    blob: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestTarget:
    """Results of a job of the batch API lie below the job.

    source_container: client's container that the files lie in; None for addresses.
    destination: client's container that the results are written to as well.
    requested: properties that only answers of the API need again.
    """

    source_container: str | None = field(default=None, repr=False)
    destination: str | None = field(default=None, repr=False)
    requested: RequestedProperties = field(default_factory=RequestedProperties)


@dataclass(frozen=True, slots=True)
class DropTarget:
    """Results of a dropped file go to the output container of its drop folder.

    folder: configured name.
    refusal: why the file cannot be transcribed, where that was known on acceptance.
    output: address of the output container on acceptance, without a signature: the outputs are
        deleted there although the settings have no such folder any more, or another output.
    submission_id: UUID of the submission that created the job, which its message has as well; None
        takes every message.
    """

    folder: str
    refusal: str | None = None
    output: str | None = field(default=None, repr=False)
    submission_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it was accepted.

    id: UUID in lower case.
    created_at: aware, in UTC.
    time_to_live: from the end of the job; None keeps it until it is deleted.
    labels: as the job was created with; `JobStore.labels` has the current ones.
    """

    id: str
    created_at: datetime
    files: tuple[JobFile, ...]
    options: JobOptions = JobOptions()
    target: RestTarget | DropTarget = field(default_factory=RestTarget)
    time_to_live: timedelta | None = None
    labels: JobLabels = field(default_factory=JobLabels)

    @property
    def is_listed(self) -> bool:
        """Whether the batch API shows the job and web hooks are notified of it."""
        return isinstance(self.target, RestTarget)

    @property
    def submission_id(self) -> str | None:
        """Id of the submission that created the job of a dropped file."""
        return self.target.submission_id if isinstance(self.target, DropTarget) else None

    @property
    def drop_folder(self) -> str | None:
        """Name of the drop folder that the job belongs to."""
        return self.target.folder if isinstance(self.target, DropTarget) else None

    def address_of(self, file: JobFile) -> str:
        """Address or name that results and report give as the source of a file."""
        if isinstance(self.target, DropTarget) or self.target.source_container is None:
            return file.source
        address = self.target.source_container.partition("?")[0].rstrip("/")
        return f"{address}/{quote(file.source)}"

    def to_json(self) -> bytes:
        """Write the record."""
        rest = self.target if isinstance(self.target, RestTarget) else RestTarget()
        drop = self.target if isinstance(self.target, DropTarget) else None
        return write_record(
            {
                "id": self.id,
                "origin": _Origin.REST if drop is None else _Origin.DROP,
                "createdAt": moment_text(self.created_at),
                "files": [_write_file(file) for file in self.files],
                "options": _write_options(self.options),
                "container": drop and drop.folder,
                "timeToLive": (
                    None if self.time_to_live is None else duration_text(self.time_to_live)
                ),
                **self.labels.to_fields(),
                "destination": rest.destination,
                "refusal": drop and drop.refusal,
                "output": drop and drop.output,
                "submission": drop and drop.submission_id,
                "sourceContainer": rest.source_container,
                "asked": rest.requested.to_fields(),
            },
            MAX_JOB_BYTES,
            self._from_fields,
        )

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Read the record. Raises `MalformedJob`."""
        return read_record(body, MAX_JOB_BYTES, cls._from_fields)

    @classmethod
    def _from_fields(cls, fields: JsonFields) -> Self:
        return cls(
            id=fields.uuid("id"),
            created_at=fields.moment("createdAt"),
            files=tuple(fields.items("files", MAX_FILES, _read_file)),
            options=_read_options(fields.fields("options")),
            time_to_live=optional(
                fields, "timeToLive", lambda name: _read_duration(fields.text(name))
            ),
            labels=JobLabels.from_fields(fields),
            target=_read_target(fields),
        )


def _read_target(fields: JsonFields) -> RestTarget | DropTarget:
    requested = (
        RequestedProperties.from_fields(fields.fields("asked"))
        if fields.has("asked")
        else RequestedProperties()
    )
    if fields.member("origin", _Origin) is _Origin.DROP:
        return DropTarget(
            fields.text("container"),
            optional(fields, "refusal", fields.text),
            optional(fields, "output", fields.text),
            optional(fields, "submission", fields.uuid),
        )
    return RestTarget(
        source_container=optional(fields, "sourceContainer", fields.text),
        destination=optional(fields, "destination", fields.text),
        requested=requested,
    )


def _write_file(file: JobFile) -> list[str]:
    """A list, not an object: 10,000 files of a job are read for each of them."""
    if file.drop_folder is not None and file.blob is not None:
        return [file.source, file.result_name, file.etag or "", file.drop_folder, file.blob]
    return [file.source, file.result_name, *([] if file.etag is None else [file.etag])]


def _read_file(item: JsonFields) -> JobFile:
    source, result_name, *rest = texts(item, 2, 5)
    etag, drop_folder, blob = (text or None for text in [*rest, "", "", ""][:3])
    return JobFile(source, result_name, etag, drop_folder, blob)


def _read_duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise FieldError(str(error)) from None


def _write_options(options: JobOptions) -> dict[str, Any]:
    return {
        "locales": options.locales,
        "languagePerPhrase": options.language_per_phrase,
        "fallbackLocale": options.fallback_locale,
        "channels": options.channels,
        "wordTimestamps": options.word_timestamps,
        "displayWordTimestamps": options.display_word_timestamps,
        "punctuation": options.punctuation,
        "profanity": options.profanity,
        "minSpeakers": 1 if options.speakers is None else options.speakers.least,
        "maxSpeakers": None if options.speakers is None else options.speakers.most,
        "formats": options.formats,
        # Other values than the usual ones only: earlier versions can read the record without them.
        **(
            {}
            if options.subtitles == SubtitleOptions()
            else {"subtitles": write_subtitles(options.subtitles)}
        ),
    }


def _read_options(fields: JsonFields) -> JobOptions:
    options = JobOptions(
        locales=tuple(
            fields.items("locales", MAX_STORED_LOCALES, lambda item: item.text("item", 35))
        ),
        language_per_phrase=fields.flag("languagePerPhrase"),
        fallback_locale=optional(fields, "fallbackLocale", lambda name: fields.text(name, 35)),
        channels=tuple(
            fields.items(
                "channels",
                MAX_CHANNELS,
                lambda item: item.integer("item", 0, MAX_CHANNELS - 1),
            )
        ),
        word_timestamps=fields.flag("wordTimestamps"),
        display_word_timestamps=fields.flag("displayWordTimestamps"),
        punctuation=fields.flag("punctuation"),
        profanity=fields.member("profanity", ProfanityMode),
        speakers=_read_speakers(fields),
        formats=tuple(
            fields.items(
                "formats", len(ResultFormat), lambda item: item.member("item", ResultFormat)
            )
        ),
        subtitles=read_subtitles(fields.fields("subtitles"), SubtitleOptions())
        if fields.has("subtitles")
        else SubtitleOptions(),
    )
    fields.end()
    return options


def _read_speakers(fields: JsonFields) -> SpeakerRange | None:
    least, most = (
        optional(fields, name, lambda name: fields.integer(name, 1, MAX_SPEAKERS))
        for name in ("minSpeakers", "maxSpeakers")
    )
    return None if most is None else SpeakerRange(least or 1, most)
