"""A job as it is stored: what was asked for.

`outcome.py` has how it ended, `names.py` where both lie.

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
from shared.jobs.asked import Asked
from shared.jobs.records import optional, read_record, texts, write_record
from shared.json_fields import FieldError, JsonFields, moment_text
from shared.recognition.options import RecognitionOptions
from shared.scheduling import Priority
from shared.storage.work_message import MAX_FILES
from shared.text_forms.profanity import ProfanityMode

MAX_JOB_BYTES = 32 * 1024 * 1024

_MAX_CHANNELS = 64
_MAX_LOCALES = 1000


class JobOrigin(StrEnum):
    """How a job came in: by REST, or as a file in a drop folder."""

    REST = "rest"
    DROP = "drop"


class ResultFormat(StrEnum):
    """What a transcript is written as, named by its ending."""

    BATCH_JSON = "json"
    SRT = "srt"
    VTT = "vtt"
    TEXT = "txt"
    RTTM = "rttm"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOptions:
    """How the files of a job are to be transcribed.

    locales: the job's own first; further ones are candidates to identify the language among.
    language_per_phrase: identify it again for each phrase (the contract's `Continuous`).
    fallback_locale: of speech that is in none of several; None fails the file.
    channels: that are transcribed where a file has them; empty mixes all of them to one.
    word_timestamps, display_word_timestamps: which words the result lists.
    punctuation: display text with punctuation; False leaves words alone.
    min_speakers, max_speakers: of diarization; None for the most labels no speakers.
    formats: what each transcript is written as.
    """

    locales: tuple[str, ...] = ()
    language_per_phrase: bool = False
    fallback_locale: str | None = None
    channels: tuple[int, ...] = (0, 1)
    word_timestamps: bool = False
    display_word_timestamps: bool = False
    punctuation: bool = True
    profanity: ProfanityMode = ProfanityMode.MASKED
    min_speakers: int = 1
    max_speakers: int | None = None
    formats: tuple[ResultFormat, ...] = (ResultFormat.BATCH_JSON,)

    def recognition_options(self) -> RecognitionOptions:
        """What recognition is asked for. Batch work gives way to everybody else."""
        return RecognitionOptions(
            locales=self.locales,
            language_per_phrase=self.language_per_phrase,
            fallback_locale=self.fallback_locale,
            # Speakers are told apart in all channels mixed.
            channels=() if self.max_speakers is not None else self.channels,
            speakers=(
                None
                if self.max_speakers is None
                else SpeakerRange(self.min_speakers, self.max_speakers)
            ),
            word_timestamps=self.word_timestamps or self.display_word_timestamps,
            profanity=self.profanity,
            priority=Priority.BATCH,
        )


@dataclass(frozen=True, slots=True)
class JobFile:
    """One input.

    source: address, or name in the container of the job.
    result_name: of its transcript, as the client sees it: `contenturl_3.json`.
    etag: version of the blob that is meant; None takes whatever is there.
    drop_folder, blob: where an address leads that is this service's own: it is not fetched.
    """

    source: str = field(repr=False)
    result_name: str = field(repr=False)
    etag: str | None = None
    drop_folder: str | None = None
    blob: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What was asked for.

    id: UUID in lower case.
    created_at: aware, in UTC.
    container: drop folder that the files lie in, by its configured name; None for addresses.
    source_container: container that the files of a REST job lie in, as its caller has named it.
    time_to_live: from the end of the job; None keeps it until it is deleted.
    destination: container that the results are written to as well, as it was named.
    refusal: why none of it can be done, where that was known when the job was accepted.
    asked: what only the answers of the batch API need again.
    """

    id: str
    origin: JobOrigin
    created_at: datetime
    files: tuple[JobFile, ...]
    options: JobOptions = JobOptions()
    container: str | None = None
    time_to_live: timedelta | None = None
    display_name: str = field(default="", repr=False)
    description: str | None = field(default=None, repr=False)
    custom_properties: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    destination: str | None = field(default=None, repr=False)
    refusal: str | None = None
    source_container: str | None = field(default=None, repr=False)
    asked: Asked = field(default_factory=Asked)

    def address_of(self, file: JobFile) -> str:
        """Address or name that results and report give as the source of a file."""
        if self.source_container is None:
            return file.source
        address = self.source_container.partition("?")[0].rstrip("/")
        return f"{address}/{quote(file.source)}"

    def to_json(self) -> bytes:
        """Write the record."""
        return write_record(
            {
                "id": self.id,
                "origin": self.origin,
                "createdAt": moment_text(self.created_at),
                "files": [_write_file(file) for file in self.files],
                "options": _write_options(self.options),
                "container": self.container,
                "timeToLive": (
                    None if self.time_to_live is None else duration_text(self.time_to_live)
                ),
                "displayName": self.display_name,
                "description": self.description,
                "customProperties": [list(pair) for pair in self.custom_properties],
                "destination": self.destination,
                "refusal": self.refusal,
                "sourceContainer": self.source_container,
                "asked": self.asked.to_fields(),
            }
        )

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Read the record. Raises `MalformedJob`."""
        return read_record(body, MAX_JOB_BYTES, cls._from_fields)

    @classmethod
    def _from_fields(cls, fields: JsonFields) -> Self:
        return cls(
            id=fields.uuid("id"),
            origin=fields.member("origin", JobOrigin),
            created_at=fields.moment("createdAt"),
            files=tuple(fields.items("files", MAX_FILES, _read_file)),
            options=_read_options(fields.fields("options")),
            container=optional(fields, "container", fields.text),
            time_to_live=optional(
                fields, "timeToLive", lambda name: _read_duration(fields.text(name))
            ),
            display_name=fields.text("displayName"),
            description=optional(fields, "description", fields.text),
            custom_properties=tuple(fields.items("customProperties", 10, _read_pair)),
            destination=optional(fields, "destination", fields.text),
            refusal=optional(fields, "refusal", fields.text),
            source_container=optional(fields, "sourceContainer", fields.text),
            asked=Asked.from_fields(fields.fields("asked")) if fields.has("asked") else Asked(),
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


def _read_pair(item: JsonFields) -> tuple[str, str]:
    key, value = texts(item, 2, 2)
    return key, value


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
        "minSpeakers": options.min_speakers,
        "maxSpeakers": options.max_speakers,
        "formats": options.formats,
    }


def _read_options(fields: JsonFields) -> JobOptions:
    options = JobOptions(
        locales=tuple(fields.items("locales", _MAX_LOCALES, lambda item: item.text("item", 35))),
        language_per_phrase=fields.flag("languagePerPhrase"),
        fallback_locale=optional(fields, "fallbackLocale", lambda name: fields.text(name, 35)),
        channels=tuple(
            fields.items(
                "channels",
                _MAX_CHANNELS,
                lambda item: item.integer("item", 0, _MAX_CHANNELS - 1),
            )
        ),
        word_timestamps=fields.flag("wordTimestamps"),
        display_word_timestamps=fields.flag("displayWordTimestamps"),
        punctuation=fields.flag("punctuation"),
        profanity=fields.member("profanity", ProfanityMode),
        min_speakers=optional(
            fields, "minSpeakers", lambda name: fields.integer(name, 1, _MAX_CHANNELS)
        )
        or 1,
        max_speakers=optional(
            fields, "maxSpeakers", lambda name: fields.integer(name, 1, _MAX_CHANNELS)
        ),
        formats=tuple(
            fields.items(
                "formats", len(ResultFormat), lambda item: item.member("item", ResultFormat)
            )
        ),
    )
    fields.end()
    return options
