"""`properties` of a job in a request: members of both generations, and of one alone.

https://learn.microsoft.com/rest/api/speechtotext/transcriptions/submit
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from functions.api.management.json_body import refused_as
from functions.api.management.speech_versions import SpeechVersion
from functions.api.problems import Problem
from functions.api.request_limits import MAX_LOCALE_CHARACTERS, MAX_URL_CHARACTERS
from functions.api.speech_models.base_model import names_model
from functions.api.transcription_definition import require_locale
from shared.diarization.speaker_range import SpeakerRange
from shared.errors import InvalidTimeToLive
from shared.jobs.job import JobOptions
from shared.jobs.limits import MAX_CHANNELS, MAX_REQUESTED_LOCALES, MAX_SPEAKERS
from shared.jobs.requested_properties import PunctuationMode, RequestedProperties
from shared.json_fields import JsonFields
from shared.text_forms.profanity import ProfanityMode
from shared.time_to_live import (
    LONGEST_HOURS,
    SHORTEST_HOURS,
    time_to_live_from_hours,
    time_to_live_from_text,
)
from shared.transcription.transcriber import Transcriber

PROFANITY_MODES = MappingProxyType(
    {
        "None": ProfanityMode.RAW,
        "Removed": ProfanityMode.REMOVED,
        "Tags": ProfanityMode.TAGS,
        "Masked": ProfanityMode.MASKED,
    }
)
CONTINUOUS, SINGLE = "Continuous", "Single"

_MAX_DURATION_CHARACTERS = 100
_MAX_WORD_CHARACTERS = 100
CANDIDATES_OF_CONTINUOUS = range(2, 11)
_SPEAKERS_UNLESS_SAID = 2  # of the first generation, whose `diarizationEnabled` tells two apart


@dataclass(frozen=True, slots=True)
class ServerCapabilities:
    """Version of the request and model of this server, which properties are checked against."""

    version: SpeechVersion
    model: str
    transcriber: Transcriber


@dataclass(frozen=True, slots=True)
class JobProperties:
    """Properties of a request, read and checked."""

    options: JobOptions
    requested: RequestedProperties
    time_to_live: timedelta | None
    destination: str | None = field(default=None, repr=False)


def read_properties(body: JsonFields, locale: str, server: ServerCapabilities) -> JobProperties:
    """Read the member `properties` of a request, and `model` beside it.

    Parameters
    ----------
    locale: of the job, as it is spelt.

    Raises
    ------
    Problem: 400, with the inner code of the first error.
    UnsupportedLocale: a candidate that the model does not know.
    """
    with refused_as("InvalidPayload"):
        given = (
            body.fields("properties") if body.has("properties") else JsonFields({}, "properties")
        )
    time_to_live = _time_to_live(given, server.version)
    speakers = _speakers(given) if server.version.is_dated else _speakers_of_first_generation(given)
    language = _language(given, locale, server)
    with refused_as("InvalidChannels"):
        channels = _channels(given)
    with refused_as("InvalidParameterValue"):
        words = _flag(given, "wordLevelTimestampsEnabled")
        display_words = _flag(given, "displayFormWordLevelTimestampsEnabled")
        punctuation = PunctuationMode(
            _one_of(
                given, "punctuationMode", PunctuationMode.DICTATED_AND_AUTOMATIC, PunctuationMode
            )
        )
        profanity = _one_of(given, "profanityFilterMode", "Masked", PROFANITY_MODES)
        destination = (
            given.text("destinationContainerUrl", MAX_URL_CHARACTERS)
            if given.has("destinationContainerUrl")
            else None
        )
    candidates = language.candidates
    return JobProperties(
        JobOptions(
            locales=(locale, *(other for other in candidates if other != locale)),
            language_per_phrase=language.is_continuous,
            fallback_locale=locale if candidates else None,
            channels=channels,
            word_timestamps=words,
            display_word_timestamps=display_words,
            punctuation=punctuation is not PunctuationMode.NONE,
            profanity=PROFANITY_MODES[profanity],
            speakers=speakers,
        ),
        RequestedProperties(
            punctuation=punctuation,
            candidate_locales=candidates,
            mapped_locales=language.mapped,
            names_model=_names_model(body, "model", server),
        ),
        time_to_live,
        destination,
    )


def _time_to_live(given: JsonFields, version: SpeechVersion) -> timedelta | None:
    """`timeToLiveHours`, which has to be there, or `timeToLive`, which need not."""
    name = "timeToLiveHours" if version.is_dated else "timeToLive"
    with refused_as("InvalidTimeToLive"):
        try:
            if version.is_dated:
                hours = given.integer(name, SHORTEST_HOURS, LONGEST_HOURS)
                return time_to_live_from_hours(hours)
            text = given.text(name, _MAX_DURATION_CHARACTERS) if given.has(name) else None
            return time_to_live_from_text(text)
        except InvalidTimeToLive as error:
            message = f"{given.path_of(name)}: {error}"
    raise Problem(400, message, code="InvalidArgument", inner_code="InvalidTimeToLive")


def _speakers(given: JsonFields) -> SpeakerRange | None:
    with refused_as("InvalidParameterValue"):
        if not given.has("diarization"):
            return None
        diarization = given.fields("diarization")
        is_on = not diarization.has("enabled") or diarization.flag("enabled")
        most = MAX_SPEAKERS
        if diarization.has("maxSpeakers"):
            most = diarization.integer("maxSpeakers", 2, MAX_SPEAKERS)
        return SpeakerRange(most=most) if is_on else None


def _speakers_of_first_generation(given: JsonFields) -> SpeakerRange | None:
    """`diarizationEnabled` turns it on; `diarization` says how many, where two is not meant."""
    with refused_as("InvalidParameterValue"):
        is_on = _flag(given, "diarizationEnabled")
        most, least = _SPEAKERS_UNLESS_SAID, 1
        if given.has("diarization"):
            diarization = given.fields("diarization")
            if diarization.has("speakers"):
                speakers = diarization.fields("speakers")
                if speakers.has("minCount"):
                    least = speakers.integer("minCount", 1, MAX_SPEAKERS)
                most = speakers.integer("maxCount", least, MAX_SPEAKERS)
            elif diarization.has("maxSpeakers"):
                most = diarization.integer("maxSpeakers", 1, MAX_SPEAKERS)
        return SpeakerRange(least, most) if is_on else None


@dataclass(frozen=True, slots=True)
class _Language:
    """Language identification; without candidates it is off."""

    candidates: tuple[str, ...] = ()
    is_continuous: bool = False
    mapped: tuple[str, ...] = ()


def _language(given: JsonFields, locale: str, server: ServerCapabilities) -> _Language:
    with refused_as("InvalidParameterValue"):
        if not given.has("languageIdentification"):
            return _Language()
        identification = given.fields("languageIdentification")
        texts = identification.items(
            "candidateLocales",
            MAX_REQUESTED_LOCALES,
            lambda item: item.text("item", MAX_LOCALE_CHARACTERS),
        )
        mode = _one_of(identification, "mode", CONTINUOUS, (CONTINUOUS, SINGLE))
        candidates = tuple(
            dict.fromkeys(
                require_locale(
                    server.transcriber, text, identification.path_of(f"candidateLocales[{index}]")
                )
                for index, text in enumerate(texts)
            )
        )
        if mode == CONTINUOUS and not (
            len(candidates) in CANDIDATES_OF_CONTINUOUS and locale in candidates
        ):
            raise identification.refusal(
                "candidateLocales", "must be 2 to 10, with the locale of the job"
            )
        if not candidates:
            raise identification.refusal("candidateLocales", "must name a locale")
        mapped = _mapped_locales(identification, candidates, server)
        return _Language(candidates, mode == CONTINUOUS, mapped)


def _mapped_locales(
    identification: JsonFields, candidates: tuple[str, ...], server: ServerCapabilities
) -> tuple[str, ...]:
    """Candidates that `speechModelMapping` names a model for; it must be this server's."""
    if not identification.has("speechModelMapping"):
        return ()
    mapping = identification.fields("speechModelMapping", MAX_REQUESTED_LOCALES)
    place = identification.path_of("speechModelMapping")
    mapped = []
    for name in mapping.names():
        locale = require_locale(server.transcriber, name, place)
        if locale not in candidates:
            raise identification.refusal(
                "speechModelMapping", "must name locales of candidateLocales only"
            )
        if _names_model(mapping, name, server):
            mapped.append(locale)
    return tuple(mapped)


