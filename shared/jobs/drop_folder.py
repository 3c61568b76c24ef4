"""A drop folder: clients put audio into one container, transcripts appear in another.

Options for all files of a container lie in it as `sotto.json`:

    {"locales": ["en-US"], "wordTimestamps": true, "formats": ["json", "srt"], "timeToLive": "P7D"}

and options for a single file in its metadata, under the same names in lower case: `locales=en-US`.
The object `subtitles` is JSON there too, with its names unchanged.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from shared.diarization.speaker_range import SpeakerRange
from shared.errors import BlobNotFound, BlobTooLarge, InvalidDropOptions, SpeechError
from shared.jobs.job import JobOptions, ResultFormat
from shared.jobs.limits import MAX_CHANNELS, MAX_REQUESTED_LOCALES, MAX_SPEAKERS
from shared.jobs.subtitle_fields import read_subtitles
from shared.json_fields import FieldError, JsonFields
from shared.language.locales import find_locale
from shared.storage.blob import BlobProperties
from shared.storage.container import Container
from shared.text_forms.profanity import ProfanityMode
from shared.time_to_live import time_to_live_from_text

OPTIONS_NAME = "sotto.json"
ERROR_SUFFIX = ".error.json"

_MAX_OPTIONS_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class DropFolder:
    """Two containers with one name.

    time_to_live: of transcripts, where `sotto.json` says nothing; None keeps them.
    is_watched: listed at every start of this host, so that every file is submitted again.
    output_address: of the container of the outputs, without a signature; None where it is unknown.
    """

    name: str
    input: Container = field(repr=False)
    output: Container = field(repr=False)
    time_to_live: timedelta | None = None
    is_watched: bool = False
    output_address: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class DropOptions:
    """Options of a dropped file. time_to_live: None keeps its transcripts."""

    job: JobOptions = field(default_factory=JobOptions)
    time_to_live: timedelta | None = None


def is_dropped_audio(name: str) -> bool:
    """Whether a blob of an input container is transcribed.

    Every blob is, except options, failures written by Sotto, and hidden files: `.DS_Store`, and
    names that copying programs give to incomplete files.
    """
    return not (is_hidden(name) or name == OPTIONS_NAME or name.endswith(ERROR_SUFFIX))


def is_hidden(name: str) -> bool:
    """Whether a blob or one of its folders is hidden."""
    return any(segment.startswith((".", "~$")) for segment in name.split("/"))


def drop_options(folder: DropFolder, blob: BlobProperties) -> DropOptions:
    """Read the options of a dropped file: its container's, then its own.

    Raises
    ------
    InvalidDropOptions: one of the two cannot be read.
    """
    options = DropOptions(time_to_live=folder.time_to_live)
    try:
        written = folder.input.read(OPTIONS_NAME, _MAX_OPTIONS_BYTES)
    except BlobNotFound:
        pass
    except BlobTooLarge:
        raise InvalidDropOptions(f"{OPTIONS_NAME} has more than 64 KiB.") from None
    else:
        options = _with_document(options, written.data)
    return _with_metadata(options, blob.metadata)


def _with_document(options: DropOptions, document: bytes) -> DropOptions:
    try:
        fields = JsonFields.parse(document, _MAX_OPTIONS_BYTES)
        for name, read in _FIELDS.items():
            if fields.has(name):
                options = read(options, fields, name)
        fields.end()
    except (FieldError, SpeechError) as error:
        raise InvalidDropOptions(f"{OPTIONS_NAME}: {error}.") from None
    return options


def _with_metadata(options: DropOptions, metadata: Mapping[str, str]) -> DropOptions:
    """Read options from metadata; unknown keys are ignored."""
    for name, read in _FIELDS.items():
        key = name.lower()
        if key not in metadata:
            continue
        try:
            fields = JsonFields({name: _value(name, metadata[key])})
            options = read(options, fields, name)
        except (FieldError, SpeechError) as error:
            raise InvalidDropOptions(f"The file's metadata {key}: {error}.") from None
    return options


def _value(name: str, text: str) -> object:
    """Value of a metadata text: commas separate lists, the rest is as in JSON."""
    if name in _LISTS:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        return [_plain(part) for part in parts] if name == "channels" else parts
    if name in _OBJECTS:
        return _json(text)
    return text if name in _TEXTS else _plain(text)


def _plain(text: str) -> object:
    return _json(text.strip().lower())


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # no JSON, or a number of thousands of digits
        return text


_Read = Callable[[DropOptions, JsonFields, str], DropOptions]


def _option(field_name: str, take: Callable[[JsonFields, str], Any]) -> _Read:
    """Read a field of `JobOptions`."""

    def read(options: DropOptions, fields: JsonFields, name: str) -> DropOptions:
        return replace(options, job=replace(options.job, **{field_name: take(fields, name)}))

    return read


def _locales(fields: JsonFields, name: str) -> tuple[str, ...]:
    return tuple(
        fields.items(name, MAX_REQUESTED_LOCALES, lambda item: find_locale(item.text("item", 35)))
    )


def _channels(fields: JsonFields, name: str) -> tuple[int, ...]:
    return tuple(
        fields.items(name, MAX_CHANNELS, lambda item: item.integer("item", 0, MAX_CHANNELS - 1))
    )


def _formats(fields: JsonFields, name: str) -> tuple[ResultFormat, ...]:
    found = fields.items(name, len(ResultFormat), lambda item: item.member("item", ResultFormat))
    if not found:
        raise FieldError(f"{name} must name a format")
    return tuple(dict.fromkeys(found))


def _subtitles(options: DropOptions, fields: JsonFields, name: str) -> DropOptions:
    """Read the members that are given; the others stay those of the container."""
    subtitles = read_subtitles(fields.fields(name), options.job.subtitles)
    return replace(options, job=replace(options.job, subtitles=subtitles))


def _time_to_live(options: DropOptions, fields: JsonFields, name: str) -> DropOptions:
    return replace(options, time_to_live=time_to_live_from_text(fields.text(name, 100)))


_LISTS = frozenset({"locales", "channels", "formats"})
_TEXTS = frozenset({"profanity", "timeToLive"})
_OBJECTS = frozenset({"subtitles"})
_FIELDS: Mapping[str, _Read] = {
    "locales": _option("locales", _locales),
    "languagePerPhrase": _option("language_per_phrase", JsonFields.flag),
    "wordTimestamps": _option("word_timestamps", JsonFields.flag),
    "displayWordTimestamps": _option("display_word_timestamps", JsonFields.flag),
    "channels": _option("channels", _channels),
    "punctuation": _option("punctuation", JsonFields.flag),
    "profanity": _option("profanity", lambda fields, name: fields.member(name, ProfanityMode)),
    "maxSpeakers": _option(
        "speakers",
        lambda fields, name: SpeakerRange(most=fields.integer(name, 1, MAX_SPEAKERS)),
    ),
    "formats": _option("formats", _formats),
    "subtitles": _subtitles,
    "timeToLive": _time_to_live,
}