def _names_model(fields: JsonFields, name: str, server: ServerCapabilities) -> bool:
    """Whether a member refers to a model, which must be this server's."""
    if not fields.has(name):
        return False
    with refused_as("InvalidModelUri"):
        model = fields.fields(name)
        address = model.text("self", MAX_URL_CHARACTERS)
        if not address.startswith(("https://", "http://")):
            raise model.refusal("self", "must be the address of a model")
    if not names_model(address, server.model):
        message = (
            f"{fields.path_of(name)} names no model of this server; "
            "GET models/base lists what there is."
        )
        raise Problem(400, message, code="InvalidArgument", inner_code="InvalidModel")
    return True


def _channels(given: JsonFields) -> tuple[int, ...]:
    if not given.has("channels"):
        return (0, 1)
    channels = given.items(
        "channels", MAX_CHANNELS, lambda item: item.integer("item", 0, MAX_CHANNELS - 1)
    )
    if not channels or len(set(channels)) < len(channels):
        raise given.refusal("channels", "must name a channel, and none twice")
    return tuple(channels)


def _flag(given: JsonFields, name: str) -> bool:
    return given.has(name) and given.flag(name)


def _one_of(given: JsonFields, name: str, default: str, words: Iterable[str]) -> str:
    """Take one of the contract's words, in any case."""
    if not given.has(name):
        return default
    text = given.text(name, _MAX_WORD_CHARACTERS).lower()
    for word in words:
        if word.lower() == text:
            return word
    raise given.refusal(name, f"must be one of {', '.join(words)}")
